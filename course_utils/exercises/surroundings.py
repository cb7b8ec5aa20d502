"""What surrounds a call of a student's function: caught prints, settings and random states kept."""

import builtins
import contextlib
import copy
import io
import os
import random
import sys
import warnings

import numpy as np
import torch

from course_utils.machine import kept_random_state


class Printed(io.StringIO):
    """Catches prints; stays open whatever the answer does to its stdout."""

    def close(self) -> None:
        """Do nothing."""


def _no_input(prompt: object = "") -> str:
    raise RuntimeError("input() is not available in an exercise: use the arguments")


@contextlib.contextmanager
def quiet(printed: Printed):
    former_input = builtins.input
    builtins.input = _no_input
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            yield
    finally:
        builtins.input = former_input


@contextlib.contextmanager
def same_settings():
    """Put back what an answer may have changed for all later cells."""
    dtype, limit, threads = (
        torch.get_default_dtype(),
        sys.getrecursionlimit(),
        torch.get_num_threads(),
    )
    strict = torch.are_deterministic_algorithms_enabled()
    printing = copy.copy(torch._tensor_str.PRINT_OPTS)
    arrays, environment, folder = np.get_printoptions(), dict(os.environ), os.getcwd()
    streams = sys.stdout, sys.stderr
    try:
        with warnings.catch_warnings():
            yield
    finally:
        torch.set_default_dtype(dtype)
        torch.use_deterministic_algorithms(strict)
        torch.set_num_threads(threads)
        torch._tensor_str.PRINT_OPTS = printing
        np.set_printoptions(**arrays)
        sys.setrecursionlimit(limit)
        sys.stdout, sys.stderr = streams
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)
        if os.getcwd() != folder:
            os.chdir(folder)


@contextlib.contextmanager
def same_random_state():
    """Give every call the same global random numbers, and the lesson its own ones back."""
    with kept_random_state():
        torch.manual_seed(0)
        random.seed(0)
        np.random.seed(0)  # noqa: NPY002 - the student may use the legacy generator
        yield
