"""Which quick lessons need not run again: all that their pages depend on is as it was."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import course_utils
from course_utils import notebooks as nb
from course_utils.cli.execute import Job, Result
from course_utils.machine import fingerprint, repo_root
from course_utils.store.atomic import write_atomically

KEPT = ("seconds", "memory_mb", "cpu_seconds", "note")


class GoodRuns:
    """The last good run of each lesson in a folder, kept in its ``good_runs.json``."""

    def __init__(self, out: Path, *, frames: bool = False) -> None:
        """Read what is there; a file that cannot be read counts as none.

        frames: only pages whose explorers have frames count, and new ones do.
        """
        self._frames = frames
        self._path = out / "good_runs.json"
        self._around = f"{_package_hash()} {fingerprint()}"
        try:
            self._rows = json.loads(self._path.read_text("utf8"))
        except (OSError, ValueError):
            self._rows = {}

    def find(self, job: Job) -> Result | None:
        """Return a job's last good run if it would run the same again and its file is intact."""
        row = self._rows.get(job.out.name)
        if row is None or row["inputs"] != self._inputs(job) or row["file"] != _hash(job.out):
            return None
        if self._frames and not row.get("frames"):
            return None
        return Result(job.name, job.path, job.out, "ok", since=row["date"], **row["measured"])

    def keep(self, job: Job, result: Result) -> None:
        """Remember a good run."""
        measured = {name: getattr(result, name) for name in KEPT}
        row = {"inputs": self._inputs(job), "file": _hash(job.out), "measured": measured}
        row["frames"] = self._frames
        self._rows[job.out.name] = row | {"date": date.today().isoformat()}
        write_atomically(self._path, json.dumps(self._rows, indent=1) + "\n")

    def _inputs(self, job: Job) -> str:
        code = nb.code_hash(nb.read(job.path))
        text = json.dumps([str(job.path), code, job.parameters, self._around], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def _hash(path: Path) -> str:
    """SHA-256 of a file; empty where there is none."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _package_hash() -> str:
    """Hash the package's sources, the data manifest and the records of the stored weights."""
    files = sorted(Path(course_utils.__file__).parent.rglob("*.py"))
    data = repo_root() / "data"
    files += [data / "datasets.toml", *sorted((data / "weights").glob("*.json"))]
    return hashlib.sha256("".join(map(_hash, files)).encode()).hexdigest()
