"""Exercise of lesson 53: who may look at whom."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, expect, named

ABOUT = About(see="53, step 2", difficulty=1, minutes=5)
HINTS = (
    "Row t is the query, column s the key. Which entries have s <= t?",
    "torch.ones(n, n, dtype=torch.bool), then .tril() keeps the lower triangle, diagonal included.",
)


def causal_mask(n: int) -> Tensor:
    """Say who may look at whom. n: tokens -> (n, n) bool, [t, s] is True where s <= t."""
    return torch.ones(n, n, dtype=torch.bool).tril()


def cases(rng):
    return [(2,), (1,), (3,), (6,)]


def hard_cases(rng):
    yield (130,)  # more than a byte can count


class Properties:
    @named("token t sees t + 1 tokens")
    def token_t_sees_t_plus_1_tokens(f, rng):
        seen = f(4).sum(-1).tolist()
        expect(
            seen == [1, 2, 3, 4],
            "of 4 tokens the first sees 1 (itself), the second 2, the third 3, the last 4; in your "
            f"mask they see {seen}.",
        )


class Mistakes:
    def True_means_blocked(n):
        """Your mask is True where looking is forbidden: the convention of nn.MultiheadAttention.
        Here, and in F.scaled_dot_product_attention, True allows."""
        return torch.ones(n, n, dtype=torch.bool).triu(1)

    def cannot_see_itself(n):
        """Your diagonal is False. Token t predicts token t + 1, so it may read itself; and the
        first token would have nothing to look at (NaN)."""
        return torch.ones(n, n, dtype=torch.bool).tril(-1)

    @named("one step into the future", see="53, find the bug")
    def one_step_into_the_future(n):
        """Your mask allows s = t + 1, exactly the token that position t must predict. One diagonal
        too many, and the loss falls to 0."""
        return torch.ones(n, n, dtype=torch.bool).tril(1)

    @named("numbers, not bool")
    def numbers_not_bool(n):
        """The triangle is right, the type is not: use dtype=torch.bool. A float mask is added to
        the scores by torch, and adding 1 blocks nothing."""
        return torch.ones(n, n).tril()

    def an_additive_mask(n):
        """You built the mask that is added to the scores (0 and -inf). Asked for is the bool one;
        masked_fill(~allowed, -inf) makes yours from it."""
        return torch.full((n, n), -math.inf).triu(1)
