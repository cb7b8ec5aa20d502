"""Make or mend .venv, the course's virtual environment. Standard library only.

    make setup                 on Linux and macOS (every other target does this first)
    py -3 tools\\setup.py       on Windows

A stamp in .venv says what it was made from, so nothing is done twice. What is half made, moved or
changed is made whole by the same command; a .venv that somebody else made is never touched. pip
and uv try again by themselves where a network stutters, and keep what they have fetched.

The file keeps to syntax that an old Python 3 can read, so that it can say which one it needs.
"""

import argparse
import contextlib
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = "uv==0.13.9"
OLDEST = (3, 11)
TESTED = ((3, 13), (3, 12), (3, 11))  # in this order of preference where a choice is needed
STAMP = ".course-setup.json"
LAB_SETTINGS = "tools/jupyterlab.json"  # no news, no update checks; sliders are saved with a lesson
SOURCES = ("requirements.txt", "constraints.txt", "pyproject.toml", LAB_SETTINGS)
GB_NEEDED = 7 if sys.platform.startswith("linux") else 3


class SetupError(Exception):
    """Something the user has to know or to do, in whole sentences."""


def say(text):
    print(text, flush=True)


def run(command, failure, **options):
    """Run a command that speaks for itself; SetupError(failure) if it does not end well."""
    if subprocess.call([str(part) for part in command], stdin=subprocess.DEVNULL, **options):
        raise SetupError(failure)


# -- which Python ----------------------------------------------------------------------------------


def version_of(python):
    """(major, minor, 1 if it can make environments) of an interpreter that runs, else None."""
    code = "import sys, importlib.util as u; "
    code += "print(*sys.version_info[:2], int(all(map(u.find_spec, ('venv', 'ensurepip')))))"
    try:
        out = subprocess.check_output(
            [str(python), "-I", "-c", code], stderr=subprocess.DEVNULL, timeout=60
        )
        return tuple(int(part) for part in out.split())
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def choose_python(asked=None, own=sys.executable):
    """Path of the interpreter to build .venv with: the one asked for, or the best one here."""
    if asked:
        found = {shutil.which(asked) or asked: version_of(shutil.which(asked) or asked)}
        if None in found.values():
            raise SetupError("%s does not run as a Python interpreter." % asked)
    else:
        paths = [own] + [shutil.which("python%d.%d" % version) for version in TESTED]
        found = {path: version_of(path) for path in paths if path}
    new_enough = [path for path in found if found[path] and found[path][:2] >= OLDEST]
    for path in sorted(new_enough, key=lambda path: found[path][:2] not in TESTED):
        if found[path][2]:
            return path
    if new_enough:
        raise SetupError(
            "Python %d.%d at %s cannot make virtual environments: its venv or ensurepip module is "
            "missing. On Debian and Ubuntu install it with: sudo apt install python3-venv. Then "
            "run the same command again." % (*found[new_enough[0]][:2], new_enough[0])
        )
    raise SetupError(
        "The course needs Python %d.%d or newer, and this is Python %d.%d. Install a newer one "
        "beside it (Debian, Ubuntu: sudo apt install python3.11 python3.11-venv, or the newest "
        "your release has; macOS: brew install python@3.13; Windows: python.org), then run the "
        "same command with it: make PYTHON=python3.11 ..."
        % (*OLDEST, *next(version for version in found.values() if version)[:2])
    )


# -- what state .venv is in ------------------------------------------------------------------------


def program(venv, name):
    folder, end = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
    return venv / folder / (name + end)


def sources_hash(root):
    digest = hashlib.sha256()
    for name in SOURCES:
        # line ends do not count: a checkout on Windows is not a change
        digest.update(name.encode() + (root / name).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def packages_hash(venv):
    """What is installed, by the names of folders only, so that it costs milliseconds."""
    folders = [*venv.glob("lib*/python*/site-packages"), venv / "Lib" / "site-packages"]
    names = sorted(path.name for folder in folders for path in folder.glob("*.dist-info"))
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def read_stamp(venv):
    try:
        stamp = json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    ours = isinstance(stamp, dict) and stamp.get("made_by") == "course"
    return stamp if ours and not stamp.get("adopted") else {}  # once lent to us, never ours


def write_stamp(venv, **fields):
    partial = venv / (STAMP + ".part")
    partial.write_text(json.dumps(dict(fields, made_by="course"), indent=2), encoding="utf-8")
    os.replace(str(partial), str(venv / STAMP))


def state_of(root, venv, asked=None):
    """(state, reason). States: ready, missing, foreign, rebuild, update."""
    empty = venv.is_dir() and all(path.name == STAMP + ".part" for path in venv.iterdir())
    if empty or not venv.exists():
        return "missing", "there is no environment yet"
    stamp = read_stamp(venv)
    if not stamp:
        return "foreign", "it was not made by this course's set-up"
    version = version_of(program(venv, "python"))
    if version is None:
        return "rebuild", "its Python interpreter is gone or does not run"
    wanted = version_of(shutil.which(asked) or asked) if asked else None
    if wanted and wanted[:2] != version[:2]:
        return "rebuild", "another Python was asked for, %d.%d" % wanted[:2]
    if stamp.get("root") != str(root):
        return "rebuild", "the course was moved here from %s" % stamp.get("root")
    if "sources" not in stamp:
        return "rebuild", "its set-up was interrupted"
    if stamp.get("python") != list(version[:2]):
        return "rebuild", "its Python is another one now, %d.%d" % version[:2]
    if stamp["sources"] != sources_hash(root):
        return "update", "the list of packages has changed since it was made"
    if stamp.get("packages") != packages_hash(venv):
        return "update", "the packages in it are not those that were installed"
    return "ready", "ready"


# -- doing it --------------------------------------------------------------------------------------


@contextlib.contextmanager
def one_at_a_time(root):
    """Of two set-ups at once the second waits. The lock ends with its process, however it ends."""
    name = hashlib.sha256(str(root).encode()).hexdigest()[:16]
    place = Path(tempfile.gettempdir()) / ("course-setup-%s.lock" % name)
    lock = sqlite3.connect(str(place), timeout=0.5, isolation_level=None)
    said = False
    try:
        while True:
            try:
                lock.execute("BEGIN EXCLUSIVE")
                break
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise SetupError("%s cannot be locked: %s." % (place, error)) from error
                if not said:
                    say("Another set-up of this course is running; waiting for it ...")
                said = True
        yield
    finally:
        lock.close()


def remove(venv):
    """Delete a .venv of ours. Moved aside first, so that a stop leaves nothing half-deleted."""
    aside = Path(tempfile.mkdtemp(prefix=".venv-old-", dir=str(venv.parent)))
    os.replace(str(venv), str(aside / venv.name))
    for old in venv.parent.glob(".venv-old-*"):
        shutil.rmtree(str(old), ignore_errors=True)


def make(venv, python):
    free = shutil.disk_usage(str(venv.parent)).free / 1e9
    if free < GB_NEEDED:
        say("Note: %.1f GB are free here; the packages take up to %d GB." % (free, GB_NEEDED))
    say("Making .venv with Python %d.%d ..." % version_of(python)[:2])
    command = [python, "-m", "venv", venv]
    run(command, "The virtual environment could not be made; Python's own words are above.")


def uv_environment(venv):
    """uv reads its own settings, not pip's: hand over the index and the certificates pip uses."""
    env = dict(os.environ, VIRTUAL_ENV=str(venv))
    env.setdefault("UV_HTTP_TIMEOUT", "180")
    command = [str(program(venv, "python")), "-m", "pip", "config", "list"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    settings = done.stdout.decode("utf-8", "replace")
    for option, variable in (("index-url", "UV_DEFAULT_INDEX"), ("cert", "SSL_CERT_FILE")):
        match = re.search(r"\.%s='([^']+)'" % option, settings)
        if match and not env.get(variable) and not env.get("UV_INDEX_URL"):
            env[variable] = match.group(1)
    return env


def install(root, venv):
    again = (
        " The installer's own words are above. Where they speak of a connection, look at the "
        "network, the proxy or pip's configured index; then run the same command again: what was "
        "fetched is kept."
    )
    python = program(venv, "python")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
    run([*pip, UV], "The installer uv could not be fetched." + again)
    say("Installing the packages: about a minute, on a slow line many ...")
    uv = [program(venv, "uv"), "pip", "install", "--python", python]
    uv += [] if sys.stderr.isatty() else ["--quiet"]
    lists = ["-r", "requirements.txt", "-c", "constraints.txt"]
    where = {"env": uv_environment(venv), "cwd": str(root)}
    run([*uv, *lists], "The packages could not be installed." + again, **where)
    # "." and not the folder's path: uv would read " #", "; " and "[1]" in a path as grammar
    own = [*uv, "--quiet", "--no-deps", "-e", "."]
    run(own, "The course itself could not be installed." + again, **where)


def fill(root, venv):
    """Install everything. While it lasts the stamp tells the next run that it was interrupted."""
    before, packages = read_stamp(venv), packages_hash(venv)
    write_stamp(venv, root=str(root))
    try:
        install(root, venv)
    except SetupError:
        if "sources" in before and packages_hash(venv) == packages:
            write_stamp(venv, **before)  # nothing was changed: what worked still works
        raise
    settings = venv / "share" / "jupyter" / "lab" / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(str(root / LAB_SETTINGS), str(settings / "overrides.json"))
    version = version_of(program(venv, "python"))[:2]
    hashes = {"sources": sources_hash(root), "packages": packages_hash(venv)}
    write_stamp(venv, root=str(root), python=version, **hashes)


def set_up(root=ROOT, python=None):
    """Bring .venv into the ready state. Returns True if anything had to be done."""
    root = Path(root).resolve()
    venv = root / ".venv"
    if state_of(root, venv, python)[0] == "ready":
        return False
    with one_at_a_time(root):
        state, reason = state_of(root, venv, python)  # another run may have done it meanwhile
        if state == "ready":
            return False
        if state == "foreign":
            raise SetupError(
                "%s exists, but %s. It is left as it is: delete or rename it, then run this "
                "command again." % (venv, reason)
            )
        if state == "missing":
            say("First-time set-up: this happens once.")
        else:
            say("Mending .venv: %s." % reason)
        if state != "update":
            chosen = choose_python(python)
            if state == "rebuild":
                remove(venv)
            venv.mkdir(exist_ok=True)
            # first of all, so that the next run knows whose folder this is
            write_stamp(venv, root=str(root))
            make(venv, chosen)
        fill(root, venv)
    say("Set-up complete: %s" % venv)
    return True


def main(argv=None):
    parser = argparse.ArgumentParser(description="Make or mend the course's .venv.")
    parser.add_argument("--python", help="build .venv with this interpreter")
    try:
        set_up(python=parser.parse_args(argv).python)
    except (SetupError, OSError) as error:
        print("\nSet-up stopped: %s" % error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nSet-up interrupted. The same command goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
