"""Checkpoints: one file of plain types, written atomically, verified before it is trusted.

A checkpoint is a dict {"format", "step", "config", "model", "opt", "ema", "more", "extra",
"versions"}. It holds tensors, numbers, strings and containers only, so it loads with
``weights_only=True`` (no pickled code). Random states are not among them: what is random in a step
is seeded by the step's number.
"""

import pickle
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

import torch
from torch.serialization import get_unsafe_globals_in_checkpoint

from course_utils.machine import versions
from course_utils.store.atomic import replacing
from course_utils.store.record import check_format

FORMAT = 1
NAME = "step_{:09d}.pt"


class CheckpointError(RuntimeError):
    """A checkpoint is missing, damaged, or of a format this version cannot read."""


class FormatError(CheckpointError):
    """A checkpoint is whole, but not one that this version reads; an older one is no cure."""


def save(
    folder: Path | str,
    *,
    step: int,
    model: dict,
    opt: dict | None = None,
    ema: dict | None = None,
    config: dict | None = None,
    more: dict | None = None,
    extra: dict | None = None,
    keep: int = 2,
) -> Path:
    """Save the state after ``step`` updates as ``folder/step_000000123.pt`` and return the path.

    model, opt, ema: state dicts; more: further ones by name; config, extra: plain values. Of this
    and earlier steps the newest ``keep`` stay; older ones go once the new one is safe.
    Raises OSError where it cannot be written (then the former ones are untouched), ValueError if
    the content is not made of plain types.
    """
    if step < 0 or keep < 1:
        raise ValueError(f"save needs step >= 0 and keep >= 1, got step={step}, keep={keep}")
    content = {
        "format": FORMAT,
        "step": step,
        "config": config or {},
        "model": model,
        "opt": opt,
        "ema": ema,
        "more": more or {},
        "extra": extra or {},
        "versions": versions(),
    }
    folder = Path(folder)
    path = folder / NAME.format(step)
    with replacing(path) as file:
        _write(content, file)
    earlier = [p for p in sorted(folder.glob("step_*.pt")) if p.name <= path.name]
    for old in earlier[:-keep]:  # a later, damaged one must not push this one out
        old.unlink(missing_ok=True)
    for stray in folder.glob(".step_*.tmp"):  # left by a process that was killed while saving
        stray.unlink(missing_ok=True)
    return path


def _write(content: dict, file: BinaryIO) -> None:
    """Write tensor by tensor into the file, so that no second copy of the state is made."""
    try:
        torch.save(content, file)
        file.seek(0)
        foreign = get_unsafe_globals_in_checkpoint(file)  # reads the pickle, not the tensors
    except RuntimeError as error:  # torch's own, after the file refused what it was given
        if isinstance(error.__context__, OSError):
            raise error.__context__ from None
        raise
    except (pickle.PickleError, TypeError, AttributeError) as error:
        foreign = [str(error)]
    if foreign:
        raise ValueError(
            "a checkpoint holds tensors, numbers, strings, lists and dicts only, not what this one "
            f"was given: {', '.join(sorted(foreign))}"
        )


def load(path: Path | str, *, map_location: Any = "cpu") -> dict:
    """Load one checkpoint after checking every byte of it against its checksums.

    Raises CheckpointError with one sentence if it is missing, truncated, altered, not a checkpoint
    of this course, or of a newer format.
    """
    path = Path(path)
    if not path.is_file():
        raise CheckpointError(f"there is no checkpoint {path.name} in {path.parent.name}/")
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()  # torch.load itself does not compare the checksums
        if damaged is not None:
            raise CheckpointError(f"{path.name} is damaged (in {damaged}); use an older checkpoint")
        content = torch.load(path, weights_only=True, map_location=map_location)
    except CheckpointError:
        raise
    except Exception as error:
        raise CheckpointError(
            f"{path.name} is cut short or no checkpoint ({type(error).__name__}); use an older one"
        ) from error
    if not isinstance(content, dict) or "format" not in content:
        raise FormatError(f"{path.name} was not written by this course: it names no format")
    check_format(content["format"], format=FORMAT, name=path.name, error=FormatError)
    return content


def latest(folder: Path | str, *, map_location: Any = "cpu") -> dict | None:
    """Return the newest checkpoint that is whole, or None if there is none.

    Damaged ones are named in a printed line and left where they are. Raises FormatError if a
    newer one is of another format: skipping that would silently lose what it holds.
    """
    for name in reversed(stored(folder)):
        try:
            return load(Path(folder) / name, map_location=map_location)
        except FormatError:
            raise
        except CheckpointError as error:
            print(f"checkpoint skipped: {error}")
    return None


def stored(folder: Path | str) -> list[str]:
    """Return the checkpoints' file names, oldest first; damaged ones are among them."""
    return sorted(path.name for path in Path(folder).glob("step_*.pt"))


def newest(folder: Path | str) -> str | None:
    """Name the file that :func:`latest` would load, or None; raises as that does."""
    content = latest(folder)
    return None if content is None else NAME.format(content["step"])


def save_parts(folder: Path | str, *, step: int, parts: dict[str, Any], extra: dict, keep: int = 2):
    """Save {"model": net, "opt": optimizer, ...} by their ``state_dict()``; see :func:`save`."""
    states = {name: part.state_dict() for name, part in parts.items()}
    named = {name: states.pop(name, None) for name in ("model", "opt", "ema")}
    return save(folder, step=step, **named, more=states, extra=extra, keep=keep)


def load_parts(path: Path | str, *, parts: dict[str, Any]) -> dict:
    """Put a checkpoint into {"model": net, "opt": optimizer, ...} and return its content.

    Raises CheckpointError as :func:`load` does, and if it does not hold one of the parts.
    """
    content = load(path)
    states = {name: content[name] for name in ("model", "opt", "ema")} | content.get("more", {})
    for name, part in parts.items():
        if states.get(name) is None:
            raise CheckpointError(f"{Path(path).name} holds no {name!r}; use the run's own lesson")
        try:
            part.load_state_dict(states[name])
        except (RuntimeError, ValueError, KeyError) as error:
            reason = str(error).splitlines()[0]
            raise CheckpointError(
                f"{name!r} in {Path(path).name} is another one: {reason}"
            ) from error
    return content
