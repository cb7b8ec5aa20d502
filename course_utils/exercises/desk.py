"""The student's side: ``@exercise``, ``hint``, ``solution``, ``progress``."""

import difflib
import importlib
from collections.abc import Callable

from course_utils.exercises.spec import Exercise
from course_utils.exercises.verdict import NOT_ATTEMPTED, NOT_YET, RIGHT, Verdict, judge
from course_utils.page.cards import show_card, table_card
from course_utils.page.source import source_of

# what this kernel has seen: name -> last verdict, and how many hints are open
_verdicts: dict[str, Verdict] = {}
_open_hints: dict[str, int] = {}


def exercise(answer: Callable) -> Callable:
    """Check a student's function, show a card, and return a function that works.

    Returns ``answer`` where it is right and the reference where it is not, so a lesson always runs
    on. The card speaks of ``hint`` and ``solution``: where the notebook has not imported them, they
    are put within reach. Raises KeyError if no exercise has the function's name.
    """
    spec = _find(answer.__name__)
    for helper in (hint, solution):
        getattr(answer, "__globals__", {}).setdefault(helper.__name__, helper)
    verdict = judge(spec, answer)
    _verdicts[spec.name] = verdict
    verdict_card(verdict)
    return answer if verdict.state == RIGHT else spec.reference


def hint(which: Callable | str) -> None:
    """Open the next hint of an exercise. which: the function or its name."""
    spec = _find(which)
    n = min(_open_hints.get(spec.name, 0) + 1, len(spec.hints))
    _open_hints[spec.name] = n
    lines = [f"{k}. {text}" for k, text in enumerate(spec.hints[:n], 1)]
    if n < len(spec.hints):
        lines.append(f"Run hint({spec.name}) again for the next one.")
    else:
        lines.append(f"That was the last one; solution({spec.name}) shows our answer.")
    show_card(f"{spec.name}: hint {n} of {len(spec.hints)}", lines, look="info")


def solution(which: Callable | str) -> None:
    """Show the reference of an exercise. which: the function or its name."""
    spec = _find(which)
    code = source_of(spec.reference).replace(spec.reference.__name__, spec.name)
    show_card(f"{spec.name}: one solution", [], look="info", code=code)


def progress() -> None:
    """Show a table of the exercises met in this notebook since the kernel started."""
    if not _verdicts:
        show_card("no exercise yet", ["Run a cell that begins with @exercise."], look="info")
        return
    rows = []
    for name, verdict in _verdicts.items():
        spec = verdict.exercise
        note = f"known mistake: {verdict.mistake.name}" if verdict.mistake else ""
        rows.append([name, f"{spec.difficulty} of 5", f"{spec.minutes} min", verdict.state, note])
    states = [v.state for v in _verdicts.values()]
    title = (
        f"{states.count(RIGHT)} of {len(states)} exercises right, "
        f"{states.count(NOT_ATTEMPTED)} not attempted"
    )
    table_card(title, ["exercise", "difficulty", "time", "state", "note"], rows)


def _find(which: Callable | str) -> Exercise:
    name = (which if isinstance(which, str) else which.__name__).removesuffix("_reference")
    # found by name, as a plug-in: the checks build on this package
    known = importlib.import_module("course_utils.checks").all_exercises()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3)
        advice = f"; did you mean {' or '.join(near)}?" if near else ""
        raise KeyError(f"no exercise is called {name!r}{advice}")
    return known[name]


def verdict_card(verdict: Verdict) -> None:
    """Show what the judge found."""
    exercise = verdict.exercise
    name = exercise.name
    paragraphs: list[str] = []
    if verdict.state == NOT_ATTEMPTED:
        n = len(exercise.hints)
        hints = "a hint" if n == 1 else f"the first of {n} hints"
        paragraphs.append(
            f"Difficulty {exercise.difficulty} of 5, about {exercise.minutes} minutes. The lesson "
            f"goes on with the reference. hint({name}) opens {hints}."
        )
    if verdict.mistake is not None:
        see = f" (See {verdict.mistake.see}.)" if verdict.mistake.see else ""
        paragraphs.append(
            f"Your numbers are those of a known mistake, {verdict.mistake.name}: "
            f"{verdict.mistake.why}{see}"
        )
    paragraphs += verdict.reasons
    if verdict.state == NOT_YET:
        paragraphs.append(
            f"The lesson goes on with the reference. Change your answer and run the cell again; "
            f"hint({name}) helps, solution({name}) shows ours."
        )
    show_card(f"{name}: {verdict.state}", paragraphs, look=verdict.state)
