"""Exercise of laboratory 27b: weights with which every class counts alike."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, named

ABOUT = About(see="27b, step 2", difficulty=1, minutes=5, gradient=False)
HINTS = (
    "An example's weight falls with the size of its class; all examples together keep the weight "
    "they had.",
    "counts = torch.bincount(y, minlength=n_classes); N / (K counts), with K the classes that "
    "occur; 0 where the count is 0.",
)


def class_weights(y: Tensor, n_classes: int) -> Tensor:
    """Weights of the classes with which each class has the same total weight.

    y: (N,) long labels. A class's weight times its count is the same for all classes that occur,
    the mean weight of an example is 1; a class without examples gets 0 -> (n_classes,) float32.
    """
    counts = torch.bincount(y, minlength=n_classes)
    present = (counts > 0).sum()
    return torch.where(counts > 0, len(y) / (present * counts.clamp(min=1)), 0)


def labels(rng, *counts):
    """Labels with these counts, shuffled."""
    y = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    return y[torch.randperm(len(y), generator=rng)]


def cases(rng):
    yield labels(rng, 4, 1), 2
    yield labels(rng, 2, 6, 1), 3
    yield labels(rng, 3, 0, 1), 4
    yield labels(rng, 1), 1
    yield labels(rng, 20, 20, 1, 20), 4


class Properties:
    def every_class_that_occurs_has_the_same_total(f, rng):
        y = labels(rng, 5, 2, 9)
        total = torch.as_tensor(f(y, 3)).double() * torch.bincount(y)
        close(total, total.mean(), "one class has the total weight {got}, the mean is {right}.")

    def a_balanced_set_keeps_weight_1(f, rng):
        got = f(labels(rng, 3, 3, 3), 3)
        close(got, 1, "with three examples of each class every weight is {right}, not {got}.")


class Mistakes:
    @named("larger for the larger class")
    def upside_down(y, n_classes):
        """Your weights grow with the count: the common class counts even more. Divide by it."""
        counts = torch.bincount(y, minlength=n_classes)
        return counts * (counts > 0).sum() / len(y)

    @named("one over the count")
    def unscaled(y, n_classes):
        """The ratios are right, the size is not: with weights of 1 / count the loss shrinks with
        the data, and the learning rate with it. The mean weight of an example should be 1."""
        counts = torch.bincount(y, minlength=n_classes)
        return torch.where(counts > 0, 1 / counts.clamp(min=1), 0)

    @named("an empty class counted")
    def empty(y, n_classes):
        """You shared the weight among classes that do not occur as well. Count those that do."""
        counts = torch.bincount(y, minlength=n_classes)
        return torch.where(counts > 0, len(y) / (n_classes * counts.clamp(min=1)), 0)

    @named("the rare class's share left over")
    def one_minus(y, n_classes):
        """1 - share hardly tells 20 from 1: the common classes keep nearly the whole weight.
        Divide by the count."""
        counts = torch.bincount(y, minlength=n_classes)
        return torch.where(counts > 0, 1 - counts / len(y), 0)
