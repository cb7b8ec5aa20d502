"""Lesson 22: Share of each state of the weights in their exponential moving average."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named

ABOUT = About(see="22, step 5", difficulty=3, minutes=8)
HINTS = (
    "Write the average after 1, 2 and 3 updates. How often was state k multiplied by decay?",
    "State k >= 1: (1 - decay)·decay^(n - k). State 0: decay^n.",
)


def ema_shares(n: int, decay: float) -> Tensor:
    """Share of each state of the weights in their exponential moving average.

    The average begins as state 0; then for k = 1..n: average = decay * average + (1 - decay) *
    state k. n: updates, int >= 0; decay: in [0, 1) -> (n + 1,) float64, state 0 first.
    """
    k = torch.arange(n + 1, dtype=torch.double)
    shares = (1 - decay) * decay ** (n - k)  # state k was multiplied by decay n - k times
    shares[0] = decay**n  # the start came in with share 1, not 1 - decay
    return shares


def cases(rng):
    return [(1, 0.9), (3, 0.5), (0, 0.9), (10, 0.8), (200, 0.995)]


def _shares(n: int, decay: float) -> Tensor:
    return (1 - decay) * decay ** (n - torch.arange(n + 1, dtype=torch.double))


class Properties:
    def shares_sum_to_1(f, rng):
        for n, decay in ((0, 0.9), (3, 0.5), (40, 0.99)):
            got = torch.as_tensor(f(n, decay)).sum().item()
            if abs(got - 1) > 1e-9:
                raise Fails(
                    f"an average of equal weights must be that weight; your {n + 1} shares: {got:g}."
                )

    def the_latest_weighs_most(f, rng):
        got = torch.as_tensor(f(6, 0.6))
        if not (got[2:] > got[1:-1]).all():
            raise Fails(
                f"a later state must weigh more than an earlier one (state 0 apart): {got.tolist()}."
            )


class Mistakes:
    def state_0_like_the_others(n, decay):
        """Your shares do not sum to 1. State 0 is not mixed in with 1 - decay: the average begins
        as state 0, so its share is decay^n."""
        return _shares(n, decay)

    def time_reversed(n, decay):
        """Your first share belongs to the last state. State 0, the oldest, comes first."""
        return ema_shares(n, decay).flip(0)

    @named("decay and 1 - decay exchanged")
    def decay_and_1_decay_exchanged(n, decay):
        """You keep 1 - decay of the average and take decay of the new state."""
        return ema_shares(n, 1 - decay)

    def a_plain_mean(n, decay):
        """All your states weigh the same. An exponential average forgets the old ones."""
        return torch.full((n + 1,), 1 / (n + 1), dtype=torch.double)

    def renormalised(n, decay):
        """You divided by the sum instead of giving state 0 its own share, decay^n."""
        return _shares(n, decay) / _shares(n, decay).sum()

    def one_power_too_many(n, decay):
        """State n has just come in with share 1 - decay; nothing has shrunk it yet. State k has
        been multiplied n - k times."""
        return torch.cat(
            [
                torch.tensor([decay**n], dtype=torch.double),
                ((1 - decay) * decay ** (n + 1 - torch.arange(1, n + 1, dtype=torch.double))),
            ]
        )
