"""Python functions from the standard library of the Python that runs the course."""

import ast
import contextlib
import gc
import hashlib
import json
import sys
import sysconfig
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course_utils.data.files import DataError
from course_utils.machine import build_folder
from course_utils.store.atomic import write_atomically

RECIPE = 1  # raise it when the recipe below changes, so that an old cache is not used
HOLDERS = (ast.stmt, ast.excepthandler, ast.match_case)  # where a function can stand
LEFT_OUT = {"site-packages", "dist-packages", "test", "tests", "idle_test", "lib2to3"}
HELD_OUT_OF_TEN = 1  # files, chosen by a hash of their path, that no model may train on
LEAST = 3000  # a standard library gives some 10,000 short functions; far fewer means a cut-down one


@dataclass(frozen=True)
class Functions:
    """Short functions in one layout, without docstrings and comments, split by source file."""

    train: tuple[str, ...]
    held_out: tuple[str, ...]  # from files no training function comes from


def python_functions(limit: int = 300, *, cache: Path | None = None) -> Functions:
    """Return all distinct functions of at most ``limit`` characters, printable ASCII only.

    Each was parsed and printed anew (``ast.unparse``), so layout and quotes are uniform. A function
    that occurs in several files counts once, for the first file. The counts differ a little between
    Python versions. Reading takes some ten seconds the first time; then a verified copy in
    ``build/cache`` is used. Raises ValueError for limit < 20, DataError if hardly any source is
    found (some systems ship the standard library without it).
    """
    if limit < 20:
        raise ValueError(f"no function has fewer than 20 characters, got limit={limit}")
    folder = cache or build_folder() / "cache"
    version = ".".join(map(str, sys.version_info[:3]))
    path = folder / f"python_functions-{version}-{limit}-{RECIPE}.json"
    found = _cached(path)
    if found is None:
        found = _read_all(limit)
        if len(found) < LEAST:
            raise DataError(
                f"only {len(found)} functions found in {len(_files())} files of the standard "
                "library; install a Python that comes with its sources (python.org, uv, conda)"
            )
        _store(path, found)
    halves: tuple[list, list] = ([], [])
    for source, file in found:
        halves[_is_held_out(file)].append(source)
    return Functions(tuple(halves[0]), tuple(halves[1]))


def _is_held_out(file: str) -> bool:
    return int(hashlib.sha256(file.encode()).hexdigest(), 16) % 10 < HELD_OUT_OF_TEN


def _root() -> Path:
    return Path(sysconfig.get_paths()["stdlib"])


def _files() -> list[Path]:
    root = _root()
    return sorted(p for p in root.rglob("*.py") if not LEFT_OUT & set(p.relative_to(root).parts))


def _read_all(limit: int) -> list[tuple[str, str]]:
    """Return (function, file) pairs in the order of files; each function once."""
    first: dict[str, str] = {}
    for path in _files():
        with _no_collector():
            for source in _read(path, limit):
                first.setdefault(source, path.relative_to(_root()).as_posix())
    return list(first.items())


@contextlib.contextmanager
def _no_collector() -> Iterator[None]:
    """Keep Python's garbage collector away: a parsed file is many objects and no garbage."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read(path: Path, limit: int) -> list[str]:
    try:
        tree = ast.parse(path.read_text("utf8"))
    except (SyntaxError, UnicodeDecodeError):
        return []  # a few files are templates or hold another encoding on purpose
    return list(_short_functions(tree, limit))


def _short_functions(tree: ast.Module, limit: int) -> Iterator[str]:
    for node in _functions(tree):
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass(lineno=node.end_lineno, col_offset=0)]
        if node.end_lineno - node.body[0].lineno > limit // 4:
            continue  # too long for sure: printing it would only cost time
        source = ast.unparse(node)
        if len(source) <= limit and source.isascii() and source.replace("\n", "").isprintable():
            yield source


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Functions in the order of ``ast.walk``, which would look into every expression as well."""
    todo = deque([tree])
    while todo:
        node = todo.popleft()
        if isinstance(node, ast.FunctionDef):
            yield node
        todo.extend(child for child in ast.iter_child_nodes(node) if isinstance(child, HOLDERS))


def _cached(path: Path) -> list[tuple[str, str]] | None:
    """Return the cached pairs, or None where there is no intact cache."""
    try:
        held = json.loads(path.read_text("utf8"))
        pairs = [(source, file) for source, file in held["functions"]]
        return pairs if held["sha256"] == _digest(pairs) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _store(path: Path, pairs: list[tuple[str, str]]) -> None:
    with contextlib.suppress(OSError):  # a full or read-only disk costs the next run ten seconds
        write_atomically(path, json.dumps({"sha256": _digest(pairs), "functions": pairs}))


def _digest(pairs: list[tuple[str, str]]) -> str:
    return hashlib.sha256(json.dumps([list(p) for p in pairs]).encode()).hexdigest()
