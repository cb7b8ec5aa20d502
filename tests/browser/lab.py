"""A JupyterLab of our own on a loopback port, and a headless Chromium to look at it."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

TOKEN = "course-test-token"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path():
    """Return the path of a Chromium, or skip the test with the reason."""
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        if path := shutil.which(name):
            return path
    pytest.skip("no Chromium on this machine: browser tests are not run")


@contextlib.contextmanager
def browser_page(width=1280, height=900):
    """Yield a page of a headless Chromium that can reach this machine only."""
    path = chromium_path()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": height})
        outside = []

        def only_this_machine(route):
            url = route.request.url
            if url.startswith(("http://127.0.0.1", "http://localhost", "file:", "data:", "blob:")):
                route.continue_()
            else:
                outside.append(url)
                route.abort()

        page.route("**/*", only_this_machine)
        page.outside_requests = outside
        try:
            yield page
        finally:
            browser.close()


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
