"""The table of a sweep: means with intervals a setting, and paired differences to the first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from course_utils.maths.checking import interval
from course_utils.store import sweeps


def lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the table as plain lines; failed runs are named at its end, not averaged away."""
    good = [row for row in rows if row["outcome"] == "ok"]
    settings = _settings(good)
    names = sorted({name for row in good for name in sweeps.numbers(row)})
    for name in names:
        yield name
        first = next(iter(settings.values()), {})
        for label, by_seed in settings.items():
            found = {seed: sweeps.numbers(row).get(name) for seed, row in by_seed.items()}
            found = {seed: value for seed, value in found.items() if value is not None}
            if found:
                yield f"  {label or 'all runs'}: {_mean(list(found.values()))}"
            if by_seed is not first:
                yield from _difference(found, first, name)
    for row in rows:
        if row["outcome"] != "ok":
            yield f"{row['outcome']}: {_label(row['parameters'])} ({row['error']})"
    yield f"{len(good)} good runs, {len(rows) - len(good)} failed"
    versions = len({row["code_hash"] for row in good})
    if versions > 1:
        yield f"they come from {versions} versions of the lesson: run the sweep again to compare"


def _settings(rows: list[dict]) -> dict[str, dict[int, dict]]:
    """Group runs by all that differs but the seed: {setting: {seed: row}}."""
    differing = _differing([row["parameters"] for row in rows])
    found: dict[str, dict[int, dict]] = {}
    for row in rows:
        chosen = {name: row["parameters"].get(name) for name in differing}
        found.setdefault(_label(chosen), {})[row["parameters"].get("seed", 0)] = row
    return found


def _differing(parameters: list[dict]) -> list[str]:
    names = {name for given in parameters for name in given} - {"seed"}
    return sorted(n for n in names if len({repr(given.get(n)) for given in parameters}) > 1)


def _label(parameters: dict) -> str:
    return ", ".join(f"{name} = {value}" for name, value in parameters.items())


def _mean(values: list[float]) -> str:
    mean = sum(values) / len(values)
    if len(values) < 2:
        return f"{mean:.4g} (one run)"
    low, high = interval(values)
    return f"{mean:.4g} [{low:.4g}, {high:.4g}], n = {len(values)}"


def _difference(found: dict[int, float], first: dict[int, dict], name: str) -> Iterator[str]:
    """Yield the paired difference to the first setting where at least two seeds are shared."""
    before = {seed: sweeps.numbers(row).get(name) for seed, row in first.items()}
    shared = [seed for seed in found if before.get(seed) is not None]
    if len(shared) < 2:
        return
    gaps = [found[seed] - before[seed] for seed in shared]
    low, high = interval(gaps)
    mean = sum(gaps) / len(gaps)
    yield f"    minus the first: {mean:+.4g} [{low:+.4g}, {high:+.4g}], {len(gaps)} seeds in pairs"
