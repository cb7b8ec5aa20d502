"""Exercise of lesson 22: how much of each past state is in a moving average."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close

# float64 is asked for, and the shares of a long run are small numbers: 9 digits
ABOUT = About(see="22, step 5", difficulty=3, minutes=8, tol=1e-9)
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
    return [(2, 0.8), (1, 0.9), (3, 0.5), (0, 0.9), (4, 0.0), (10, 0.8)]


def hard_cases(rng):
    return [(200, 0.995), (5000, 0.999)]


class Properties:
    def shares_sum_to_1(f, rng):
        for n, decay in ((3, 0.5), (40, 0.99)):
            says = f"equal states must average to that state; your {n + 1} shares sum to {{got}}."
            close(torch.as_tensor(f(n, decay)).sum(), 1, says)


class Mistakes:
    def state_0_like_the_others(n, decay):
        """Your shares do not sum to 1. State 0 is not mixed in with 1 - decay: the average begins
        as state 0, so its share is decay^n."""
        return (1 - decay) * decay ** torch.arange(n, -1, -1, dtype=torch.double)

    def renormalised(n, decay):
        """You divided by the sum instead of giving state 0 its own share, decay^n."""
        shares = decay ** torch.arange(n, -1, -1, dtype=torch.double)
        return shares / shares.sum()

    def one_power_too_many(n, decay):
        """State n has just come in with share 1 - decay; nothing has shrunk it yet. State k has
        been multiplied n - k times."""
        shares = decay * ema_shares(n, decay)
        shares[0] = decay**n
        return shares
