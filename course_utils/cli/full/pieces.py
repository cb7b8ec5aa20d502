"""What a lesson defines, without its demonstrations: the statements its full run depends on."""

import ast
import symtable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_utils import notebooks as nb
from course_utils.store.atomic import write_atomically

COMPREHENSIONS = ("listcomp", "setcomp", "dictcomp", "genexpr")  # they run at once


def definitions(path: Path, wanted: list[str], parameters: dict[str, Any]) -> str:
    """Return those statements before the lesson's full run that the names ``wanted`` depend on.

    A statement is taken if it is the last to define a wanted name, or a name that a taken statement
    uses; what only prints or checks is left out. parameters: set behind the cell tagged
    "parameters". Raises ValueError where a wanted name is defined nowhere, or no cell starts a run.
    """
    cells = nb.code_cells(nb.read(path))
    before = cells[: _place_of_run(path, cells)]
    pieces = [piece for cell in before for piece in _statements(cell, parameters)]
    names = [_names(piece) for piece in pieces]
    left = [(name, len(pieces)) for name in wanted]
    taken: set[int] = set()
    while left:
        name, place = left.pop()
        k = max((k for k in range(place) if name in names[k].defined), default=None)
        if k is None and name in wanted:
            raise ValueError(f"{path.stem} defines no {name} before its full run")
        if k is not None and k not in taken:
            taken.add(k)
            left += [(other, k) for other in names[k].used]
            left += [(other, len(pieces)) for other in names[k].used_later]
    return "\n\n".join(pieces[k] for k in sorted(taken)) + "\n"


def _statements(cell: dict, parameters: dict[str, Any]) -> list[str]:
    """The top-level statements of a cell, decorators included."""
    lines = nb.source(cell).splitlines()
    found = []
    for node in ast.parse("\n".join(lines)).body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        found.append("\n".join(lines[first - 1 : node.end_lineno]))
    if "parameters" in nb.tags(cell):
        found += [f"{name} = {value!r}" for name, value in parameters.items()]
    return found


def namespace(text: str, file: Path) -> dict[str, Any]:
    """Run such a source and return its names. file: where it is written, for tracebacks."""
    write_atomically(file, text)
    names: dict[str, Any] = {"__name__": "__main__", "__file__": str(file)}
    exec(compile(text, str(file), "exec", dont_inherit=True), names)
    return names


def _place_of_run(path: Path, cells: list[dict]) -> int:
    """The first cell that calls ``full_run(config, "full_...")`` outside of any function."""
    for k, cell in enumerate(cells):
        for statement in ast.parse(nb.source(cell)).body:
            if isinstance(statement, ast.FunctionDef | ast.ClassDef):
                continue
            if any(map(_starts_run, ast.walk(statement))):
                return k
    raise ValueError(f"{path.stem} has no cell that starts a full run")


def _starts_run(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "full_run":
        return False
    texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
    return any(str(text).startswith("full_") for text in texts)


@dataclass(frozen=True)
class Names:
    """The names of the page that one statement defines, uses, or uses when its functions run."""

    defined: set[str]
    used: set[str]
    used_later: set[str]


def _names(source: str) -> Names:
    table = symtable.symtable(source, "lesson", "exec")
    own = _inside_comprehensions(source)  # from Python 3.12 on the table shows them, too
    symbols = [s for s in table.get_symbols() if s.get_name() not in own]
    defined = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
    used = {s.get_name() for s in symbols if s.is_referenced()}
    later: set[str] = set()
    inner = [*table.get_children()]
    while inner:
        scope = inner.pop()
        inner += scope.get_children()
        names = {s.get_name() for s in scope.get_symbols() if s.is_global()}
        if scope.get_type() == "function" and scope.get_name() not in COMPREHENSIONS:
            later |= names
        else:  # the body of a class runs where it stands
            used |= names
    return Names(defined, used, later)


def _inside_comprehensions(source: str) -> set[str]:
    """Names that are assigned in comprehensions and nowhere else: they are not the page's."""
    inside, everywhere = [], []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.comprehension):
            inside += _assigned(node.target)
        everywhere += _assigned(node) if isinstance(node, ast.Name) else []
    return {name for name in inside if inside.count(name) == everywhere.count(name)}


def _assigned(node: ast.AST) -> list[str]:
    names = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
    return [n.id for n in names if isinstance(n.ctx, ast.Store)]
