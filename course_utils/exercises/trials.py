"""What the engine asks of every exercise: its cases, the same in float32, hard ones, gradients."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.exercises.compare import Problem, difference
from course_utils.exercises.guard import Outcome, call, trusted
from course_utils.exercises.spec import Exercise

FLOAT32 = "right on paper, not in float32"
LOST = "the gradient is lost"


class BrokenExercise(RuntimeError):
    """The reference fails on a case of its own: the author's fault, not the student's."""


@dataclass
class Trial:
    """One case: what the answer and the reference make of it."""

    case: tuple
    expected: Any
    exact: Any = None  # the reference's value in float64, for a float32 case
    seconds: float = 0.0  # the reference's
    outcome: Outcome = field(default_factory=Outcome)

    def problem(self, tol: float) -> Problem | None:
        """What is wrong with the value, or None."""
        return difference(self.outcome.value, self.expected, tol=tol, exact=self.exact)


def ordinary(exercise: Exercise) -> list[Trial]:
    """The exercise's own cases; BrokenExercise if its reference fails on one."""
    trials = []
    for case in exercise.make_cases():
        right = trusted(exercise.reference, case)
        if right.error:
            raise BrokenExercise(f"the reference {exercise.name} failed") from right.error
        trials.append(Trial(case, right.value))
    return trials


def in_float32(exercise: Exercise) -> list[Trial]:
    """The same cases in float32, where they hold float64 and the reference can compute them."""
    if not exercise.about.float32:
        return []
    pairs = [(recast(c, torch.double, torch.float), c) for c in exercise.make_cases()]
    return [t for low, high in pairs if low is not high for t in _low(exercise, low, high)]


def hard(exercise: Exercise) -> list[Trial]:
    """Cases of the lesson's size and dtype, and extremes."""
    trials = []
    for case in exercise.make_hard_cases():
        high = recast(case, torch.float, torch.double)
        if high is not case:
            trials += _low(exercise, case, high)
        else:
            right = trusted(exercise.reference, case)
            if right.error:
                raise BrokenExercise(f"the reference {exercise.name} failed") from right.error
            trials.append(Trial(case, right.value, seconds=right.seconds))
    return trials


def _low(exercise: Exercise, low: tuple, high: tuple) -> list[Trial]:
    right, exact = trusted(exercise.reference, low), trusted(exercise.reference, high)
    if right.error:
        return []
    return [Trial(low, right.value, None if exact.error else exact.value, right.seconds)]


def recast(value: Any, old: torch.dtype, new: torch.dtype) -> Any:
    """Copy a case with all tensors (and nets) of one dtype in another; itself if there are none.

    A case with an optimiser stays as it is: the optimiser holds the weights of the net beside it.
    """
    if isinstance(value, Tensor):
        return value.to(new) if value.dtype == old else value
    if isinstance(value, nn.Module):
        dtypes = {p.dtype for p in value.parameters()}
        return copy.deepcopy(value).to(new) if dtypes == {old} else value
    if type(value) in (list, tuple):
        if any(isinstance(v, torch.optim.Optimizer) for v in value):
            return value
        parts = [recast(v, old, new) for v in value]
        same = all(a is b for a, b in zip(parts, value, strict=True))
        return value if same else type(value)(parts)
    if type(value) is dict:
        parts = {k: recast(v, old, new) for k, v in value.items()}
        return value if all(parts[k] is value[k] for k in value) else parts
    return value


def run(exercise: Exercise, answer: Callable, trials: list[Trial], *, all: bool = False) -> None:
    """Fill in the answer's outcomes; after one out of time only ``all`` goes on to the others."""
    for trial in trials:
        trial.outcome = call(answer, trial.case, time_limit=exercise.about.time_limit)
        ends = trial.outcome.timed_out and not all
        if ends or isinstance(trial.outcome.error, NotImplementedError):
            break


def gradient_problem(exercise: Exercise, answer: Callable) -> Problem | None:
    """Compare the answer's gradients with the reference's, wherever the reference has some.

    The slope asked for is that of a fixed random mixture of all returned numbers, in every float
    tensor among the arguments and in every weight of a net among them.
    """
    if not exercise.about.gradient:
        return None
    for case in exercise.make_cases():
        right = _slopes(exercise, exercise.reference, case)
        if not right.outputs or right.outcome.error:
            continue
        mine = _slopes(exercise, answer, case, like=right)
        problem = _apart(exercise, mine, right)
        if problem:
            return problem
    return None


@dataclass
class _Slopes:
    outcome: Outcome
    outputs: list[Tensor]  # those that carry a gradient
    slopes: list[tuple[str, Tensor | None]]  # in each input, by its name
    carrying: list[int]  # which of the returned float tensors they are


def _slopes(
    exercise: Exercise, function: Callable, case: tuple, like: _Slopes | None = None
) -> _Slopes:
    """like: the reference's; only what carries a gradient there is asked of an answer."""
    inputs: list[tuple[str, Tensor]] = []
    args = tuple(
        _leaves(arg, name, inputs) for name, arg in zip(exercise.parameters, case, strict=False)
    )
    outcome = call(function, args, time_limit=exercise.about.time_limit, copies=False)
    returned = _floats(outcome.value)
    carrying = [k for k, t in enumerate(returned) if t.requires_grad]
    if like is not None and len(like.carrying) > 0:
        carrying = [k for k in carrying if k in like.carrying]
    outputs = [returned[k] for k in carrying]
    if not outputs:
        return _Slopes(outcome, [], [], carrying)
    rng = torch.Generator().manual_seed(1)
    mixed = sum((t * torch.randn(t.shape, generator=rng).to(t)).sum() for t in outputs)
    try:
        found = torch.autograd.grad(mixed, [t for _, t in inputs], allow_unused=True)
    except RuntimeError as error:  # something the backward pass needs was edited in place
        return _Slopes(Outcome(error=error), [], [], carrying)
    named = [(name, slope) for (name, _), slope in zip(inputs, found, strict=True)]
    return _Slopes(outcome, outputs, named, carrying)


def _leaves(arg: Any, name: str, inputs: list) -> Any:
    """Copy an argument so that its float tensors and weights ask for a gradient."""
    if isinstance(arg, Tensor):
        if not arg.is_floating_point():
            return arg.clone()
        leaf = arg.detach().clone().requires_grad_()
        inputs.append((name, leaf))
        return leaf * 1  # no leaf any more: an edit in place is judged elsewhere
    if isinstance(arg, nn.Module):
        net = copy.deepcopy(arg)
        inputs += [(f"the weights of {name}", p) for p in net.parameters() if p.requires_grad]
        return net
    if type(arg) in (list, tuple):
        return type(arg)(_leaves(a, name, inputs) for a in arg)
    if isinstance(arg, torch.Generator):
        return torch.Generator().set_state(arg.get_state())
    return arg


def _floats(value: Any) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value] if value.is_floating_point() else []
    if isinstance(value, dict):
        value = list(value.values())
    return [t for v in value for t in _floats(v)] if isinstance(value, (list, tuple)) else []


def _apart(exercise: Exercise, mine: _Slopes, right: _Slopes) -> Problem | None:
    if mine.outcome.timed_out:
        return Problem("time", "where gradients are asked for, it does not end in time")
    if mine.outcome.error is not None:
        error = mine.outcome.error
        return Problem(
            "gradient",
            "the lesson trains through this function, and with inputs that ask for a gradient it "
            f"stops with {type(error).__name__}: {str(error)[:160]}",
        )
    if len(mine.outputs) < len(right.outputs):
        return Problem(
            "gradient",
            "the values are right, but no gradient flows back through them: look for .item(), "
            ".detach(), .numpy(), float(...), torch.tensor(...) or no_grad",
        )
    for (name, ours), (_, theirs) in zip(mine.slopes, right.slopes, strict=True):
        if theirs is None or not torch.isfinite(theirs).all():
            continue
        if ours is None and (theirs.abs() > 1e-6).any():
            message = f"the values are right, but no gradient reaches {name}: is it detached?"
            return Problem("gradient", message)
        ours = torch.zeros_like(theirs) if ours is None else ours
        scale = 1 + theirs.abs().max() if theirs.numel() else 1
        problem = difference(ours / scale, theirs / scale, tol=max(exercise.about.tol, 1e-5))
        if problem:
            message = f"the values are right, but not the gradient in {name} (scaled): "
            return Problem("gradient", message + problem.message)
    return None
