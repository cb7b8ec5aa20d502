import math

import pytest
import torch

from course_utils import Disagreement, agree


def test_it_prints_both_sides_and_the_tolerance(capsys):
    agree("line 1", torch.tensor(0.30), 0.31, tol=0.05)
    line = capsys.readouterr().out
    for piece in ("line 1", "0.3", "0.31", "0.01", "0.05", "holds"):
        assert piece in line


def test_it_raises_where_the_sides_differ():
    with pytest.raises(Disagreement, match=r"2 is not 3 .*allowed 0.5"):
        agree("line 2", 2, 3, tol=0.5)


@pytest.mark.parametrize("bad", [math.nan, torch.tensor([1.0, math.nan])])
def test_nan_never_agrees(bad):
    with pytest.raises(Disagreement):
        agree("nan", bad, bad, tol=1.0)


def test_equal_infinities_agree_and_opposite_ones_do_not():
    agree("inf", math.inf, math.inf, tol=0)
    with pytest.raises(Disagreement):
        agree("inf", math.inf, -math.inf, tol=1)


def test_tensors_are_compared_entry_by_entry():
    left, right = torch.zeros(2, 3), torch.zeros(2, 3)
    right[1, 2] = 1.0
    agree("grid", left, right, tol=1.0)
    with pytest.raises(Disagreement):
        agree("grid", left, right, tol=0.99)


def test_a_number_may_face_a_tensor():
    agree("all ones", torch.ones(5), 1.0, tol=0)
    with pytest.raises(Disagreement, match="shapes differ"):
        agree("shapes", torch.ones(5), torch.ones(4), tol=0)


def test_empty_sides_do_not_agree():
    with pytest.raises(Disagreement, match="empty"):
        agree("nothing", torch.ones(0), torch.ones(0), tol=1)


@pytest.mark.parametrize("tol", [-1.0, math.nan, math.inf])
def test_a_useless_tolerance_is_refused(tol):
    with pytest.raises(ValueError, match="tol must be"):
        agree("tol", 1, 1, tol=tol)


def test_text_is_refused():
    with pytest.raises(TypeError, match="left side is a str"):
        agree("text", "1", 1, tol=0)


def test_python_numbers_keep_all_their_digits():
    agree("a tenth", 0.1, torch.tensor(0.1, dtype=torch.double), tol=0)
    agree("a list", [0.1, 0.2], torch.tensor([0.1, 0.2], dtype=torch.double), tol=0)
    with pytest.raises(Disagreement):
        agree("nearly a tenth", 0.1, 0.1 + 1e-10, tol=1e-11)
