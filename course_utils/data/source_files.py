"""Python files of the libraries on this machine, split so that held-out code was not read.

Laboratory 86b builds each part by hand and measures what leaks without it.
"""

import hashlib
import re
import sysconfig
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

FOLDERS = [Path(sysconfig.get_paths()[kind]) for kind in ("stdlib", "purelib")]
LEFT_OUT = re.compile(r"tests?|testing|idle_test|lib2to3|.*-packages")
SECRET = re.compile(r"-----BEGIN|AKIA[0-9A-Z]{16}|gh[a-z]_\w{20}|['\"][\w+/=-]{40,}['\"]")
KNOWN_SHARE = 0.1  # of a training file's windows that may stand in held-out files


@dataclass(frozen=True)
class SourceFiles:
    """Texts of whole files; no package is in two of the three parts."""

    train: tuple[str, ...]
    watch: tuple[str, ...]
    test: tuple[str, ...]
    refused: dict[str, int]  # reason -> how many files did not go in


def source_files(packages: set[str] | None = None) -> SourceFiles:
    """Return the sources of the standard library and the installed packages (or of some of them).

    Tenths by a hash of the package's name: one to test, one to watch, eight to train, without the
    training files that resemble held-out ones (Lee et al. 2021, arXiv:2107.06499).
    """
    texts, refused = _collect(packages)
    sides: tuple[dict, dict, dict] = ({}, {}, {})
    for path, text in texts.items():
        sides[min(_tenth(package_of(path)), 2)][path] = text
    test, watch, train = sides
    held = set().union(*map(windows, [*test.values(), *watch.values()]))
    kept = [text for text in train.values() if _known(windows(text), held) <= KNOWN_SHARE]
    refused["resembles a held-out file"] = len(train) - len(kept)
    return SourceFiles(tuple(kept), tuple(watch.values()), tuple(test.values()), dict(refused))


def package_of(path: str) -> str:
    """The package a file belongs to: its first folder, or the module itself."""
    return path.split("/")[0].removesuffix(".py")


def windows(text: str, n: int = 5) -> set[int]:
    """Every n neighbouring lines of a file that hold code, as numbers (of this process only)."""
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    return {hash("\n".join(lines[i : i + n])) for i in range(len(lines) - n + 1)}


def refusal(text: str) -> str:
    """Why a file must not go into a corpus, or "" if it may."""
    if not 200 <= len(text) <= 100_000:
        return "short or large"
    if not (text.isascii() and text.replace("\n", "").isprintable()):
        return "not plain ASCII"
    if max(map(len, text.split("\n"))) > 200 or sum(map(text.count, "0123456789")) > len(text) / 7:
        return "a table in disguise"
    return "looks like a secret" if SECRET.search(text) else ""


def _collect(packages: set[str] | None) -> tuple[dict[str, str], Counter]:
    """Texts by "package/folder/file.py", equal ones once; and why others were refused."""
    texts: dict[str, str] = {}
    refused: Counter = Counter()
    seen: set[str] = set()
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*.py")):
            name = path.relative_to(folder)
            asked = packages is None or package_of(name.as_posix()) in packages
            if not asked or path.is_symlink() or any(map(LEFT_OUT.fullmatch, name.parts)):
                continue
            text = path.read_text("utf8", "replace").expandtabs(4).replace("\f", "").strip() + "\n"
            reason = refusal(text) or ("a copy" if text in seen else "")
            if reason:
                refused[reason] += 1
            else:
                seen.add(text)
                texts[name.as_posix()] = text
    return texts, refused


def _tenth(package: str) -> int:
    return int(hashlib.sha256(f"split/{package}".encode()).hexdigest(), 16) % 10


def _known(asked: set[int], known: set[int]) -> float:
    return len(asked & known) / max(1, len(asked))
