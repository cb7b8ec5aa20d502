"""Write files so that a reader sees the old content or the new, never half of it."""

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Yield a new file to write; after the block it is forced to disk and becomes ``path``.

    Until then it is a ``.tmp`` file beside ``path``: a process killed at any moment leaves the
    former content whole. If the block raises, ``path`` is untouched and the new file is removed.
    Raises OSError where the disk is full or the folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("x+b") as file:  # the permissions of any new file
            yield file
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            temporary.chmod(stat.S_IMODE(path.stat().st_mode))
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a whole file at once; see :func:`replacing`."""
    with replacing(path) as file:
        file.write(content.encode("utf8") if isinstance(content, str) else content)
