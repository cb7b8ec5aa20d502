"""Exercise of lesson 31: which units of the code are in use."""

from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal, sizes

ABOUT = About(see="31, step 8", difficulty=1, minutes=4, gradient=False)
HINTS = (
    "The KL of step 6, without the sum over units.",
    "(0.5 * (mu**2 + logvar.exp() - 1 - logvar)).mean(0)",
)


def kl_per_unit(mu: Tensor, logvar: Tensor) -> Tensor:
    """KL of q(z_j|x) from N(0, 1) for each latent unit j, averaged over the examples.

    mu, logvar = log sigma^2: (B, Z) -> (Z,), nats. Near 0: the unit is not used.
    """
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar)  # (B, Z)
    return kl.mean(0)


def cases(rng):
    yield d([1.0, 0.0], [-1.0, 0.0], [2.0, 0.0]), d([-1.0, 0.0], [0.0, 0.0], [0.0, 1.0])
    for size in sizes(2):
        yield normal(rng, *size), normal(rng, *size)


def hard_cases(rng):
    mu, logvar = normal(rng, 2, 500, 16).float()
    logvar[:, 0], logvar[:, 1] = -9.2, 6.0  # variances of 1e-4 and of 400
    mu[:, 2:5], logvar[:, 2:5] = mu[:, 2:5] / 100, logvar[:, 2:5] / 100  # hardly used
    yield mu, logvar


class Properties:
    @named("0 for an unused unit")
    def unused_unit(f, rng):
        mu, logvar = normal(rng, 2, 5, 3)
        mu[:, 1], logvar[:, 1] = 0.0, 0.0
        says = "a unit that is N(0, 1) for every example carries nothing: its KL is 0, not {got}."
        close(f(mu, logvar)[1], 0, says)


class Mistakes:
    def mean_code_first_KL_afterwards(mu, logvar):
        """You averaged mu and logvar and then took the KL. Examples on both sides of 0 cancel, and
        a busy unit looks dead. KL first, mean last."""
        return 0.5 * (mu.mean(0) ** 2 + logvar.mean(0).exp() - 1 - logvar.mean(0))

    def averaged_over_the_units(mu, logvar):
        """You averaged over dimension 1: one number per example. Asked is one per unit."""
        return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).mean(1)

    @named("sigma for its square", see="31, step 3")
    def sigma_for_its_square(mu, logvar):
        """The KL holds sigma² = exp(logvar); you took exp(logvar / 2), the standard deviation. With
        sigma² it is 0 at mu = 0, sigma = 1 and nowhere below."""
        return 0.5 * (mu**2 + (0.5 * logvar).exp() - 1 - logvar).mean(0)

    @named("log sigma² added", see="31, step 3")
    def logvar_added(mu, logvar):
        """You added log sigma². Subtracted, it is what keeps sigma from shrinking to 0."""
        return 0.5 * (mu**2 + logvar.exp() - 1 + logvar).mean(0)

    @named("the other direction", see="31, step 3")
    def other_direction(mu, logvar):
        """That is the KL of N(0, 1) from q. The bound pays for q from the prior, so the prior's
        variance, 1, is the one in the denominator."""
        return 0.5 * ((mu**2 + 1) / logvar.exp() - 1 + logvar).mean(0)
