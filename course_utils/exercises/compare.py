"""Compare an answer with the reference's, and say in words where they part."""

import math
import numbers
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch


@dataclass(frozen=True)
class Problem:
    """What is wrong first. kind: type, shape, dtype, device, nan or value."""

    kind: str
    message: str


def difference(answer: Any, expected: Any, *, tol: float) -> Problem | None:
    """Return what is wrong with ``answer``, or None if it equals ``expected`` within tol.

    A number may be given as a Python number, a NumPy scalar or a tensor of shape ().
    """
    if isinstance(expected, (tuple, list)):
        return _sequence(answer, expected, tol)
    if isinstance(expected, (str, bool)) or expected is None:
        if type(answer) is not type(expected) or answer != expected:
            return Problem("value", f"you return {brief(answer)}, the answer is {brief(expected)}")
        return None
    if is_number(expected):
        return _number(answer, expected, tol)
    if isinstance(expected, torch.Tensor):
        return _tensor(answer, expected, tol)
    if isinstance(expected, np.ndarray):
        if not isinstance(answer, np.ndarray):
            return Problem("type", f"you return {kind_of(answer)}, a NumPy array is expected")
        return _tensor(torch.from_numpy(answer), torch.from_numpy(expected), tol)
    raise TypeError(f"cannot compare answers of type {type(expected).__name__}")


def is_number(value: Any) -> bool:
    """Tell whether a value stands for one real number (shape ())."""
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return value.ndim == 0
    return isinstance(value, (numbers.Real, np.number)) and not isinstance(value, bool)


def kind_of(value: Any) -> str:
    """Describe a value's type in a student's words."""
    if isinstance(value, torch.Tensor):
        return f"a tensor of shape {tuple(value.shape)}, {str(value.dtype).removeprefix('torch.')}"
    if isinstance(value, np.ndarray):
        return f"a NumPy array of shape {value.shape}"
    if value is None:
        return "None"
    article = "an" if type(value).__name__[0] in "aeiou" else "a"
    return f"{article} {type(value).__name__}"


def brief(value: Any) -> str:
    """Write a value in at most about 80 characters."""
    if isinstance(value, (torch.Tensor, np.ndarray)):
        if value.ndim == 0:
            return _number_text(value.item())
        if math.prod(value.shape) <= 6:
            return str(_rounded(value.tolist())).replace("'", "")
        return kind_of(value)
    if is_number(value):
        return _number_text(value)
    if callable(value):
        return f"<{getattr(value, '__name__', 'function')}>"
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _number_text(value: Any) -> str:
    return f"{float(value):.6g}" if not isinstance(value, int) else str(value)


def _rounded(value: Any) -> Any:
    if isinstance(value, list):
        return [_rounded(v) for v in value]
    return _number_text(value)


def _sequence(answer: Any, expected: tuple | list, tol: float) -> Problem | None:
    if not isinstance(answer, (tuple, list)) or len(answer) != len(expected):
        got = f"{len(answer)} values" if isinstance(answer, (tuple, list)) else kind_of(answer)
        return Problem("type", f"you return {got}, {len(expected)} values are expected")
    for k, (mine, right) in enumerate(zip(answer, expected, strict=True), 1):
        problem = difference(mine, right, tol=tol)
        if problem:
            return Problem(problem.kind, f"value {k} of {len(expected)}: {problem.message}")
    return None


def _number(answer: Any, expected: Any, tol: float) -> Problem | None:
    if isinstance(answer, bool) or not is_number(answer):
        if isinstance(answer, (torch.Tensor, np.ndarray)):
            message = f"you return {kind_of(answer)}, one number (shape ()) is expected"
            return Problem("shape", message)
        return Problem("type", f"you return {kind_of(answer)}, a number is expected")
    if isinstance(answer, torch.Tensor) and answer.is_complex():
        return Problem("dtype", "you return a complex number, a real one is expected")
    if isinstance(answer, torch.Tensor) and answer.device.type != "cpu":
        return _device(answer, torch.device("cpu"))
    mine, right = float(answer), float(expected)
    if math.isnan(mine):
        return Problem("nan", f"you return NaN, the answer is {right:.6g}")
    if mine == right or abs(mine - right) <= tol * (1 + abs(right)):
        return None
    return Problem("value", f"you return {mine:.6g}, the answer is {right:.6g}")


def _device(answer: torch.Tensor, expected: torch.device) -> Problem:
    return Problem(
        "device",
        f"your result lies on the device '{answer.device}', the inputs on '{expected}': make new "
        "tensors with device=x.device",
    )


def _dtype(answer: torch.Tensor, expected: torch.Tensor) -> Problem | None:
    if answer.dtype == expected.dtype:
        return None
    mine = str(answer.dtype).removeprefix("torch.")
    right = str(expected.dtype).removeprefix("torch.")
    why = ""
    if expected.is_floating_point() and not answer.is_floating_point():
        why = ": fractions are lost"
    elif expected.is_floating_point():
        why = ": a conversion inside costs precision"
    return Problem("dtype", f"you return {mine}, {right} is expected{why}")


def _tensor(answer: Any, expected: torch.Tensor, tol: float) -> Problem | None:
    if not isinstance(answer, torch.Tensor):
        return Problem("type", f"you return {kind_of(answer)}, a tensor is expected")
    if answer.shape != expected.shape:
        mine, right = tuple(answer.shape), tuple(expected.shape)
        return Problem("shape", f"you return shape {mine}, shape {right} is expected")
    if answer.device != expected.device:
        return _device(answer, expected.device)
    problem = _dtype(answer, expected)
    if problem:
        return problem
    if answer.is_complex():
        answer, expected = torch.view_as_real(answer), torch.view_as_real(expected)
    mine, right = answer.detach().double(), expected.detach().double()
    if torch.isnan(mine).any():
        first = torch.isnan(mine).nonzero()[0].tolist()
        return Problem("nan", f"you return NaN at {first}, where the answer is finite")
    gap = torch.where(mine == right, 0.0, (mine - right).abs() / (1 + right.abs()))
    gap = torch.nan_to_num(gap, nan=math.inf)
    if gap.numel() == 0 or gap.max() <= tol:
        return None
    where = np.unravel_index(int(gap.argmax()), tuple(gap.shape))
    index = [int(i) for i in where]
    return Problem(
        "value",
        f"at {index} you return {mine[where].item():.6g}, the answer is {right[where].item():.6g}",
    )
