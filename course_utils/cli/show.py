"""``course show``: the source of anything in the package, or the ledger of measured claims."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from typing import Annotated, Any

import typer

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="A dotted name (prob.kl_categorical) or 'ledger'.")
]


def show(name: Name) -> None:
    """Show the highlighted source of a package object, or the ledger of measured claims."""
    from rich.console import Console
    from rich.syntax import Syntax

    from course_utils.source import source_of

    console = Console()
    if name == "ledger":
        console.print(_ledger())
        return
    try:
        text = source_of(resolve(name))
    except (LookupError, TypeError) as error:
        typer.echo(f"course show: {error.args[0]}", err=True)
        raise typer.Exit(2) from error
    if console.is_terminal:
        console.print(Syntax(text, "python", theme="ansi_dark", background_color="default"))
    else:
        typer.echo(text, nl=False)


def resolve(name: str) -> Any:
    """Return the object that a dotted name means inside course_utils.

    Raises:
        LookupError: there is none; the message lists the nearest names.
    """
    parts = name.removeprefix("course_utils.").split(".")
    found, path = importlib.import_module("course_utils"), "course_utils"
    for i, part in enumerate(parts):
        path = f"{path}.{part}"
        try:
            found = _step(found, part, path)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{path}.".startswith(f"{error.name}."):
                raise LookupError(f"{name} needs a package that is missing: {error}") from error
            raise LookupError(_nearest(name, parts[:i], part, found)) from error
    return found.fget if isinstance(found, property) else found


def _step(found: Any, part: str, path: str) -> Any:
    """Return an attribute of ``found``, else import the submodule of that name."""
    try:
        return getattr(found, part)
    except AttributeError:
        return importlib.import_module(path)


def _nearest(name: str, before: list[str], part: str, found: Any) -> str:
    """Say that there is no such name, with the nearest ones there and in the whole package."""
    here = {".".join([*before, near]) for near in _members(found)}
    wanted = ".".join([*before, part])
    near = difflib.get_close_matches(wanted, sorted(here), n=3, cutoff=0.6)
    if not near and not before:
        near = [f"{home}.{part}" for home in _homes(part)][:3]
    if near:
        return f"there is no {name!r} in course_utils; nearest: {', '.join(near)}"
    return f"there is no {name!r} in course_utils; there are: {', '.join(sorted(here))}"


def _members(found: Any) -> set[str]:
    """Names a reader may ask for in a package, module or class."""
    modules = {module.name for module in pkgutil.iter_modules(getattr(found, "__path__", []))}
    if hasattr(found, "__all__"):
        return set(found.__all__) | modules
    names = {n for n in dir(found) if not n.startswith("_")}
    if isinstance(found, type):
        return names
    homes = {n: getattr(getattr(found, n, None), "__module__", None) or "" for n in names}
    own = {n for n, home in homes.items() if home.startswith("course_utils")}
    return own | modules


def _homes(part: str) -> list[str]:
    """Modules whose source defines a function or class of this name (nothing is imported)."""
    import ast
    from pathlib import Path

    root = Path(__file__).resolve().parents[1]
    homes = []
    for path in sorted(root.rglob("*.py")):
        tree = ast.parse(path.read_text("utf8"))
        if any(getattr(node, "name", None) == part for node in tree.body):
            relative = path.relative_to(root).with_suffix("")
            homes.append(".".join(p for p in relative.parts if p != "__init__"))
    return [home for home in homes if home]


def _ledger() -> Any:
    """Build the table of measured claims."""
    from rich.table import Table

    from course_utils import ledger

    rows = ledger.rows()
    if not rows:
        return "The ledger is empty: run a lesson that measures a claim."
    table = Table("claim", "what is said", "measured", "verdict", show_lines=True)
    for row in rows:
        run = "" if (row["profile"], row["seed"]) == ("quick", 0) else _run(row)
        table.add_row(row["key"] + run, row["statement"], _measured(row), row["verdict"])
    return table


def _run(row: dict) -> str:
    return f"\n{row['profile']}, seed {row['seed']}"


def _measured(row: dict) -> str:
    """Write a claim's number with its unit, interval, count and baseline."""
    unit = f" {row['unit']}" if row.get("unit") else ""
    text = f"{row['value']:.4g}{unit}"
    if row.get("interval"):
        text += f" [{row['interval'][0]:.4g}, {row['interval'][1]:.4g}]"
    if row.get("n"):
        text += f", n = {row['n']}"
    if row.get("baseline") is not None:
        text += f"; baseline {row['baseline']:.4g}"
    return text
