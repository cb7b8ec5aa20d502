"""A lesson's beginning and its bookkeeping: ``start``, ``pick``, ``record``."""

import html
import math
import os
from dataclasses import dataclass, field

import torch

from course_utils import machine, runtime
from course_utils.page import figures
from course_utils.page.cards import show_bundle
from course_utils.store import ledger


@dataclass
class Lesson:
    """What a lesson knows about its run; made by :func:`start`."""

    name: str
    profile: str
    device: torch.device
    dtype: torch.dtype
    threads: int
    seed: int
    rng: torch.Generator = field(repr=False)  # on the CPU, seeded with ``seed``

    def pick(self, *, quick, full):
        """Return the value for this run's profile: sizes and counts, never another algorithm."""
        return {"quick": quick, "full": full}[self.profile]

    def generator(self, *keys: int | str) -> torch.Generator:
        """Return a fresh CPU generator that depends on the seed and ``keys`` alone."""
        return machine.generator(self.seed, *keys)

    def record(
        self,
        key: str,
        statement: str,
        value: float,
        *,
        verdict: str,
        interval: tuple[float, float] | None = None,
        baseline: float | None = None,
        unit: str = "",
        n: int | None = None,
    ) -> None:
        """Show a measured claim and keep it in the ledger.

        key: catalogue id of the claim ("Q16") or lesson and letter ("12-a"); value, interval and
        baseline share ``unit``; n: how many independent repetitions; verdict: plain words.
        Raises ValueError if a number is not finite or the interval does not hold the value.
        """
        if os.environ.get("RANK", "0") != "0":
            return  # under torchrun the first process keeps the books
        value = float(value)
        low, high = (float(v) for v in interval) if interval else (value, value)
        if not all(map(math.isfinite, (value, low, high))):
            raise ValueError(f"{key}: value and interval must be finite, got {value}, {interval}")
        if not low <= value <= high:
            raise ValueError(f"{key}: the interval ({low:g}, {high:g}) does not hold {value:g}")
        row = {
            "key": key,
            "lesson": self.name,
            "profile": self.profile,
            "seed": self.seed,
            "statement": statement,
            "value": value,
            "interval": [low, high] if interval else None,
            "baseline": None if baseline is None else float(baseline),
            "unit": unit,
            "n": n,
            "verdict": verdict,
            "versions": machine.versions(),
        }
        try:
            ledger.record(row)
            note = ""
        except OSError as error:
            note = f"(not kept: the ledger cannot be written: {error.strerror or error})"
        _claim_card(row, note)


def start(name: str, *, profile: str = "quick", seed: int = 0, device: str | None = None) -> Lesson:
    """Begin a lesson: decide device, dtype and threads, seed everything, print one line.

    name: the notebook's name without ``.ipynb``; profile: "quick" or "full"; seed: int >= 0.
    Raises ValueError for another profile, a bad seed or an unknown device.
    """
    chosen = runtime.detect(profile=profile, seed=seed, device=device)
    runtime.apply(chosen)
    figures.use_style()
    print(f"{name} · {runtime.describe(chosen)}")
    return Lesson(
        name=name,
        profile=chosen.profile.value,
        device=torch.device(chosen.device.value),
        dtype=chosen.dtype.value,
        threads=chosen.threads.value,
        seed=chosen.seed.value,
        rng=torch.Generator().manual_seed(chosen.seed.value),
    )


def _claim_card(row: dict, note: str) -> None:
    unit = f" {row['unit']}" if row["unit"] else ""
    number = f"{row['value']:.4g}{unit}"
    if row["interval"]:
        number += f"   [{row['interval'][0]:.4g}, {row['interval'][1]:.4g}]"
    if row["n"]:
        number += f"   n = {row['n']}"
    if row["baseline"] is not None:
        number += f"   baseline {row['baseline']:.4g}{unit}"
    lines = [f"Claim {row['key']}: {row['statement']}", number, f"Verdict: {row['verdict']}", note]
    lines = [line for line in lines if line]
    inner = "<br>".join(html.escape(line) for line in lines[1:])
    page = (
        "<div style='border-left:5px solid #0072B2;padding:.4em .9em;margin:.3em 0'>"
        f"<b>{html.escape(lines[0])}</b><br>{inner}</div>"
    )
    show_bundle(page, "\n  ".join(lines))
