"""Exercise of lesson 12: the KL divergence of two diagonal Gaussians."""

from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="12, line 6", difficulty=3, minutes=8)
HINTS = (
    "Write the KL of one dimension (line 6), then sum over the last dimension. A quotient of two "
    "exps is better written as the exp of a difference: it does not overflow.",
    "inside the bracket: logvar_p - logvar_q + exp(logvar_q - logvar_p) + shift² / var_p - 1 with "
    "var_p = logvar_p.exp().",
)


def kl_gaussian(mu_q: Tensor, logvar_q: Tensor, mu_p: Tensor, logvar_p: Tensor) -> Tensor:
    """KL(q || p) of two diagonal Gaussians, summed over dimensions.

    mu_q, logvar_q, mu_p, logvar_p: (..., D), logvar = log sigma^2 -> (...), nats.
    """
    log_ratio = logvar_q - logvar_p  # one exp of it: a quotient of two could be inf / inf
    shift = (mu_q - mu_p) ** 2 / logvar_p.exp()
    return 0.5 * (log_ratio.exp() - log_ratio + shift - 1).sum(-1)


def cases(rng):
    yield d(1.0, 0.0), d(0.0, -1.0), d(0.0, 0.5), d(1.0, 0.5)
    yield tuple(normal(rng, 1, 3) for _ in range(4))
    yield tuple(normal(rng, 3, 2) for _ in range(4))
    yield tuple(normal(rng, 4, 2, 12) for _ in range(4))


def hard_cases(rng):
    mu_q, mu_p = normal(rng, 2, 128, 20).float()
    yield mu_q, mu_p - 9.2, mu_p, 0 * mu_q  # q has variances of 1e-4
    yield mu_q, mu_p, mu_q + 0.01 * mu_p, mu_q - 9.2  # p has
    far = d([100.0, 95.0]).float()  # exp(100) is inf in float32
    yield 0 * far, far, 0 * far, far + 1


class Properties:
    def zero_for_q_equal_to_p(f, rng):
        mu, logvar = normal(rng, 3, 4), normal(rng, 3, 4)
        close(f(mu, logvar, mu, logvar), 0, "for q = p the KL is 0, you return {got}.")


def collect(log_term, ratio, square):
    return 0.5 * (log_term + ratio + square - 1).sum(-1)


class Mistakes:
    def q_and_p_swapped(mu_q, logvar_q, mu_p, logvar_p):
        """You computed KL(p‖q). q comes first: the squares are averaged over q and divided by the
        variance of p."""
        return kl_gaussian(mu_p, logvar_p, mu_q, logvar_q)

    @named("logvar taken for log sigma")
    def squared_variance(mu_q, logvar_q, mu_p, logvar_p):
        """You squared exp(logvar). logvar is already log sigma², so exp(logvar) is the variance."""
        return kl_gaussian(mu_q, 2 * logvar_q, mu_p, 2 * logvar_p)

    @named("-1 once instead of once a dimension", see="12, line 7")
    def one_once(mu_q, logvar_q, mu_p, logvar_p):
        """Each dimension brings its own -1: it stands inside the sum. At q = p yours is
        (D - 1) / 2 instead of 0."""
        return kl_gaussian(mu_q, logvar_q, mu_p, logvar_p) + 0.5 * (mu_q.shape[-1] - 1)

    @named("shift not divided by the variance", see="12, line 4")
    def shift_not_scaled(mu_q, logvar_q, mu_p, logvar_p):
        """(mu_q - mu_p)² must be divided by the variance of p: a shift of 1 is far for a narrow p
        and near for a wide one."""
        log_ratio = logvar_q - logvar_p
        return collect(-log_ratio, log_ratio.exp(), (mu_q - mu_p) ** 2)

    @named("a quotient of two exps")
    def quotient(mu_q, logvar_q, mu_p, logvar_p):
        """Right on paper: exp(logvar_q) / exp(logvar_p) is inf / inf where both variances leave the
        range of float32. Subtract first: exp(logvar_q - logvar_p)."""
        top = logvar_q.exp() + (mu_q - mu_p) ** 2
        return collect(logvar_p - logvar_q, top / logvar_p.exp(), 0)
