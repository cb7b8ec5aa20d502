"""Exercise of laboratory 24b: forwards one word, backwards a soft one."""

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.spec import About, close, expect, named, simplex

ABOUT = About(see="24b, step 3", difficulty=3, minutes=10)
HINTS = (
    "The value is the one-hot vector of the largest entry. The gradient should be that of soft: "
    "add soft, and take it away again where no gradient flows.",
    "hard = F.one_hot(soft.argmax(-1), K).to(soft.dtype); hard + soft - soft.detach().",
)


def straight_through(soft: Tensor) -> Tensor:
    """One-hot of the largest entry; the gradient passes as if it were soft (Bengio et al. 2013).

    soft: (..., K), positive, sums to 1 -> (..., K) of zeros and a one, to rounding.
    """
    hard = F.one_hot(soft.argmax(-1), soft.shape[-1]).to(soft.dtype)
    return hard + soft - soft.detach()


def cases(rng):
    for shape in ((3,), (1, 4), (5, 3), (2, 3, 6)):
        yield (simplex(rng, *shape),)


def hard_cases(rng):
    yield (simplex(rng, 64, 8, 16).float(),)


class Properties:
    def one_entry_is_one_and_the_others_are_zero(f, rng):
        soft = simplex(rng, 7, 5)
        right = F.one_hot(soft.argmax(-1), 5).double()
        close(f(soft), right, "an entry is {got} and should be {right}.")

    @named("the gradient is that of soft")
    def gradient_of_soft(f, rng):
        soft = simplex(rng, 6, 4).requires_grad_()
        weights = torch.arange(24.0, dtype=torch.double).view(6, 4)
        value = (f(soft) * weights).sum()
        says = "no gradient reaches soft: argmax and one_hot have none, so add soft to them."
        expect(value.requires_grad, says)
        (got,) = torch.autograd.grad(value, soft)
        close(got, weights, "a slope of {right} should pass unchanged, {got} arrived.")


class Mistakes:
    @named("no gradient at all")
    def hard_alone(soft):
        """You return the one-hot vector itself. It is a step function: no gradient passes, and the
        generator learns nothing."""
        return F.one_hot(soft.argmax(-1), soft.shape[-1]).to(soft.dtype)

    @named("soft stays in the value")
    def value_soft(soft):
        """You return soft. The discriminator sees at once that it is no word: reals are one-hot."""
        return soft * 1

    @named("soft added and not taken away")
    def both(soft):
        """You added soft and did not take its value away again: subtract soft.detach()."""
        return F.one_hot(soft.argmax(-1), soft.shape[-1]).to(soft.dtype) + soft

    @named("detach on the wrong one")
    def wrong_detach(soft):
        """You detached the term that carries the gradient: what is added must be free, what is
        taken away must be detached. Now the slope arrives with the wrong sign."""
        hard = F.one_hot(soft.argmax(-1), soft.shape[-1]).to(soft.dtype)
        return hard + soft.detach() - soft

    @named("a slope for the winner alone")
    def masked(soft):
        """You multiplied by the one-hot vector, or divided soft by its own value: then words that
        lost get no slope, and cannot learn to win."""
        hard = F.one_hot(soft.argmax(-1), soft.shape[-1]).to(soft.dtype)
        return hard * soft / soft.detach()
