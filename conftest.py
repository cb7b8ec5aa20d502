"""Settings of the tests and of every process they start; ``--lessons`` executes the lessons, too.

nbval starts a fresh kernel for each notebook, offline, and runs its cells once; all that is
promised is asked of that one run. A cell tagged ``same`` must show what is stored. On a machine
like the one that stored it every cell must, pictures byte for byte, but those tagged ``timing``:
the stored run is the first of two, this one the second. Elsewhere the run before on the same
machine is the first. At the end the kernel is asked what it has used. After a failing cell the rest
of its lesson is skipped.
"""

import os
import tempfile
from pathlib import Path

import pytest

from tests.lesson_runs import ROOT, Cell, Lesson

CELL_TIMEOUT = 300  # s


def pytest_addoption(parser):
    group = parser.getgroup("lessons")
    group.addoption("--lessons", action="store_true", help="execute the lessons, each once")
    text = "folder that keeps what earlier runs on this machine showed (default: build/bits)"
    group.addoption("--bits", type=Path, default=ROOT / "build" / "bits", help=text)
    text = "leave out tests of exercises that passed here by just this code (make quick)"
    group.addoption("--skip-unchanged", action="store_true", help=text)


def pytest_configure(config):
    # waiting threads must sleep: with spinning ones two lessons on two cores crawl
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("MPLBACKEND", "agg")
    if not hasattr(config, "workerinput"):  # workers inherit it
        build = tempfile.TemporaryDirectory(prefix="course_build_", ignore_cleanup_errors=True)
        config.add_cleanup(build.cleanup)
        os.environ["COURSE_BUILD"] = build.name  # never the learner's ledger or rehearsals
    if config.option.lessons:
        config.option.nbval_current_env = True  # this Python, whatever kernels are installed
        config.option.nbval_cell_timeout = CELL_TIMEOUT


def pytest_collect_file(file_path, parent):
    if parent.config.option.lessons and file_path.suffix == ".ipynb":
        return Lesson.from_parent(parent, path=file_path)
    return None


def pytest_collection_modifyitems(items):
    """Longest lessons first, so that the last worker is not left alone with a long one."""
    items.sort(key=lambda item: -getattr(item.parent, "seconds", 0))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if isinstance(item, Cell) and report.failed:
        item.parent.broken = True
    return report


def pytest_runtest_setup(item):
    if getattr(item.parent, "broken", False):
        pytest.skip("a cell above failed")
