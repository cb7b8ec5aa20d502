"""Lesson 31: KL of q(z_j|x) from N(0, 1) for each latent unit j, averaged over the examples."""

from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="31, step 9", difficulty=1, minutes=4)
HINTS = (
    "The KL of lesson 12, line 8, without the sum over units.",
    "(0.5 * (mu**2 + logvar.exp() - 1 - logvar)).mean(0)",
)


def kl_per_unit(mu: Tensor, logvar: Tensor) -> Tensor:
    """KL of q(z_j|x) from N(0, 1) for each latent unit j, averaged over the examples.

    mu, logvar = log sigma^2: (B, Z) -> (Z,), nats. Near 0: the unit is not used.
    """
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar)  # (B, Z)
    return kl.mean(0)


def cases(rng):
    return [
        (d([1.0, 0.0], [-1.0, 0.0]), d([-1.0, 0.0], [-2.0, 0.5])),
        (normal(rng, 1, 3), normal(rng, 1, 3)),
        (normal(rng, 3, 4), normal(rng, 3, 4)),
    ]


def _unit_terms(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar)


class Properties:
    @named("0 for an unused unit")
    def is_0_for_an_unused_unit(f, rng):
        mu, logvar = normal(rng, 5, 3), normal(rng, 5, 3)
        mu[:, 1], logvar[:, 1] = 0.0, 0.0
        got = f(mu, logvar).flatten()
        if len(got) < 2 or not abs(float(got[1])) < 1e-9:
            raise Fails(
                "a unit that is N(0, 1) for every example carries nothing: its KL should be 0."
            )

    def the_units_add_up_to_the_KL_of_an_example(f, rng):
        mu, logvar = normal(rng, 6, 4), normal(rng, 6, 4)
        got = float(f(mu, logvar).sum())
        right = float(_unit_terms(mu, logvar).sum(-1).mean())
        if not abs(got - right) < 1e-9:
            raise Fails(
                f"your units add up to {got:.4f}; the KL of an example is {right:.4f} on average."
            )


class Mistakes:
    def averaged_over_the_units(mu, logvar):
        """You averaged over dimension 1: one number per example. Asked is one per unit."""
        return _unit_terms(mu, logvar).mean(1)

    def sum_over_the_batch(mu, logvar):
        """Yours grows with the number of examples. Average over them."""
        return _unit_terms(mu, logvar).sum(0)

    @named("missing 1/2")
    def missing_half(mu, logvar):
        """Twice the KL: the 1/2 of the Gaussian exponent is missing."""
        return 2 * _unit_terms(mu, logvar).mean(0)

    def sign_flipped(mu, logvar):
        """A KL is never negative; yours is never positive (R68, R80)."""
        return -_unit_terms(mu, logvar).mean(0)

    @named("mean code first, KL afterwards")
    def mean_code_first_KL_afterwards(mu, logvar):
        """You averaged mu and logvar and then took the KL. Examples on both sides of 0 cancel, and
        a busy unit looks dead. KL first, mean last."""
        return 0.5 * (mu.mean(0) ** 2 + logvar.mean(0).exp() - 1 - logvar.mean(0))

    def sigma_read_as_a_variance(mu, logvar):
        """You used sigma where sigma² belongs: for sigma = 2 that gives 0.153 instead of 0.807
        (R72)."""
        return 0.5 * (mu**2 + (0.5 * logvar).exp() - 1 - 0.5 * logvar).mean(0)

    def logvar_taken_for_log_sigma(mu, logvar):
        """logvar is already log sigma²: do not square exp(logvar) again."""
        return 0.5 * (mu**2 + (2 * logvar).exp() - 1 - 2 * logvar).mean(0)

    def summed_over_everything(mu, logvar):
        """That is the mean KL of an example, all units together. Keep the units apart."""
        return _unit_terms(mu, logvar).sum(-1).mean()
