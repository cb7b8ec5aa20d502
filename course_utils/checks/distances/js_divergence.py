"""Exercise of laboratory 12b: the Jensen-Shannon divergence."""

import math

from torch import Tensor

from course_utils.checks.information_and_kl.kl_categorical import kl_categorical
from course_utils.checks.information_and_kl.shared import long_tails, pairs_of_probabilities
from course_utils.exercises.spec import About, close, d, named, simplex

ABOUT = About(see="12b, step 1", difficulty=2, minutes=5, gradient=False)
HINTS = (
    "Build the mixture m = (p + q) / 2 first. Which two KLs are averaged?",
    "0.5 * kl_categorical(p, m) + 0.5 * kl_categorical(q, m).",
)


def js_divergence(p: Tensor, q: Tensor) -> Tensor:
    """Jensen-Shannon divergence. p, q: (..., K), rows sum to 1 -> (...), nats, at most log 2."""
    m = 0.5 * (p + q)  # the mixture: half the draws from p, half from q
    return 0.5 * kl_categorical(p, m) + 0.5 * kl_categorical(q, m)


def cases(rng):
    yield d(0.5, 0.3, 0.2), d(0.1, 0.2, 0.7)
    yield d([0.5, 0.5, 0.0], [0.2, 0.8, 0.0]), d([0.1, 0.9, 0.0], [0.5, 0.0, 0.5])
    yield from pairs_of_probabilities(rng)


def hard_cases(rng):
    yield long_tails(rng, 20, 1000), long_tails(rng, 20, 1000)


class Properties:
    def log_2_for_disjoint_distributions(f, rng):
        says = (
            "p = [.5, .5, 0, 0] and q = [0, 0, .5, .5] share nothing: log 2 = {right}, yours {got}."
        )
        close(f(d(0.5, 0.5, 0.0, 0.0), d(0.0, 0.0, 0.5, 0.5)), math.log(2), says)

    def symmetric(f, rng):
        p, q = simplex(rng, 50, 4), simplex(rng, 50, 4)
        close(f(p, q), f(q, p), "js(p, q) = {got}, but js(q, p) = {right}.")


class Mistakes:
    @named("KL to each other, not to the mixture")
    def jeffreys(p, q):
        """You averaged KL(p‖q) and KL(q‖p) (Jeffreys). JS compares each with the mixture
        m = (p + q)/2, which is why it stays finite."""
        return 0.5 * kl_categorical(p, q) + 0.5 * kl_categorical(q, p)

    @named("mixture without its 1/2")
    def mixture_not_halved(p, q):
        """Your m = p + q sums to 2: it is no distribution, and your value is JS - log 2."""
        return 0.5 * kl_categorical(p, p + q) + 0.5 * kl_categorical(q, p + q)

    def the_mixture_comes_first(p, q):
        """You put the mixture first, KL(m‖p). p and q come first: the average is over their
        draws."""
        m = 0.5 * (p + q)
        return 0.5 * kl_categorical(m, p) + 0.5 * kl_categorical(m, q)

    def one_half_of_the_sum_only(p, q):
        """You return KL(p‖m) alone. It is not symmetric; average it with KL(q‖m)."""
        return kl_categorical(p, 0.5 * (p + q))

    @named("0 log 0 becomes NaN", see="12, step 2")
    def zero_log_zero(p, q):
        """A class that p or q never draws costs nothing, but 0 · log 0 is NaN for a computer: mask
        it, as in step 4 there."""
        m = 0.5 * (p + q)
        return 0.5 * (p * (p / m).log() + q * (q / m).log()).sum(-1)
