"""What ``course doctor`` looks at. Each probe takes what it judges as arguments with real
defaults, so that a test can show it a broken machine.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Callable
from pathlib import Path

from course_utils.cli.doctor import hardware, torchvision
from course_utils.cli.doctor.finding import Finding
from course_utils.machine import repo_root, version_of

TRIED = ((3, 11), (3, 13))  # oldest and newest Python the course is tested on
NOT_FOR_LESSONS = {  # without these the lessons run, but not the tests or the book
    *("pytest", "pytest-xdist", "hypothesis", "nbval", "ruff", "playwright", "nbconvert"),
    *("sphinx", "myst-nb", "sphinx-book-theme", "sphinx-mathjax-offline"),
}


def python(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> Finding:
    """Judge the Python version."""
    text = ".".join(map(str, version))
    oldest, newest = (".".join(map(str, v)) for v in TRIED)
    if version[:2] < TRIED[0]:
        do = f"install Python {oldest} or newer, delete .venv and run 'make lab' again"
        return Finding("Python", "fail", f"{text} is older than {oldest}", do)
    if version[:2] > TRIED[1]:
        do = f"if a lesson fails, try Python {newest}"
        return Finding("Python", "warn", f"{text} is newer than the tested {newest}", do)
    return Finding("Python", "ok", text)


def packages(
    requirements: str | None = None, installed: Callable[[str], str | None] = version_of
) -> Finding:
    """Compare what is installed with the pins of requirements.txt (its text is the argument)."""
    if requirements is None:
        requirements = (repo_root() / "requirements.txt").read_text("utf8")
    missing, different = [], []
    for line in requirements.splitlines():
        wish, _, pin = re.sub(r"\s|#.*|;.*", "", line).partition("==")
        name = re.split(r"[\[<>~!]", wish)[0]
        if not name or name.startswith("-"):
            continue
        found = installed(name)
        if found is None:
            missing.append(name)
        elif pin and found.split("+")[0] != pin:
            different.append(f"{name} {found} instead of {pin}")
    says = []
    if missing:
        says.append(f"missing: {', '.join(missing)}")
    if different:
        says.append(f"other versions than tested: {', '.join(different)}")
    if not says:
        return Finding("packages", "ok", "as pinned in requirements.txt")
    do = f"in the course's folder: make setup (without make: {_pip()} -r requirements.txt)"
    status = "fail" if set(missing) - NOT_FOR_LESSONS else "warn"
    return Finding("packages", status, "; ".join(says), do)


def _pip() -> str:
    return f"{sys.executable} -m pip install"


def data(results: list[tuple[str, bool, str]] | None = None) -> Finding:
    """Judge the data packages by their checksums."""
    if results is None:
        from course_utils.data import check

        results = check()
    bad = [sentence for _, ok, sentence in results if not ok]
    if not bad:
        return Finding("data", "ok", f"{len(results)} data sets intact")
    cures = [sentence.split("run: ")[1] for sentence in bad if "run: " in sentence]
    do = " && ".join(dict.fromkeys(cures)) or "reinstall: pip install -r requirements.txt"
    return Finding("data", "fail", "; ".join(bad), do)


def kernel(argv: list[str] | None = None, present: bool | None = None) -> Finding:
    """Judge whether Jupyter finds a Python kernel, and that it is this Python."""
    if present is None:
        present = importlib.util.find_spec("ipykernel") is not None
    if not present:
        do = f"make setup (without make: {_pip()} ipykernel)"
        return Finding("Jupyter kernel", "fail", "ipykernel is not installed", do)
    argv = _kernel_argv() if argv is None else argv
    first = argv[0] if argv else ""
    if Path(first).name == first or Path(first) == Path(sys.executable):
        return Finding("Jupyter kernel", "ok", "python3, this Python")
    do = f"{sys.executable} -m ipykernel install --sys-prefix"
    return Finding("Jupyter kernel", "warn", f"'python3' starts another Python: {first}", do)


def _kernel_argv() -> list[str]:
    from jupyter_client.kernelspec import KernelSpecManager

    return KernelSpecManager().get_kernel_spec("python3").argv


PROBES = (
    *(python, packages, torchvision.pair, kernel, data),
    *(hardware.cores, hardware.memory, hardware.disk, hardware.gpu),
    *(hardware.port, hardware.permissions),
)
