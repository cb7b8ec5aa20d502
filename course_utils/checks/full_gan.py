"""Exercises of lesson 83: an averaged state, the spread of pictures, the price of a round."""

import torch
from torch import Tensor

from course_utils.exercises import Exercise, Mistake, Property

LESSON = "83_full_gan"


def _normal(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.double)


# ---- the average of a net's whole state ----------------------------------------------------------


def average_state_reference(
    average: list[Tensor], present: list[Tensor], decay: float
) -> list[Tensor]:
    """One update of the exponential moving average of a net's state: weights and buffers.

    average, present: tensors of equal shapes, pair by pair; floating-point ones (weights, running
    means and variances) are averaged with share ``decay`` of the old average, 0..1; integer ones
    (counters) are taken over from the net -> new list, nothing changed in place.
    """
    new = []
    for old, now in zip(average, present, strict=True):
        if now.is_floating_point():
            new.append(decay * old + (1 - decay) * now)
        else:
            new.append(now.clone())
    return new


def _rest(f, rng) -> str | None:
    state = [_normal(rng, 2, 3), torch.tensor(7)]
    out = f([v.clone() for v in state], state, 0.9)
    off = (out[0] - state[0]).abs().max().item()
    if not off < 1e-12:
        return f"a net at rest is its own average; yours is off by {off:.3f}."
    return None


def _between(f, rng) -> str | None:
    old, now = [torch.zeros(3).double()], [torch.ones(3).double()]
    out = f(old, now, 0.75)[0]
    if not (out - 0.25).abs().max() < 1e-12:
        return f"from 0 towards 1 with decay 0.75 one update reaches 0.25, you {out[0]:.3f}."
    return None


def _cases_state(rng: torch.Generator) -> list[tuple]:
    def state(n: int, count: int) -> list[Tensor]:
        """A matrix, a counter, a vector, a single weight, two counters, variances."""
        counters = torch.tensor(count, dtype=torch.int32), torch.tensor([count, 2 * count])
        weights, means, variances = _normal(rng, n, 2), _normal(rng, n), _normal(rng, n).square()
        return [weights, counters[0], means, means.sum(), counters[1], variances]

    return [
        (state(1, 3), state(1, 4), 0.9),
        (state(3, 120), state(3, 130), 0.998),
        (state(2, 0), state(2, 1), 0.0),
    ]


average_state = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=8,
    reference=average_state_reference,
    cases=_cases_state,
    properties=[
        Property("a net at rest is its own average", _rest),
        Property("a quarter of the way", _between),
    ],
    mistakes=[
        Mistake(
            "decay on the wrong side",
            lambda average, present, decay: [
                decay * now + (1 - decay) * old if now.is_floating_point() else now
                for old, now in zip(average, present, strict=True)
            ],
            "You keep 1 - decay of the old average: it follows the net at once and averages "
            "nothing.",
            "22, step 5",
        ),
        Mistake(
            "vectors copied, only matrices averaged",
            lambda average, present, decay: [
                decay * old + (1 - decay) * now if now.ndim > 1 else now
                for old, now in zip(average, present, strict=True)
            ],
            "You averaged the weight matrices and copied the rest: averaged weights with the "
            "last net's running statistics are a net that never existed.",
            "83, find the bug 3",
        ),
        Mistake(
            "buffers left as they were at the start",
            lambda average, present, decay: [
                decay * old + (1 - decay) * now if now.ndim > 1 else old
                for old, now in zip(average, present, strict=True)
            ],
            "Everything but the matrices stays as it was when the average was made, BatchNorm's "
            "statistics among it: those of an untrained net.",
            "83, find the bug 3",
        ),
        Mistake(
            "counters averaged",
            lambda average, present, decay: [
                decay * old + (1 - decay) * now for old, now in zip(average, present, strict=True)
            ],
            "You averaged the counters, too, and made fractions of them. Copy what is not floating "
            "point.",
            "83, find the bug 3",
        ),
        Mistake(
            "counters averaged and rounded",
            lambda average, present, decay: [
                (decay * old + (1 - decay) * now).to(old.dtype)
                for old, now in zip(average, present, strict=True)
            ],
            "You averaged a counter of integers, and rounding down keeps it where it is for ever. "
            "Copy what is not floating point.",
            "83, find the bug 3",
        ),
        Mistake(
            "the average keeps its own counters",
            lambda average, present, decay: [
                decay * old + (1 - decay) * now if now.is_floating_point() else old
                for old, now in zip(average, present, strict=True)
            ],
            "Your counters stay as they were when the average was made. Take them over from the "
            "net.",
            "83, find the bug 3",
        ),
        Mistake(
            "the net's state, not averaged",
            lambda average, present, decay: [now.clone() for now in present],
            "You return the net as it is. The share decay of the old average must stay.",
            "22, step 5",
        ),
        Mistake(
            "a sum that is no average",
            lambda average, present, decay: [
                decay * old + now if now.is_floating_point() else now
                for old, now in zip(average, present, strict=True)
            ],
            "The shares must add up to one: decay * old + (1 - decay) * new.",
            "22, step 5",
        ),
    ],
    hints=[
        "Which entries of a state_dict are no real numbers?",
        "decay * old + (1 - decay) * now where now.is_floating_point(), else now.clone().",
    ],
    tol=1e-9,
)

# ---- how different are the pictures from each other? ---------------------------------------------


def spread_ratio_reference(fake: Tensor, real: Tensor) -> Tensor:
    """Mean distance between two different fakes, in units of that between two real pictures.

    fake: (N, ...), real: (M, ...), N, M >= 2; Euclidean distances over all pixels of a picture
    -> scalar (); about 1 where the fakes differ as real pictures do, 0 where all are one picture.
    """

    def mean_distance(x: Tensor) -> Tensor:
        rows = x.flatten(1)
        distances = torch.cdist(rows, rows, compute_mode="donot_use_mm_for_euclid_dist")
        n = len(rows)
        return distances.sum() / (n * (n - 1))  # the n distances to oneself are 0 and do not count

    return mean_distance(fake) / mean_distance(real)


def _one_picture(f, rng) -> str | None:
    real = _normal(rng, 40, 1, 2, 2) + 1
    value = f(real[:1].expand(40, -1, -1, -1).clone(), real)
    if not isinstance(value, Tensor):
        return "a tensor of shape () is expected; leave .item() to the caller."
    if not abs(float(value)) < 1e-5:
        return f"forty times the same picture has no spread at all, you return {float(value):.4f}."
    return None


def _twice_as_far(f, rng) -> str | None:
    real = _normal(rng, 6, 3)
    value = float(f(2 * real + 1, real))
    if not abs(value - 2) < 1e-9:
        return f"pictures twice as far apart have the ratio 2, you return {value:.4f}."
    return None


def _more_of_them(f, rng) -> str | None:
    two = torch.tensor([[0.0], [1.0]]).double()
    value = float(f(two, torch.tensor([[0.0], [1.0], [2.0]]).double()))
    if not abs(value - 0.75) < 1e-9:
        return (
            "points 0, 1 are 1 apart, points 0, 1, 2 are 4/3 apart on average: the ratio is 0.75, "
            f"you return {value:.4f}."
        )
    return None


def _pairs(x: Tensor, p: float = 2.0) -> Tensor:
    return torch.pdist(x.flatten(1), p)  # every pair once


def _not_zero(distances: Tensor) -> Tensor:
    return distances[distances > 0].mean()


def _from_average(x: Tensor) -> Tensor:
    return (x - x.mean(0)).flatten(1).norm(dim=1).mean()


spread_ratio = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=10,
    reference=spread_ratio_reference,
    cases=lambda rng: [
        (_normal(rng, 3, 1, 2, 2), 2 * _normal(rng, 5, 1, 2, 2)),
        (_normal(rng, 2, 1), _normal(rng, 3, 1)),
        (0.1 * _normal(rng, 4, 6) + 3, _normal(rng, 4, 6)),
        (_normal(rng, 2, 3).repeat(2, 1), _normal(rng, 3, 3)),  # each fake came out twice
    ],
    properties=[
        Property("one picture has no spread", _one_picture),
        Property("twice as far apart", _twice_as_far),
        Property("sets of two and of three", _more_of_them),
    ],
    mistakes=[
        Mistake(
            "the zeros of the diagonal counted",
            lambda fake, real: (
                torch.cdist(fake.flatten(1), fake.flatten(1)).mean()
                / torch.cdist(real.flatten(1), real.flatten(1)).mean()
            ),
            "You divided by n * n: the distance of a picture to itself is no distance between two "
            "pictures. Divide by n (n - 1).",
            "83, step 7",
        ),
        Mistake(
            "squared distances",
            lambda fake, real: _pairs(fake).square().mean() / _pairs(real).square().mean(),
            "You averaged squared distances: a ratio of variances. Twice as far apart must give 2.",
            "83, step 7",
        ),
        Mistake(
            "distances from fakes to real pictures",
            lambda fake, real: (
                torch.cdist(fake.flatten(1), real.flatten(1)).mean() / _pairs(real).mean()
            ),
            "You measured from fakes to real pictures. A generator that always draws the average "
            "picture does very well in that.",
            "83, step 7",
        ),
        Mistake(
            "upside down",
            lambda fake, real: _pairs(real).mean() / _pairs(fake).mean(),
            "Your ratio grows when the fakes get more alike: fakes belong above the line.",
            "83, step 7",
        ),
        Mistake(
            "not divided by the real pictures'",
            lambda fake, real: _pairs(fake).mean(),
            "A distance between pictures has no scale of its own: divide by that of real ones.",
            "83, step 7",
        ),
        Mistake(
            "sums instead of means",
            lambda fake, real: _pairs(fake).sum() / _pairs(real).sum(),
            "You divided a sum by a sum: the larger set has more pairs. Take the mean in each set.",
            "83, step 7",
        ),
        Mistake(
            "equal pictures left out",
            lambda fake, real: _not_zero(_pairs(fake)) / _not_zero(_pairs(real)),
            "You left out every distance of 0. Only that of a picture to itself does not count; "
            "two fakes that came out equal do, they are what you look for.",
            "83, step 7",
        ),
        Mistake(
            "distances to the average picture",
            lambda fake, real: _from_average(fake) / _from_average(real),
            "You measured how far pictures are from their average. That depends on the size of the "
            "set; the distance between two pictures does not.",
            "83, step 7",
        ),
        Mistake(
            "standard deviations of the pixels",
            lambda fake, real: fake.flatten(1).std(0).mean() / real.flatten(1).std(0).mean(),
            "You took each pixel's spread by itself. A distance adds the squares over all pixels "
            "of a picture, then takes the root.",
            "83, step 7",
        ),
        Mistake(
            "absolute differences added up",
            lambda fake, real: _pairs(fake, 1.0).mean() / _pairs(real, 1.0).mean(),
            "A Euclidean distance adds squares and takes the root; you added absolute values.",
            "83, step 7",
        ),
    ],
    hints=[
        "torch.cdist(rows, rows) holds all n * n distances. Which n of them should not count?",
        "mean = cdist(rows, rows).sum() / (n * (n - 1)) for both sets; return the fakes' mean over "
        "the real ones'.",
    ],
    tol=1e-6,
)

# ---- the price of a round -----------------------------------------------------------------------


def round_macs_reference(macs_g: float, macs_d: float) -> float:
    """Multiply-adds of one round of the game, for each real picture of the batch.

    macs_g, macs_d: of one forward pass of generator and discriminator for one picture. D's step:
    a fake is drawn without gradient, D judges it and a real picture and learns from both. G's
    step: the fake is drawn again, D judges it, and G learns through a D that is frozen. A backward
    pass costs one forward for the slope in the inputs, one more for the slope in the weights.
    """
    step_d = macs_g + 2 * (1 + 2) * macs_d  # draw; judge two pictures, learn from two
    step_g = (1 + 2) * macs_g + (1 + 1) * macs_d  # draw and learn; D only passes the slope on
    return step_d + step_g  # 4 macs_g + 8 macs_d


def _only_g(f, rng) -> str | None:
    value = f(1.0, 0.0)
    if value != 4:
        return (
            "G draws twice and learns once (two more): 4 forward passes in all, you count "
            f"{value:g}."
        )
    return None


def _only_d(f, rng) -> str | None:
    value = f(0.0, 1.0)
    if value != 8:
        return (
            "D judges three pictures (3), learns from two (4) and once passes the slope on (1): 8, "
            f"you count {value:g}."
        )
    return None


round_macs = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=8,
    reference=round_macs_reference,
    cases=lambda rng: [(1e6, 2e6), (3.5e5, 1.0), (2e9, 5e8), (0.5, 0.25)],
    properties=[
        Property("G's share of a round", _only_g),
        Property("D's share of a round", _only_d),
    ],
    mistakes=[
        Mistake(
            "three forward passes of each net",
            lambda macs_g, macs_d: 3 * (macs_g + macs_d),
            "That is the price of one step of one net. A round has two steps, and D sees two "
            "pictures in its own.",
            "83, step 11",
        ),
        Mistake(
            "a frozen D costs no backward pass",
            lambda macs_g, macs_d: 4 * macs_g + 7 * macs_d,
            "Frozen weights save the slope in the weights. The slope in D's inputs is still "
            "needed, since G learns through it.",
            "83, step 11",
        ),
        Mistake(
            "D learns in G's step",
            lambda macs_g, macs_d: 4 * macs_g + 9 * macs_d,
            "You charged D's weights in G's step. They are frozen there: one pass backward, "
            "not two.",
            "83, step 11",
        ),
        Mistake(
            "one fake for both steps",
            lambda macs_g, macs_d: 3 * macs_g + 8 * macs_d,
            "You keep D's fake for G's step. This lesson's step draws it again, without "
            "gradient for D, so that each step is cut into micro-batches by itself.",
            "83, step 11",
        ),
        Mistake(
            "the real picture forgotten",
            lambda macs_g, macs_d: 4 * macs_g + 5 * macs_d,
            "D judges a fake and a real picture in its own step, and learns from both.",
            "83, step 11",
        ),
        Mistake(
            "G and D exchanged",
            lambda macs_g, macs_d: 8 * macs_g + 4 * macs_d,
            "You charged D's passes to G and G's to D. D works more: it judges three pictures.",
            "83, step 11",
        ),
        Mistake(
            "a backward pass at the price of one forward",
            lambda macs_g, macs_d: 3 * macs_g + 6 * macs_d,
            "A net that learns needs two slopes, one in its inputs and one in its weights: a "
            "backward pass costs two forward passes.",
            "83, step 11",
        ),
        Mistake(
            "forward passes only",
            lambda macs_g, macs_d: 2 * macs_g + 3 * macs_d,
            "You counted who draws and who judges. Learning costs as well: the slopes in inputs "
            "and in weights are missing.",
            "83, step 11",
        ),
        Mistake(
            "G learns in D's step",
            lambda macs_g, macs_d: 6 * macs_g + 8 * macs_d,
            "In D's step the fake is drawn without gradient: G pays for a forward pass there, and "
            "for no backward pass.",
            "83, step 11",
        ),
        Mistake(
            "operations instead of multiply-adds",
            lambda macs_g, macs_d: 8 * macs_g + 16 * macs_d,
            "You counted multiplication and addition apart. The factor 2 comes later.",
            "83, step 11",
        ),
    ],
    hints=[
        "Count forward passes in D's step and in G's step; then add what each learns.",
        "D's step: macs_g + 2 * 3 * macs_d. G's step: 3 * macs_g + 2 * macs_d.",
    ],
)
