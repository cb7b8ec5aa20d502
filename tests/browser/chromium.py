"""A headless Chromium that can reach this machine only, and a list of what it wanted besides."""

import contextlib
import shutil
from urllib.parse import urlparse

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextlib.contextmanager
def chromium():
    """Yield a browser; without one the test is skipped with the reason."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium on this machine: browser tests are not run")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def refuse_outside(page_or_context):
    """Abort every request that leaves this machine; returns the list they are written to."""
    outside = []

    def judge(route):
        address = urlparse(route.request.url)
        here = ("127.0.0.1", "::1", "localhost")
        if address.scheme in ("file", "data", "blob") or address.hostname in here:
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    page_or_context.route("**/*", judge)
    return outside
