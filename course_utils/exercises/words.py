"""What a student reads when a call went wrong: whose line stopped, and what it means."""

import traceback
from collections.abc import Callable

from course_utils.exercises.compare import Problem, brief
from course_utils.exercises.guard import Foreign, Outcome, TimeUpError
from course_utils.exercises.spec import Exercise


def harm(outcome: Outcome, exercise: Exercise, case: tuple) -> Problem | None:
    """Return what went wrong before any value could be compared."""
    if outcome.timed_out:
        message = (
            f"For {quote(exercise, case)} it was still running after "
            f"{exercise.about.time_limit:g} s and was stopped. Does every loop end?"
        )
        return Problem("time", message)
    if outcome.error is not None:
        said = _error_text(outcome.error)
        return Problem("error", f"For {quote(exercise, case)} it stops with {said}")
    if outcome.changed:
        names = ", ".join(exercise.parameters[k] for k in outcome.changed)
        return Problem("edit", f"It changes its input {names}.")
    if outcome.value is None:
        printed = outcome.printed.strip()
        hint = f" You print {printed[:60]!r}: return it instead." if printed else ""
        return Problem("none", f"It returns None. Does it end with a return?{hint}")
    if isinstance(outcome.value, Foreign):
        return Problem("type", f"It returns a {outcome.value.type_name}, which is no answer here.")
    return None


def _error_text(error: BaseException) -> str:
    """Say what an exception means, with the line of the student's function."""
    if isinstance(error, RecursionError):
        return "a RecursionError: it calls itself without end. Which case should stop it?"
    if isinstance(error, TimeUpError):
        return "no answer in time."
    if isinstance(error, SystemExit):
        return "exit(): return the answer instead."
    where = ""
    mine = [f for f in traceback.extract_tb(error.__traceback__) if _is_theirs(f.filename)]
    if mine and mine[-1].line:
        where = f", in the line: {mine[-1].line}"
    try:
        said = str(error)[:200]
    except Exception:  # an exception may refuse to be read
        said = ""
    advice = ""
    if isinstance(error, RuntimeError) and ("must match the size" in said or "broadcast" in said):
        advice = " Two shapes do not fit: print them; often a dimension of size 1 is missing."
    return f"{type(error).__name__}: {said or 'no message'}{where}{advice}"


def _is_theirs(filename: str) -> bool:
    return "ipykernel" in filename or filename.startswith("<")


def quote(exercise: Exercise, case: tuple) -> str:
    pairs = zip(exercise.parameters, case, strict=False)
    return ", ".join(f"{name} = {brief(value)}" for name, value in pairs) or "no arguments"


def blame(error: BaseException, answer: Callable) -> str:
    """Say whose line stopped: the answer's, or the check's because of what the answer returned."""
    code = getattr(answer, "__code__", None)
    frames = [f for f, _ in traceback.walk_tb(error.__traceback__)]
    if code is None or any(f.f_code is code for f in frames):
        return f"it stops with {_error_text(error)}"
    return f"the check cannot use what you return here ({type(error).__name__})."
