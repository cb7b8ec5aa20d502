"""The beginning of a notebook as a file of its own, for ``course run --until``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from course_utils import notebooks as nb


@contextmanager
def file_of(path: Path, cells: int | None) -> Iterator[Path]:
    """Yield a file with the first cells of a notebook; with None the notebook's own file."""
    if cells is None:
        yield path
        return
    notebook = nb.read(path)
    notebook["cells"] = notebook["cells"][:cells]
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / path.name
        nb.write(part, notebook)
        yield part
