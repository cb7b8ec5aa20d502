"""Lesson 12: Jensen-Shannon divergence. p, q: (..., K), rows sum to 1 -> (...), nats, at mos"""

import math

from torch import Tensor

from course_utils.checks.information_and_kl.shared import (
    _BASE_2,
    _simplex,
    kl_categorical_reference,
)
from course_utils.exercises.spec import About, Fails, d, named

ABOUT = About(see="12, step 10", difficulty=2, minutes=5)
HINTS = (
    "Build the mixture m = (p + q) / 2 first. Which two KLs are averaged?",
    "0.5 * kl_categorical(p, m) + 0.5 * kl_categorical(q, m).",
)


def js_divergence(p: Tensor, q: Tensor) -> Tensor:
    """Jensen-Shannon divergence. p, q: (..., K), rows sum to 1 -> (...), nats, at most log 2."""
    m = 0.5 * (p + q)  # the mixture: half the draws from p, half from q
    return 0.5 * kl_categorical_reference(p, m) + 0.5 * kl_categorical_reference(q, m)


def cases(rng):
    return [
        (d(0.5, 0.3, 0.2), d(0.1, 0.2, 0.7)),
        (_simplex(rng, 1, 4), _simplex(rng, 1, 4)),
        (_simplex(rng, 3, 5), _simplex(rng, 3, 5)),
    ]


_KL = kl_categorical_reference


class Properties:
    def symmetric(f, rng):
        p, q = _simplex(rng, 50, 4), _simplex(rng, 50, 4)
        gap = float((f(p, q) - f(q, p)).abs().max())
        if not gap < 1e-9:
            raise Fails(f"js(p, q) and js(q, p) differ by up to {gap:.4f}.")

    def log_2_for_disjoint_distributions(f, rng):
        got = float(f(d(0.5, 0.5, 0.0, 0.0), d(0.0, 0.0, 0.5, 0.5)))
        if not abs(got - math.log(2)) < 1e-6:
            raise Fails(
                f"for disjoint p = [.5, .5, 0, 0], q = [0, 0, .5, .5] it is log 2 = 0.6931, you return "
                f"{got:.4g}."
            )


class Mistakes:
    @named("missing 1/2")
    def missing_half(p, q):
        """You added the two KLs; each counts one half, because the label is fake half of the time.
        Your maximum is 2 log 2."""
        return 2 * js_divergence(p, q)

    @named("KL to each other, not to the mixture")
    def KL_to_each_other_not_to_the_mixture(p, q):
        """You averaged KL(p‖q) and KL(q‖p) (Jeffreys). JS compares each with the mixture m = (p +
        q)/2, which is why it stays finite."""
        return 0.5 * _KL(p, q) + 0.5 * _KL(q, p)

    @named("mixture without its 1/2")
    def mixture_without_its_half(p, q):
        """Your m = p + q sums to 2: it is no distribution, and your value is JS - log 2."""
        return 0.5 * ((p * (p / (p + q)).log()).sum(-1) + (q * (q / (p + q)).log()).sum(-1))

    @named("base-2 logarithm", see="12, step 2")
    def base_2_logarithm(p, q):
        __doc__ = _BASE_2
        return js_divergence(p, q) / math.log(2)

    def swapped_arguments(p, q):
        """You put the mixture first, KL(m‖p). p and q come first: the average is over their draws."""
        return 0.5 * _KL(0.5 * (p + q), p) + 0.5 * _KL(0.5 * (p + q), q)

    def one_half_of_the_sum_only(p, q):
        """You return KL(p‖m) alone. It is not symmetric; average it with KL(q‖m)."""
        return _KL(p, 0.5 * (p + q))

    @named("the distance, not the divergence")
    def the_distance_not_the_divergence(p, q):
        """You took the square root. That is the Jensen-Shannon distance (SciPy's jensenshannon
        returns it); the divergence is its square."""
        return js_divergence(p, q).sqrt()
