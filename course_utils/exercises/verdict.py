"""Judge an answer: attempted? right? if not, which property fails, and is the mistake known?"""

import ast
import dis
import inspect
import textwrap
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from course_utils.exercises.compare import Problem, brief, difference
from course_utils.exercises.guard import Outcome, TimeUpError, call
from course_utils.exercises.spec import Exercise, Mistake

NOT_ATTEMPTED, RIGHT, NOT_YET = "not attempted", "right", "not yet"


@dataclass(frozen=True)
class Verdict:
    """What the card says. reasons: sentences, the most helpful first."""

    exercise: Exercise
    state: str  # NOT_ATTEMPTED, RIGHT or NOT_YET
    reasons: tuple[str, ...] = ()
    mistake: Mistake | None = None
    kind: str = (
        ""  # signature, time, error, edit, none, type, shape, dtype, device, nan, value, property
    )


def judge(exercise: Exercise, answer: Callable) -> Verdict:
    """Try an answer on the cases and properties. Never raises for anything the answer does."""
    if is_stub(answer):
        return Verdict(exercise, NOT_ATTEMPTED)
    complaint = _signature_complaint(exercise, answer)
    if complaint:
        return Verdict(exercise, NOT_YET, (complaint,), kind="signature")
    cases = exercise.make_cases()
    expected = [_trusted(exercise.reference, case) for case in cases]
    outcomes: list[Outcome] = []
    for case in cases:
        outcomes.append(call(answer, case, time_limit=exercise.time_limit))
        if isinstance(outcomes[-1].error, NotImplementedError):
            return Verdict(exercise, NOT_ATTEMPTED)
        harm = _harm(outcomes[-1], exercise, case)
        if harm:
            return Verdict(exercise, NOT_YET, (harm.message,), kind=harm.kind)
    return _weigh(exercise, answer, cases, expected, outcomes)


def _weigh(exercise, answer, cases, expected, outcomes) -> Verdict:
    """Compare values that came back without harm, then try the properties."""
    problem, reasons, mistake = None, [], None
    for case, right, outcome in zip(cases, expected, outcomes, strict=True):
        problem = difference(outcome.value, right, tol=exercise.tol)
        if problem:
            reasons.append(f"For {_quote(exercise, case)} {problem.message}.")
            break
    if problem:
        mistake = recognise(exercise, [o.value for o in outcomes], cases)
    broken = _broken_property(exercise, answer)
    if broken:
        reasons.append(broken)
    if problem is None and broken is None:
        return Verdict(exercise, RIGHT, (_praise(exercise, cases),))
    kind = problem.kind if problem else "property"
    return Verdict(exercise, NOT_YET, tuple(reasons), mistake, kind)


def recognise(exercise: Exercise, values: list, cases: list[tuple]) -> Mistake | None:
    """Return the known mistake whose numbers are these on every case, or None."""
    for mistake in exercise.mistakes:
        outcomes = [call(mistake.answer, case, time_limit=exercise.time_limit) for case in cases]
        if any(o.error or o.timed_out for o in outcomes):
            continue
        pairs = zip(values, outcomes, strict=True)
        if all(_matches(value, o.value, exercise.tol) for value, o in pairs):
            return mistake
    return None


def _matches(value: Any, wrong: Any, tol: float) -> bool:
    try:
        problem = difference(value, wrong, tol=tol)
    except TypeError:
        return False
    if problem is None or problem.kind != "nan":
        return problem is None
    # a NaN is a mistake's number, too ("0 log 0")
    reverse = difference(wrong, value, tol=tol)
    return reverse is not None and reverse.kind == "nan"


def is_stub(answer: Callable) -> bool:
    """Tell whether a function's body is still the stub: an ellipsis is left where code belongs."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(answer)))
    except (OSError, TypeError, SyntaxError):
        return _same_code(answer)
    function = next((n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)), None)
    if function is None:
        return _same_code(answer)
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(getattr(body[0], "value", None), ast.Constant):
        body = body[1:] if isinstance(body[0].value.value, str) else body
    if all(isinstance(statement, ast.Pass) for statement in body):
        return True
    return any(_is_gap(node) for statement in body for node in ast.walk(statement))


def _is_gap(node: ast.AST) -> bool:
    """True for a statement `...`, `name = ...` or `return ...` (x[..., 0] is none of them)."""
    value = (
        getattr(node, "value", None)
        if isinstance(node, (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return))
        else None
    )
    return isinstance(value, ast.Constant) and value.value is Ellipsis


def _same_code(answer: Callable) -> bool:
    """Without a source: True if the compiled function does nothing but return None."""
    code = getattr(answer, "__code__", None)
    if code is None:
        return False
    steps = [i for i in dis.get_instructions(code) if i.opname not in ("RESUME", "NOP")]
    names = {i.opname for i in steps}
    return names <= {"LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"} and steps[0].argval is None


def _signature_complaint(exercise: Exercise, answer: Callable) -> str | None:
    try:
        inspect.signature(answer).bind(*exercise.parameters)
    except TypeError:
        call_text = f"{exercise.name}({', '.join(exercise.parameters)})"
        mine = ", ".join(inspect.signature(answer).parameters) or "no arguments"
        return f"It is called as {call_text}; yours takes {mine}."
    except ValueError:
        return None
    return None


def _trusted(function: Callable, case: tuple) -> Any:
    outcome = call(function, case, time_limit=60.0)
    if outcome.error:
        raise RuntimeError(f"the reference {function.__name__} failed") from outcome.error
    return outcome.value


def _harm(outcome: Outcome, exercise: Exercise, case: tuple) -> Problem | None:
    """Return what went wrong before any value could be compared."""
    quote = _quote(exercise, case)
    if outcome.timed_out:
        message = (
            f"For {quote} it was still running after {exercise.time_limit:g} s and was stopped. "
            "Does every loop end?"
        )
        return Problem("time", message)
    if outcome.error is not None:
        return Problem("error", f"For {quote} it stops with {_error_text(outcome.error)}")
    if outcome.changed:
        names = ", ".join(exercise.parameters[k] for k in outcome.changed)
        message = (
            f"It changes its input {names} in place. The caller still needs it: make a new tensor "
            "(x = x + 1, not x += 1 or x.add_(1))."
        )
        return Problem("edit", message)
    if outcome.value is None:
        printed = outcome.printed.strip()
        hint = f" You print {printed[:60]!r}: return it instead." if printed else ""
        return Problem("none", f"It returns None. Does it end with a return?{hint}")
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
    frames = traceback.extract_tb(error.__traceback__)
    mine = [f for f in frames if "ipykernel" in f.filename or f.filename.startswith("<")]
    if mine and mine[-1].line:
        where = f", in the line: {mine[-1].line}"
    return f"{type(error).__name__}: {str(error)[:200] or 'no message'}{where}"


def _quote(exercise: Exercise, case: tuple) -> str:
    pairs = zip(exercise.parameters, case, strict=False)
    return ", ".join(f"{name} = {brief(value)}" for name, value in pairs) or "no arguments"


def _broken_property(exercise: Exercise, answer: Callable) -> str | None:
    """Return one sentence for the first property that fails, or None."""
    import torch

    for prop in exercise.properties:
        rng = torch.Generator().manual_seed(1)
        limit = 2 * exercise.time_limit
        outcome = call(prop.check, (answer, rng), time_limit=limit)
        if outcome.timed_out:
            return f"Property “{prop.name}”: no answer within {limit:g} s."
        if outcome.error is not None:
            return f"Property “{prop.name}”: it stops with {_error_text(outcome.error)}"
        if outcome.value is not None:
            return f"Property “{prop.name}” fails: {outcome.value}"
    return None


def _praise(exercise: Exercise, cases: list) -> str:
    n = len(exercise.properties)
    properties = f" and has {n} propert{'y' if n == 1 else 'ies'} it must have" if n else ""
    return f"It agrees with the reference on {len(cases)} cases{properties}."
