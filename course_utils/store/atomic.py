"""Write files so that a reader sees the old content or the new, never half of it."""

import os
import tempfile
from pathlib import Path


def _mode(path: Path) -> int:
    """Permissions of the file that is replaced, or those of any new file (mkstemp's are 0600)."""
    if path.exists():
        return path.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def write_atomically(path: Path, content: str | bytes | memoryview) -> None:
    """Write to a temporary file beside ``path``, force it to disk, then rename it into place.

    A process killed at any moment leaves the former file whole (and at most a stray ``.tmp``).
    Raises OSError where the disk is full or the folder cannot be written; ``path`` is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode("utf8") if isinstance(content, str) else content
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(_mode(path))
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
