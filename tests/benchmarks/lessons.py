"""Which cells of the course take longest? Reads executed lessons; it prints, it never fails.

    course run 21 31            # executes into build/executed, with a duration for each cell
    python -m tests.benchmarks.lessons [--cells 20] [--lesson 31] [build/executed]

Durations are wall seconds, as papermill wrote them: run one lesson at a time on a quiet machine.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cell:
    """One executed cell."""

    seconds: float
    lesson: str
    number: int  # counted from 1, as Jupyter's cells are
    line: str  # its first line that does something


def cells(path: Path) -> list[Cell]:
    """Code cells of an executed lesson that have a duration."""
    found = []
    for number, cell in enumerate(json.loads(path.read_text("utf8"))["cells"], start=1):
        took = cell["metadata"].get("papermill", {}).get("duration")
        if cell["cell_type"] == "code" and took is not None:
            lines = "".join(cell["source"]).splitlines()
            doing = (
                line for line in lines if line.strip() and not line.startswith(("#", "import"))
            )
            found.append(Cell(took, path.stem, number, next(doing, "").strip()))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path("build/executed"))
    parser.add_argument("--cells", type=int, default=20, help="how many to list")
    parser.add_argument("--lesson", default="", help="only lessons whose name starts so")
    args = parser.parse_args()
    lessons = {path.stem: cells(path) for path in sorted(args.folder.glob(f"{args.lesson}*.ipynb"))}
    if not any(lessons.values()):
        print(f"no executed lesson with durations in {args.folder}; run `course run` first")
        return
    totals = {name: sum(cell.seconds for cell in each) for name, each in lessons.items()}
    every = sorted((c for each in lessons.values() for c in each), key=lambda c: -c.seconds)
    total = sum(totals.values())
    print(f"{len(lessons)} lessons, {len(every)} cells, {total:,.0f} s")
    for name, took in sorted(totals.items(), key=lambda item: -item[1]):
        print(f"{took:8.1f} s  {name}")
    print(f"the {min(args.cells, len(every))} dearest cells:")
    for cell in every[: args.cells]:
        share, where = cell.seconds / total, f"{cell.lesson} cell {cell.number}"
        print(f"{cell.seconds:8.1f} s {share:4.0%}  {where}: {cell.line[:60]}")


if __name__ == "__main__":
    main()
