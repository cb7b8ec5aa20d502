"""A lesson's beginning and its bookkeeping: ``start``, ``pick``, ``ask``, ``record``, ``keep``."""

import html
import math
import os
from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from course_utils import machine, runtime
from course_utils.judging.claims import Claim
from course_utils.judging.rule import Rule
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
    asked: dict[str, Claim] = field(default_factory=dict, repr=False)  # by catalogue key
    kept: dict[str, float] = field(default_factory=dict, repr=False)  # by name

    def pick(self, *, quick, full):
        """Return the value for this run's profile: sizes and counts, never another algorithm."""
        return {"quick": quick, "full": full}[self.profile]

    def generator(self, *keys: int | str) -> torch.Generator:
        """Return a fresh CPU generator that depends on the seed and ``keys`` alone."""
        return machine.generator(self.seed, *keys)

    def ask(self, statement: str, *, key: str, **rule) -> Claim:
        """Show a question with its whole rule, before its experiment; return the claim to decide.

        statement: a sentence that may be true; key: its catalogue id ("Q16") or lesson and letter;
        rule: measure, kind, better or a threshold, margin, unit, seeds and the other fields of
        ``course_utils.judging.rule.Rule``. After the experiment ``claim.decide(...)`` answers.
        Raises ValueError for a rule that cannot decide, and for a second rule under one key that
        does not say what was ``changed``.
        """
        asked = Rule(statement, **rule)
        before = self.asked.get(key)
        if before and before.rule != asked and not asked.changed:
            raise ValueError(
                f"{key} asks something else already: give this question a key of its own, or say "
                "in changed=... what was changed and why"
            )
        if not before or before.rule != asked:
            self.asked[key] = Claim(asked, self._book(key) if _keeps_the_books() else None)
        self.asked[key].show()
        return self.asked[key]

    def record(
        self,
        key: str,
        statement: str,
        value: float,
        *,
        interval: tuple[float, float] | None = None,
        baseline: float | None = None,
        unit: str = "",
        n: int | None = None,
    ) -> None:
        """Show a measured quantity and keep it in the ledger; a question is asked with ``ask``.

        key: lesson and letter ("12-a") or a catalogue id; value, interval and baseline share
        ``unit``; n: how many independent repetitions.
        Raises ValueError if a number is not finite or the interval does not hold the value.
        """
        if not _keeps_the_books():
            return
        value = float(value)
        low, high = (float(v) for v in interval) if interval else (value, value)
        if not all(map(math.isfinite, (value, low, high))):
            raise ValueError(f"{key}: value and interval must be finite, got {value}, {interval}")
        if not low <= value <= high:
            raise ValueError(f"{key}: the interval ({low:g}, {high:g}) does not hold {value:g}")
        row = {
            "statement": statement,
            "value": value,
            "interval": [low, high] if interval else None,
            "baseline": None if baseline is None else float(baseline),
            "unit": unit,
            "n": n,
            "verdict": "",
        }
        _measured_card(row, self._book(key)(row))

    def keep(self, **numbers: float) -> None:
        """Keep numbers of this run for ``course sweep``, by name; shows nothing.

        Raises ValueError for a number that is not finite.
        """
        for name, value in numbers.items():
            if not math.isfinite(value):
                raise ValueError(f"{name} must be finite, got {value}")
        self.kept |= {name: float(value) for name, value in numbers.items()}
        if _keeps_the_books():
            note = self._book(ledger.NUMBERS)({"numbers": self.kept})
            if note:
                print(note)

    def _book(self, key: str) -> Callable[[dict], str]:
        """Return what keeps a row under ``key``; it returns a note where it could not."""

        def keep(row: dict) -> str:
            run = {"lesson": self.name, "profile": self.profile, "seed": self.seed}
            try:
                ledger.record({"key": key, **run, **row, "versions": machine.versions()})
            except OSError as error:
                why = error.strerror or error
                return f"(not kept: the ledger cannot be written: {why})"
            return ""

        return keep


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


def _keeps_the_books() -> bool:
    return os.environ.get("RANK", "0") == "0"  # under torchrun the first process does


def _measured_card(row: dict, note: str) -> None:
    unit = f" {row['unit']}" if row["unit"] else ""
    number = f"{row['value']:.4g}{unit}"
    if row["interval"]:
        number += f"   [{row['interval'][0]:.4g}, {row['interval'][1]:.4g}]"
    if row["n"]:
        number += f"   n = {row['n']}"
    if row["baseline"] is not None:
        number += f"   baseline {row['baseline']:.4g}{unit}"
    lines = [line for line in (f"Measured: {row['statement']}", number, note) if line]
    inner = "<br>".join(html.escape(line) for line in lines[1:])
    page = (
        "<div style='border-left:5px solid #0072B2;padding:.4em .9em;margin:.3em 0'>"
        f"<b>{html.escape(lines[0])}</b><br>{inner}</div>"
    )
    show_bundle(page, "\n  ".join(lines))
