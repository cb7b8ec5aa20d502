"""What processes that run lessons find in their environment, and how they share the machine."""

from __future__ import annotations

import os
from pathlib import Path


def environment(threads: int, *, alone: bool = True) -> dict[str, str]:
    """Return what a lesson's process needs in its environment: CPU threads, and where we are.

    Beside other kernels, waiting threads sleep (OMP_WAIT_POLICY=passive): spinning ones can make a
    training step many times slower. Alone on the machine, spinning is the faster way to wait for
    the short loops of small networks. What the user set is kept, but for the encoding.
    """
    variables = {
        "OMP_NUM_THREADS": str(threads),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # else the kernel's debugger warns about itself
        "KINETO_LOG_LEVEL": "99",  # else torch's profiler reports what it does
    }
    if not alone:
        variables["OMP_WAIT_POLICY"] = "passive"
    variables = {name: os.environ.get(name, value) for name, value in variables.items()}
    variables |= {"PYTHONUTF8": "1", "PYTHONIOENCODING": "utf8"}  # lessons print → and Greek
    home = Path(__file__).resolve().parents[2]
    if "site-packages" not in home.parts:  # a checkout: kernels import the same course_utils
        paths = [str(home), os.environ.get("PYTHONPATH", "")]
        variables["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    return variables


def stored_environment(build: Path) -> dict[str, str]:
    """Return the environment of the runs whose outputs are stored, and of those compared with them.

    Whatever the user set: two threads that wait asleep (on a busy machine spinning ones take twice
    the time), pictures as in JupyterLab, no network (where the tests are at hand), ``build``
    instead of the learner's own folder, and modules compiled once, as where Python ran before
    (PyTorch and its kin compiled anew would be some nine processor seconds of every lesson).
    """
    from course_utils.machine import QUICK_THREADS

    variables = environment(QUICK_THREADS) | {"OMP_NUM_THREADS": str(QUICK_THREADS)}
    inline = "module://matplotlib_inline.backend_inline"  # as in JupyterLab
    variables |= {"OMP_WAIT_POLICY": "passive", "MPLBACKEND": inline, "COURSE_BUILD": str(build)}
    variables["PYTHONDONTWRITEBYTECODE"] = ""
    offline = Path(__file__).resolve().parents[2] / "tests" / "offline"
    if offline.is_dir():
        paths = [str(offline), variables.get("PYTHONPATH", "")]
        variables["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    return variables


def share_cores(lessons: int, cores: int, memory_gb: float) -> int:
    """Return how many lessons to run at a time.

    As many as there are cores: a second thread speeds a small network up by a quarter only. A
    lesson may take 2 GB, so memory is the other limit.
    """
    return max(1, min(lessons, cores, int(memory_gb // 2)))
