"""Claims: the whole rule of a question stands on a card before its experiment is run.

A lesson asks and decides; the verdict follows from the rule and the numbers alone:

    claim = lesson.ask("warm-up helps", measure="held-out loss", better="lower", margin=0.01,
                       unit="nats", seeds=5, key="13-a")
    ...                                              # the experiment
    claim.decide(ours=warm, baseline=constant)       # "yes", "no", "no difference", "not shown"
"""

from collections.abc import Callable

from course_utils.judging.quantities import Measured
from course_utils.judging.rule import Rule, verdict
from course_utils.page.cards import show_card


class Claim:
    """A question that was asked; made by ``lesson.ask``. Once decided it holds the answer.

    verdict, value, interval: None until ``decide``.
    """

    def __init__(self, rule: Rule, keep: Callable[[dict], str] | None) -> None:
        self.rule = rule
        self.verdict: str | None = None
        self.value: float | None = None
        self.interval: tuple[float, float] | None = None
        self._keep = keep  # takes a row for the ledger, returns a note; None: show and keep nothing
        self._found: Measured | None = None

    def show(self) -> None:
        """Show the question with its whole rule."""
        if self._keep:
            show_card(f"Question: {self.rule.statement}", self.rule.lines(), look="info")

    def decide(self, **numbers) -> None:
        """Give the verdict, show it and keep it in the ledger.

        numbers: ``ours`` and ``baseline``, one number a seed, paired (for a difference of shares:
        successes); or ``values``; or ``successes`` and ``n``; or ``x`` and ``y``.
        Raises ValueError for other names, a wrong count, a NaN, or a second set of numbers.
        """
        rule = self.rule
        if set(numbers) != set(rule.of.takes):
            hint = " A comparison needs its baseline." if "baseline" in rule.of.takes else ""
            raise ValueError(
                f"a claim about a {rule.kind} is decided by {rule.of.call}, got "
                f"{', '.join(numbers) or 'nothing'}.{hint}"
            )
        found = rule.of.measure(*(numbers[name] for name in rule.of.takes), rule.n, rule.level)
        if self._found not in (None, found):
            raise ValueError(
                "this claim was decided on other numbers, and a claim is decided once: begin the "
                "lesson again, or ask anew and say in changed=... what was changed and why"
            )
        self._found = found
        self.value, self.interval = found.value, found.interval
        self.verdict = verdict(found.interval, band=rule.band, better=rule.direction)
        if self._keep:
            self._show_answer(found, self._keep(self._row(found)))

    def _row(self, found: Measured) -> dict:
        rule = self.rule
        return {
            "statement": rule.statement,
            "measure": rule.measure,
            "kind": rule.kind,
            "rule": rule.sentence,
            "changed": rule.changed,
            "one_run": rule.one_run,
            "value": found.value,
            "interval": list(found.interval),
            "level": rule.level,
            "ours": found.ours,
            "baseline": found.baseline if rule.of.compares else rule.threshold,
            "unit": rule.unit_behind.strip(),
            "n": rule.n,
            "verdict": self.verdict,
        }

    def _show_answer(self, found: Measured, note: str) -> None:
        rule = self.rule
        low, high = found.interval
        number = f"{rule.of.what}: {found.value:.4g}{rule.unit_behind} [{low:.4g}, {high:.4g}]"
        number += f" ({rule.method})"
        if rule.of.compares:
            number += f"; ours {found.ours:.4g}, baseline {found.baseline:.4g}"
        flat = "All numbers are equal: the interval has no width." if low == high else ""
        number = number[0].upper() + number[1:] + "."
        lines = [number, f"Rule: {rule.sentence}", *rule.warnings(), flat, note]
        title = f"Answer: {self.verdict}. The question was: {rule.statement}"
        show_card(title, [line for line in lines if line], look="info")
