"""Exercise of lesson 44c: one generation of a model that learns from its own samples."""

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.exercises.spec import About, d, expect, named, normal

ABOUT = About(see="44c, step 3", difficulty=3, minutes=8, gradient=False)
HINTS = (
    "How many own samples fit beside n_fresh real ones, if the training set keeps its size?",
    "training = torch.cat([real[:n_fresh], own[: len(own) - n_fresh]]); then fit, then draw "
    "len(own) samples.",
)


def one_generation(fit: Callable, draw: Callable, own: Tensor, real: Tensor, n_fresh: int):
    """Train a new model and draw as many samples from it as there were.

    own: (n, D) samples of the last generation, real: (m, D) data, m >= n_fresh. The training set
    holds n points: the first n_fresh of real, then the first of own. fit(points) -> a model;
    draw(model, k) -> (k, D) samples -> (n, D) samples of the new model.
    """
    kept = own[: len(own) - n_fresh]
    model = fit(torch.cat([real[:n_fresh], kept]))
    return draw(model, len(own))


def fit(points):
    """A toy model: mean, standard deviation and number of its points."""
    return points.mean(0), points.std(0, unbiased=False), len(points)


def draw(model, n):
    """Evenly spaced samples, so that nothing is left to chance."""
    mean, std, seen = model
    steps = torch.linspace(-1, 1, n, dtype=mean.dtype)[:, None]
    return mean + std * steps + seen / 1000


def cases(rng):
    yield fit, draw, d([0.0], [1.0], [2.0], [5.0]), d([10.0], [20.0], [30.0]), 1
    for n, m, width, fresh in ((3, 9, 2, 0), (5, 6, 1, 3), (4, 4, 3, 4), (6, 7, 2, 2)):
        yield fit, draw, normal(rng, n, width), normal(rng, m, width) + 3, fresh


class Properties:
    @named("one model of as many points as before, drawn from once")
    def same_size(f, rng):
        seen, drawn = [], []

        def fitted(points):
            seen.append(len(points))
            return fit(points)

        def sampled(model, k):
            drawn.append(k)
            return draw(model, k)

        f(fitted, sampled, normal(rng, 8, 2), normal(rng, 9, 2), 3)
        says = f"one model is trained a generation, on 8 points; yours: {seen}."
        expect(seen == [8], says)
        expect(drawn == [8], f"8 samples are drawn, once; yours: {drawn}.")


class Mistakes:
    @named("fresh ones on top")
    def on_top(fit, draw, own, real, n_fresh):
        """You add the fresh points to all the old ones. The training set grows, and two things
        change at once. Fresh points take the place of old ones."""
        return draw(fit(torch.cat([real[:n_fresh], own])), len(own))

    @named("the shares exchanged")
    def exchanged(fit, draw, own, real, n_fresh):
        """n_fresh counts the REAL points; the rest are own ones."""
        n_own = min(n_fresh, len(own))
        return draw(fit(torch.cat([real[: len(own) - n_own], own[:n_own]])), len(own))

    @named("own[:-n_fresh]")
    def minus_slice(fit, draw, own, real, n_fresh):
        """Without fresh points, n_fresh = 0, own[:-n_fresh] is own[:0]: nothing. Say how many you
        keep: own[: len(own) - n_fresh]."""
        return draw(fit(torch.cat([real[:n_fresh], own[:-n_fresh]])), len(own))

    @named("the last own ones, not the first")
    def last_own(fit, draw, own, real, n_fresh):
        """You keep own[n_fresh:], the LAST own points. Asked are the first len(own) - n_fresh."""
        return draw(fit(torch.cat([real[:n_fresh], own[n_fresh:]])), len(own))

    @named("fewer samples every time")
    def fewer(fit, draw, own, real, n_fresh):
        """You draw n - n_fresh samples. Draw n again, or the generations shrink."""
        training = torch.cat([real[:n_fresh], own[: len(own) - n_fresh]])
        return draw(fit(training), len(own) - n_fresh)
