"""The folder of a run, ``data/results/<run>/``: everything it was given and everything it found.

``config.json`` sizes and settings · ``starts.jsonl`` one line a start: command, versions, commit,
lock files, processes, device · ``history.jsonl`` what was logged · ``metrics.json`` what came out ·
``pictures/`` · ``checkpoints/`` and ``tensorboard/`` (these two stay on the machine).
"""

import contextlib
import errno
import json
import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any

from course_utils.machine import build_folder, locks, repo_root, versions
from course_utils.runs import card
from course_utils.runs.history import History
from course_utils.runs.parallel import World
from course_utils.store import record
from course_utils.store.atomic import write_atomically

FORMAT = 1
KEPT = 3  # rehearsals of a name that stay
FRESH = 3600.0  # s; younger ones stay, too
_LOCKS: dict[Path, Any] = {}  # released with the program


class RunError(RuntimeError):
    """A run cannot start or go on; the message says why and what to do."""


@dataclass(frozen=True)
class RunFolder:
    """An open run. Only process 0 writes; the methods do nothing in the others."""

    name: str  # as it was asked for; a rehearsal's folder has a number besides
    path: Path
    world: World
    resumed: bool

    @property
    def checkpoints(self) -> Path:
        """Where the run's states are."""
        return self.path / "checkpoints"

    @property
    def history(self) -> History:
        """What was logged."""
        return History(self.path / "history.jsonl")

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Turn an OSError inside the block, as of a full disk, into a RunError with the cure."""
        try:
            yield
        except OSError as error:
            saved = sorted(path.name for path in self.checkpoints.glob("step_*"))
            last = f"what {saved[-1]} holds is safe" if saved else "nothing has been saved yet"
            raise RunError(
                f"the run {self.name} cannot write ({error.strerror or error}); {last}: make room, "
                "then resume it"
            ) from error

    def picture(self, name: str, figure: Any) -> None:
        """Keep a picture as pictures/NAME.png. figure: a matplotlib Figure, or PNG bytes."""
        from course_utils.page.figures import to_png

        if self.world.main:
            png = figure if isinstance(figure, bytes) else to_png(figure)
            write_atomically(self.path / "pictures" / f"{_word(name)}.png", png)

    def finish(self, measured: dict[str, float], **more: Any) -> None:
        """Write metrics.json: measured numbers (else ValueError: NaN, infinity), plain facts.

        What ``course full`` found on a card for the same lesson is printed, if it is stored."""
        starts = len(_lines(self.path / "starts.jsonl"))
        content = {"run": self.name, "measured": measured, **more, "starts": starts}
        text = record.to_text(content, format=FORMAT)
        if self.world.main:
            write_atomically(self.path / "metrics.json", text)
        card.show(self.name, self.world)


def open_run(
    name: str,
    *,
    config: Any,
    resume: bool = False,
    rehearsal: bool = False,
    world: World | None = None,
    where: Path | None = None,
) -> RunFolder:
    """Start the run ``name``, or with ``resume`` go on with it; every process calls this.

    config: a frozen dataclass of plain values, all that the result depends on. rehearsal: work in
    build/rehearsals instead, where each start gets a number of its own and all but the newest few
    of a name are cleared away. A process group restarted by torchrun resumes by itself.
    Raises RunError with one sentence if the run exists and ``resume`` is not asked, if there is
    nothing to resume, if another program is at work on it, or if the configuration is not the one
    the run was started with (RuntimeError with the same sentence in processes other than 0).
    No run in data/results is ever overwritten.
    """
    world = world or World()
    base = where or (build_folder() / "rehearsals" if rehearsal else repo_root() / "data/results")
    plain = json.loads(json.dumps(asdict(config) if is_dataclass(config) else config))

    def open_main() -> tuple[str, bool]:
        target = _rehearsal(base, _word(name), resume) if rehearsal else base / _word(name)
        resumed = _prepare(target, plain, resume)
        line = {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "resumed": resumed}
        line |= {"command": _command(), "launch": _launch(), "processes": world.size}
        line |= {"device": _device(world), "versions": versions(), "locks": locks()}
        with (target / "starts.jsonl").open("a", encoding="utf8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        return str(target), resumed

    def open_or_explain() -> tuple[str, bool]:
        try:
            return open_main()
        except OSError as error:
            if error.errno not in (errno.EROFS, errno.EACCES, errno.EPERM):
                raise
            raise RunError(f"{base} cannot be written to: set COURSE_BUILD or where=...") from error

    path, resumed = world.from_main(open_or_explain)
    return RunFolder(name, Path(path), world, resumed)


def _word(name: str) -> str:
    if not name or not name.replace("_", "").replace("-", "").isalnum():
        raise ValueError(f"a name is letters, digits, '_' and '-', got {name!r}")
    return name


def _rehearsal(base: Path, name: str, resume: bool) -> Path:
    """The newest numbered folder to resume, else the next number."""
    found = [p for p in base.glob(f"{name}-*") if p.name.removeprefix(f"{name}-").isdigit()]
    folders = {int(p.name.rpartition("-")[2]): p for p in found if p.is_dir()}
    newest = max(folders, default=0)
    if newest and (resume or _restarted(folders[newest])):
        return folders[newest]
    for number in sorted(folders)[: -KEPT or None]:
        if time.time() - folders[number].stat().st_mtime > FRESH:  # else perhaps still at work
            shutil.rmtree(folders[number], ignore_errors=True)
    while True:
        newest += 1
        with contextlib.suppress(FileExistsError):  # another program took the number meanwhile
            (base / f"{name}-{newest}").mkdir(parents=True)
            return base / f"{name}-{newest}"


def _lock(target: Path) -> None:
    """Keep other programs from this run until this one ends, however it ends."""
    from filelock import FileLock, Timeout

    lock = FileLock(target / ".lock", is_singleton=True)  # this program may open its run again
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise RunError(
            f"another program is at work on the run {target.name}: wait for it, stop it, or choose "
            "a new name"
        ) from error
    except OSError:  # a file system without locks
        return
    _LOCKS[target] = lock


def _prepare(target: Path, config: dict, resume: bool) -> bool:
    """Make the folder, or check that the run in it is this one; return whether it goes on."""
    stored = target / "config.json"
    if stored.exists():
        if not (resume or _restarted(target)):
            raise RunError(
                f"the run {target.name} exists: go on with it (resume=True, or --resume on the "
                "command line) or choose a new name"
            )
        _lock(target)
        _compare(stored, config)
        return True
    if target.exists() and any(target.iterdir()):
        raise RunError(f"{target.name}/ holds other results; choose a new name for the run")
    if resume:
        raise RunError(f"there is no run {target.name} to resume; start it without resume")
    content = {"run": target.name, "config": config}
    write_atomically(stored, record.to_text(content, format=FORMAT))
    _lock(target)
    return False


def _compare(stored: Path, config: dict) -> None:
    name = stored.parent.name
    before = record.read(
        stored,
        name=f"config.json of the run {name}",
        format=FORMAT,
        fields={"config": dict},
        error=RunError,
        cure="use a new name",
    )["config"]
    keys = [k for k in {**before, **config} if before.get(k) != config.get(k)]
    if keys:
        changed = ", ".join(f"{k} was {before.get(k)}, now {config.get(k)}" for k in sorted(keys))
        raise RunError(f"the run {name} was started otherwise ({changed}); use a new name")


def _restarted(target: Path) -> bool:
    """Whether torchrun has restarted the processes that made this very run."""
    if os.environ.get("TORCHELASTIC_RESTART_COUNT", "0") == "0" or _launch() is None:
        return False
    return any(line.get("launch") == _launch() for line in _lines(target / "starts.jsonl"))


def _launch() -> str | None:
    """What names this start of torchrun, the same in all its restarts."""
    return os.environ.get("COURSE_LAUNCH") or os.environ.get("TORCHELASTIC_RUN_ID")


def _lines(path: Path) -> list[dict]:
    """The rows of a JSON-lines file whose last line may be cut."""
    rows = []
    for line in path.read_text("utf8").splitlines() if path.exists() else []:
        try:
            rows.append(json.loads(line))
        except ValueError:
            continue
    return rows


def _command() -> str:
    """How the run was started, without the folders of this machine."""
    if "COURSE_COMMAND" in os.environ:
        return os.environ["COURSE_COMMAND"]
    program = Path(sys.argv[0]).name
    if program == "ipykernel_launcher.py":
        return "in a notebook"
    return shlex.join([program, *sys.argv[1:]])


def _device(world: World) -> str:
    import torch

    on_card = world.device.type == "cuda"
    return torch.cuda.get_device_name(world.device) if on_card else str(world.device)
