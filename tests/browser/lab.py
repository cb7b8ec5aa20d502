"""A JupyterLab of our own on a loopback port."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "course-test-token"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@contextlib.contextmanager
def jupyter_lab(folder):
    """Run JupyterLab on ``folder`` with the settings that the set-up ships; yields its port."""
    port = free_port()
    settings = folder / ".settings"
    settings.mkdir()
    shutil.copyfile(ROOT / "tools" / "jupyterlab.json", settings / "overrides.json")
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.app_settings_dir={settings}",
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


def api(port, path, method="GET"):
    """Ask the server's REST interface; None while it does not answer or has nothing to say."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/{path}",
        headers={"Authorization": f"token {TOKEN}"},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.loads(answer.read() or "null")
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


def open_notebook(page, port, path):
    """Open a notebook of the served folder and wait until its kernel can run cells."""
    page.goto(f"http://127.0.0.1:{port}/lab/tree/{path.name}?token={TOKEN}&reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    wait_until(lambda: kernel_is_ready(port), 60, "no kernel", path.parent, page)


def run_all(page, last_words):
    """Run every cell; the last one prints ``last_words``."""
    page.click("text=Run >> nth=0")
    page.click("text=Run All Cells")
    page.wait_for_selector(f"text={last_words}", timeout=90_000)


def save(page, path):
    """Save the notebook and wait until it is on the disk."""
    before = path.stat().st_mtime_ns
    page.keyboard.press("Control+s")
    wait_until(lambda: path.stat().st_mtime_ns != before, 30, "not saved", path.parent, page)


def end_kernels(port):
    """End every kernel, as a closed and reopened JupyterLab does."""
    for session in api(port, "sessions") or []:
        api(port, f"sessions/{session['id']}", "DELETE")
