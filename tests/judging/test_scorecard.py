import dataclasses

import pytest
import torch

from course_utils.data import digits
from course_utils.judging import scorecard
from course_utils.judging.reader import Judge
from course_utils.models.classifier import Classifier


@pytest.fixture(scope="module")
def data():
    return digits(16)


@pytest.fixture(scope="module")
def judge():
    torch.manual_seed(0)
    return Judge(Classifier().eval(), {})  # an untrained net has features too


def test_training_digits_score_one_floor(data, judge):
    row = scorecard.real_digits(data, judge=judge)
    assert row.floors == pytest.approx(1)
    assert row.n == 1000
    assert row.nearer == 1  # they are the training digits
    assert row.precision > 0.8
    assert row.recall > 0.8


def test_noise_scores_badly(data, judge):
    noise = torch.rand(200, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    row = scorecard.score("noise", noise, data, judge=judge, train_seconds=0, n_weights=0)
    assert row.n == 200
    assert row.floors > 10
    assert row.recall < 0.1
    assert row.nearer == 0


def test_fewer_samples_have_a_higher_floor(data, judge):
    rows = [scorecard.score("x", data.x_train[-n:], data, judge=judge) for n in (50, 1000)]
    assert rows[0].floor > 2 * rows[1].floor


def test_the_table_shows_every_row(data, judge, capsys):
    row = scorecard.score("a <b> model", data.x_test[:50], data, judge=judge, n_weights=123456)
    scorecard.show_scores([row, dataclasses.replace(row, name="another", n_weights=None)])
    out = capsys.readouterr().out
    assert "123,456" in out
    assert "another" in out
    assert "–" in out


def test_a_table_without_costs_has_no_empty_columns(data, judge, capsys):
    row = scorecard.score("a model", data.x_test[:50], data, judge=judge, n_weights=123456)
    scorecard.show_scores([row], costs=False)
    out = capsys.readouterr().out
    assert "nearer to train" in out
    assert "weights" not in out
    scorecard.show_scores([row])
    out = capsys.readouterr().out
    assert "weights" in out
    assert "samples/s" not in out  # nobody measured it
    assert "–" not in out


def test_no_rows_get_a_sentence():
    with pytest.raises(ValueError, match="no score"):
        scorecard.show_scores([])


@pytest.mark.parametrize("bad", [torch.rand(30, 1, 16, 16) * 2 - 1, torch.rand(30, 256)])
def test_unusable_samples_get_a_sentence(bad, data, judge):
    with pytest.raises(ValueError, match="the judge reads"):
        scorecard.score("bad", bad, data, judge=judge)
