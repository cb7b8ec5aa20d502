"""Which tests of an exercise passed here by just this code: ``make quick`` does not ask them again.

What an exercise's test depends on is its check, all that this imports, the engine, the test itself
and the versions of Python, torch and NumPy. The hash of these is kept beside the test's name, in
build/quick, when it has passed. ``make test`` and continuous integration ask every test every time.
"""

import hashlib
import re
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

from course_utils.cli.needs import files
from course_utils.exercises import desk
from course_utils.machine import repo_root

ROOT = repo_root()
KEPT = ROOT / "build" / "quick"
ENGINE = [*sorted((ROOT / "course_utils" / "exercises").glob("*.py")), Path(__file__)]


def code_hash(paths):
    """Hash files by their places and contents, with the versions of what runs them."""
    versions = [sys.version, metadata.version("torch"), metadata.version("numpy")]
    digest = hashlib.sha256(repr(versions).encode())
    for path in paths:
        digest.update(f"\n{path.relative_to(ROOT).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def key(name, test_file):
    """Return the hash of all that the tests of one exercise depend on."""
    check = ROOT / (desk.all_names()[name].replace(".", "/") + ".py")
    needed = {test_file, check, *files(check)}.union(*(files(path) for path in ENGINE[:-1]))
    return code_hash(sorted(needed | {ENGINE[-1]}))


def place(item, kept=KEPT):
    """Return the file that keeps a test's hash."""
    return kept / (re.sub(r"\W+", "-", item.name) + ".txt")


def passed_before(item, kept=KEPT):
    """Whether a test passed here by just this code."""
    path = place(item, kept)
    return path.is_file() and path.read_text("utf8") == key(item.callspec.params["name"], item.path)


def remember(item, kept=KEPT):
    """Keep that a test passed."""
    kept.mkdir(parents=True, exist_ok=True)
    place(item, kept).write_text(key(item.callspec.params["name"], item.path), "utf8")
