"""A right answer is handed on so that the next cell meets the reference's type and dtype."""

import numpy as np
import pytest
import torch

from course_utils import Disagreement, agree
from course_utils.exercises.handing import brought
from course_utils.maths import checking


def test_a_number_becomes_the_tensor_that_the_next_cell_stacks():
    got = brought(1.5, torch.tensor(0.0), torch.float64)
    assert torch.equal(torch.stack([got, got]), torch.tensor([1.5, 1.5], dtype=torch.float64))
    assert brought(3, torch.tensor(0), None).dtype == torch.int64


def test_float_tensors_take_the_dtype_that_came_in():
    assert brought(torch.ones(2), torch.ones(2).double(), torch.float64).dtype == torch.float64
    assert brought(torch.ones(2).double(), torch.ones(2), torch.float32).dtype == torch.float32
    assert brought(torch.ones(2).long(), torch.ones(2), torch.float32).dtype == torch.int64


def test_a_tensor_becomes_the_number_that_the_next_cell_formats():
    assert f"{brought(torch.tensor(2.0), 1, None):d}" == "2"
    assert isinstance(brought(torch.tensor(2.5), 1.0, None), float)
    assert isinstance(brought(np.float64(2.5), 1.0, None), float)


def test_gradients_pass_through():
    x = torch.ones(2, dtype=torch.float32, requires_grad=True)
    brought(x.sum(), torch.tensor(0.0).double(), torch.float64).backward()
    assert x.grad.tolist() == [1, 1]


def test_sequences_are_brought_part_by_part():
    like = (torch.tensor(0.0), 1)
    a, b = brought([0.5, torch.tensor(3)], like, torch.float64)
    assert (a.dtype, b) == (torch.float64, 3)


def test_agree_allows_what_an_exercise_allows_but_no_more(monkeypatch, capsys):
    monkeypatch.setattr(checking, "_allowed", 0.0)
    with pytest.raises(Disagreement):
        agree("line", 1.0, 1.0 + 1e-8, tol=1e-12)
    checking.allow(1e-6)
    agree("line", 1.0, 1.0 + 1e-8, tol=1e-12)
    with pytest.raises(Disagreement):
        agree("line", 1.0, 1.0 + 1e-4, tol=1e-12)
