"""Lesson 54b: Surprise of whole images under the chain rule, -log p(tokens)."""

import math

import torch
from torch import Tensor

from course_utils.checks.four_families.shared import _ints
from course_utils.exercises.spec import About, Fails, named, normal

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
    return [
        (normal(rng, 1, 2, 3), torch.tensor([[2, 0]])),
        (normal(rng, 3, 3, 3), _ints(rng, 3, 3, 3)),
        (2 * normal(rng, 3, 4, 5) + 1, _ints(rng, 5, 3, 4)),
        (normal(rng, 5, 6, 4), _ints(rng, 4, 5, 6)),
    ]


class Properties:
    def T_log_K_for_equal_choices(f, rng):
        got = torch.as_tensor(
            f(torch.full((2, 5, 8), 0.7, dtype=torch.double), _ints(rng, 8, 2, 5))
        )
        want = 5 * math.log(8)
        if got.shape != (2,) or not (got - want).abs().max() < 1e-6:
            raise Fails(
                f"5 tokens, 8 equal choices each: 5 log 8 = {want:.4f} nats; you return {got}."
            )

    def all_sentences_together_have_probability_1(f, rng):
        logits = normal(rng, 1, 2, 3).expand(9, 2, 3)
        tokens = torch.cartesian_prod(torch.arange(3), torch.arange(3))
        total = torch.as_tensor(f(logits, tokens)).neg().exp().sum().item()
        if not abs(total - 1) < 1e-6:
            raise Fails(
                f"the probabilities of all 9 sentences of 2 tokens must sum to 1; yours: {total:.4g}."
            )


class Mistakes:
    def mean_over_the_tokens(logits, tokens):
        """You return nats per token. The chain rule multiplies probabilities: log p is a sum over
        all tokens of the image."""
        return image_nats(logits, tokens) / tokens.shape[1]

    def one_number_for_the_batch(logits, tokens):
        """You averaged over the images. Keep one number for each: sum over the tokens only."""
        return image_nats(logits, tokens).mean()

    def shifted_once_more(logits, tokens):
        """Row t was already made from the tokens before t, the start token included. You shift a
        second time, and lose the first token."""
        return image_nats(logits[:, :-1], tokens[:, 1:])

    @named("the first token left out", see="54b, find the bug")
    def the_first_token_left_out(logits, tokens):
        """The first token is not free: it is predicted from the start token, and costs nats, too."""
        return image_nats(logits[:, 1:], tokens[:, 1:])

    def the_wrong_sign(logits, tokens):
        """You return log p, which is negative. Surprise is -log p."""
        return -image_nats(logits, tokens)

    def bits(logits, tokens):
        """You used log2: these are bits. One bit is log 2 = 0.693 nats."""
        return image_nats(logits, tokens) / math.log(2)

    def logits_taken_for_logarithms(logits, tokens):
        """Logits are not yet log probabilities: subtract their logsumexp (log_softmax)."""
        return -logits.gather(-1, tokens[..., None])[..., 0].sum(-1)

    def softmax_over_the_places(logits, tokens):
        """Your softmax runs along the places. At each place the K codes compete: dim -1."""
        return -logits.log_softmax(1).gather(-1, tokens[..., None])[..., 0].sum(-1)
