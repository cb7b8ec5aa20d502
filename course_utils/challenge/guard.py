"""What an entry may not touch: the judge's files, other data, other programs, the network.

An audit hook of Python (PEP 578): it is asked before a file is opened, a program started, a socket
connected, and it cannot be taken out again. It stops mistakes and easy cheats, not an attacker: an
entry is code that runs with your rights, so read a stranger's before you judge it. A student's
answer that is graded is watched in the same way.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from course_utils.challenge.tasks import EntryError

PROGRAMS = ("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn")
NETWORK = ("socket.connect", "socket.bind", "socket.getaddrinfo")
CHANGES = dict.fromkeys(("os.remove", "os.rmdir", "os.mkdir", "os.utime", "os.truncate"), 1)
CHANGES |= {"os.rename": 2, "os.link": 2}  # how many paths each is about
WRITING = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
ALIEN = "safetensors"  # reads weights behind the hook's back
SCRATCH = "scratch"
NOT_DATA = {"site-packages", "dist-packages"}  # installed packages inside the standard library


class Forbidden(EntryError, OSError):
    """An entry touched what it may not; an OSError, so that the import system takes it as one."""


def install(
    judges: Path, hidden: list[Path], who: str = "an entry"
) -> Callable[[], AbstractContextManager[None]]:
    """Watch this process from now on. Returns a context in which the judge itself works.

    judges: the folder of the judge's own files; its folder SCRATCH is for temporary files of
    libraries; hidden: files and folders with data and weights; who: the subject of its sentences.
    """
    ours = False
    hidden = [path.resolve() for path in hidden]
    library = Path(sysconfig.get_paths()["stdlib"]).resolve()
    judges = judges.resolve()

    def hook(event: str, words: tuple[Any, ...]) -> None:
        if ours:
            return
        if event == "open":
            _file(words, judges, hidden, library, who)
        elif event in PROGRAMS:
            raise Forbidden(f"{who} stays in its own process and starts no other program")
        elif event in NETWORK:
            raise Forbidden(f"{who} uses no network")
        elif event in CHANGES and not _within(words[: CHANGES[event]], judges / SCRATCH):
            raise Forbidden(f"{who} makes, changes and removes no files")
        elif event == "import" and words[0].partition(".")[0] == ALIEN:
            raise Forbidden(f"{who} begins without trained weights: it may not import safetensors")

    @contextmanager
    def as_judge() -> Iterator[None]:
        nonlocal ours
        ours = True
        try:
            yield
        finally:
            ours = False

    sys.addaudithook(hook)
    return as_judge


def _file(
    words: tuple[Any, ...], judges: Path, hidden: list[Path], library: Path, who: str
) -> None:
    """Refuse to open the judge's files, data, and anything for writing."""
    name, _mode, flags = words
    if not isinstance(name, str | bytes | os.PathLike):
        return  # a number: it was opened before
    path = _real(name)
    if path.is_relative_to(judges / SCRATCH):
        return
    if path.is_relative_to(judges):
        raise Forbidden(f"{who} may not touch the judge's files ({path.name})")
    if (flags or 0) & WRITING and path != Path(os.devnull):
        raise Forbidden(f"{who} writes no files ({path.name})")
    # the held-out functions stand in the standard library: imported (flags 0) yes, read no
    source = path.suffix == ".py" and path.is_relative_to(library) and flags
    source = source and not NOT_DATA & set(path.parts)
    if source or any(path.is_relative_to(place) for place in hidden):
        raise Forbidden(
            f"{who} learns from what it is given, and reads no other data ({path.name})"
        )


def _real(name: str | bytes | os.PathLike | int) -> Path:
    return Path(os.path.realpath(os.fsdecode(name))) if not isinstance(name, int) else Path()


def _within(names: tuple[Any, ...], folder: Path) -> bool:
    return all(_real(name).is_relative_to(folder) for name in names)
