"""Every exercise keeps the promise: reference right, stub not attempted, mistakes named."""

import __future__

import ast
import inspect
import json
from pathlib import Path

import pytest

from course_utils.checks import all_exercises
from course_utils.exercises import judge
from course_utils.exercises.compare import difference
from course_utils.exercises.guard import call
from course_utils.exercises.verdict import NOT_ATTEMPTED, NOT_YET, RIGHT, is_stub
from course_utils.machine import repo_root

LAZY = __future__.annotations.compiler_flag  # a stub's annotations need not be importable here
EXERCISES = list(all_exercises().values())
MISTAKES = [(e, m) for e in EXERCISES for m in e.mistakes]
NOTEBOOKS = sorted((repo_root() / "notebooks").glob("*/*.ipynb"))


def by_name(value):
    return getattr(value, "name", None)


def lesson_path(exercise):
    return next((p for p in NOTEBOOKS if p.stem == exercise.lesson), Path("missing"))


def stubs_of(path):
    """Return {name: FunctionDef} of the functions decorated with @exercise in a notebook."""
    found = {}
    for cell in json.loads(path.read_text("utf8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            if isinstance(node, ast.FunctionDef) and any(
                isinstance(d, ast.Name) and d.id == "exercise" for d in node.decorator_list
            ):
                found.setdefault(node.name, node)
    return found


def test_there_are_enough():
    assert len(EXERCISES) >= 10
    assert len([e for e in EXERCISES if e.lesson[:2] in ("11", "12")]) >= 8


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_name)
def test_the_reference_passes(exercise):
    verdict = judge(exercise, exercise.reference)
    assert verdict.state == RIGHT, verdict.reasons


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_name)
def test_the_stub_in_the_lesson_is_not_attempted(exercise):
    stub = stubs_of(lesson_path(exercise))[exercise.name]
    assert [a.arg for a in stub.args.args] == exercise.parameters
    assert ast.get_docstring(stub), "a stub states shapes and units"
    stub.decorator_list = []
    space = {}
    exec(compile(ast.unparse(stub), "<stub>", "exec", flags=LAZY), space)
    assert is_stub(space[exercise.name])
    assert judge(exercise, space[exercise.name]).state == NOT_ATTEMPTED


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES, ids=by_name)
def test_each_known_mistake_is_caught_and_named(exercise, mistake):
    verdict = judge(exercise, mistake.answer)
    assert verdict.state == NOT_YET
    assert verdict.mistake is mistake, f"taken for {verdict.mistake}; {verdict.reasons}"
    assert mistake.why.strip().endswith((".", "!", "?", ")")), "why is a sentence"


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_name)
def test_properties_fail_for_some_mistake(exercise):
    """A property that no mistake violates tests nothing, or the mistakes leave it out."""
    for prop in exercise.properties:
        import torch

        broken = []
        for mistake in exercise.mistakes:
            rng = torch.Generator().manual_seed(1)
            outcome = call(prop.check, (mistake.answer, rng), time_limit=10)
            broken.append(outcome.error is not None or outcome.value is not None)
        assert any(broken), f"no known mistake breaks the property {prop.name!r}"


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_name)
def test_cases_are_the_same_every_time_and_tell_mistakes_apart(exercise):
    one, other = exercise.make_cases(), exercise.make_cases()
    assert len(one) >= 3
    for a, b in zip(one, other, strict=True):
        for mine, yours in zip(a, b, strict=True):
            if not callable(mine) and not hasattr(mine, "initial_seed"):
                assert difference(mine, yours, tol=0) is None
    for k, a in enumerate(exercise.mistakes):
        for b in exercise.mistakes[k + 1 :]:
            values = [
                (call(a.answer, c, time_limit=10).value, call(b.answer, c, time_limit=10).value)
                for c in one
            ]
            assert any(not _same(x, y, exercise.tol) for x, y in values), f"{a.name} = {b.name}"


def _same(x, y, tol):
    if x is None or y is None:
        return x is y
    return difference(x, y, tol=tol) is None


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_name)
def test_the_reference_explains_itself(exercise):
    assert inspect.getdoc(exercise.reference)
    source = inspect.getsource(exercise.reference)
    names = {n.id for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name)}
    module = inspect.getmodule(exercise.reference)
    private = {n for n in names if n.startswith("_") and hasattr(module, n)}
    assert not private, f"the solution shown to students calls hidden helpers: {private}"


def test_every_exercise_of_a_lesson_is_declared_and_used():
    used = {name for path in NOTEBOOKS for name in stubs_of(path)}
    assert used == {e.name for e in EXERCISES}
