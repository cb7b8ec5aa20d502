"""The memory of a tree of processes: what they share is counted once."""

import os
import signal
import subprocess
import sys

import psutil
import pytest

from course_utils.cli import watch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux tells shares of pages")


@pytest.fixture
def copy():
    """A copy of this process, which shares nearly all of its pages."""
    pid = os.fork()
    if pid == 0:
        signal.pause()
    yield psutil.Process(pid)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def test_shared_pages_count_once_also_while_one_process_ends(copy):
    child = subprocess.Popen([sys.executable, "-c", ""])
    ended = psutil.Process(child.pid)
    child.wait()
    this = psutil.Process()
    resident = this.memory_info().rss
    for tree in ([this, copy], [this, copy, ended]):
        assert 0 < watch._held(tree) < 1.5 * resident


def test_where_no_shares_are_told_resident_memory_counts(copy, monkeypatch):
    monkeypatch.setattr(watch, "_share", lambda process: 0)
    this = psutil.Process()
    assert watch._held([this, copy]) > this.memory_info().rss


def test_a_process_is_ended_though_its_children_cannot_be_listed(monkeypatch):
    def fail(self, recursive=False):
        raise psutil.AccessDenied(self.pid)

    monkeypatch.setattr(psutil.Process, "children", fail)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    with watch.Watch(None) as follower:
        follower.started(child.pid)
        follower.stop()
        assert child.wait(20) == -signal.SIGKILL
