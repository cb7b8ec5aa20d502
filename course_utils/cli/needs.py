"""What a lesson needs, computed from its imports and from those of the package's files it uses.

Two kinds of files are told apart. Of a file that is *used*, every import counts, those inside its
functions too. Of a file that is merely *imported* because it stands beside one that is used (a
package's ``__init__`` imports its neighbours), only what runs at import counts. Data sets count by
their names, which a used file quotes.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path

from course_utils import _HOMES
from course_utils import notebooks as nb
from course_utils.data.files import datasets
from course_utils.machine import repo_root

OWN = "course_utils"
PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;#]+)", re.MULTILINE)


@dataclass(frozen=True)
class Needs:
    """Pinned packages ("numpy==2.4.6"), sorted: ``packages`` are imported, ``data`` only read."""

    packages: tuple[str, ...]
    data: tuple[str, ...]


@dataclass
class _Walk:
    """The files seen so far, and the names of modules that are not ours."""

    used: set[Path] = field(default_factory=set)
    imported: set[Path] = field(default_factory=set)
    outside: set[str] = field(default_factory=set)
    sets: set[str] = field(default_factory=set)  # names of data sets

    def use(self, tree: ast.Module, *, everything: bool = True) -> None:
        """Follow the imports of a source; ``everything``: those inside functions, too."""
        for name in _names(tree, everything):
            if name.split(".")[0] == OWN:
                self.reach(name, everything=everything)
            else:
                self.outside.add(name.split(".")[0])
        if everything:
            self.sets |= _quoted(tree)

    def reach(self, name: str, *, everything: bool = True) -> None:
        """Follow the file that defines ``name``; the packages above it are imported."""
        path, rest = _file(name)
        for folder in path.parents:
            beside = folder / "__init__.py"
            if beside.is_file():
                self.follow(beside, everything=False)
        if path.name != "__init__.py":
            self.follow(path, everything=everything)
        elif home := _home(path, rest) if rest else None:
            self.reach(home, everything=everything)

    def follow(self, path: Path, *, everything: bool) -> None:
        """Follow a file's imports, once for each kind."""
        seen = self.used if everything else self.imported
        if path not in seen:
            seen.add(path)
            self.use(_tree(path), everything=everything)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf8"))


@cache
def _nodes(tree: ast.Module) -> list[ast.AST]:
    return list(ast.walk(tree))


@cache
def _names(tree: ast.Module, everything: bool) -> tuple[str, ...]:
    """Return the dotted names that a source imports, or has from a package it imports."""
    attributes = _attributes_of_packages(tree) if everything else ()
    return tuple(dict.fromkeys([*_imports(tree, everything), *attributes]))


def _imports(tree: ast.Module, everything: bool) -> Iterator[str]:
    """Yield the dotted names of a source's imports, ``everything`` or not as _statements does."""
    for statement in _statements(tree.body, everything):
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            yield from (f"{statement.module}.{alias.name}" for alias in statement.names)


def _statements(body: list, everything: bool) -> Iterator[ast.stmt]:
    """Yield statements and those inside them; without ``everything`` not those in functions."""
    for statement in body:
        yield statement
        function = isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
        if function and not everything:
            continue
        if isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING":
            continue
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            yield from _statements(getattr(statement, part, []), everything)


def _attributes_of_packages(tree: ast.AST) -> Iterator[str]:
    """Yield "course_utils.data.digits" where a source imports ``data`` and says data.digits."""
    ours = {}
    for node in _nodes(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == OWN:
            for alias in node.names:
                ours[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for node in _nodes(tree) if ours else ():
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            full = ours.get(node.value.id)
            if full and _file(full)[0].name == "__init__.py" and not _file(full)[1]:
                yield f"{full}.{node.attr}"


@cache
def _quoted(tree: ast.AST) -> frozenset[str]:
    """Return the data sets whose name a source quotes, or whose name begins so ("photo_")."""
    texts = {node.value for node in _nodes(tree) if isinstance(node, ast.Constant)}
    words = [text for text in texts if isinstance(text, str) and text.isidentifier()]
    return frozenset(
        name
        for name in datasets()
        if any(name == word or (word[-1] == "_" and name.startswith(word)) for word in words)
    )


@cache
def _file(name: str) -> tuple[Path, str]:
    """Return the file of the longest part of a dotted name that is a module, and the rest."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        place = repo_root().joinpath(*parts[:end])
        for path in (place / "__init__.py", place.with_suffix(".py")):
            if path.is_file():
                return path, ".".join(parts[end:])
    raise ValueError(f"no module of the course is called {name}")


@cache
def _home(path: Path, rest: str) -> str | None:
    """Return where a package has a name from; None for what its ``__init__`` defines itself."""
    first, _, more = rest.partition(".")
    if path.parent.name == OWN and first in _HOMES:
        return f"{OWN}.{_HOMES[first]}.{rest}"
    for node in _nodes(_tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if (alias.asname or alias.name) == first:
                    return f"{node.module}.{alias.name}" + (f".{more}" if more else "")
    return None


def files(path: Path) -> list[Path]:
    """Return a file of the package and every file of the package that its imports reach."""
    walk = _Walk()
    walk.follow(path, everything=True)
    return sorted(walk.used | walk.imported)


def needs(notebook: dict) -> Needs:
    """Return the pinned packages of a lesson."""
    walk = _Walk()
    walk.use(ast.parse("\n".join(nb.source(cell) for cell in nb.code_cells(notebook))))
    for name in nb.exercise_names(notebook):  # a check is found by its name, not imported
        for path in sorted((repo_root() / OWN / "checks").glob(f"*/{name}.py")):
            walk.follow(path, everything=True)
    modules = {name for name in walk.outside if name not in sys.stdlib_module_names}
    packages = {_distribution(name) for name in modules}
    sets = [datasets()[name] for name in walk.sets]
    read = {one.distribution or one.package: one.version for one in sets}
    data = {name for name in read if name not in packages}
    return Needs(
        tuple(sorted(f"{name}=={_pins()[name]}" for name in packages)),
        tuple(sorted(f"{name}=={read[name]}" for name in data)),
    )


@cache
def _pins() -> dict[str, str]:
    """Return {distribution: version} of all that the course pins."""
    return dict(PIN.findall((repo_root() / "constraints.txt").read_text("utf8")))


@cache
def _distributions() -> dict[str, list[str]]:
    return {
        name: [re.sub(r"[-_.]+", "-", one).lower() for one in owners]
        for name, owners in metadata.packages_distributions().items()
    }


def _distribution(module: str) -> str:
    """Return the pinned distribution that brings a module.

    Raises:
        ValueError: no pinned package brings it.
    """
    for name in _distributions().get(module, [module.lower().replace("_", "-")]):
        if name in _pins():
            return name
    raise ValueError(f"no package in constraints.txt brings the module {module!r}")
