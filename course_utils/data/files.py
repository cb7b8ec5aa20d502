"""Find a data file inside an installed package and prove that it is the file we know."""

import hashlib
import importlib.util
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from course_utils.machine import repo_root


class DataError(RuntimeError):
    """A data file is missing, cut short or altered; the message says what to do."""


@dataclass(frozen=True)
class Dataset:
    """One entry of data/datasets.toml."""

    name: str
    title: str
    package: str  # name to import; its folder holds the file
    version: str  # the pinned version the checksum belongs to
    file: str  # path inside the package's folder
    bytes: int
    sha256: str
    rows: int
    licence: str
    lessons: list[str]
    full: str = ""
    distribution: str = ""  # name to install, where it differs from the package's

    @property
    def install(self) -> str:
        """The command that brings the file back."""
        name = self.distribution or self.package
        return f"pip install --force-reinstall --no-deps {name}=={self.version}"


@cache
def datasets() -> dict[str, Dataset]:
    """Return every data set of data/datasets.toml by name."""
    path = repo_root() / "data" / "datasets.toml"
    table = tomllib.loads(path.read_text("utf8"))
    return {name: Dataset(name=name, **entry) for name, entry in table.items()}


def package_folder(package: str) -> Path | None:
    """Return the folder of an installed package without importing it, or None."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def verify(path: Path, dataset: Dataset) -> None:
    """Raise DataError unless the file is there, whole, and the one the course was written for."""
    if not path.is_file():
        raise DataError(f"{dataset.name}: the file {path.name} is missing; run: {dataset.install}")
    content = path.read_bytes()
    if len(content) < dataset.bytes:
        raise DataError(
            f"{dataset.name}: {path.name} is cut short ({len(content):,} of {dataset.bytes:,} "
            f"bytes); run: {dataset.install}"
        )
    found = hashlib.sha256(content).hexdigest()
    if found != dataset.sha256:
        raise DataError(
            f"{dataset.name}: {path.name} is not the known file (SHA-256 {found[:12]}..., expected "
            f"{dataset.sha256[:12]}...; installed version {installed_version(dataset)}, expected "
            f"{dataset.version}); run: {dataset.install}"
        )


def installed_version(dataset: Dataset) -> str:
    """Return the installed version of the package that carries a data set, or 'none'."""
    try:
        return metadata.version(dataset.distribution or dataset.package)
    except metadata.PackageNotFoundError:
        return "none"


def locate(name: str) -> Path:
    """Return the verified path of a data set's file.

    Raises KeyError for an unknown name, DataError if the file is missing, cut short or altered.
    """
    if name not in datasets():
        raise KeyError(f"no data set {name!r}; known: {', '.join(datasets())}")
    dataset = datasets()[name]
    folder = package_folder(dataset.package)
    if folder is None:
        raise DataError(
            f"{name}: the package {dataset.distribution or dataset.package} is not installed; "
            f"run: {dataset.install}"
        )
    path = folder / dataset.file
    verify(path, dataset)
    return path


def check() -> list[tuple[str, bool, str]]:
    """Return (name, ok, sentence) for every data set: what `course doctor` reports."""
    findings = []
    for name, dataset in datasets().items():
        try:
            locate(name)
            findings.append((name, True, f"{dataset.title}: intact"))
        except DataError as error:
            findings.append((name, False, str(error)))
    return findings
