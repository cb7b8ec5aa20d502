"""The rule of a claim: all that is fixed before a number is seen, and the verdict it gives."""

import math
from dataclasses import dataclass

from course_utils.judging.quantities import KINDS, Kind

FEWEST = 3  # seeds: with two, Student's t interval is 12.7 standard errors wide on each side


def verdict(interval: tuple[float, float], *, band: tuple[float, float], better: str) -> str:
    """Return the word that an interval earns beside a band of values that count as equal.

    "yes" if it lies beyond the band in the direction ``better`` ("lower" or "higher"), "no" if it
    lies beyond it on the other side, "no difference" if it lies inside, else "not shown".
    """
    (low, high), (lower, upper) = interval, band
    if low > upper or high < lower:
        return "yes" if (low > upper) == (better == "higher") else "no"
    return "no difference" if lower <= low and high <= upper else "not shown"


@dataclass(frozen=True)
class Rule:
    """All that is fixed before a number is seen. A rule that cannot decide raises ValueError.

    statement: the question as a sentence that may be true; measure: what is measured, and on which
    data. kind: one of ``KINDS``; the comparing ones need ``better`` ("lower" or "higher": where
    ours should lie) and ``margin``, the difference that does not matter (in ``unit``; for a ratio a
    factor >= 1). The others need a threshold instead, ``at_least`` or ``at_most``.
    seeds: independent repetitions, at least three; for shares and correlations the trials or pairs,
    each with draws of its own. one_run: the numbers come from ``examples`` of one run.
    level: of the interval. changed: what was changed after a number was seen, and why.
    """

    statement: str
    measure: str
    kind: str = "difference"
    better: str | None = None
    at_least: float | None = None
    at_most: float | None = None
    margin: float | None = None
    unit: str = ""
    seeds: int = 1
    one_run: bool = False
    examples: int | None = None
    level: float = 0.95
    changed: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind is one of {', '.join(KINDS)}; got {self.kind!r}")
        if not self.statement.strip() or not self.measure.strip():
            raise ValueError("a rule says what is asked (statement) and what is measured (measure)")
        if not 0.5 <= self.level < 1:
            raise ValueError(f"level is a share (0.95 for 95 %), got {self.level}")
        _check_direction(self)
        _check_margin(self)
        _check_repetitions(self)

    @property
    def of(self) -> Kind:
        """The kind of quantity with its numbers and its interval."""
        return KINDS[self.kind]

    @property
    def n(self) -> int:
        """How many numbers (or trials, or pairs) a side must give."""
        return self.examples if self.one_run else self.seeds

    @property
    def direction(self) -> str:
        """Where the answer "yes" lies: "lower" or "higher"."""
        return self.better or ("higher" if self.at_least is not None else "lower")

    @property
    def band(self) -> tuple[float, float]:
        """The values that count as equal, as (lowest, highest)."""
        if self.kind == "ratio":
            return 1 / self.margin, self.margin
        centre = 0.0 if self.of.compares else self.threshold
        return centre - (self.margin or 0), centre + (self.margin or 0)

    @property
    def threshold(self) -> float | None:
        """What one quantity is held against; None for a comparison."""
        return self.at_most if self.at_least is None else self.at_least

    @property
    def sentence(self) -> str:
        """When each verdict is given."""
        (low, high), unit = (f"{edge:.6g}" for edge in self.band), self.unit_behind
        sides = (f"above {high}{unit}", f"below {low}{unit}")
        yes, no = sides if self.direction == "higher" else sides[::-1]
        equal = f"no difference if inside [{low}, {high}]{unit}, " if low != high else ""
        return f"yes if the interval lies {yes}, no if {no}, {equal}else not shown."

    @property
    def unit_behind(self) -> str:
        """The unit as it stands behind a number; a ratio has none."""
        return f" {self.unit}" if self.unit and self.kind != "ratio" else ""

    @property
    def method(self) -> str:
        """The interval, and over how many numbers."""
        counted = "examples of one run" if self.one_run else self.of.counted
        return f"{self.of.method} {100 * self.level:g} % interval, {self.n:,} {counted}"

    def lines(self) -> list[str]:
        """Return the rule in sentences, as its card shows it."""
        found = [
            f"Measured: {self.measure}" + (f", in {self.unit}" if self.unit else "") + ".",
            f"Judged: {self.of.what} ({self.method}).",
            f"Rule: {self.sentence}",
        ]
        return found + self.warnings()

    def warnings(self) -> list[str]:
        """Return what both cards must say of a rule: one run only, changed afterwards."""
        found = ["One run: says nothing about other seeds."] if self.one_run else []
        if self.changed:
            found.append(f"Changed after a number was seen: {self.changed}")
        return found


def _check_direction(rule: Rule) -> None:
    thresholds = [t for t in (rule.at_least, rule.at_most) if t is not None]
    if rule.of.compares:
        if rule.better not in ("lower", "higher") or thresholds:
            raise ValueError(
                f"a {rule.kind} is compared with a baseline: say better='lower' or 'higher' and no "
                f"threshold, got better={rule.better!r}"
            )
    elif rule.better is not None or len(thresholds) != 1 or not math.isfinite(thresholds[0]):
        raise ValueError(
            f"a {rule.kind} is held against a threshold: say either at_least=... or at_most=..., a "
            "finite number, and no better=; a comparison is of kind 'difference' or 'ratio'"
        )


def _check_margin(rule: Rule) -> None:
    least = 1 if rule.kind == "ratio" else 0
    if rule.margin is None:
        if rule.of.compares:
            raise ValueError(
                "a comparison names its margin beforehand: the difference that does not matter"
            )
    elif not least <= rule.margin < math.inf:
        raise ValueError(f"the margin of a {rule.kind} is at least {least}, got {rule.margin}")


def _check_repetitions(rule: Rule) -> None:
    if rule.one_run:
        if rule.seeds != 1 or rule.examples is None or rule.examples < FEWEST:
            raise ValueError(
                "one_run=True goes with examples=..., how many examples of that run are judged (at "
                f"least {FEWEST}), and without seeds; got seeds={rule.seeds}, "
                f"examples={rule.examples}"
            )
    elif rule.examples is not None:
        raise ValueError("examples=... goes with one_run=True: one run says nothing about others")
    elif rule.seeds < FEWEST:
        raise ValueError(
            f"{rule.seeds} seeds decide nothing: ask for at least {FEWEST}, or say "
            "one_run=True, examples=..."
        )
