"""The student's side: ``@exercise``, ``hint``, ``solution``, ``progress``."""

import difflib
import importlib
import importlib.util
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

from course_utils.exercises.handing import handed_on
from course_utils.exercises.spec import Exercise, declared
from course_utils.exercises.verdict import NOT_ATTEMPTED, NOT_YET, RIGHT, Verdict, judge
from course_utils.maths.checking import allow
from course_utils.page.cards import show_card, table_card
from course_utils.page.source import source_of
from course_utils.store import progress as store

RIGHT_BEFORE = "right before"  # on an earlier day; the cell stands empty or has not run
CHECKS = "course_utils.checks"  # found by name, as plug-ins: the checks build on this package

# what this kernel has seen: name -> last verdict, and how many hints are open
_verdicts: dict[str, Verdict] = {}
_open_hints: dict[str, int] = {}
_complained: list[str] = []  # that progress cannot be kept is said once


def exercise(answer: Callable) -> Callable:
    """Check a student's function, show a card, and return a function that works.

    Returns ``answer`` where it is right (its result brought to the reference's type) and the
    reference where it is not or is far slower, so a lesson always runs on. The card speaks of
    ``hint`` and ``solution``: where the notebook has not imported them, they are put within reach.
    Where no exercise has the function's name, a card says so and offers the nearest name, which is
    defined by the reference meanwhile.
    """
    notebook = getattr(answer, "__globals__", {})
    for helper in (hint, solution):
        notebook.setdefault(helper.__name__, helper)
    name = getattr(answer, "__name__", "")
    spec = find(name)
    if spec is None:
        near = _unknown(name)
        if near and near[0] not in notebook:
            notebook[near[0]] = find(near[0]).reference
        return answer
    verdict = judge(spec, answer)
    _verdicts[spec.name] = verdict
    verdict_card(verdict)
    _keep_verdict(verdict, answer)
    if verdict.state != RIGHT or verdict.slow:
        return spec.reference
    allow(spec.about.tol)
    return handed_on(spec, answer)


def hint(which: Callable | str) -> None:
    """Open the next hint of an exercise. which: the function or its name."""
    spec = _asked(which)
    if spec is None:
        return
    n = min(_open_hints.get(spec.name, 0) + 1, len(spec.hints))
    _open_hints[spec.name] = n
    lines = [f"{k}. {text}" for k, text in enumerate(spec.hints[:n], 1)]
    if n < len(spec.hints):
        lines.append(f"Run hint({spec.name}) again for the next one.")
    else:
        lines.append(f"That was the last one; solution({spec.name}) shows our answer.")
    show_card(f"{spec.name}: hint {n} of {len(spec.hints)}", lines, look="info")
    _keep(store.helped, spec, hints=n)


def solution(which: Callable | str) -> None:
    """Show the reference of an exercise, unless COURSE_SOLUTIONS is "closed", as for a class.

    which: the function or its name.
    """
    spec = _asked(which)
    if spec is not None and os.environ.get("COURSE_SOLUTIONS") == "closed":
        says = f"The solutions are closed for your class; hint({spec.name}) helps."
        show_card(f"{spec.name}: closed", [says], look="info")
    elif spec is not None:
        code = source_of(spec.reference)
        show_card(f"{spec.name}: one solution", [], look="info", code=code)
        _keep(store.helped, spec, solution=True)


def state(name: str) -> str:
    """Return what the last card of this kernel said of an exercise: "right", "not yet", ..."""
    return _verdicts[name].state if name in _verdicts else NOT_ATTEMPTED


def progress() -> None:
    """Show the exercises met in this notebook, and those of its lesson tried on earlier days.

    Before any exercise cell has run in this kernel: all that were ever tried on this machine.
    """
    kept, known = store.read(), all_names()
    topics = {verdict.exercise.lesson for verdict in _verdicts.values()}
    tried = [n for n in kept if n in known and kept[n]["attempts"]]
    earlier = [n for n in tried if not topics or kept[n]["topic"] in topics]
    names = list(dict.fromkeys([*_verdicts, *earlier]))
    if not names:
        show_card("no exercise yet", ["Run a cell that begins with @exercise."], look="info")
        return
    rows = [_progress_row(name, kept.get(name)) for name in names]
    states = [row[3] for row in rows]
    title = (
        f"{sum(state in (RIGHT, RIGHT_BEFORE) for state in states)} of {len(states)} exercises "
        f"right, {states.count(NOT_ATTEMPTED)} not attempted"
    )
    table_card(title, ["exercise", "difficulty", "time", "state", "note"], rows)


def _progress_row(name: str, kept: dict | None) -> list[str]:
    """One exercise: what this kernel saw, else what was kept of earlier days."""
    about, verdict = find(name).about, _verdicts.get(name)
    state = verdict.state if verdict else kept["state"]
    note = ""
    if verdict is not None and verdict.mistake:
        note = f"known mistake: {verdict.mistake.name}"
    if kept is not None and kept["right"] and (verdict is None or state == NOT_ATTEMPTED):
        state = RIGHT_BEFORE
        note = f"course progress --answer {name} shows your answer"
    return [name, f"{about.difficulty} of 5", f"{about.minutes} min", state, note]


def _keep_verdict(verdict: Verdict, answer: Callable) -> None:
    written = ""
    if verdict.state != NOT_ATTEMPTED:
        try:
            written = source_of(answer)
        except TypeError:  # made by exec, or no function at all
            written = "# an answer whose source was not found\n"
    _keep(
        store.tried,
        verdict.exercise,
        verdict.state,
        right=verdict.state == RIGHT,
        mistake=verdict.mistake.name if verdict.mistake else "",
        answer=written,
    )


def _keep(what: Callable, spec: Exercise, *args, **news) -> None:
    """Keep progress; where that cannot be done a line says so once, and the lesson goes on."""
    try:
        what(spec.name, spec.lesson, *args, **news)
    except OSError as error:
        if not _complained:
            why = error.strerror or error
            print(f"(your progress is not kept: {store.file()} cannot be written: {why})")
            _complained.append(str(why))


def all_names() -> dict[str, str]:
    """Return the module of every exercise by the exercise's name, without importing one.

    Raises ValueError if two exercises share a name: a stub is matched to its check by name.
    """
    (folder,) = importlib.util.find_spec(CHECKS).submodule_search_locations
    found: dict[str, str] = {}
    for path in sorted(Path(folder).glob("[!_]*/[!_]*.py")):
        if path.parent.name == "shared" or path.stem == "shared":
            continue
        if path.stem in found:
            raise ValueError(f"two exercises are called {path.stem!r}; rename one")
        found[path.stem] = f"{CHECKS}.{path.parent.name}.{path.stem}"
    return found


@cache
def find(name: str) -> Exercise | None:
    """Import the one module that declares an exercise; None if there is none of this name."""
    module = all_names().get(name)
    return declared(importlib.import_module(module)) if module else None


def verdict_card(verdict: Verdict) -> None:
    """Show what the judge found."""
    exercise = verdict.exercise
    name, about = exercise.name, exercise.about
    paragraphs: list[str] = []
    mistake = verdict.mistake
    if mistake is not None and mistake in exercise.mistakes:
        see = f" (See {mistake.see}.)" if mistake.see else ""
        paragraphs.append(
            f"Your numbers are those of a known mistake, {mistake.name}: {mistake.why}{see}"
        )
    elif mistake is not None:
        paragraphs.append(f"It looks like this: {mistake.name}. {mistake.why}")
    paragraphs += verdict.reasons
    if verdict.state == NOT_ATTEMPTED:
        n = len(exercise.hints)
        hints = "a hint" if n == 1 else f"the first of {n} hints"
        paragraphs.append(
            f"Difficulty {about.difficulty} of 5, about {about.minutes} minutes. The lesson "
            f"goes on with the reference. hint({name}) opens {hints}."
        )
    if verdict.state == NOT_YET:
        paragraphs.append(
            f"The lesson goes on with the reference. Change your answer and run the cell again; "
            f"hint({name}) helps, solution({name}) shows ours."
        )
    show_card(f"{name}: {verdict.state}", paragraphs, look=verdict.state)


def _asked(which: Callable | str) -> Exercise | None:
    name = which if isinstance(which, str) else getattr(which, "__name__", "")
    spec = find(name)
    if spec is None:
        _unknown(name)
    return spec


def _unknown(name: str) -> list[str]:
    """Show a card for a name that no exercise has; return the nearest names."""
    near = difflib.get_close_matches(name, all_names(), n=3)
    advice = f" Did you mean {' or '.join(near)}?" if near else ""
    says = f"No exercise is called {name!r}.{advice} The name after def decides which check it is."
    show_card("unknown exercise", [says], look="not yet")
    return near
