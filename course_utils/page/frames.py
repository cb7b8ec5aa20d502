"""Frames of an explorer, so that it moves on a page without a kernel: the book's.

They are drawn only where the environment asks for them (COURSE_FRAMES=1, ``course run --frames``).
"""

import base64
import contextlib
import io
import itertools
import math
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from course_utils.machine import kept_random_state

BUNDLE = "application/vnd.course.frames+json"  # the key in an output's data
MOST = 40  # frames of an explorer
LARGEST = 400_000  # bytes of all of them
QUALITIES = (80, 60, 40, 25)  # of WebP; the first that is small enough


def asked() -> bool:
    """Tell whether frames are to be drawn in this process."""
    return os.environ.get("COURSE_FRAMES") == "1"


def bundle(draw_png: Callable[[dict], bytes], knobs: dict[str, Any]) -> dict[str, Any]:
    """Draw the frames -> {"knobs": [...], "grid": bool, "frames": {"0,2": base64 of a WebP}}.

    knobs: as an explorer takes them. A frame's key holds the index of every knob's value. grid: all
    combinations are there; else one knob moves while the others stand at their start. Values are
    left out, evenly, until there are at most MOST frames; a frame that cannot be drawn is missing.
    """
    values = {name: _all_values(spec) for name, spec in knobs.items()}
    starts = {name: _start(spec, values[name]) for name, spec in knobs.items()}
    grid = math.prod(map(len, values.values())) <= MOST
    if not grid:
        n = (MOST - 1) // len(knobs)
        for name in knobs:
            values[name] = _thinned(values[name], starts[name], n)
    at = {name: values[name].index(starts[name]) for name in knobs}
    pictures = {}
    for index in _indices(values, at, grid):
        chosen = {name: values[name][i] for name, i in zip(knobs, index, strict=True)}
        with contextlib.suppress(Exception), kept_random_state():
            pictures[",".join(map(str, index))] = draw_png(chosen)
    described = [{"name": n, "values": values[n], "start": at[n]} for n in knobs]
    return {"knobs": described, "grid": grid, "frames": _small(pictures)}


def _all_values(spec: Any) -> list:
    if not isinstance(spec, tuple):
        return list(spec)
    low, high, step, _start = spec
    n = math.floor((high - low) / step + 1e-9) + 1
    whole = all(isinstance(part, int) for part in spec)
    return [low + k * step if whole else round(low + k * step, 10) for k in range(n)]


def _start(spec: Any, values: Sequence) -> Any:
    """The value nearest to where the knob begins."""
    if not isinstance(spec, tuple):
        return values[0]
    return min(values, key=lambda value: abs(value - spec[3]))


def _thinned(values: list, start: Any, n: int) -> list:
    """At most n values, evenly, both ends and the start among them."""
    if len(values) <= n:
        return values
    places = {round(k * (len(values) - 1) / (n - 1)) for k in range(n)}
    nearest = min(places, key=lambda place: abs(place - values.index(start)))
    places = places - {nearest} | {values.index(start)}
    return [values[place] for place in sorted(places)]


def _indices(values: dict[str, list], at: dict[str, int], grid: bool) -> Iterator[tuple[int, ...]]:
    ranges = [range(len(found)) for found in values.values()]
    if grid:
        yield from itertools.product(*ranges)
        return
    start = tuple(at.values())
    yield start
    for knob, places in enumerate(ranges):
        for place in places:
            if place != start[knob]:
                yield (*start[:knob], place, *start[knob + 1 :])


def _small(pictures: dict[str, bytes]) -> dict[str, str]:
    """Encode PNGs as WebP, as well as LARGEST bytes allow."""
    from PIL import Image

    packed: dict[str, bytes] = {}
    for quality in QUALITIES:
        for key, png in pictures.items():
            file = io.BytesIO()
            Image.open(io.BytesIO(png)).convert("RGB").save(file, "WEBP", quality=quality)
            packed[key] = file.getvalue()
        if sum(map(len, packed.values())) <= LARGEST:
            break
    return {key: base64.b64encode(webp).decode() for key, webp in packed.items()}
