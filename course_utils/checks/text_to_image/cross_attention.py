"""Exercise of lesson 43: every patch of a picture reads the words of a caption."""

from torch import Tensor

from course_utils.exercises.spec import About, close, named, normal

ABOUT = About(see="43, step 3", difficulty=3, minutes=10)
HINTS = (
    "Who asks, and who is asked? A row of weights for each patch, (B, P, L), that sums to 1.",
    "q = x @ w_q, k = words @ w_k, v = words @ w_v; weights = softmax(q k^T / sqrt(E)) over the "
    "words; weights @ v.",
)


def cross_attention(x: Tensor, words: Tensor, w_q: Tensor, w_k: Tensor, w_v: Tensor) -> Tensor:
    """Each patch takes a weighted mean of the words' values (one head).

    x: (B, P, D) patches, words: (B, L, D), w_q, w_k: (D, E), w_v: (D, F) -> (B, P, F).
    """
    q, k, v = x @ w_q, words @ w_k, words @ w_v  # (B, P, E), (B, L, E), (B, L, F)
    weights = (q @ k.mT / q.shape[-1] ** 0.5).softmax(-1)  # (B, P, L): a row sums to 1
    return weights @ v


def cases(rng):
    for b, p, n, d, e, f in ((1, 2, 3, 2, 4, 3), (3, 4, 2, 5, 2, 4), (2, 5, 7, 3, 6, 2)):
        yield problem(rng, b, p, n, d, e, f)


def hard_cases(rng):
    x, words, *w = problem(rng, 8, 16, 7, 64, 32, 64)
    yield x.float(), words.float(), *[(part / 8).float() for part in w]
    x, *rest = problem(rng, 2, 4, 3, 4, 8, 4)
    yield 500 * x, *rest  # scores of some thousands


def problem(rng, b, p, n, d, e, f):
    return (
        normal(rng, b, p, d),
        normal(rng, b, n, d),
        normal(rng, d, e),
        normal(rng, d, e),
        normal(rng, d, f),
    )


class Properties:
    @named("one word alone is all that a patch can read")
    def one_word(f, rng):
        x, words, w_q, w_k, w_v = problem(rng, 2, 4, 1, 3, 5, 2)
        says = "of a caption of one word every patch gets that word's value, {right}, not {got}."
        close(f(x, words, w_q, w_k, w_v), (words @ w_v).expand(2, 4, 2), says)

    @named("the order of the words does not matter to attention")
    def order_of_words(f, rng):
        x, words, *w = problem(rng, 2, 4, 5, 3, 5, 2)
        says = "words in another order give {got} instead of {right}: softmax and sum over words."
        close(f(x, words.flip(1), *w), f(x, words, *w), says)


def attend(q, k, v, scale):
    return (q @ k.mT * scale).softmax(-1) @ v


class Mistakes:
    @named("the words ask the picture")
    def roles_exchanged(x, words, w_q, w_k, w_v):
        """Queries come from the patches, keys and values from the words: you exchanged the two, so
        every word reads the picture."""
        return attend(words @ w_q, x @ w_k, x @ w_v, w_q.shape[1] ** -0.5)

    @named("the picture reads itself")
    def self_attention(x, words, w_q, w_k, w_v):
        """All three come from the patches: that is self-attention, and the caption is not read."""
        return attend(x @ w_q, x @ w_k, x @ w_v, w_q.shape[1] ** -0.5)

    @named("weights that sum to 1 over the patches")
    def over_patches(x, words, w_q, w_k, w_v):
        """Your weights sum to 1 over the patches, as if each word were dealt out. Each patch
        spreads ITS attention over the words: softmax along the last dimension of (B, P, L)."""
        scores = (x @ w_q) @ (words @ w_k).mT / w_q.shape[1] ** 0.5
        return scores.softmax(1) @ (words @ w_v)

    @named("no square root of the width")
    def not_scaled(x, words, w_q, w_k, w_v):
        """A sum of E products has a standard deviation of sqrt(E): undivided, the softmax is all
        or nothing and hardly learns."""
        return attend(x @ w_q, words @ w_k, words @ w_v, 1.0)

    @named("divided by the width of the patches")
    def wrong_width(x, words, w_q, w_k, w_v):
        """The scores are sums of E products, E the width of queries and keys, not of the patches
        D: divide by the square root of E."""
        return attend(x @ w_q, words @ w_k, words @ w_v, x.shape[-1] ** -0.5)
