"""Everything a student may hand in is an answer to explain, and none of it harms the kernel."""

import random
import threading
import time

import numpy as np
import pytest
import torch

from course_utils.exercises import judge
from course_utils.exercises.stub import UNTOUCHED, WRITTEN, attempt
from course_utils.exercises.verdict import NOT_ATTEMPTED, NOT_YET, RIGHT
from tests.exercises.toy import toy_mean_square, toy_reference


def _forgets_to_return(x, scale):
    scale * (x**2).mean(-1)


def verdict_of(answer):
    return judge(toy_mean_square, answer)


def test_the_reference_is_right():
    verdict = verdict_of(toy_reference)
    assert verdict.state == RIGHT
    assert "2 cases" in verdict.reasons[0]


def test_another_right_answer_is_right():
    assert verdict_of(lambda x, scale: scale * (x * x).sum(-1) / x.shape[-1]).state == RIGHT


def test_stubs_are_not_attempted():
    def ellipsis(x, scale):
        """Doc."""

    def only_pass(x, scale):
        pass

    def half_done(x, scale):
        square = x**2
        mean = ...
        return scale * mean + square.sum()

    def not_implemented(x, scale):
        raise NotImplementedError

    for stub in (ellipsis, only_pass, half_done, not_implemented):
        assert verdict_of(stub).state == NOT_ATTEMPTED, stub.__name__


def test_an_ellipsis_in_an_index_is_an_attempt():
    def answer(x, scale):
        return scale * (x[..., :] ** 2).mean(-1)

    assert attempt(answer) == WRITTEN
    assert verdict_of(answer).state == RIGHT


def test_a_stub_without_source_is_recognised():
    space = {}
    exec("def f(x, scale):\n    ...\n", space)
    assert attempt(space["f"]) == UNTOUCHED


@pytest.mark.parametrize("mistake", toy_mean_square.mistakes, ids=lambda m: m.name)
def test_known_mistakes_are_named(mistake):
    verdict = verdict_of(mistake.answer)
    assert verdict.state == NOT_YET
    assert verdict.mistake is mistake


def test_an_unknown_mistake_gets_numbers_but_no_name():
    verdict = verdict_of(lambda x, scale: scale * (x**2).mean(-1) + 0.25 * x[:, 0])
    assert verdict.mistake is None
    assert "the answer is" in verdict.reasons[0]
    assert "linear in the scale" in verdict.reasons[1]


def test_a_property_alone_can_fail():
    def answer(x, scale):
        return min(scale, 1.5) * (x**2).mean(-1)

    verdict = verdict_of(answer)
    assert (verdict.state, verdict.kind) == (NOT_YET, "property")


@pytest.mark.parametrize(
    ("kind", "words", "answer"),
    [
        ("shape", "shape", lambda x, scale: scale * (x**2).mean(-1, keepdim=True)),
        ("dtype", "float32", lambda x, scale: (scale * (x**2).mean(-1)).float()),
        ("dtype", "fractions", lambda x, scale: (scale * (x**2).mean(-1)).long()),
        ("dtype", "complex", lambda x, scale: (scale * (x**2).mean(-1)).to(torch.complex128)),
        ("type", "unusual tensor", lambda x, scale: (scale * (x**2).mean(-1)).to("meta")),
        ("nan", "NaN", lambda x, scale: scale * (x**2).mean(-1) / 0 * 0 + x.mean(-1)),
        ("type", "a list", lambda x, scale: (scale * (x**2).mean(-1)).tolist()),
        ("type", "NumPy", lambda x, scale: (scale * (x**2).mean(-1)).numpy()),
        ("type", "a str", lambda x, scale: "twelve"),
        ("none", "returns None", _forgets_to_return),
        ("none", "You print", lambda x, scale: print("the answer is 12")),
        ("error", "ZeroDivisionError", lambda x, scale: 1 / 0),
        ("error", "exit()", lambda x, scale: exit()),
        ("error", "input()", lambda x, scale: input("number? ")),
        ("signature", "yours takes x", lambda x: x.mean(-1)),
        ("signature", "no arguments", lambda: 1.0),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_every_kind_of_wrong_answer_is_explained(kind, words, answer):
    verdict = verdict_of(answer)
    assert (verdict.state, verdict.kind) == (NOT_YET, kind)
    assert words in " ".join(verdict.reasons)


def test_editing_the_input_is_found():
    def answer(x, scale):
        x.pow_(2)
        return scale * x.mean(-1)

    verdict = verdict_of(answer)
    assert verdict.kind == "edit"
    assert "its input x" in verdict.reasons[0]
    assert verdict.mistake.name == "the input is changed in place"


def test_endless_loops_end():
    def plain(x, scale):
        while True:
            pass

    def stubborn(x, scale):
        while True:
            try:
                time.sleep(0.001)
            except BaseException as caught:
                del caught

    for answer in (plain, stubborn):
        began = time.monotonic()
        verdict = verdict_of(answer)
        assert verdict.kind == "time"
        assert time.monotonic() - began < 5
    time.sleep(0.1)
    assert threading.active_count() < 5


def test_a_slow_import_is_not_cut_in_half(tmp_path, monkeypatch):
    (tmp_path / "slow_module.py").write_text("import time\ntime.sleep(1.5)\nvalue = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    def answer(x, scale):
        import slow_module

        return slow_module.value * scale * (x**2).mean(-1)

    assert toy_mean_square.about.time_limit < 1.5
    assert verdict_of(answer).state == RIGHT


def test_endless_recursion_is_named():
    def answer(x, scale):
        return answer(x, scale)

    verdict = verdict_of(answer)
    assert verdict.kind == "error"
    assert "calls itself without end" in verdict.reasons[0]


def test_random_numbers_of_the_lesson_do_not_move():
    torch.manual_seed(1)
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    before = torch.get_rng_state().clone(), random.getstate(), np.random.get_state()[1].copy()  # noqa: NPY002
    verdict_of(lambda x, scale: torch.randn(3) * random.random() * np.random.rand())  # noqa: NPY002
    assert torch.equal(torch.get_rng_state(), before[0])
    assert random.getstate() == before[1]
    assert (np.random.get_state()[1] == before[2]).all()  # noqa: NPY002


def test_long_error_texts_are_cut():
    def answer(x, scale):
        raise ValueError("a" * 10_000)

    assert len(verdict_of(answer).reasons[0]) < 500


def test_an_error_inside_a_property_is_explained():
    def answer(x, scale):
        if scale != 1.5:
            raise ValueError("only 1.5")
        return scale * (x**2).mean(-1)

    assert "only 1.5" in " ".join(verdict_of(answer).reasons)


def test_judging_twice_gives_the_same_words():
    def answer(x, scale):
        return x.mean(-1)

    assert verdict_of(answer).reasons == verdict_of(answer).reasons
