"""Was an exercise attempted? Is what we got a function, and is it called as the lesson calls it?"""

import ast
import dis
import inspect
import textwrap
from collections.abc import Callable

UNTOUCHED, DOTS_LEFT, WRITTEN = "untouched", "dots left", "written"


def attempt(answer: Callable) -> str:
    """Tell whether a function's body is still the stub.

    UNTOUCHED: nothing but the stub; DOTS_LEFT: code, but a value is still ``...``; WRITTEN: code (a
    line of bare dots that was left standing beside it does no harm).
    """
    body = _body(answer)
    if body is None:
        return UNTOUCHED if _does_nothing(answer) else WRITTEN
    gaps = [s for s in body if isinstance(s, ast.Pass) or _is_dots(s)]
    if len(gaps) == len(body):
        return UNTOUCHED
    nested = [node for statement in body for node in ast.walk(statement)]
    if not any(isinstance(n, (ast.Return, ast.Raise, ast.Yield)) for n in nested):
        return UNTOUCHED if any(map(_has_gap, nested)) else WRITTEN
    return DOTS_LEFT if any(_is_value_gap(n) for n in nested) else WRITTEN


def complaint_about_call(answer: Callable, name: str, parameters: list[str]) -> str:
    """Say how the function is called where this one cannot be; an empty string if it can."""
    try:
        signature = inspect.signature(answer)
    except (TypeError, ValueError):
        return ""
    try:
        signature.bind(*parameters)
    except TypeError:
        mine = ", ".join(signature.parameters) or "no arguments"
        return f"It is called as {name}({', '.join(parameters)}); yours takes {mine}."
    return ""


def _body(answer: Callable) -> list[ast.stmt] | None:
    """The statements below the docstring; None where the source cannot be read."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(answer)))
    except (OSError, TypeError, SyntaxError):
        return None
    function = next((n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)), None)
    if function is None:
        return None
    body = function.body
    first = getattr(body[0], "value", None)
    has_docstring = isinstance(first, ast.Constant) and isinstance(first.value, str)
    return body[1:] if isinstance(body[0], ast.Expr) and has_docstring else body


def _is_dots(statement: ast.AST) -> bool:
    """True for a line that holds nothing but dots."""
    return isinstance(statement, ast.Expr) and _is_ellipsis(statement.value)


def _is_value_gap(node: ast.AST) -> bool:
    """True for `name = ...` and `return ...` (x[..., 0] is none of them)."""
    values = isinstance(node, (ast.Assign, ast.AnnAssign, ast.Return))
    return values and _is_ellipsis(node.value)


def _has_gap(node: ast.AST) -> bool:
    return _is_dots(node) or _is_value_gap(node)


def _is_ellipsis(value: ast.AST | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is Ellipsis


def _does_nothing(answer: Callable) -> bool:
    """Without a source: True if the compiled function does nothing but return None."""
    code = getattr(answer, "__code__", None)
    if code is None:
        return False
    steps = [i for i in dis.get_instructions(code) if i.opname not in ("RESUME", "NOP")]
    names = {i.opname for i in steps}
    return names <= {"LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"} and steps[0].argval is None
