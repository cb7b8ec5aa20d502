"""What a lesson's script does first and last under ``course launch``: one voice, errors by name."""

import os
import re
import sys
import traceback
from pathlib import Path
from types import TracebackType


def begin() -> None:
    """Silence every process but the first, and let an error reach ``course launch`` by name."""
    if os.environ.get("RANK", "0") != "0":
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)  # what C++ libraries print goes past sys.stdout
        os.close(nowhere)
    sys.excepthook = _report


def end() -> None:
    """Destroy the process group, if there is one."""
    if "torch" in sys.modules:
        from course_utils.runs.parallel import leave

        leave()


def _report(kind: type, error: BaseException, trace: TracebackType | None) -> None:
    """Note the lesson's cell, tell torchrun, and print the traceback where nobody else would."""
    cell = _cell(trace)
    if cell is not None:
        error.add_note(f"(in cell {cell} of the lesson)")
    if "TORCHELASTIC_ERROR_FILE" in os.environ:  # course launch prints the first error of all
        from torch.distributed.elastic.multiprocessing.errors import get_error_handler

        try:
            raise error.with_traceback(trace)  # the handler notes the error being handled
        except BaseException as same:
            get_error_handler().record_exception(same)
    else:
        traceback.print_exception(kind, error, trace)


def _cell(trace: TracebackType | None) -> str | None:
    """The number in the last "# %% cell N" above the line of the script that was running."""
    script = sys.modules["__main__"].__dict__.get("__file__")
    lines = [f.lineno for f in traceback.extract_tb(trace) if f.filename == script]
    if not lines or not script:
        return None
    before = Path(script).read_text("utf8").splitlines()[: lines[-1]]
    marks = [re.match(r"# %% cell (\d+)", line) for line in before]
    return next((mark.group(1) for mark in reversed(marks) if mark), None)
