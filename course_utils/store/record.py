"""Records: JSON files of a kind, each with the number of its format and the versions that wrote it.

A reader names the fields that it needs and the error to raise; every sentence ends with a cure.
"""

import json
from pathlib import Path
from typing import Any

from course_utils.machine import versions


def to_text(content: dict[str, Any], *, format: int) -> str:
    """Return the text of a record, for ``write_atomically``.

    Raises ValueError for NaN, infinity and what JSON cannot hold.
    """
    try:
        whole = {"format": format, **content, "versions": versions()}
        return json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"a record holds finite numbers, strings, lists and dicts only: {error}"
        ) from error


def read(
    path: Path,
    *,
    format: int,
    fields: dict[str, type],
    error: type[Exception],
    cure: str,
    name: str | None = None,
    format_error: type[Exception] | None = None,
) -> dict[str, Any]:
    """Return a record after checking its format and its fields, {name: type}.

    Raises ``error`` with the cure where it is missing, cut short or without one of the fields;
    ``format_error`` (by default ``error``) where it is of another format. name: what the sentences
    call it, by default the file's name.
    """
    name = name or path.name
    try:
        content = json.loads(path.read_text("utf8"))
        found = content["format"]
    except (OSError, ValueError, KeyError, TypeError) as reason:
        raise error(f"{name} cannot be read; {cure}") from reason
    check_format(found, format=format, name=name, error=format_error or error)
    wrong = [key for key, kind in fields.items() if not isinstance(content.get(key), kind)]
    if wrong:
        raise error(f"{name} cannot be read; {cure}") from KeyError(wrong[0])
    return content


def check_format(found: Any, *, format: int, name: str, error: type[Exception]) -> None:
    """Raise ``error`` unless a file of the format ``found`` is one that this version reads."""
    if found != format:
        raise error(
            f"{name} has format {found}, this version reads {format}: use the version of the "
            "course that wrote it"
        )
