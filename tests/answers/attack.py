"""Put every stored answer through the checks and count: right accepted, wrong rejected, named.

    python -m tests.answers.attack [FOLDER or EXERCISE ...] [--json FILE]

The answers were written by people who saw the exercise's text and stub only, never its checks:
``right_...`` are correct, ``wrong_...`` are what students really hand in.
"""

import argparse
import contextlib
import importlib
import io
import json
import time
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent


def answers(name: str) -> dict:
    """Return the stored answers of "folder/exercise" by name; ``DTYPE`` is the default dtype."""
    module = importlib.import_module(f"tests.answers.{name.replace('/', '.')}")
    found = {k: f for k, f in vars(module).items() if k.startswith(("right_", "wrong_"))}
    return found | {"DTYPE": getattr(module, "DTYPE", "float32")}


def names(wanted: list[str]) -> list[str]:
    """Return "folder/exercise" of all stored answers, or of those whose folder or name is asked."""
    paths = sorted(p for p in HERE.glob("*/*.py") if p.name != "__init__.py")
    every = [f"{p.parent.name}/{p.stem}" for p in paths]
    return [n for n in every if not wanted or n in wanted or set(n.split("/")) & set(wanted)]


@contextlib.contextmanager
def default_dtype(name: str):
    """Compute as the notebook does at that place."""
    former = torch.get_default_dtype()
    torch.set_default_dtype(getattr(torch, name))
    try:
        yield
    finally:
        torch.set_default_dtype(former)


def attack(name: str, find, judge) -> list[dict]:
    """Judge all answers of one exercise; returns a row an answer."""
    stored = answers(name)
    dtype = stored.pop("DTYPE")
    exercise, rows = find(name.split("/")[1]), []
    with default_dtype(dtype):
        for label, answer in stored.items():
            began = time.process_time()
            with contextlib.redirect_stdout(io.StringIO()):
                verdict = judge(exercise, answer)
            row = {"exercise": name, "answer": label, "state": verdict.state, "kind": verdict.kind}
            row["named"] = verdict.mistake.name if verdict.mistake else ""
            row["says"] = list(verdict.reasons)
            rows.append(row | {"seconds": round(time.process_time() - began, 2)})
    return rows


def good(row: dict) -> bool:
    """Whether the verdict is the one the answer deserves."""
    return (row["state"] == "right") == row["answer"].startswith("right_")


def summary(rows: list[dict]) -> str:
    """Say the three shares."""
    right = [r for r in rows if r["answer"].startswith("right_")]
    wrong = [r for r in rows if r["answer"].startswith("wrong_")]
    rejected = [r for r in wrong if good(r)]
    named = [r for r in rejected if r["named"]]
    return (
        f"right accepted {sum(map(good, right))} of {len(right)}, wrong rejected {len(rejected)} "
        f"of {len(wrong)}, of these named {len(named)}"
    )


def main() -> None:
    """Print every wrong verdict, a line an exercise, and the sums."""
    from course_utils.exercises import desk, judge

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wanted", nargs="*")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--cards", action="store_true", help="print what each wrong answer is told")
    args = parser.parse_args()
    torch.set_num_threads(1)
    rows = []
    for name in names(args.wanted):
        found = attack(name, desk.find, judge)
        rows += found
        print(f"{name:45} {summary(found)}", flush=True)
        for row in found:
            if not good(row):
                print(f"    {row['answer']}: {row['state']} {' '.join(row['says'])[:300]}")
            elif args.cards and row["answer"].startswith("wrong_"):
                print(f"    {row['answer']}: [{row['named']}] {' '.join(row['says'])[:300]}")
    print(summary(rows))
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1) + "\n", "utf8")


if __name__ == "__main__":
    main()
