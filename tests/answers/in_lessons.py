"""Run whole lessons with other right answers in place of their stubs: none may stop a lesson.

    python -m tests.answers.in_lessons [LESSON ...] [--round 0]

Round k puts the k-th stored right answer into every stub (the last one where there are fewer), runs
the notebook (profile quick) and says which lessons stopped, where, and which answers were not taken
for right. Not part of the tests: a round takes as long as ``make course``.
"""

import argparse
import ast
import inspect
import tempfile
import textwrap
from pathlib import Path

from course_utils import notebooks as nb
from course_utils.cli.environment import stored_environment
from course_utils.cli.execute import Job, Pool, Result
from course_utils.exercises import desk
from course_utils.machine import repo_root
from tests.answers.attack import answers


def filled(source: str, turn: int) -> tuple[str, list[str]]:
    """Return a cell with its stubs replaced by stored right answers, and the answers' names."""
    lines, used = source.splitlines(), []
    for node in reversed(ast.parse(source).body):
        marks = getattr(node, "decorator_list", [])
        if not any(isinstance(d, ast.Name) and d.id == "exercise" for d in marks):
            continue
        stored = answers(f"{desk.find(node.name).lesson}/{node.name}")
        rights = [f for label, f in stored.items() if label.startswith("right_")]
        answer = rights[min(turn, len(rights) - 1)]
        code = inspect.getsource(answer).replace(f"def {answer.__name__}(", f"def {node.name}(", 1)
        first = min(d.lineno for d in marks) - 1
        needs = _needs(inspect.getmodule(answer))
        lines[first : node.end_lineno] = [*needs, "@exercise", *code.splitlines()]
        used.append(f"{node.name}: {answer.__name__}")
    return "\n".join(lines), used


def _needs(module) -> list[str]:
    """The module's imports and private helpers, as source."""
    text = inspect.getsource(module)
    kept = []
    for node in ast.parse(text).body:
        helper = isinstance(node, (ast.FunctionDef, ast.Assign)) and not (
            getattr(node, "name", "").startswith(("right_", "wrong_"))
        )
        if isinstance(node, (ast.Import, ast.ImportFrom)) or helper:
            segment = ast.get_source_segment(text, node)
            if not segment.startswith("DTYPE"):
                kept.append(textwrap.dedent(segment))
    return kept


def prepared(path: Path, folder: Path, turn: int) -> tuple[Path, list[str]]:
    """Write a copy of a lesson with all its stubs filled; return it and the answers' names."""
    notebook, used = nb.read(path), []
    for cell in nb.code_cells(notebook):
        if "@exercise" in nb.source(cell):
            source, names = filled(nb.source(cell), turn)
            cell["source"] = source.splitlines(keepends=True)
            used += names
    part = folder / path.parent.name
    part.mkdir(parents=True, exist_ok=True)
    nb.write(part / path.name, notebook)
    return part / path.name, used


def not_taken(path: Path) -> list[str]:
    """The cards of an executed lesson that call a right answer something else."""
    texts = [
        nb.text_of(output.get("data", {}).get("text/plain", ""))
        for cell in nb.code_cells(nb.read(path))
        for output in cell.get("outputs", [])
    ]
    signs = ("✗", "○")
    return [t for t in texts if t.startswith(signs) or ("slower than ours" in t)]


def main() -> None:
    """Run the lessons and print what became of each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*")
    parser.add_argument("--round", type=int, default=0, dest="turn")
    args = parser.parse_args()
    chosen = nb.find(args.lessons, nb.lessons(repo_root() / "notebooks"))
    stopped = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder, jobs = Path(scratch), []
        for lesson in chosen:
            path, used = prepared(lesson.path, folder / "in", args.turn)
            if used:
                jobs.append(Job(lesson.id, path, folder / "out" / path.name, {}, 900.0))
        with Pool(1, stored_environment(folder / "build")) as pool:
            for event in pool.run(jobs):
                if not isinstance(event, Result):
                    continue
                stopped += not event.ok
                print(f"{event.name}: {event.outcome}, {event.seconds:.0f} s", flush=True)
                if not event.ok:
                    print(textwrap.indent(f"cell {event.cell}\n{event.error[-900:]}", "    "))
                for text in not_taken(event.out):
                    print(textwrap.indent(text[:400], "    "), flush=True)
    print(f"{len(jobs)} lessons, {stopped} stopped")


if __name__ == "__main__":
    main()
