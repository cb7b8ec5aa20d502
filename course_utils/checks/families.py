"""Exercises of lesson 54b: nearest codes, nats of an image, variety of classes, spread of runs."""

import math

import torch
from torch import Tensor

from course_utils.exercises import Exercise, Mistake, Property

LESSON = "54b_four_families"


def _normal(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.double)


def _ints(rng: torch.Generator, high: int, *shape: int) -> Tensor:
    return torch.randint(high, shape, generator=rng)


def _d(*values) -> Tensor:
    return torch.tensor(values, dtype=torch.double)


# ---- the nearest code --------------------------------------------------------------------------


def nearest_code_reference(patches: Tensor, codes: Tensor) -> Tensor:
    """Find the code nearest to each patch (Euclidean).

    patches: (..., D) pixels, codes: (K, D) -> (...) long, 0..K-1.
    """
    # |p - c|^2 = |p|^2 - 2 p·c + |c|^2, and |p|^2 is the same for every code
    score = codes.square().sum(-1) - 2 * patches @ codes.mT  # (..., K)
    return score.argmin(-1)


def _cosine(patches: Tensor, codes: Tensor) -> Tensor:
    unit = codes / codes.norm(dim=-1, keepdim=True).clamp(min=1e-12)
    return (patches @ unit.mT).argmax(-1)


def _every_code_finds_itself(f, rng) -> str | None:
    codes = 3 * _normal(rng, 6, 4)
    got = torch.as_tensor(f(codes, codes))
    if got.tolist() != list(range(6)):
        return f"each code is nearest to itself: 0..5 was expected, you return {got.tolist()}."
    return None


def _a_distance_not_a_product(f, rng) -> str | None:
    got = torch.as_tensor(f(_d([1.0, 0.0]), _d([1.0, 0.0], [9.0, 0.0])))
    if got.tolist() != [0]:
        return "the patch [1, 0] equals code 0; the long code [9, 0] is 8 away, and you chose it."
    return None


nearest_code = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=6,
    reference=nearest_code_reference,
    cases=lambda rng: [
        (_d([0.0, 1.0]), _d([1.0, 0.0], [0.2, 0.9], [5.0, 5.0])),
        (_normal(rng, 3, 4), 2 * _normal(rng, 7, 4)),
        (_normal(rng, 7, 2), _normal(rng, 7, 2)),
        (_normal(rng, 3, 5, 4), 2 * _normal(rng, 9, 4)),
        (_normal(rng, 40, 3) + 1, 2 * _normal(rng, 12, 3) + 1),
    ],
    properties=[
        Property("every code is nearest to itself", _every_code_finds_itself),
        Property("a distance, not a product", _a_distance_not_a_product),
    ],
    mistakes=[
        Mistake(
            "the farthest code",
            lambda patches, codes: (patches[..., None, :] - codes).norm(dim=-1).argmax(-1),
            "You took the largest distance. The nearest code has the smallest: argmin.",
            "54b, step 1",
        ),
        Mistake(
            "the largest product",
            lambda patches, codes: (patches @ codes.mT).argmax(-1),
            "You compared products p·c. A long code wins those even from far away: the term |c|^2 "
            "is missing.",
            "54b, step 1",
        ),
        Mistake(
            "the smallest angle",
            _cosine,
            "You compared directions. A pale stroke and a black one have the same direction, and "
            "are far apart.",
            "54b, step 1",
        ),
        Mistake(
            "half of the square forgotten",
            lambda patches, codes: (codes.square().sum(-1) - patches @ codes.mT).argmin(-1),
            "|p - c|^2 = |p|^2 - 2 p·c + |c|^2: the 2 is missing.",
            "54b, step 1",
        ),
        Mistake(
            "the distance instead of the place",
            lambda patches, codes: (patches[..., None, :] - codes).norm(dim=-1).min(-1).values,
            "You return how far the nearest code is. Asked is which one it is: argmin, not min.",
            "54b, step 1",
        ),
        Mistake(
            "the code instead of the place",
            lambda patches, codes: codes[nearest_code_reference(patches, codes)],
            "You return the code's pixels. A sentence is made of numbers: return the index.",
            "54b, step 1",
        ),
        Mistake(
            "the nearest patch of each code",
            lambda patches, codes: (patches[..., None, :] - codes).norm(dim=-1).argmin(0),
            "You searched along the patches. Every patch looks for its code: the last dimension "
            "of the table of distances, argmin(-1).",
            "54b, step 1",
        ),
        Mistake(
            "city blocks",
            lambda patches, codes: (patches[..., None, :] - codes).abs().sum(-1).argmin(-1),
            "You summed absolute differences. k-means minimises squares, so its codes are means.",
            "54b, step 1",
        ),
    ],
    hints=[
        "Make a table of distances, (..., K). Which dimension do you search, and for what?",
        "torch.cdist(patches, codes).argmin(-1) does it; so does |c|^2 - 2 p·c without |p|^2.",
    ],
)

# ---- nats of an image --------------------------------------------------------------------------


def image_nats_reference(logits: Tensor, tokens: Tensor) -> Tensor:
    """Surprise of whole images under the chain rule, -log p(tokens).

    logits: (B, T, K), row t made from the tokens before t; tokens: (B, T) long -> (B,) nats.
    """
    log_p = logits.log_softmax(-1)  # (B, T, K)
    chosen = log_p.gather(-1, tokens[..., None])[..., 0]  # (B, T)
    return -chosen.sum(-1)


def _uniform(f, rng) -> str | None:
    got = torch.as_tensor(f(torch.full((2, 5, 8), 0.7, dtype=torch.double), _ints(rng, 8, 2, 5)))
    want = 5 * math.log(8)
    if got.shape != (2,) or not (got - want).abs().max() < 1e-6:
        return f"5 tokens, 8 equal choices each: 5 log 8 = {want:.4f} nats; you return {got}."
    return None


def _adds_up(f, rng) -> str | None:
    logits = _normal(rng, 1, 2, 3).expand(9, 2, 3)
    tokens = torch.cartesian_prod(torch.arange(3), torch.arange(3))
    total = torch.as_tensor(f(logits, tokens)).neg().exp().sum().item()
    if not abs(total - 1) < 1e-6:
        return (
            f"the probabilities of all 9 sentences of 2 tokens must sum to 1; yours: {total:.4g}."
        )
    return None


image_nats = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=6,
    reference=image_nats_reference,
    cases=lambda rng: [
        (_normal(rng, 1, 2, 3), torch.tensor([[2, 0]])),
        (_normal(rng, 3, 3, 3), _ints(rng, 3, 3, 3)),
        (2 * _normal(rng, 3, 4, 5) + 1, _ints(rng, 5, 3, 4)),
        (_normal(rng, 5, 6, 4), _ints(rng, 4, 5, 6)),
    ],
    properties=[
        Property("T log K for equal choices", _uniform),
        Property("all sentences together have probability 1", _adds_up),
    ],
    mistakes=[
        Mistake(
            "mean over the tokens",
            lambda logits, tokens: image_nats_reference(logits, tokens) / tokens.shape[1],
            "You return nats per token. The chain rule multiplies probabilities: log p is a sum "
            "over all tokens of the image.",
            "54b, step 3",
        ),
        Mistake(
            "one number for the batch",
            lambda logits, tokens: image_nats_reference(logits, tokens).mean(),
            "You averaged over the images. Keep one number for each: sum over the tokens only.",
            "54b, step 3",
        ),
        Mistake(
            "shifted once more",
            lambda logits, tokens: image_nats_reference(logits[:, :-1], tokens[:, 1:]),
            "Row t was already made from the tokens before t, the start token included. You shift "
            "a second time, and lose the first token.",
            "54b, step 3",
        ),
        Mistake(
            "the first token left out",
            lambda logits, tokens: image_nats_reference(logits[:, 1:], tokens[:, 1:]),
            "The first token is not free: it is predicted from the start token, and costs nats, "
            "too.",
            "54b, find the bug",
        ),
        Mistake(
            "the wrong sign",
            lambda logits, tokens: -image_nats_reference(logits, tokens),
            "You return log p, which is negative. Surprise is -log p.",
            "54b, step 3",
        ),
        Mistake(
            "bits",
            lambda logits, tokens: image_nats_reference(logits, tokens) / math.log(2),
            "You used log2: these are bits. One bit is log 2 = 0.693 nats.",
            "54b, step 3",
        ),
        Mistake(
            "logits taken for logarithms",
            lambda logits, tokens: -logits.gather(-1, tokens[..., None])[..., 0].sum(-1),
            "Logits are not yet log probabilities: subtract their logsumexp (log_softmax).",
            "54b, step 3",
        ),
        Mistake(
            "softmax over the places",
            lambda logits, tokens: (
                -logits.log_softmax(1).gather(-1, tokens[..., None])[..., 0].sum(-1)
            ),
            "Your softmax runs along the places. At each place the K codes compete: dim -1.",
            "54b, step 3",
        ),
    ],
    hints=[
        "log_softmax along the codes; then pick, at every place, the entry of the token there.",
        "log_p.gather(-1, tokens[..., None])[..., 0] picks; sum over the last dimension; minus.",
    ],
)

# ---- variety of classes ------------------------------------------------------------------------


def class_entropy_reference(labels: Tensor) -> float:
    """Entropy of the shares of the digits read: log 10 if all ten come equally often.

    labels: (N,) long, 0..9 -> nats, a float.
    """
    share = torch.bincount(labels, minlength=10).double() / len(labels)
    share = share[share > 0]  # a digit that never comes adds nothing: 0 log 0 = 0
    return -(share * share.log()).sum().item()


def _shares(labels: Tensor) -> Tensor:
    share = torch.bincount(labels, minlength=10).double() / len(labels)
    return share[share > 0]


def _ten_equal(f, rng) -> str | None:
    got = float(f(torch.arange(10).repeat(7)))
    if not abs(got - math.log(10)) < 1e-6:
        return f"ten digits, each as often: log 10 = {math.log(10):.4f} nats, not {got:.4f}."
    return None


def _one_only(f, rng) -> str | None:
    got = float(f(torch.full((30,), 4)))
    if not abs(got) < 1e-9:
        return f"nothing but fours: no variety, 0 nats; you return {got:.4g}."
    return None


class_entropy = Exercise(
    lesson=LESSON,
    difficulty=1,
    minutes=5,
    reference=class_entropy_reference,
    cases=lambda rng: [
        (torch.tensor([3]),),
        (torch.tensor([0, 9, 9]),),
        (_ints(rng, 10, 200),),
        (_ints(rng, 4, 50) + 6,),
        (torch.arange(10).repeat(3),),
    ],
    properties=[
        Property("log 10 for ten equal digits", _ten_equal),
        Property("0 for a single digit", _one_only),
    ],
    mistakes=[
        Mistake(
            "0 log 0",
            lambda labels: float(
                -(
                    (s := torch.bincount(labels, minlength=10).double() / len(labels)) * s.log()
                ).sum()
            ),
            "A digit that never comes makes 0 · (-inf) = NaN. Its part is 0: leave it out.",
            "54b, step 7",
        ),
        Mistake(
            "bits",
            lambda labels: class_entropy_reference(labels) / math.log(2),
            "You used log2. The course counts in nats.",
            "54b, step 7",
        ),
        Mistake(
            "number of digits seen",
            lambda labels: math.log(len(labels.unique())),
            "You took the log of how many digits occur at all. One lonely 7 among 999 ones is not "
            "as much variety as 500 and 500.",
            "54b, step 7",
        ),
        Mistake(
            "divided by log 10",
            lambda labels: class_entropy_reference(labels) / math.log(10),
            "You scaled to 0..1. Asked are nats: up to log 10 = 2.303.",
            "54b, step 7",
        ),
        Mistake(
            "counts for shares",
            lambda labels: float(
                -((c := torch.bincount(labels).double())[c > 0] * c[c > 0].log()).sum()
            ),
            "You put counts where shares belong: divide by the number of labels.",
            "54b, step 7",
        ),
        Mistake(
            "the chance of a pair",
            lambda labels: float(1 - _shares(labels).square().sum()),
            "That is the Gini index: the chance that two samples differ. Asked is the entropy.",
            "54b, step 7",
        ),
        Mistake(
            "no minus",
            lambda labels: -class_entropy_reference(labels),
            "log of a share is negative: a minus sign is missing.",
            "54b, step 7",
        ),
    ],
    hints=[
        "torch.bincount counts; divide by the number of labels; then lesson 12's entropy.",
        "Keep the shares above 0, and return -(share * share.log()).sum().item().",
    ],
)

# ---- spread of scores --------------------------------------------------------------------------


def log_spread_reference(floors: Tensor) -> Tensor:
    """Spread of scores as a factor's logarithm: standard deviation of log(floors).

    floors: (..., R) positive scores of R >= 2 runs -> (...), nats; divisor R - 1.
    """
    return floors.log().std(-1)


def _unit_free(f, rng) -> str | None:
    floors = _normal(rng, 3, 6).exp()
    got, scaled = torch.as_tensor(f(floors)), torch.as_tensor(f(10 * floors))
    if got.shape != (3,) or not (got - scaled).abs().max() < 1e-6:
        return "ten times worse in every run is the same spread on a log scale; yours changes."
    return None


def _two_runs(f, rng) -> str | None:
    got = float(torch.as_tensor(f(_d(1.0, math.e**2))))
    if not abs(got - math.sqrt(2)) < 1e-6:
        return f"two runs whose logs are 0 and 2 have s = sqrt(2) = 1.4142, not {got:.4f}."
    return None


log_spread = Exercise(
    lesson=LESSON,
    difficulty=1,
    minutes=4,
    reference=log_spread_reference,
    cases=lambda rng: [
        (_d([2.0, 8.0, 3.0]),),
        (_normal(rng, 3, 4).exp(),),
        (3 * _normal(rng, 2, 3, 5).exp(),),
        (20 * _normal(rng, 15).exp(),),
    ],
    properties=[
        Property("no unit", _unit_free),
        Property("divisor R - 1", _two_runs),
    ],
    mistakes=[
        Mistake(
            "no logarithm",
            lambda floors: floors.std(-1),
            "You took the deviation of the scores themselves: whoever is worse on average then "
            "also looks less stable. Take logarithms first.",
            "54b, step 9",
        ),
        Mistake(
            "logarithm afterwards",
            lambda floors: floors.std(-1).log(),
            "First the logarithm of every score, then the deviation.",
            "54b, step 9",
        ),
        Mistake(
            "divisor R",
            lambda floors: floors.log().std(-1, correction=0),
            "You divided by R. With five runs that is 11 % too small: the mean was estimated from "
            "the same runs, so divide by R - 1.",
            "54b, step 9",
        ),
        Mistake(
            "powers of ten",
            lambda floors: floors.log10().std(-1),
            "You used log10. The course uses natural logarithms.",
            "54b, step 9",
        ),
        Mistake(
            "variance",
            lambda floors: floors.log().var(-1),
            "That is the variance: take its root.",
            "54b, step 9",
        ),
        Mistake(
            "relative deviation",
            lambda floors: floors.std(-1) / floors.mean(-1),
            "Deviation over mean is near to it while the spread is small, and parts from it when "
            "it matters: one run out of line.",
            "54b, step 9",
        ),
        Mistake(
            "all families in one",
            lambda floors: floors.log().flatten().std(),
            "You mixed all rows. Each row is one family: along the last dimension only.",
            "54b, step 9",
        ),
        Mistake(
            "best against worst",
            lambda floors: (floors.amax(-1) / floors.amin(-1)).log(),
            "The range grows with the number of runs. Use all of them: the standard deviation.",
            "54b, step 9",
        ),
    ],
    hints=[
        "A factor of 2 must count the same at 20 floors as at 200. Which scale does that?",
        "floors.log().std(-1); torch divides by R - 1.",
    ],
)
