"""Exercise of lesson 00: the point at time t on the straight line from noise to image."""

from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal, uniform

ABOUT = About(see="00, step 2", difficulty=1, minutes=4, gradient=False)
HINTS = (
    "You want to be at the noise for t = 0, at the image for t = 1, and half-way between them "
    "for t = 0.5. Which two weights do that?",
    "The weights are 1 - t and t. To multiply (B,) with (B, 1, H, W), first write "
    "t = t[:, None, None, None].",
)


def mix(noise: Tensor, x: Tensor, t: Tensor) -> Tensor:
    """The point at time t on the straight line from noise to image: (1 - t) noise + t x.

    noise, x: (B, 1, H, W); t: (B,) in [0, 1], one time an image -> (B, 1, H, W), units of x.
    """
    t = t[:, None, None, None]  # (B,) -> (B, 1, 1, 1): the same time for every pixel of an image
    return (1 - t) * noise + t * x


def cases(rng):
    yield d([[[1.0, -2.0]]]), d([[[3.0, 2.0]]]), d(0.25)
    yield normal(rng, 3, 1, 2, 4), normal(rng, 3, 1, 2, 4), d(0.0, 0.4, 1.0)
    yield normal(rng, 4, 1, 3, 4), normal(rng, 4, 1, 3, 4), uniform(rng, 4)
    yield normal(rng, 2, 1, 5, 2), normal(rng, 2, 1, 5, 2), uniform(rng, 2)


def hard_cases(rng):
    noise, x = normal(rng, 128, 1, 28, 28), uniform(rng, 128, 1, 28, 28)
    yield noise.float(), x.float(), uniform(rng, 128).float()


class Properties:
    def the_line_goes_from_the_noise_to_the_image(f, rng):
        noise, x = normal(rng, 2, 1, 3, 4), normal(rng, 2, 1, 3, 4)
        close(
            f(noise, x, d(0.0, 0.0)), noise, "at t = 0 a pixel is noise, {right}; yours is {got}."
        )
        close(
            f(noise, x, d(1.0, 1.0)), x, "at t = 1 a pixel is the image's, {right}; yours is {got}."
        )


class Mistakes:
    def noise_and_image_swapped(noise, x, t):
        """Your line starts at the image and ends at the noise. Here t = 0 is pure noise and t = 1
        is the finished image, so the weight of the image is t."""
        return mix(x, noise, t)

    def noise_added_and_never_removed(noise, x, t):
        """The two weights must add up to 1: where the image comes in, the noise has to go."""
        return noise + t[:, None, None, None] * x

    @named("square-root weights", see="41, step 2")
    def square_root_weights(noise, x, t):
        """You used the weights sqrt(t) and sqrt(1 - t). They keep the variance (diffusion does
        that), but the path is an arc; flow matching walks along the straight line."""
        t = t[:, None, None, None]
        return (1 - t).sqrt() * noise + t.sqrt() * x

    def t_laid_along_the_columns(noise, x, t):
        """A tensor of shape (B,) meets the last axis, the columns: every column got its own time,
        and it only runs where a batch has as many images as columns. Every image should have one:
        give t the shape (B, 1, 1, 1) first."""
        return (1 - t) * noise + t * x

    def t_is_one_axis_short(noise, x, t):
        """With shape (B, 1, 1) the times meet the channels, and each image is mixed at the times of
        all the others: (B, B, H, W). t needs the shape (B, 1, 1, 1)."""
        t = t[:, None, None]
        return (1 - t) * noise + t * x
