"""Lesson 12: KL(q || p) of two diagonal Gaussians, summed over dimensions."""

from torch import Tensor

from course_utils.checks.information_and_kl.shared import _BATCH, _DIMS, _NO_HALF
from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="12, line 5", difficulty=3, minutes=8)
HINTS = (
    "Write the KL of one dimension (line 6), then sum over the last dimension.",
    "var = logvar.exp(); inside the bracket: logvar_p - logvar_q + (var_q + shift²) / var_p - 1.",
)


def kl_gaussian(mu_q: Tensor, logvar_q: Tensor, mu_p: Tensor, logvar_p: Tensor) -> Tensor:
    """KL(q || p) of two diagonal Gaussians, summed over dimensions.

    mu_q, logvar_q, mu_p, logvar_p: (..., D), logvar = log sigma^2 -> (...), nats.
    """
    var_q, var_p = logvar_q.exp(), logvar_p.exp()
    per_dim = logvar_p - logvar_q + (var_q + (mu_q - mu_p) ** 2) / var_p - 1
    return 0.5 * per_dim.sum(-1)


def cases(rng):
    return [
        (d(1.0, 0.0), d(0.0, -1.0), d(0.0, 0.5), d(1.0, 0.5)),
        tuple(normal(rng, 1, 3) for _ in range(4)),
        tuple(normal(rng, 3, 4) for _ in range(4)),
    ]


def _per_dim(mu_q, logvar_q, mu_p, logvar_p):
    shift = (mu_q - mu_p) ** 2
    return logvar_p - logvar_q + (logvar_q.exp() + shift) / logvar_p.exp() - 1


class Properties:
    @named("zero for q = p")
    def zero_for_q_p(f, rng):
        mu, logvar = normal(rng, 3, 4), normal(rng, 3, 4)
        worst = float(f(mu, logvar, mu, logvar).abs().max())
        if not worst < 1e-9:
            raise Fails(f"for q = p the KL is 0, you return {worst:.4g}.")

    def never_negative(f, rng):
        low = float(f(*(normal(rng, 200, 3) for _ in range(4))).min())
        if low < -1e-9:
            raise Fails(f"on 200 random pairs your smallest value is {low:.4f} < 0.")

    def unchanged_when_both_move_together(f, rng):
        a, b, c, d = (normal(rng, 1, 3) for _ in range(4))
        before, after = float(f(a, b, c, d)), float(f(a + 7, b, c + 7, d))
        if not abs(before - after) < 1e-6:
            raise Fails(
                f"moving q and p together by 7 changes your value from {before:.4f} to {after:.4f}."
            )


class Mistakes:
    def swapped_arguments(mu_q, logvar_q, mu_p, logvar_p):
        """You computed KL(p‖q). The variance of p, the second distribution, is the one in the
        denominator."""
        return kl_gaussian(mu_p, logvar_p, mu_q, logvar_q)

    @named("missing 1/2")
    def missing_half(*a):
        __doc__ = _NO_HALF
        return _per_dim(*a).sum(-1)

    @named("mean over the dimensions", see="12, line 7")
    def mean_over_the_dimensions(*a):
        __doc__ = _DIMS
        return 0.5 * _per_dim(*a).mean(-1)

    @named("sum over the batch, too", see="12, line 7")
    def sum_over_the_batch_too(*a):
        __doc__ = _BATCH
        return 0.5 * _per_dim(*a).sum()

    @named("mean over everything", see="12, line 7")
    def mean_over_everything(*a):
        __doc__ = f"{_DIMS} And the batch is not averaged here: return one value per example."
        return 0.5 * _per_dim(*a).mean()

    @named("1/2 on the log term only")
    def half_on_the_log_term_only(mu_q, logvar_q, mu_p, logvar_p):
        """You halved the log term only. Lines 2 and 4 are divided by 2 sigma², so the 1/2 stands in
        front of the whole bracket."""
        return (
            0.5 * (logvar_p - logvar_q) + (logvar_q.exp() + (mu_q - mu_p) ** 2) / logvar_p.exp() - 1
        ).sum(-1)

    @named("no sum at all", see="12, line 7")
    def no_sum_at_all(*a):
        """Each dimension has its term; you return them all. Add them up with .sum(-1)."""
        return 0.5 * _per_dim(*a)

    @named("logvar taken for the variance", see="12, line 6")
    def logvar_taken_for_the_variance(mu_q, logvar_q, mu_p, logvar_p):
        """You used logvar where the variance belongs. The variance is logvar.exp()."""
        return 0.5 * (logvar_p - logvar_q + (logvar_q + (mu_q - mu_p) ** 2) / logvar_p - 1).sum(-1)

    @named("standard deviation for the variance", see="12, line 6")
    def standard_deviation_for_the_variance(mu_q, logvar_q, mu_p, logvar_p):
        """exp(0.5 · logvar) is sigma. The ratio holds variances: exp(logvar)."""
        return 0.5 * (
            logvar_p
            - logvar_q
            + ((0.5 * logvar_q).exp() + (mu_q - mu_p) ** 2) / (0.5 * logvar_p).exp()
            - 1
        ).sum(-1)

    @named("logvar taken for log sigma", see="12, line 6")
    def logvar_taken_for_log_sigma(mu_q, logvar_q, mu_p, logvar_p):
        """You squared exp(logvar). logvar is already log sigma², so exp(logvar) is the variance."""
        return kl_gaussian(mu_q, 2 * logvar_q, mu_p, 2 * logvar_p)

    @named("forgotten -1")
    def forgotten_1(*a):
        """The -1 in each dimension is missing: it is what E[(x - mu_q)²]/var_q leaves behind, and
        it makes the KL 0 at q = p."""
        return 0.5 * (_per_dim(*a) + 1).sum(-1)

    @named("shift not divided by the variance", see="12, line 4")
    def shift_not_divided_by_the_variance(mu_q, logvar_q, mu_p, logvar_p):
        """(mu_q - mu_p)² must be divided by the variance of p: a shift of 1 is far for a narrow p
        and near for a wide one."""
        return 0.5 * (
            logvar_p - logvar_q + (logvar_q - logvar_p).exp() + (mu_q - mu_p) ** 2 - 1
        ).sum(-1)
