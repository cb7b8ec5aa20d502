"""Settings for the tests and for every process they start."""

import os
from pathlib import Path

import pytest

OFFLINE = str(Path(__file__).parent / "offline")


def pytest_configure(config):
    # waiting threads must sleep: with spinning ones two lessons on two cores crawl
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("MPLBACKEND", "agg")
    if config.getoption("nbval", False) or config.getoption("nbval_lax", False):
        offline()


def offline():
    """Let every process started from now on reach nothing but this machine."""
    paths = [OFFLINE, *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(paths))


@pytest.fixture
def blocked_network(monkeypatch):
    """Run subprocesses of this test without a network."""
    monkeypatch.setenv("PYTHONPATH", OFFLINE)
