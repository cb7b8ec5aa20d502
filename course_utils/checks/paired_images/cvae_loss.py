"""Exercise of lesson 25: the loss of a conditional variational autoencoder."""

from torch import Tensor

from course_utils.exercises.spec import About, close, named, normal, sizes, uniform

ABOUT = About(see="25, step 5", difficulty=3, minutes=8)
HINTS = (
    "Two numbers for each picture: all its absolute errors added up, and a KL. Then a mean.",
    "(y_hat - y).abs().flatten(1).sum(1) + 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)",
)


def cvae_loss(y: Tensor, y_hat: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """Negative bound of a conditional VAE with a Laplace decoder of scale 1 (Sohn et al. 2015).

    y, y_hat: (B, C, H, W); mu, logvar: (B, Z) of q(z | x, y) -> scalar: the mean over the pictures
    of sum |y_hat - y| + KL(q || N(0, I)), in nats up to a constant.
    """
    error = (y_hat - y).abs().flatten(1).sum(1)  # (B,)
    kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1)  # (B,)
    return (error + kl).mean()


def case(rng, batch, channels, height, width, z_dim):
    shape = batch, channels, height, width
    mu, logvar = normal(rng, 2, batch, z_dim)
    return uniform(rng, *shape), uniform(rng, *shape), mu, logvar


def cases(rng):
    for size in sizes(5):
        yield case(rng, *size)


def hard_cases(rng):
    yield tuple(part.float() for part in case(rng, 16, 3, 24, 20, 2))
    y, y_hat, mu, logvar = case(rng, 4, 3, 6, 5, 8)
    yield y, y_hat, mu, 20 * logvar - 30  # nearly certain latents


class Properties:
    @named("a right picture from the prior costs nothing")
    def nothing_to_pay(f, rng):
        y, none = uniform(rng, 3, 2, 4, 5), normal(rng, 3, 6) * 0
        close(f(y, y, none, none), 0, "y_hat = y and q = N(0, I), yet your loss is {got}.")

    @named("the pixels are added, the pictures averaged")
    def twice_the_picture(f, rng):
        y, y_hat, none = *uniform(rng, 2, 3, 2, 4, 5), normal(rng, 3, 6) * 0
        one, two = (
            f(y, y_hat, none, none),
            f(y.repeat(1, 1, 2, 1), y_hat.repeat(1, 1, 2, 1), none, none),
        )
        close(two, 2 * one, "twice as many pixels must cost {right}, yours cost {got}.")


def parts(y, y_hat, mu, logvar):
    return (y_hat - y).abs().flatten(1), (mu.square() + logvar.exp() - 1 - logvar) / 2


class Mistakes:
    @named("the error averaged over the pixels")
    def mean_over_pixels(y, y_hat, mu, logvar):
        """You averaged over the pixels, but added over the latents. The KL then weighs as much as
        a thousand pixels, and the encoder tells the decoder nothing: add over the pixels."""
        error, kl = parts(y, y_hat, mu, logvar)
        return error.mean() + kl.sum(1).mean()

    @named("the KL averaged over the latents")
    def mean_over_latents(y, y_hat, mu, logvar):
        """You averaged the KL over the latents. The KL of independent numbers is a sum."""
        error, kl = parts(y, y_hat, mu, logvar)
        return error.sum(1).mean() + kl.mean()

    def logvar_as_standard_deviation(y, y_hat, mu, logvar):
        """You took exp(logvar) for the standard deviation. It is the variance."""
        error, _ = parts(y, y_hat, mu, logvar)
        kl = (mu.square() + (2 * logvar).exp() - 1 - 2 * logvar) / 2
        return (error.sum(1) + kl.sum(1)).mean()

    def the_kl_rewarded(y, y_hat, mu, logvar):
        """The KL stands in your loss with a minus: latents that run away from the prior would be
        paid for. The bound is -error - KL, the loss is its negative."""
        error, kl = parts(y, y_hat, mu, logvar)
        return (error.sum(1) - kl.sum(1)).mean()

    def squared_errors(y, y_hat, mu, logvar):
        """You squared the errors: that is a Gaussian decoder. A Laplace one pays |y_hat - y|."""
        error, kl = parts(y, y_hat, mu, logvar)
        return (error.square().sum(1) + kl.sum(1)).mean()
