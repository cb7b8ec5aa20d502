"""Exercise of lesson 54b: the exact price of an image that is a sentence of codes."""

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal, sizes

ABOUT = About(see="54b, step 3", difficulty=2, minutes=6)
HINTS = (
    "log_softmax along the codes; then pick, at every place, the entry of the token there.",
    "log_p.gather(-1, tokens[..., None])[..., 0] picks; sum over the last dimension; minus.",
)


def image_nats(logits: Tensor, tokens: Tensor) -> Tensor:
    """Surprise of whole images under the chain rule, -log p(tokens).

    logits: (B, T, K), row t made from the tokens before t; tokens: (B, T) long -> (B,) nats.
    """
    log_p = logits.log_softmax(-1)  # (B, T, K)
    chosen = log_p.gather(-1, tokens[..., None])[..., 0]  # (B, T)
    return -chosen.sum(-1)


def cases(rng):
    yield d([[0.0, 0.0, 0.0], [0.0, 1.0, 2.0]]), torch.tensor([[2, 0]])
    for b, t, k in sizes(3):
        yield 2 * normal(rng, b, t, k) + 1, torch.randint(k, (b, t), generator=rng)


def hard_cases(rng):
    tokens = torch.randint(1024, (20, 16), generator=rng)
    yield normal(rng, 20, 16, 1024).float(), tokens  # p of an image is about 1e-48
    yield 60 * normal(rng, 20, 16, 1024).float(), tokens  # softmax gives 0 for many codes


class Properties:
    def all_sentences_together_have_probability_1(f, rng):
        logits = normal(rng, 1, 2, 3).expand(9, 2, 3)
        p = torch.as_tensor(f(logits, torch.cartesian_prod(torch.arange(3), torch.arange(3)))).neg()
        says = "the probabilities of all 9 sentences of 2 tokens sum to {right}; yours to {got}."
        close(p.exp().sum(), 1, says)


class Mistakes:
    def shifted_once_more(logits, tokens):
        """Row t was already made from the tokens before t, the start token included. You shift a
        second time, and lose the first token."""
        return image_nats(logits[:, :-1], tokens[:, 1:])

    @named("the first token left out", see="54b, find the bug")
    def the_first_token_left_out(logits, tokens):
        """The first token is not free: it is predicted from the start token, and costs nats,
        too."""
        return image_nats(logits[:, 1:], tokens[:, 1:])

    def logits_taken_for_logarithms(logits, tokens):
        """Logits are not yet log probabilities: subtract their logsumexp (log_softmax)."""
        return -logits.gather(-1, tokens[..., None])[..., 0].sum(-1)

    def softmax_over_the_places(logits, tokens):
        """Your softmax runs along the places. At each place the K codes compete: dim -1."""
        return -logits.log_softmax(1).gather(-1, tokens[..., None])[..., 0].sum(-1)

    def reshaped_where_a_transpose_belongs(logits, tokens):
        """F.cross_entropy wants (B, K, T), and reshape cuts the memory into other rows, so places
        and codes are mixed up. Use logits.transpose(1, 2)."""
        turned = logits.reshape(len(logits), logits.shape[2], -1)
        return F.cross_entropy(turned, tokens, reduction="none").sum(1)
