"""Exercise of lesson 43: latents of mean 0 and standard deviation 1 for the flow."""

from torch import Tensor

from course_utils.exercises.spec import About, close, named, normal, uniform

ABOUT = About(see="43, step 2", difficulty=2, minutes=6, gradient=False)
HINTS = (
    "One mean and one standard deviation for each channel. Over which three dimensions, and of "
    "which latents?",
    "mean, std = train.mean((0, 2, 3), keepdim=True), train.std((0, 2, 3), keepdim=True); then "
    "(z - mean) / std.",
)


def standardise(z: Tensor, train: Tensor) -> Tensor:
    """Latents in units of the training latents: mean 0, standard deviation 1 in each channel.

    z: (B, C, H, W), train: (N, C, H, W) -> (B, C, H, W); the usual std, with N - 1 below.
    """
    mean = train.mean((0, 2, 3), keepdim=True)  # (1, C, 1, 1)
    std = train.std((0, 2, 3), keepdim=True)
    return (z - mean) / std


def problem(rng, b, n, c, h, w):
    spread = 0.2 + 4 * uniform(rng, 1, c, 1, 1)
    shift = 3 * normal(rng, 1, c, 1, 1)
    return normal(rng, b, c, h, w) * spread + shift, normal(rng, n, c, h, w) * spread + shift


def cases(rng):
    yield problem(rng, 2, 3, 1, 2, 2)
    yield problem(rng, 1, 6, 3, 2, 4)  # a single picture has to be in the units of all
    yield problem(rng, 4, 5, 2, 3, 2)


def hard_cases(rng):
    yield [part.float() for part in problem(rng, 16, 500, 8, 4, 4)]


class Properties:
    @named("the training latents themselves become standard")
    def standard(f, rng):
        _, train = problem(rng, 1, 40, 3, 2, 3)
        z = f(train, train)
        says = "the training latents have a mean of {got} in a channel afterwards, not {right}."
        close(z.mean((0, 2, 3)), 0, says)
        says = "the training latents have a std of {got} in a channel afterwards, not {right}."
        close(z.std((0, 2, 3)), 1, says)


class Mistakes:
    @named("by its own batch")
    def own_batch(z, train):
        """You measured the batch that is to be scaled. Then the same picture gets other latents in
        another batch, and a single one gets no scale at all: measure the training latents."""
        return (z - z.mean((0, 2, 3), keepdim=True)) / z.std((0, 2, 3), keepdim=True)

    @named("one number for all channels")
    def all_channels(z, train):
        """One mean and one standard deviation for everything: a quiet channel stays quiet and
        drowns in the noise. Measure each channel by itself."""
        return (z - train.mean()) / train.std()

    @named("one for each place")
    def each_place(z, train):
        """You measured each place of the picture by itself, over the pictures alone. The places
        belong together: over the dimensions 0, 2 and 3."""
        return (z - train.mean(0)) / train.std(0)

    @named("divided by the variance")
    def variance(z, train):
        """You divided by the variance. In units of the standard deviation, the result has 1."""
        mean = train.mean((0, 2, 3), keepdim=True)
        return (z - mean) / train.var((0, 2, 3), keepdim=True)

    @named("the mean stays in")
    def not_centred(z, train):
        """You divided, but did not subtract the mean: the noise is around 0, the latents not."""
        return z / train.std((0, 2, 3), keepdim=True)
