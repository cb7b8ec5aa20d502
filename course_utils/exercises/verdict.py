"""Judge an answer: attempted? right? if not, which property fails, and is the mistake known?"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from course_utils.exercises import stub, trials
from course_utils.exercises.compare import TOLERANCE, Problem, kind_of
from course_utils.exercises.guard import call, trusted
from course_utils.exercises.recognise import declared_mistake, recognise
from course_utils.exercises.spec import Exercise, Fails, Mistake
from course_utils.exercises.trials import Trial
from course_utils.exercises.words import blame, harm, quote

NOT_ATTEMPTED, RIGHT, NOT_YET = "not attempted", "right", "not yet"
SLOW, WORTH_NAMING = 10.0, 0.1  # times the reference's seconds; s
AGAIN = 2  # times a slow answer is timed again before it is called so
WITH_PROPERTIES = {"value", "nan"}  # after other complaints a property would say the same again
IN_PLACE = Mistake(
    "the input is changed in place",
    lambda: None,
    "The caller still needs it. Make a new object (x = x + 1, not x += 1 or x.add_(1); for a list, "
    "work on list(x)).",
)
NOTHING = Mistake("nothing is returned", lambda: None, "End with a return.")


@dataclass(frozen=True)
class Verdict:
    """What the card says. reasons: sentences, the most helpful first."""

    exercise: Exercise
    state: str  # NOT_ATTEMPTED, RIGHT or NOT_YET
    reasons: tuple[str, ...] = ()
    mistake: Mistake | None = None
    kind: str = (
        ""  # signature, time, error, edit, none, type, shape, dtype, device, nan, value, ...
    )
    slow: bool = False  # right, but the lesson goes on with the reference


def judge(exercise: Exercise, answer: Callable) -> Verdict:
    """Try an answer on all that is asked of it. Never raises for anything the answer does."""
    token = TOLERANCE.set(exercise.about.tol)
    try:
        return _judge(exercise, answer)
    except trials.BrokenExercise:
        raise
    except Exception as error:  # what breaks the checker is no answer
        says = f"The check cannot read what you return ({type(error).__name__}): plain numbers, "
        says += "tensors, texts, lists and tuples of them are asked for."
        return Verdict(exercise, NOT_YET, (says,), kind="type")
    finally:
        TOLERANCE.reset(token)


def _judge(exercise: Exercise, answer: Callable) -> Verdict:
    if not callable(answer):
        says = f"{kind_of(answer)} stands where a function is asked for: def {exercise.name}(...)."
        return Verdict(exercise, NOT_YET, (says[0].upper() + says[1:],), kind="type")
    state = stub.attempt(answer)
    if state == stub.UNTOUCHED:
        return Verdict(exercise, NOT_ATTEMPTED)
    if state == stub.DOTS_LEFT:
        says = "The dots (...) still stand where a value belongs: write it there."
        return Verdict(exercise, NOT_ATTEMPTED, (says,))
    complaint = stub.complaint_about_call(answer, exercise.name, exercise.parameters)
    if complaint:
        return Verdict(exercise, NOT_YET, (complaint,), kind="signature")
    first = trials.ordinary(exercise)
    trials.run(exercise, answer, first)
    if any(isinstance(t.outcome.error, NotImplementedError) for t in first):
        return Verdict(exercise, NOT_ATTEMPTED)
    problem, told = _first_problem(exercise, first)
    if problem:
        mistake = _generic(problem) or recognise(exercise, first)
        return _not_yet(exercise, answer, problem, told, mistake)
    return _deeper(exercise, answer, len(first))


def _deeper(exercise: Exercise, answer: Callable, n_cases: int) -> Verdict:
    """The ordinary cases are right: ask for properties, float32, hard cases and gradients."""
    broken = _broken_property(exercise, answer)
    if broken:
        return Verdict(exercise, NOT_YET, (broken,), _by_property(exercise, answer), "property")
    slow = False
    for made, where in (
        (trials.in_float32, "in float32"),
        (trials.hard, "on harder ones (the lesson's size and dtype, extreme values)"),
    ):
        more = made(exercise)
        hard = made is trials.hard
        trials.run(exercise, answer, more, all=hard)
        if hard and any(t.outcome.timed_out for t in more):
            slow, more = True, [t for t in more if not t.outcome.timed_out]
        problem, told = _first_problem(exercise, more)
        if problem:
            mistake = declared_mistake(exercise, more, hard=True) if hard else None
            mistake = mistake or _generic(problem) or _on_paper(exercise, answer, more)
            says = f"Right on the small cases, but not {where}. {told}"
            return Verdict(exercise, NOT_YET, (says,), mistake, problem.kind)
        slow = slow or any(_too_slow(exercise, answer, t) for t in more)
    problem = trials.gradient_problem(exercise, answer)
    if problem:
        says = problem.message[0].upper() + problem.message[1:]
        says += "" if says.endswith("?") else "."
        lost = Mistake(trials.LOST, exercise.reference, says)
        return Verdict(exercise, NOT_YET, (), lost, problem.kind)
    return Verdict(exercise, RIGHT, _praise(exercise, n_cases, slow), slow=slow)


def _too_slow(exercise: Exercise, answer: Callable, trial: Trial) -> bool:
    """Whether the answer is far slower; in doubt both are timed again, the fastest of each counts.

    One measurement is not enough: the processor seconds are those of the whole kernel, and what
    else runs in it (a memory clean-up, a call left behind) may fall into just one of the two.
    """
    mine, ours = trial.outcome.seconds, trial.seconds
    for _ in range(AGAIN):
        if not _far_slower(mine, ours):
            return False
        outcome = call(answer, trial.case, time_limit=exercise.about.time_limit)
        if outcome.timed_out:
            return True
        mine = min(mine, outcome.seconds)
        ours = min(ours, trusted(exercise.reference, trial.case).seconds)
    return _far_slower(mine, ours)


def _far_slower(mine: float, ours: float) -> bool:
    return ours > 0 and mine > WORTH_NAMING and mine > SLOW * ours


def _first_problem(exercise: Exercise, tried: list[Trial]) -> tuple[Problem | None, str]:
    """The first thing that is wrong, and the sentence for it."""
    for trial in tried:
        problem = harm(trial.outcome, exercise, trial.case)
        if problem:
            return problem, problem.message
        problem = trial.problem(exercise.about.tol)
        if problem:
            return problem, f"For {quote(exercise, trial.case)} {problem.message}."
    return None, ""


def _not_yet(exercise, answer, problem: Problem, told: str, mistake: Mistake | None) -> Verdict:
    reasons = [told]
    if problem.kind in WITH_PROPERTIES:
        broken = _broken_property(exercise, answer)
        reasons += [broken] if broken else []
    return Verdict(exercise, NOT_YET, tuple(reasons), mistake, problem.kind)


def _generic(problem: Problem) -> Mistake | None:
    """What needs no numbers to be known."""
    return {"edit": IN_PLACE, "none": NOTHING}.get(problem.kind)


def _on_paper(exercise: Exercise, answer: Callable, failed: list[Trial]) -> Mistake | None:
    """Name what is right in float64 and breaks in float32: overflow, log of 0, lost digits."""
    for trial in failed:
        if trial.outcome.error or trial.problem(exercise.about.tol) is None:
            continue
        high = trials.recast(trial.case, torch.float, torch.double)
        fine = call(answer, high, time_limit=exercise.about.time_limit)
        exact = trial.exact if trial.exact is not None else trial.expected
        again = replace(trial, outcome=fine, expected=exact, exact=None)
        if fine.error is None and again.problem(max(exercise.about.tol, 1e-5)) is None:
            why = (
                "The formula is right, but float32 has 7 digits and ends at 3e38: an exp "
                "overflows, a product or a probability becomes 0 before its log, or digits cancel. "
                "The same numbers in float64 agree."
            )
            return Mistake(trials.FLOAT32, exercise.reference, why)
    return None


def _by_property(exercise: Exercise, answer: Callable) -> Mistake | None:
    """The declared mistake that is right on the cases, too, and breaks the same property alike.

    One that is wrong on a case is another mistake: the answer was right on all of them.
    """
    mine = _broken_property(exercise, answer)
    for mistake in exercise.mistakes:
        first = trials.ordinary(exercise)
        trials.run(exercise, mistake.answer, first)
        if _first_problem(exercise, first)[0]:
            continue
        if _broken_property(exercise, mistake.answer) == mine:
            return mistake
    return None


def _broken_property(exercise: Exercise, answer: Callable) -> str | None:
    """Return one sentence for the first property that fails, or None."""
    for prop in exercise.properties:
        rng = torch.Generator().manual_seed(1)
        limit = 2 * exercise.about.time_limit
        outcome = call(prop.check, (answer, rng), time_limit=limit)
        if outcome.timed_out:
            return f"Property “{prop.name}”: no answer within {limit:g} s."
        if isinstance(outcome.error, Fails):
            return f"Property “{prop.name}” fails: {outcome.error}"
        if outcome.error is not None:
            return f"Property “{prop.name}”: {blame(outcome.error, answer)}"
    return None


def _praise(exercise: Exercise, n_cases: int, slow: bool) -> tuple[str, ...]:
    n = len(exercise.properties)
    properties = f" and has {n} propert{'y' if n == 1 else 'ies'} it must have" if n else ""
    praise = f"It agrees with the reference on {n_cases} cases{properties}."
    if not slow:
        return (praise,)
    return (
        praise,
        "It is right, and at the lesson's size more than ten times slower than ours, so the lesson "
        "goes on with the reference. Can a loop become one operation on whole tensors?",
    )
