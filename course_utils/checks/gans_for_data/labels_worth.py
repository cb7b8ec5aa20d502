"""Exercise of lesson 27: how many plain labels an accuracy is worth."""

import math

from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, uniform

ABOUT = About(see="27, step 6", difficulty=2, minutes=8, gradient=False)
HINTS = (
    "Read the plain curve the other way round: from an accuracy to a number of labels. Between two "
    "points take the straight line over log n.",
    "k = the last point that is not above the accuracy; way = (accuracy - plain[k]) / (plain[k + 1]"
    " - plain[k]); exp of log n between sizes[k] and sizes[k + 1].",
)


def labels_worth(accuracy: float, sizes: Tensor, plain: Tensor) -> float:
    """Real labels that reach this accuracy without any help.

    sizes: (K,) rising numbers of labels; plain: (K,) their accuracies, rising. Between two points
    the curve is straight over log n; below the first and above the last it ends: sizes[0],
    sizes[-1]. -> labels, a float.
    """
    accuracy = min(max(float(accuracy), plain[0].item()), plain[-1].item())
    k = min(int((plain <= accuracy).sum()) - 1, len(plain) - 2)
    way = (accuracy - plain[k].item()) / (plain[k + 1] - plain[k]).item()
    first, last = math.log(sizes[k]), math.log(sizes[k + 1])
    return math.exp(first + way * (last - first))


def curve(rng, n):
    """Rising sizes and accuracies."""
    sizes = (10 * 3 ** (1 + uniform(rng, n)).cumsum(0)).round()
    return sizes, (0.3 + 0.1 * (0.5 + uniform(rng, n)).cumsum(0)).clamp(max=0.99)


def cases(rng):
    sizes, plain = d(10, 100, 1000), d(0.5, 0.7, 0.9)
    for accuracy in (0.6, 0.7, 0.85, 0.4, 0.95, 0.5, 0.9):
        yield accuracy, sizes, plain
    for n in (2, 4, 5):
        sizes, plain = curve(rng, n)
        yield (0.4 * plain[0] + 0.6 * plain[1]).item(), sizes, plain
        yield (0.9 * plain[-2] + 0.1 * plain[-1]).item(), sizes, plain


class Properties:
    def the_plain_curve_is_worth_itself(f, rng):
        sizes, plain = curve(rng, 4)
        for size, accuracy in zip(sizes.tolist(), plain.tolist(), strict=True):
            got = f(accuracy, sizes, plain)
            close(got, size, "an accuracy of the plain curve is worth {right} labels, not {got}.")

    @named("halfway between 10 and 1000 labels stand 100")
    def halfway(f, rng):
        got = f(0.6, d(10, 1000), d(0.5, 0.7))
        close(got, 100, "halfway over log n from 10 to 1000 is {right}, yours is {got}.")


class Mistakes:
    @named("straight over n")
    def over_n(accuracy, sizes, plain):
        """You drew straight lines over n. The figure's axis is log n: take logarithms of the
        sizes, and exp at the end."""
        accuracy = min(max(accuracy, plain[0].item()), plain[-1].item())
        k = min(int((plain <= accuracy).sum()) - 1, len(plain) - 2)
        way = (accuracy - plain[k].item()) / (plain[k + 1] - plain[k]).item()
        return (sizes[k] + way * (sizes[k + 1] - sizes[k])).item()

    @named("goes on beyond the curve")
    def beyond(accuracy, sizes, plain):
        """You prolonged the curve beyond its ends. Nobody has measured there: below the first
        point it is worth sizes[0], above the last sizes[-1]."""
        k = min(max(int((plain <= accuracy).sum()) - 1, 0), len(plain) - 2)
        way = (accuracy - plain[k].item()) / (plain[k + 1] - plain[k]).item()
        first, last = math.log(sizes[k]), math.log(sizes[k + 1])
        return math.exp(first + way * (last - first))

    @named("the nearest point of the curve")
    def nearest(accuracy, sizes, plain):
        """You took the size whose accuracy is nearest. Read between the points, too."""
        return sizes[(plain - accuracy).abs().argmin()].item()

    @named("the logarithm of the labels")
    def no_exp(accuracy, sizes, plain):
        """You returned log n. Take exp at the end: the answer is a number of labels."""
        return math.log(labels_worth(accuracy, sizes, plain))
