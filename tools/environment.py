"""What there is on this machine: Pythons, and the state .venv is in. Looks only, changes nothing.

Standard library only, and in syntax that an old Python 3 can read (see setup.py).
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
TESTED = ((3, 13), (3, 12), (3, 11))  # in this order of preference where a choice is needed
STAMP = ".course-setup.json"
SOURCES = ("requirements.txt", "constraints.txt", "pyproject.toml")


class SetupError(Exception):
    """Something the user has to know or to do, in whole sentences."""


# -- small helpers ---------------------------------------------------------------------------------


def say(text):
    print(text, flush=True)


def version_text(version):
    return ".".join(str(part) for part in version)


def bin_dir(venv):
    return Path(venv) / ("Scripts" if os.name == "nt" else "bin")


def venv_python(venv):
    return bin_dir(venv) / ("python.exe" if os.name == "nt" else "python")


def script(venv, name):
    return bin_dir(venv) / (name + ".exe" if os.name == "nt" else name)


def python_version(python):
    """(major, minor, micro) of an interpreter that runs, else None."""
    code = "import sys; print('%d %d %d' % sys.version_info[:3])"
    try:
        done = subprocess.run(
            [str(python), "-I", "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=True,
        )
        return tuple(int(part) for part in done.stdout.split())
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def sources_hash(root, version):
    digest = hashlib.sha256(("python " + version_text(version)).encode())
    for name in SOURCES:
        digest.update(b"\0" + name.encode() + b"\0")
        # line ends do not count: a checkout on Windows is not a change
        digest.update((Path(root) / name).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def read_stamp(venv):
    try:
        stamp = json.loads((Path(venv) / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return stamp if isinstance(stamp, dict) else None


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def direct_pins(root):
    """{package: version} of requirements.txt, without lines that carry a marker."""
    pins = {}
    for line in (Path(root) / "requirements.txt").read_text(encoding="utf-8").splitlines():
        match = re.match(r"^([A-Za-z0-9_.-]+)==([^\s;#]+)\s*(?:#.*)?$", line.strip())
        if match:
            pins[normal(match.group(1))] = match.group(2)
    return pins


def installed_versions(venv):
    """{package: version} read from folder names only, so that it costs milliseconds."""
    found = {}
    for folder in Path(venv).glob("lib*/python*/site-packages"):
        for info in folder.glob("*.dist-info"):
            name, _, version = info.name[: -len(".dist-info")].rpartition("-")
            found[normal(name)] = version
    for info in (Path(venv) / "Lib" / "site-packages").glob("*.dist-info"):  # Windows
        name, _, version = info.name[: -len(".dist-info")].rpartition("-")
        found[normal(name)] = version
    return found


# -- which Python ----------------------------------------------------------------------------------


def can_make_venv(python):
    done = subprocess.run(
        [str(python), "-I", "-c", "import ensurepip, venv"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return done.returncode == 0


def candidates():
    """Other interpreters that may be on this machine, best first."""
    for version in TESTED:
        for name in ("python" + version_text(version), "python%d%d" % version):
            path = shutil.which(name)
            if path:
                yield path
        if os.name == "nt" and shutil.which("py"):
            done = subprocess.run(
                ["py", "-" + version_text(version), "-c", "import sys; print(sys.executable)"],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                universal_newlines=True,
            )
            if done.returncode == 0:
                yield done.stdout.strip()


def choose_python(asked=None, own=None, own_version=None, others=None):
    """(path, version) of the interpreter to build .venv with. `asked` is taken or refused."""
    if asked:
        version = python_version(shutil.which(asked) or asked)
        if version is None:
            raise SetupError("%s does not run as a Python interpreter." % asked)
        if version[:2] < OLDEST:
            raise SetupError(too_old(version))
        return check_venv_module(shutil.which(asked) or asked, version)
    own = own or sys.executable
    own_version = own_version or tuple(sys.version_info[:3])
    if own_version[:2] in TESTED:
        return check_venv_module(own, own_version)
    for path in candidates() if others is None else others:
        version = python_version(path)
        if version and version[:2] in TESTED and can_make_venv(path):
            return path, version
    if own_version[:2] < OLDEST:
        raise SetupError(too_old(own_version))
    say(
        "Note: Python %s is newer than the ones this course is tested with (%s). Going on."
        % (version_text(own_version), ", ".join(version_text(v) for v in sorted(TESTED)))
    )
    return check_venv_module(own, own_version)


def too_old(version):
    return (
        "The course needs Python %s or newer, and this is Python %s. Install a newer Python beside "
        "it (Debian, Ubuntu: sudo apt install python3.11 python3.11-venv, or the newest your "
        "release has; macOS: brew install python@3.13; Windows: python.org), then run the same "
        "command again with it: make PYTHON=python3.11 ..."
        % (version_text(OLDEST), version_text(version))
    )


def check_venv_module(python, version):
    if not can_make_venv(python):
        raise SetupError(
            "Python %s at %s cannot make virtual environments: its venv or ensurepip module is "
            "missing. On Debian and Ubuntu install it with: sudo apt install python3-venv "
            "(or python%s-venv). Then run the same command again."
            % (version_text(version), python, version_text(version[:2]))
        )
    return str(python), version


# -- what state .venv is in ------------------------------------------------------------------------


def is_bare(venv):
    """Empty, or stopped before even the stamp was whole."""
    return all(path.name == STAMP + ".part" for path in venv.iterdir())


def diagnose(root, venv, python_asked=None):
    """(state, reason). States: ready, missing, foreign, rebuild, update."""
    venv, root = Path(venv), Path(root)
    if not venv.exists() or (venv.is_dir() and is_bare(venv)):
        return "missing", "there is no environment yet"
    stamp = read_stamp(venv)
    if stamp is None or stamp.get("made_by") != "course":
        return "foreign", "it was not made by this course's set-up"
    if stamp.get("adopted"):
        rebuild = "foreign"  # never deleted, whatever is wrong with it
    else:
        rebuild = "rebuild"
    version = python_version(venv_python(venv))
    if version is None:
        return rebuild, "its Python interpreter is gone or does not run"
    if version[:2] < OLDEST:
        return rebuild, "its Python %s is too old" % version_text(version)
    if python_asked:
        wanted = python_version(shutil.which(python_asked) or python_asked)
        if wanted and wanted[:2] != version[:2]:
            return rebuild, "Python %s was asked for, it has %s" % (
                version_text(wanted[:2]),
                version_text(version[:2]),
            )
    if stamp.get("root") != str(root.resolve()):
        return rebuild, "the course was moved here from %s" % stamp.get("root")
    if stamp.get("state") != "ready":
        return ("update" if stamp.get("adopted") else "rebuild"), "its set-up was interrupted"
    if stamp.get("hash") != sources_hash(root, version):
        return "update", "the list of packages or its Python has changed since it was made"
    found = installed_versions(venv)
    for name, pinned in sorted(direct_pins(root).items()):
        have = found.get(name)
        if have is None:
            return "update", "%s is no longer installed in it" % name
        if have.split("+")[0] != pinned:
            return "update", "it holds %s %s instead of %s" % (name, have, pinned)
    if not script(venv, "course").exists():
        return "update", "its `course` command is gone"
    return "ready", "ready"
