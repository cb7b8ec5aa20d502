"""Call a student's function so that nothing it does can harm the lesson.

The call runs in a thread of its own with a time limit. Prints are caught, exceptions become values,
the inputs are copies that are compared afterwards; random states and the kernel's settings are put
back, and only plain values come out. (A process would be safer still, but half a second an exercise
is too slow for Run All.)
"""

import copy
import ctypes
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from course_utils.exercises.surroundings import Printed, quiet, same_random_state, same_settings

STACK_BYTES = 64 * 2**20  # deep recursion must end in RecursionError, not in a crash


class TimeUpError(BaseException):
    """Raised inside the student's code; a BaseException, so `except Exception` lets it through."""


@dataclass
class Outcome:
    """What came of one call."""

    value: Any = None
    error: BaseException | None = None
    printed: str = ""
    changed: list[int] | None = None  # positions of the arguments that were edited in place
    timed_out: bool = False
    seconds: float = 0.0  # of processor time


@dataclass(frozen=True)
class Foreign:
    """What stands for a value of a type that no answer should have; only its name is kept."""

    type_name: str


def call(function: Callable, args: tuple, *, time_limit: float, copies: bool = True) -> Outcome:
    """Call ``function(*copies of args)`` and report what happened. Never raises (but Ctrl-C does).

    time_limit: seconds. A loop written in Python is ended; a call that sleeps inside C is left
    behind in its thread, and the kernel goes on. copies: False hands over the arguments
    themselves, which gradients need.
    """
    outcome = Outcome()
    printed = Printed()
    given = fresh_together(args) if copies else args

    def work() -> None:
        began = time.process_time()
        try:
            outcome.value = plain(function(*given))
        except BaseException as error:  # SystemExit and TimeUpError are answers, too
            outcome.error = error
        outcome.seconds = time.process_time() - began

    with same_settings(), quiet(printed), same_random_state():
        outcome.timed_out = not _run(work, time_limit)
    outcome.printed = printed.getvalue()
    if not outcome.timed_out:
        outcome.changed = [k for k in range(len(args)) if not same(args[k], given[k])]
    return outcome


def trusted(function: Callable, args: tuple) -> Outcome:
    """Call one of our own functions in the same surroundings, without a thread."""
    outcome = Outcome()
    with same_random_state():
        began = time.process_time()
        try:
            outcome.value = plain(function(*fresh_together(args)))
        except Exception as error:
            outcome.error = error
        outcome.seconds = time.process_time() - began
    return outcome


def fresh_together(args: tuple) -> tuple:
    """Copy arguments as one: the copy of an optimiser holds the weights of the copied net."""
    memo: dict = {}
    return tuple(fresh(argument, memo) for argument in args)


def fresh(argument: Any, memo: dict) -> Any:
    """Copy an argument; generators are cloned, tensors keep whether they require a gradient.

    memo: what was copied before, as copy.deepcopy keeps it.
    """
    if isinstance(argument, torch.Generator):
        clone = torch.Generator(device=argument.device)
        return clone.set_state(argument.get_state())
    if isinstance(argument, torch.Tensor):
        return argument.clone() if argument.requires_grad else argument.detach().clone()
    if type(argument) in (list, tuple):
        return type(argument)(fresh(part, memo) for part in argument)
    return copy.deepcopy(argument, memo)


def plain(value: Any) -> Any:
    """Return a value of a type that can be compared without running code of the answer's own."""
    if value is None or type(value) in (bool, int, float, complex, str, bytes):
        return value
    if type(value) in (list, tuple):
        return type(value)(map(plain, value))
    if type(value) is dict:
        return {str(k) if type(k) is not int else k: plain(v) for k, v in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return tuple(map(plain, value))
    if type(value) in (torch.Tensor, torch.nn.Parameter):
        ordinary = value.layout is torch.strided and not value.is_nested and not value.is_quantized
        return value if ordinary and value.device.type != "meta" else Foreign("unusual tensor")
    if type(value) is np.ndarray or isinstance(value, np.generic):
        return value if value.dtype.kind in "biufc" else Foreign(f"NumPy {value.dtype.name}")
    return Foreign(type(value).__name__)


def _run(work: Callable[[], None], time_limit: float) -> bool:
    """Run in a thread; True if it finished in time."""
    former = threading.stack_size(STACK_BYTES)
    try:
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
    finally:
        threading.stack_size(former)
    try:
        thread.join(time_limit)
        if _importing(thread):  # the first use of a part of torch may import it for seconds
            _wait_for_import(thread)
            thread.join(time_limit)
        if not thread.is_alive():
            return True
    except KeyboardInterrupt:
        _stop(thread)
        raise
    _stop(thread)
    return False


def _importing(thread: threading.Thread) -> bool:
    """Tell whether the thread is inside an import statement."""
    frame = sys._current_frames().get(thread.ident or 0)
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _wait_for_import(thread: threading.Thread) -> None:
    """Let an import finish, for at most a minute.

    Stopping a thread in mid-import would leave half a module behind, and the whole kernel broken.
    """
    deadline = time.monotonic() + 60.0
    while _importing(thread) and time.monotonic() < deadline:
        thread.join(0.05)


def _stop(thread: threading.Thread) -> None:
    """Raise TimeUpError in the thread until it ends, for at most a second.

    Once is not enough: a bare `except:` in a loop swallows it.
    """
    deadline = time.monotonic() + 1.0
    while thread.is_alive() and time.monotonic() < deadline:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident or 0), ctypes.py_object(TimeUpError)
        )
        thread.join(0.02)


def same(a: Any, b: Any) -> bool:
    """Tell whether two arguments are equal to the last bit (NaN equals NaN)."""
    if isinstance(a, torch.Tensor):
        return (
            isinstance(b, torch.Tensor)
            and a.shape == b.shape
            and a.dtype == b.dtype
            and bool(torch.equal(torch.nan_to_num(a), torch.nan_to_num(b)))
        )
    if isinstance(a, np.ndarray):
        return (
            isinstance(b, np.ndarray)
            and a.shape == b.shape
            and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
        )
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, (torch.Generator, torch.nn.Module, torch.optim.Optimizer)) or callable(a):
        return True  # using a generator, a module or an optimiser moves its state: not an edit
    return bool(a == b)
