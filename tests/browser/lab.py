"""A JupyterLab of our own on a loopback port."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request

TOKEN = "course-test-token"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@contextlib.contextmanager
def jupyter_lab(folder):
    """Run JupyterLab on ``folder``; yields its port."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={folder}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    home = folder / ".jupyter-home"
    env = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(home),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    env.pop("MPLBACKEND", None)
    with open(folder / "server.log", "w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=env)
    try:
        wait_until(lambda: api(port, "status"), 60, "JupyterLab did not start", folder)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def api(port, path):
    """Ask the server's REST interface; None while it does not answer."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/{path}", headers={"Authorization": f"token {TOKEN}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)
    except OSError:
        return None


def wait_until(condition, seconds, complaint, folder=None, page=None):
    """Poll a condition; fail with the complaint and the end of the server's log.

    Give the page where there is one: its requests are answered only while Playwright waits.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        page.wait_for_timeout(200) if page else time.sleep(0.2)
    log = (folder / "server.log").read_text()[-2000:] if folder else ""
    raise AssertionError(f"{complaint}\n{log}")


def kernel_is_ready(port):
    """True once a session's kernel is idle and the page is connected to it.

    The page itself says idle too early; "Run All" would then do nothing, silently.
    """
    sessions = api(port, "sessions") or []
    return any(
        s["kernel"]["execution_state"] == "idle" and s["kernel"]["connections"] > 0
        for s in sessions
    )
