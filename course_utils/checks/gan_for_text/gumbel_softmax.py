"""Exercise of laboratory 24b: a draw of one word that gradients can pass through."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, named, normal, uniform

ABOUT = About(see="24b, step 3", difficulty=3, minutes=8)
HINTS = (
    "First turn uniform noise into Gumbel noise, then add it to the logits, then take a softmax "
    "at the temperature.",
    "g = -(-u.log()).log(); ((logits + g) / tau).softmax(-1).",
)


def gumbel_softmax(logits: Tensor, u: Tensor, tau: float) -> Tensor:
    """Soft draw of one of K words (Jang et al. 2016, eq. 2); small tau: nearly one-hot.

    logits: (..., K); u: (..., K) uniform noise in (0, 1); tau > 0: temperature
    -> (..., K), positive, sums to 1 over the last dimension.
    """
    gumbel = -(-u.log()).log()
    return ((logits + gumbel) / tau).softmax(-1)


def cases(rng):
    for shape, tau in (((3,), 1.0), ((2, 4), 0.5), ((1, 3, 5), 2.0), ((4, 2, 3), 0.7)):
        yield 2 * normal(rng, *shape), uniform(rng, *shape), tau


def hard_cases(rng):
    yield 3 * normal(rng, 8, 16).float(), uniform(rng, 8, 16).clamp(1e-6, 1 - 1e-6).float(), 0.05
    yield 40 * normal(rng, 3, 7).float(), uniform(rng, 3, 7).float(), 0.1  # exp would overflow


class Properties:
    def words_win_as_often_as_their_probability(f, rng):
        logits = torch.tensor([1.0, 0.0, -1.0], dtype=torch.double)
        u = uniform(rng, 20_000, 3)
        won = torch.bincount(f(logits.expand(20_000, 3), u, 0.5).argmax(-1), minlength=3) / 20_000
        says = "a word of probability {right} is the largest in {got} of 20,000 draws."
        close(won, logits.softmax(-1), says, tol=0.015)

    @named("a small temperature gives nearly one word")
    def small_tau_is_one_hot(f, rng):
        drawn = f(normal(rng, 200, 4), uniform(rng, 200, 4), 0.01)
        close(
            drawn.amax(-1).mean(), 1, "at tau = 0.01 the largest entry is {got}, not 1.", tol=0.02
        )


class Mistakes:
    @named("the noise left uniform")
    def uniform_noise(logits, u, tau):
        """You added the uniform noise itself. Only Gumbel noise, -log(-log u), lets every word win
        with its own probability."""
        return ((logits + u) / tau).softmax(-1)

    @named("one logarithm missing")
    def one_log(logits, u, tau):
        """You added -log u, which is exponential noise. Gumbel noise is minus the log of that."""
        return ((logits - u.log()) / tau).softmax(-1)

    @named("the noise is not cooled")
    def noise_outside(logits, u, tau):
        """The temperature divides logits AND noise. With the noise outside, a small tau takes the
        likeliest word every time."""
        return (logits / tau - (-u.log()).log()).softmax(-1)

    @named("the temperature multiplied")
    def multiplied(logits, u, tau):
        """You multiplied by tau. A small temperature must make the softmax sharp: divide."""
        return ((logits - (-u.log()).log()) * tau).softmax(-1)

    @named("the Gumbel noise subtracted")
    def subtracted(logits, u, tau):
        """You subtracted the Gumbel noise. Its tail points upwards: turned round, words no longer
        win with their own probabilities."""
        return ((logits + (-u.log()).log()) / tau).softmax(-1)
