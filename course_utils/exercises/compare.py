"""Compare an answer with the reference's, and say in words where they part."""

import math
import numbers
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

# the tolerance of the exercise being judged, for its cases and its properties alike
TOLERANCE: ContextVar[float] = ContextVar("TOLERANCE", default=1e-6)
LEAST = {torch.float32: 5e-5, torch.bfloat16: 2e-2, torch.float16: 4e-3}  # rounding of a long sum


@dataclass(frozen=True)
class Problem:
    """What is wrong first. kind: type, shape, dtype, device, nan or value."""

    kind: str
    message: str


def room(answer: Any, tol: float) -> float:
    """The tolerance for an answer: that of the exercise, or its own dtype's where that is more."""
    return max(tol, LEAST.get(getattr(answer, "dtype", None), 0.0))


def difference(answer: Any, expected: Any, *, tol: float, exact: Any = None) -> Problem | None:
    """Return what is wrong with ``answer``, or None if it equals ``expected`` within tol.

    A number may be given as a Python number, a NumPy scalar or a tensor of shape (). exact: what
    the reference gives in higher precision; where it differs from ``expected``, rounding is large
    and the answer gets ten times that difference as additional room.
    """
    if isinstance(expected, (tuple, list)):
        return _sequence(answer, expected, tol, exact)
    if isinstance(expected, (str, bool)) or expected is None:
        if type(answer) is not type(expected) or answer != expected:
            return Problem("value", f"you return {brief(answer)}, the answer is {brief(expected)}")
        return None
    if isinstance(expected, dict):
        return _mapping(answer, expected, tol, exact)
    if is_number(expected):
        return _number(answer, expected, tol, exact)
    if isinstance(expected, Tensor):
        return _tensor(answer, expected, tol, exact)
    if isinstance(expected, np.ndarray):
        if not isinstance(answer, np.ndarray):
            return Problem("type", f"you return {kind_of(answer)}, a NumPy array is expected")
        return _tensor(torch.from_numpy(answer), torch.from_numpy(expected), tol, exact)
    raise TypeError(f"cannot compare answers of type {type(expected).__name__}")


def is_number(value: Any) -> bool:
    """Tell whether a value stands for one real number (shape ())."""
    if isinstance(value, (Tensor, np.ndarray)):
        return value.ndim == 0
    return isinstance(value, (numbers.Real, np.number)) and not isinstance(value, bool)


def kind_of(value: Any) -> str:
    """Describe a value's type in a student's words."""
    if isinstance(value, Tensor):
        return f"a tensor of shape {tuple(value.shape)}, {str(value.dtype).removeprefix('torch.')}"
    if isinstance(value, np.ndarray):
        return f"a NumPy array of shape {value.shape}"
    if value is None:
        return "None"
    article = "an" if type(value).__name__[0] in "aeiou" else "a"
    return f"{article} {type(value).__name__}"


def brief(value: Any) -> str:
    """Write a value in one line of at most about 80 characters, the same in every run."""
    if isinstance(value, (Tensor, np.ndarray)):
        if value.ndim == 0:
            return number_text(value.item())
        if math.prod(value.shape) <= 6:
            return str(_rounded(value.tolist())).replace("'", "")
        return kind_of(value)
    if is_number(value):
        return number_text(value)
    if isinstance(value, torch.Generator):
        return "a generator"
    if isinstance(value, torch.nn.Module):
        return f"a net ({type(value).__name__})"
    if isinstance(value, torch.optim.Optimizer):
        return f"an optimiser ({type(value).__name__})"
    if callable(value):
        name = getattr(value, "__name__", "").strip("<>_").replace("lambda", "")
        return f"the function {name}" if name else "a function"
    if isinstance(value, (tuple, list)):
        inner = ", ".join(map(brief, value))
        text = f"[{inner}]" if isinstance(value, list) else f"({inner})"
    else:
        text = " ".join(repr(value).split())
    return text if len(text) <= 80 else text[:77] + "..."


def number_text(value: Any) -> str:
    """Six digits of a number, all of an integer."""
    if isinstance(value, (int, bool)) and abs(value) < 10**15:
        return str(value)
    try:
        return f"{float(value):.6g}"
    except (OverflowError, TypeError):
        return "a number too large for a float" if isinstance(value, int) else str(value)


def apart(mine: float, right: float) -> tuple[str, str]:
    """Write two different numbers with as many digits as it takes to see that they differ."""
    for digits in (4, 6, 8, 10, 12, 17):
        texts = f"{mine:.{digits}g}", f"{right:.{digits}g}"
        if texts[0] != texts[1]:
            return texts
    return texts


def _rounded(value: Any) -> Any:
    return [_rounded(v) for v in value] if isinstance(value, list) else number_text(value)


def _sequence(answer: Any, expected: tuple | list, tol: float, exact: Any) -> Problem | None:
    if not isinstance(answer, (tuple, list)) or len(answer) != len(expected):
        got = f"{len(answer)} values" if isinstance(answer, (tuple, list)) else kind_of(answer)
        return Problem("type", f"you return {got}, {len(expected)} values are expected")
    exact = exact if isinstance(exact, (tuple, list)) else [None] * len(expected)
    parts = enumerate(zip(answer, expected, exact, strict=True), 1)
    for k, (mine, right, fine) in parts:
        problem = difference(mine, right, tol=tol, exact=fine)
        if problem:
            return Problem(problem.kind, f"value {k} of {len(expected)}: {problem.message}")
    return None


def _mapping(answer: Any, expected: dict, tol: float, exact: Any) -> Problem | None:
    if not isinstance(answer, dict) or answer.keys() != expected.keys():
        got = (
            f"the keys {sorted(map(str, answer))}" if isinstance(answer, dict) else kind_of(answer)
        )
        return Problem("type", f"you return {got}, the keys {sorted(expected)} are expected")
    exact = exact if isinstance(exact, dict) else {}
    for key, right in expected.items():
        problem = difference(answer[key], right, tol=tol, exact=exact.get(key))
        if problem:
            return Problem(problem.kind, f"{key}: {problem.message}")
    return None


def _number(answer: Any, expected: Any, tol: float, exact: Any) -> Problem | None:
    if isinstance(answer, bool) or not is_number(answer):
        if isinstance(answer, (Tensor, np.ndarray)):
            message = f"you return {kind_of(answer)}, one number (shape ()) is expected"
            return Problem("shape", message)
        return Problem("type", f"you return {kind_of(answer)}, a number is expected")
    if isinstance(answer, Tensor) and answer.is_complex():
        return Problem("dtype", "you return a complex number, a real one is expected")
    if isinstance(answer, Tensor) and answer.device.type != "cpu":
        return _device(answer, torch.device("cpu"))
    try:
        mine = float(answer.detach() if isinstance(answer, Tensor) else answer)
    except OverflowError:
        return Problem("value", "you return an integer too large for a float")
    right = float(expected.detach() if isinstance(expected, Tensor) else expected)
    if math.isnan(mine) and not math.isnan(right):
        return Problem("nan", f"you return NaN, the answer is {right:.6g}")
    limit = room(answer, tol) * (1 + abs(right)) + _slack(right, exact)
    limit = limit if math.isfinite(right) else 0.0
    if mine == right or abs(mine - right) <= limit or (math.isnan(mine) and math.isnan(right)):
        return None
    texts = apart(mine, right)
    return Problem("value", f"you return {texts[0]}, the answer is {texts[1]}")


def _slack(right: float, exact: Any) -> float:
    if exact is None:
        return 0.0
    gap = abs(right - float(exact.detach() if isinstance(exact, Tensor) else exact))
    return 10 * gap if math.isfinite(gap) else 0.0


def _device(answer: Tensor, expected: torch.device) -> Problem:
    return Problem(
        "device",
        f"your result lies on the device '{answer.device}', the inputs on '{expected}': make new "
        "tensors with device=x.device",
    )


def _dtype(answer: Tensor, expected: Tensor) -> Problem | None:
    if answer.dtype == expected.dtype:
        return None
    mine = str(answer.dtype).removeprefix("torch.")
    right = str(expected.dtype).removeprefix("torch.")
    why = ""
    if expected.is_floating_point() and not answer.is_floating_point():
        why = ": fractions are lost"
    elif expected.is_floating_point():
        why = (
            ": precision is lost or pretended. New tensors take the dtype of what comes in, "
            "torch.zeros(..., dtype=x.dtype), and no .float() or .double() changes it"
        )
    return Problem("dtype", f"you return {mine}, {right} is expected{why}")


def _tensor(answer: Any, expected: Tensor, tol: float, exact: Any) -> Problem | None:
    if not isinstance(answer, Tensor):
        return Problem("type", f"you return {kind_of(answer)}, a tensor is expected")
    if answer.shape != expected.shape:
        mine, right = tuple(answer.shape), tuple(expected.shape)
        return Problem("shape", f"you return shape {mine}, shape {right} is expected")
    if answer.device != expected.device:
        return _device(answer, expected.device)
    problem = _dtype(answer, expected)
    if problem:
        return problem
    limit = room(answer, tol)
    if answer.is_complex():
        answer, expected, exact = torch.view_as_real(answer), torch.view_as_real(expected), None
    mine, right = answer.detach().double(), expected.detach().double()
    if (torch.isnan(mine) & ~torch.isnan(right)).any():
        first = (torch.isnan(mine) & ~torch.isnan(right)).nonzero()[0].tolist()
        return Problem("nan", f"you return NaN at {first}, where the answer is finite")
    allowed = limit * (1 + right.abs())
    if isinstance(exact, Tensor) and exact.shape == right.shape:
        allowed = allowed + 10 * (right - exact.double()).abs().nan_to_num(0.0, 0.0, 0.0)
    equal = (mine == right) | (torch.isnan(mine) & torch.isnan(right))
    gap = torch.where(equal, 0.0, (mine - right).abs() / allowed).nan_to_num(nan=math.inf)
    if gap.numel() == 0 or gap.max() <= 1:
        return None
    index = [int(i) for i in np.unravel_index(int(gap.argmax()), tuple(gap.shape))]
    texts = apart(mine[tuple(index)].item(), right[tuple(index)].item())
    return Problem("value", f"at {index} you return {texts[0]}, the answer is {texts[1]}")
