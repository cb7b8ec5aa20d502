"""What is kept of one run: a row of the sweep's file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from course_utils.cli.environment import environment
from course_utils.cli.execute import Job, Pool, Result
from course_utils.store import ledger

CLAIM = ("key", "statement", "value", "interval", "baseline", "unit", "n", "verdict")


def of(result: Result, parameters: dict[str, Any], *, lesson: str, code_hash: str) -> dict:
    """Return the row of a run that has ended, well or badly."""
    from course_utils.machine import fingerprint, versions

    books = Path(result.out).parent / "ledger"
    claims = [{k: row.get(k) for k in CLAIM} for row in ledger.rows(books)] if result.ok else []
    return {
        "lesson": lesson,
        "parameters": parameters,
        "outcome": result.outcome,
        "error": "" if result.ok else _last_line(result.error),
        "numbers": ledger.numbers(books) if result.ok else {},
        "claims": claims,
        "seconds": round(result.seconds, 1),
        "cpu_seconds": round(result.cpu_seconds, 1),
        "memory_mb": round(result.memory_mb),
        "code_hash": code_hash,
        "machine": fingerprint(),
        "versions": versions(),
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def run(job: Job, threads: int, parameters: dict[str, Any], lesson: str, code_hash: str) -> dict:
    """Execute one job in this process and return its row; what a worker elsewhere is handed."""
    clear(job)
    with Pool(1, environment(threads, alone=False)) as pool:
        results = [event for event in pool.run([job]) if isinstance(event, Result)]
    return of(results[0], parameters, lesson=lesson, code_hash=code_hash)


def clear(job: Job) -> None:
    """Forget what an earlier attempt wrote into its books."""
    for path in (job.out.parent / "ledger").glob("*.json"):
        path.unlink()


def _last_line(error: str) -> str:
    lines = [line for line in error.strip().splitlines() if line.strip()]
    return lines[-1].strip()[:300] if lines else "no reason was given"
