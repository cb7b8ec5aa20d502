"""What several tests use."""

import pytest

from tests.lesson_runs import OFFLINE


@pytest.fixture
def blocked_network(monkeypatch):
    """Run subprocesses of this test without a network."""
    monkeypatch.setenv("PYTHONPATH", str(OFFLINE))
