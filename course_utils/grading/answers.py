"""Find the answers in a lesson's cells, with what they may lean on. Nothing is executed here."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from course_utils.notebooks import EXERCISE

PLAIN = {"math", "int", "float", "tuple", "list", "dict", "range", "len", "min", "max", "abs"}


@dataclass(frozen=True)
class Answer:
    """One exercise as a student left it.

    source: the function alone, "" where the cell is no Python; context: imports, functions, classes
    and plain constants from the cells up to this one; complaint: why there is no source.
    """

    name: str
    source: str
    context: tuple[str, ...] = ()
    complaint: str = ""


def answers(cells: list[str]) -> list[Answer]:
    """Return the answers in the order of the page; of one name in two cells the last counts."""
    found: dict[str, Answer] = {}
    context: list[str] = []
    for cell in cells:
        try:
            nodes = _parsed(cell)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            why = f"the cell is no Python: {error}"
            for name in EXERCISE.findall(cell):
                found[name] = Answer(name, "", complaint=why)
            continue
        stubs = [node for node in nodes if _is_exercise(node)]
        context += [ast.unparse(node) for node in nodes if node not in stubs and _is_calm(node)]
        for node in stubs:
            found[node.name] = Answer(node.name, _source(cell, node), tuple(context))
    return list(found.values())


def same_thing(source: str) -> str:
    """Return what two copies share: names of arguments and variables, comments, layout ignored.

    >>> same_thing("def f(x):\\n    return x + 1") == same_thing("def f(abc):\\n    return abc+1")
    True
    """
    tree = ast.parse(source)
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.Name) and not _is_called(node, tree):
            field = "arg" if isinstance(node, ast.arg) else "id"
            name = getattr(node, field)
            setattr(node, field, names.setdefault(name, f"v{len(names)}"))
    function = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        function.body = function.body[1:] or function.body
    return ast.dump(ast.Module(function.body, []))


def _is_called(node: ast.AST, tree: ast.AST) -> bool:
    return any(isinstance(other, ast.Call) and other.func is node for other in ast.walk(tree))


def _parsed(cell: str) -> list[ast.stmt]:
    """Parse a cell; lines for IPython (%timeit, !pip, name?) are blanked if it needs that."""
    try:
        return ast.parse(cell).body
    except SyntaxError:
        lines = [re.sub(r"^\s*[%!?].*|^\s*[\w.]+\?+\s*$", "", line) for line in cell.splitlines()]
        return ast.parse("\n".join(lines)).body


def _source(cell: str, node: ast.FunctionDef) -> str:
    """Return a function's source without its mark as an exercise; other decorators stay."""
    others = [mark for mark in node.decorator_list if not _is_mark(mark)]
    if others:
        node.decorator_list = others
        return ast.unparse(node) + "\n"
    return "\n".join(cell.splitlines()[node.lineno - 1 : node.end_lineno]) + "\n"


def _is_exercise(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any(map(_is_mark, node.decorator_list))


def _is_mark(decorator: ast.expr) -> bool:
    return getattr(decorator, "id", getattr(decorator, "attr", "")) == "exercise"


def _is_calm(node: ast.stmt) -> bool:
    """Whether a statement only defines something: no training, no drawing, no reading of data."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef):
        return True
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return False
    calls = [part.func for part in ast.walk(node.value) if isinstance(part, ast.Call)]
    return all(_root(function) in PLAIN for function in calls)


def _root(function: ast.expr) -> str:
    while isinstance(function, ast.Attribute):
        function = function.value
    return getattr(function, "id", "")
