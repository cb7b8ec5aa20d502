"""What several tests use."""

from pathlib import Path

import pytest

OFFLINE = Path(__file__).resolve().parent / "offline"


@pytest.fixture
def blocked_network(monkeypatch):
    """Run subprocesses of this test without a network."""
    monkeypatch.setenv("PYTHONPATH", str(OFFLINE))
