"""Every exercise keeps the promise: reference right, stub not attempted, mistakes named."""

import __future__

import ast
import inspect
import itertools
import json
from functools import cache

import pytest
import torch
from torch.optim import Optimizer

from course_utils.exercises import desk, judge
from course_utils.exercises.compare import difference
from course_utils.exercises.guard import call, trusted
from course_utils.exercises.recognise import alike
from course_utils.exercises.stub import UNTOUCHED, attempt
from course_utils.exercises.verdict import NOT_ATTEMPTED, NOT_YET, RIGHT
from course_utils.machine import repo_root

LAZY = __future__.annotations.compiler_flag  # a stub's annotations need not be importable here
NOTEBOOKS = sorted((repo_root() / "notebooks").glob("*/*.ipynb"))
NAMES = list(desk.all_names())
MOST_MISTAKES = 5  # the most frequent real ones; what is merely turned, the engine names itself
every = pytest.mark.parametrize("name", NAMES)


@cache
def stubs() -> dict:
    """Return {name: (FunctionDef, topic)} of the functions decorated with @exercise."""
    found = {}
    for path in NOTEBOOKS:
        for cell in json.loads(path.read_text("utf8"))["cells"]:
            if cell["cell_type"] != "code":
                continue
            for node in ast.walk(ast.parse("".join(cell["source"]))):
                if isinstance(node, ast.FunctionDef) and any(
                    isinstance(d, ast.Name) and d.id == "exercise" for d in node.decorator_list
                ):
                    found.setdefault(node.name, (node, path.stem.partition("_")[2]))
    return found


def test_every_exercise_of_a_lesson_is_declared_and_used():
    assert set(stubs()) == set(NAMES)


@every
def test_it_stands_in_its_lessons_folder(name):
    assert desk.find(name).lesson == stubs()[name][1]


@every
def test_the_reference_passes(name):
    exercise = desk.find(name)
    verdict = judge(exercise, exercise.reference)
    assert verdict.state == RIGHT, (verdict.reasons, verdict.mistake)
    assert not verdict.slow


@every
def test_the_stub_in_the_lesson_is_not_attempted(name):
    exercise, stub = desk.find(name), stubs()[name][0]
    assert [a.arg for a in stub.args.args] == exercise.parameters
    assert ast.get_docstring(stub), "a stub states shapes and units"
    stub.decorator_list = []
    space = {}
    exec(compile(ast.unparse(stub), "<stub>", "exec", flags=LAZY), space)
    assert attempt(space[name]) == UNTOUCHED
    assert judge(exercise, space[name]).state == NOT_ATTEMPTED


@every
def test_its_mistakes_are_caught_and_named(name):
    exercise = desk.find(name)
    assert 3 <= len(exercise.mistakes) <= MOST_MISTAKES
    for mistake in exercise.mistakes:
        verdict = judge(exercise, mistake.answer)
        assert verdict.state == NOT_YET, mistake.name
        found = verdict.mistake.name if verdict.mistake else None
        assert verdict.mistake is mistake, f"{mistake.name} taken for {found}; {verdict.reasons}"
        assert mistake.why.endswith((".", "!", "?", ")")), f"{mistake.name}: why is a sentence"
        assert mistake.see, f"{mistake.name}: say where the lesson explains it"


@every
def test_each_property_fails_for_some_mistake_or_a_constant(name):
    """A property that no wrong answer violates tests nothing."""
    exercise = desk.find(name)
    first = trusted(exercise.reference, exercise.make_cases()[0]).value
    wrong = [m.answer for m in exercise.mistakes] + [lambda *_: first]
    for prop in exercise.properties:
        outcomes = [
            call(prop.check, (f, torch.Generator().manual_seed(1)), time_limit=10) for f in wrong
        ]
        assert any(o.error is not None for o in outcomes), f"nothing breaks {prop.name!r}"
        assert all(o.value is None for o in outcomes), f"{prop.name!r} returns: raise Fails(...)"


@every
def test_cases_are_the_same_every_time_and_tell_mistakes_apart(name):
    exercise = desk.find(name)
    one, other = exercise.make_cases(), exercise.make_cases()
    assert len(one) >= 3
    for a, b in zip(one, other, strict=True):
        for mine, yours in zip(a, b, strict=True):
            if not callable(mine) and not isinstance(mine, (torch.Generator, Optimizer)):
                assert difference(mine, yours, tol=0) is None
    cases = [*one, *exercise.make_hard_cases()]
    values = [[trusted(m.answer, case).value for case in cases] for m in exercise.mistakes]
    for (a, x), (b, y) in itertools.combinations(zip(exercise.mistakes, values, strict=True), 2):
        same = all(alike(u, v, exercise.about.tol) for u, v in zip(x, y, strict=True))
        same = same and complaints(exercise, a.answer) == complaints(exercise, b.answer)
        assert not same, f"{a.name} = {b.name}"


def complaints(exercise, answer) -> list[str]:
    """What the properties say of an answer: a step may be wrong in what it moves alone."""
    return [
        str(call(prop.check, (answer, torch.Generator().manual_seed(1)), time_limit=10).error)
        for prop in exercise.properties
    ]


@every
def test_no_shape_is_square_by_accident(name):
    """Somewhere the sizes of each matrix differ, and a batch of 1 and a longer one are tried."""
    exercise = desk.find(name)
    cases = [*exercise.make_cases(), *exercise.make_hard_cases()]
    for k, argument in enumerate(exercise.parameters):
        tensors = [c[k] for c in cases if k < len(c) and isinstance(c[k], torch.Tensor)]
        matrices = [t for t in tensors if t.ndim >= 2]
        if matrices and not all(t.shape[-1] == t.shape[-2] for t in matrices):
            assert any(len(set(t.shape)) == t.ndim for t in matrices), argument
        if tensors and all(t.ndim for t in tensors):
            assert len({t.shape for t in tensors}) > 1, f"{argument} has one shape in all cases"


@every
def test_the_reference_explains_itself(name):
    reference = desk.find(name).reference
    assert inspect.getdoc(reference)
    names = {
        n.id for n in ast.walk(ast.parse(inspect.getsource(reference))) if isinstance(n, ast.Name)
    }
    hidden = {n for n in names if n.startswith("_") and hasattr(inspect.getmodule(reference), n)}
    assert not hidden, f"the solution shown to students calls hidden helpers: {hidden}"


def test_one_import_is_enough():
    """The first exercise of a kernel must not wait for the checks of all lessons."""
    import subprocess
    import sys

    code = (
        "import sys; from course_utils.exercises import desk; desk.find('ring_bytes'); "
        "print(sum(m.startswith('course_utils.checks.') for m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) <= 4
