"""Make or mend .venv: the course's virtual environment. Standard library only.

    make setup                 on Linux and macOS (every other target does this first)
    py -3 tools\\setup.py       on Windows

What it promises:

- nothing is done twice: a stamp in .venv remembers which files and which Python it was made from;
- a broken or half-made .venv is noticed, named and mended;
- a .venv that somebody else made is never deleted (--adopt installs into it instead);
- an interruption, a full disk or a missing network ends in a sentence, not in a traceback, and the
  same command goes on from there.

The file keeps to syntax that an old Python 3 can read, so that it can say which one it needs.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import environment as look
from environment import SetupError, say, version_text

ROOT = Path(__file__).resolve().parent.parent
UV_VERSION = "0.13.9"
VENV_OPTIONS = ()  # the tests leave pip out: seconds less for each environment
RETRY_WAITS = (2, 8)  # seconds before the second and the third try of anything that needs a network
DISK_NEEDED_GB = 7 if sys.platform.startswith("linux") else 3

# What a package index that cannot be reached looks like in the words of pip and of uv.
NETWORK_SIGNS = re.compile(
    r"NewConnectionError|ConnectionError|ConnectTimeout|ReadTimeout|ProxyError|Connection refused"
    r"|Connection reset|connection closed|timed? ?out|dns error|name resolution|Name or service"
    r"|error sending request|Failed to fetch|Network is unreachable|Network connectivity"
    r"|No route to host|operation timed out|tls handshake|status server error|\b50[234]\b"
    r"|No matching distribution found for uv",
    re.IGNORECASE,
)


# -- running things, with an honest line about it --------------------------------------------------


class Ticker:
    """One line that says what is going on and for how long; plain lines where nobody watches."""

    def __init__(self, text):
        self.text = text
        self.detail = ""
        self.live = sys.stdout.isatty()
        self.start = time.monotonic()
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        if self.live:
            self.thread.start()
        else:
            say(self.text + " ...")
        return self

    def run(self):
        while not self.done.wait(0.5):
            width = shutil.get_terminal_size((80, 20)).columns - 1
            line = "%s ... %.0f s  %s" % (self.text, time.monotonic() - self.start, self.detail)
            sys.stdout.write("\r" + line[:width].ljust(width))
            sys.stdout.flush()

    def __exit__(self, kind, *_):
        self.done.set()
        seconds = time.monotonic() - self.start
        if self.live:
            self.thread.join()
            width = shutil.get_terminal_size((80, 20)).columns - 1
            sys.stdout.write("\r" + " " * width + "\r")
        if kind is None:
            say("%s: done in %.1f s" % (self.text, seconds))


def run_logged(command, text, env=None, cwd=None):
    """Run a command with its output kept aside; returns the output, or raises CommandFailed."""
    lines = []
    with Ticker(text) as ticker:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=env,
            cwd=str(cwd) if cwd else None,
        )
        try:
            for raw in process.stdout:
                line = raw.decode("utf-8", "replace").rstrip()
                lines.append(line)
                if line.strip():
                    ticker.detail = line.strip()
            status = process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise
        if status:
            # leave the context by an exception, so that no "done" is printed
            raise CommandFailed(status, "\n".join(lines))
    return "\n".join(lines)


class NetworkError(SetupError):
    """No package index answered. Whatever stood in .venv before still stands."""


class CommandFailed(Exception):
    def __init__(self, status, output):
        super().__init__("exit status %s" % status)
        self.status = status
        self.output = output


def run_with_retries(command, text, env=None, cwd=None, waits=RETRY_WAITS):
    """Run a command that needs a package index; try again only where the network is to blame."""
    for attempt in range(len(waits) + 1):
        try:
            return run_logged(command, text, env=env, cwd=cwd)
        except CommandFailed as failure:
            if "No space left on device" in failure.output:
                raise SetupError(
                    "The disk is full. The course needs about %d GB in %s and in uv's cache. Make "
                    "room and run the same command again." % (DISK_NEEDED_GB, ROOT)
                ) from failure
            if not NETWORK_SIGNS.search(failure.output):
                raise SetupError(
                    "%s failed (exit status %s). Its last lines:\n%s"
                    % (text, failure.status, last_lines(failure.output))
                ) from failure
            if attempt == len(waits):
                raise NetworkError(
                    "%s: the package index could not be reached in %d tries. Look at the network, "
                    "the proxy settings or pip's configured index, then run the same command "
                    "again; what was downloaded so far is kept. The last lines were:\n%s"
                    % (text, attempt + 1, last_lines(failure.output, 4))
                ) from failure
            say(
                "%s: no answer from the package index, trying again in %d s (try %d of %d)"
                % (text, waits[attempt], attempt + 2, len(waits) + 1)
            )
            time.sleep(waits[attempt])
    raise AssertionError("unreachable")


def last_lines(output, count=12):
    kept = [line for line in output.splitlines() if line.strip()][-count:]
    return "\n".join("    " + line[:300] for line in kept)


def uv_environment(venv):
    """uv reads its own settings, not pip's: hand over the index and the certificates pip uses."""
    env = dict(os.environ)
    env["VIRTUAL_ENV"] = str(venv)
    env.pop("PYTHONHOME", None)
    env.setdefault("UV_HTTP_TIMEOUT", "180")
    try:
        done = subprocess.run(
            [str(look.venv_python(venv)), "-m", "pip", "config", "list"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            universal_newlines=True,
            timeout=60,
        )
        settings = done.stdout
    except (OSError, subprocess.SubprocessError):
        settings = ""
    for option, variable in (("index-url", "UV_DEFAULT_INDEX"), ("cert", "SSL_CERT_FILE")):
        match = re.search(r"\.%s='([^']+)'" % option, settings)
        if match and not env.get(variable) and not env.get("UV_INDEX_URL"):
            env[variable] = match.group(1)
    return env


# -- doing it --------------------------------------------------------------------------------------


def write_stamp(venv, **fields):
    path = Path(venv) / look.STAMP
    partial = path.with_name(look.STAMP + ".part")
    partial.write_text(json.dumps(fields, indent=2) + "\n", encoding="utf-8")
    os.replace(str(partial), str(path))


def remove_own(venv):
    """Delete a .venv of ours. Moved aside first, so that a stop leaves nothing half-deleted."""
    venv = Path(venv)
    stamp = look.read_stamp(venv)
    if not stamp or stamp.get("made_by") != "course" or stamp.get("adopted"):
        raise SetupError("%s is not ours to delete." % venv)
    aside = Path(tempfile.mkdtemp(prefix=venv.name + "-old-", dir=str(venv.parent)))
    os.replace(str(venv), str(aside / venv.name))
    shutil.rmtree(str(aside), ignore_errors=True)


def clear_leftovers(venv):
    """What a removal that was itself interrupted left behind."""
    for old in Path(venv).parent.glob(Path(venv).name + "-old-*"):
        if look.read_stamp(old / Path(venv).name) or not any(old.iterdir()):
            shutil.rmtree(str(old), ignore_errors=True)


def make_venv(root, venv, python):
    venv = Path(venv)
    venv.mkdir(parents=True, exist_ok=True)
    # The stamp comes first: whatever happens from here on, the next run knows whose folder it is.
    write_stamp(venv, made_by="course", state="making", root=str(Path(root).resolve()))
    try:
        command = [python, "-m", "venv", *VENV_OPTIONS, venv]
        run_logged(command, "Making .venv with Python " + python_label(python))
    except CommandFailed as failure:
        raise SetupError(
            "The virtual environment could not be made. Python's own words:\n%s"
            % last_lines(failure.output)
        ) from failure


def python_label(python):
    version = look.python_version(python)
    return version_text(version) if version else str(python)


def install(root, venv, adopted=False, waits=RETRY_WAITS):
    """Bring the packages in, with the stamp saying "installing" while it lasts."""
    root, venv = Path(root).resolve(), Path(venv)
    before = look.read_stamp(venv)
    base = {"made_by": "course", "root": str(root), "adopted": adopted}
    started = time.monotonic()
    write_stamp(venv, state="installing", **base)
    try:
        install_uv(venv, waits)
        install_packages(root, venv, waits)
    except NetworkError:
        # uv fetches everything before it changes anything, so the old state still holds
        if before:
            write_stamp(venv, **before)
        else:
            (venv / look.STAMP).unlink()
        raise
    version = look.python_version(look.venv_python(venv))
    fields = {"state": "ready", "hash": look.sources_hash(root, version)}
    fields["seconds"] = round(time.monotonic() - started, 1)
    write_stamp(venv, python=version_text(version), uv=UV_VERSION, **fields, **base)


def install_uv(venv, waits):
    python = look.venv_python(venv)
    found = look.installed_versions(venv)
    if "pip" not in found:  # an adopted environment may lack it
        run_logged([python, "-m", "ensurepip"], "Getting pip")
    if found.get("uv") != UV_VERSION:
        pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
        command = [*pip, "--quiet", "uv==" + UV_VERSION]
        run_with_retries(command, "Getting uv, the installer", waits=waits)


def install_packages(root, venv, waits):
    env = uv_environment(venv)
    uv = [look.script(venv, "uv"), "pip", "install", "--python", look.venv_python(venv)]
    lists = ["-r", root / "requirements.txt", "-c", root / "constraints.txt"]
    count = len(look.direct_pins(root))
    text = "Installing %d packages and what they need" % count
    run_with_retries([*uv, *lists], text, env=env, cwd=root, waits=waits)
    own = [*uv, "--quiet", "--no-deps", "-e", root]
    run_with_retries(own, "Installing the course itself", env=env, cwd=root, waits=waits)


def check_disk(venv):
    free = shutil.disk_usage(str(Path(venv).parent)).free / 1e9
    if free < DISK_NEEDED_GB:
        say(
            "Note: %.1f GB are free on this disk; the packages take up to %d GB while they are "
            "installed." % (free, DISK_NEEDED_GB)
        )


class Lock:
    """Of two set-ups at once the second waits. The lock ends with its process, however it ends."""

    def __init__(self, root):
        name = hashlib.sha256(str(Path(root).resolve()).encode()).hexdigest()[:16]
        self.path = Path(tempfile.gettempdir()) / ("course-setup-%s.lock" % name)
        self.file = None

    def __enter__(self):
        try:
            self.file = self.path.open("a+")
        except OSError:
            return self  # another user's lock file: go on without
        try:
            self._lock(wait=False)
        except OSError:
            say("Another set-up of this course is running; waiting for it ...")
            self._lock(wait=True)
        return self

    def _lock(self, wait):
        if os.name == "nt":
            import msvcrt

            self.file.seek(0)
            while True:
                try:
                    return msvcrt.locking(self.file.fileno(), msvcrt.LK_NBLCK, 1)
                except OSError:
                    if not wait:
                        raise
                    time.sleep(1)
        import fcntl

        return fcntl.flock(self.file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))

    def __exit__(self, *_):
        if self.file:
            self.file.close()


def foreign_refusal(venv, reason):
    return (
        "%s exists, but %s. It is left as it is. Choose one: delete or rename it and run this "
        "command again; or keep it and let the course install into it: python tools/setup.py "
        "--adopt" % (venv, reason)
    )


def set_up(root=ROOT, venv=None, python=None, adopt=False, waits=RETRY_WAITS):
    """Bring .venv into the ready state. Returns True if anything had to be done."""
    root = Path(root)
    venv = Path(venv) if venv else root / ".venv"
    if look.diagnose(root, venv, python)[0] == "ready":
        return False
    started = time.monotonic()
    with Lock(root):
        # Look again: another run may have done it in the meantime.
        state, reason = look.diagnose(root, venv, python)
        if state == "ready":
            return False
        stamp = look.read_stamp(venv) or {}
        adopted = bool(stamp.get("adopted"))
        if state == "foreign":
            usable = look.python_version(look.venv_python(venv))
            if not adopt or usable is None or usable[:2] < look.OLDEST:
                if adopt:
                    reason = "it holds no Python %s or newer that runs" % version_text(look.OLDEST)
                raise SetupError(foreign_refusal(venv, reason))
            adopted = True
        if state in ("missing", "rebuild"):
            chosen, _ = look.choose_python(python)
            if state == "rebuild":
                say("Mending .venv: %s. Making it anew." % reason)
                remove_own(venv)
            else:
                say("First-time set-up: this takes minutes on a slow line, and happens once.")
            clear_leftovers(venv)
            check_disk(venv)
            make_venv(root, venv, chosen)
        elif state == "update":
            say("Mending .venv: %s." % reason)
        install(root, venv, adopted=adopted, waits=waits)
    say("Set-up complete in %.0f s: %s" % (time.monotonic() - started, venv))
    return True


def main(argv=None):
    parser = argparse.ArgumentParser(description="Make or mend the course's .venv.")
    parser.add_argument("--python", help="build .venv with this interpreter")
    parser.add_argument("--adopt", action="store_true", help="install into a .venv made by others")
    parser.add_argument("--check", action="store_true", help="only say what would be done")
    options = parser.parse_args(argv)
    try:
        if options.check:
            state, reason = look.diagnose(ROOT, ROOT / ".venv", options.python)
            say("%s: %s" % (state, reason))
            return 0 if state == "ready" else 1
        set_up(python=options.python, adopt=options.adopt)
    except SetupError as error:
        print("\nSet-up stopped: %s" % error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nSet-up interrupted. The same command goes on from here.", file=sys.stderr)
        return 130
    except OSError as error:
        print("\nSet-up stopped: %s" % error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
