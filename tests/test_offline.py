"""The block that the lessons are run under really blocks."""

import subprocess
import sys

import pytest

TRY = """
import socket, urllib.request, sitecustomize
assert sitecustomize.COURSE_OFFLINE
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname()).close()
{attempt}
"""
ATTEMPTS = {
    "by name": "socket.create_connection(('example.org', 80), timeout=2)",
    "by number": "socket.create_connection(('192.0.2.1', 80), timeout=2)",
    "by url": "urllib.request.urlopen('https://example.org', timeout=2)",
    "connect_ex": "s = socket.socket(); s.settimeout(2); s.connect_ex(('192.0.2.1', 80))",
}


@pytest.mark.usefixtures("blocked_network")
@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_nothing_outside_is_reached(attempt):
    done = subprocess.run(
        [sys.executable, "-c", TRY.format(attempt=attempt)], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "the network is blocked in this test" in done.stderr


@pytest.mark.usefixtures("blocked_network")
def test_this_machine_is_reached():
    done = subprocess.run([sys.executable, "-c", TRY.format(attempt="")], capture_output=True)
    assert done.returncode == 0, done.stderr
