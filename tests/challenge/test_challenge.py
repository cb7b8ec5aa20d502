"""The one-minute challenge: what is judged, what is refused and why, what is kept."""

import json

import numpy as np
import pytest
import torch

from course_utils import data
from course_utils.challenge import judge, table
from course_utils.challenge.tasks import SYMBOLS, EntryError, distributions, tasks
from tests.cli.toy import course

DIGITS = '''"""Copies of the training digits, blurred by noise."""
import torch
TASK = "digits"
def train(data, seconds, seed):
    return data["x"]
def sample(x, n, labels, seed):
    {sample}
'''
CODE = '''"""Uniform."""
import numpy as np
TASK = "code"
def train(data, seconds, seed):
    {train}
def predict(model, texts):
    {predict}
'''
UNIFORM = "return [np.full((len(t) + 1, 97), -np.log(97)) for t in texts]"


def entry(folder, text, **parts):
    path = folder / "mine.py"
    for name, part in parts.items():
        text = text.replace("{" + name + "}", part)
    path.write_text(text, "utf8")
    return path


def judged(path, seconds=2.0):
    return list(judge.judge(path, [7], seconds=seconds))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("TASK = 'chess'", "does not say at its top"),
        ("def train(:", "is no Python"),
        ("", "does not say at its top"),
    ],
)
def test_a_file_that_is_no_entry_is_refused_before_anything_runs(tmp_path, text, reason):
    path = tmp_path / "mine.py"
    path.write_text(text)
    with pytest.raises(EntryError, match=reason):
        judge.task_of(path)
    with pytest.raises(EntryError, match="cannot be read"):
        judge.task_of(tmp_path / "none.py")


def test_rows_that_are_no_distributions_are_refused():
    right = np.full((5, SYMBOLS), -np.log(SYMBOLS))
    assert distributions(torch.tensor(right), 4).shape == (5, SYMBOLS)
    with pytest.raises(EntryError, match=r"sums to 2\.0"):
        distributions(right + np.log(2), 4)
    with pytest.raises(EntryError, match="a row before each character"):
        distributions(right, 5)


def test_real_digits_are_about_one_floor_and_copies_are_refused():
    task, digits = tasks()["labelled digits"], data.digits(16)
    asked = task.asked(3)
    mixed = {**asked, "labels": digits.y_test}
    with pytest.raises(EntryError, match=r"copies.*training"):
        task.judge(digits.x_train[:1000], mixed)
    with pytest.raises(EntryError, match=r"copies.*held-out"):
        task.judge(digits.x_test, mixed)
    noise = 0.02 * torch.randn(1000, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    with pytest.raises(EntryError, match="copies"):
        task.judge((digits.x_train[:1000] + noise).clamp(0, 1), mixed)
    assert sorted(asked["labels"].bincount().tolist()) == [100] * 10


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        (torch.zeros(5, 1, 16, 16), r"must return a tensor \(1000, 1, 16, 16\)"),
        ([1, 2], "got list"),
        (torch.full((1000, 1, 16, 16), float("nan")), "NaN"),
        (torch.full((1000, 1, 16, 16), -1.0), "clamp"),
    ],
)
def test_unusable_samples_get_a_sentence(samples, reason):
    task = tasks()["digits"]
    with pytest.raises(EntryError, match=reason):
        task.judge(samples, task.asked(0))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("train", "predict", "reason"),
    [
        ("return 1 / 0", UNIFORM, "line 5: ZeroDivisionError"),
        ("import time; time.sleep(60)", UNIFORM, "training took more than 4 s and was stopped"),
        ("return bytearray(b'1' * 3_000_000_000)", UNIFORM, "allowed 2,000 MB"),
        ("import os; os._exit(1)", UNIFORM, "ended without a word"),
        ("pass", "return [np.eye(97)[[min(ord(c), 96) for c in t + 'a']] * 2 for t in texts]",
         "sums to"),
        ("pass", "return [np.log(0.9 * np.eye(97)[[ord(c) % 97 for c in t + 'a']] + 0.1 / 97) "
         "for t in texts]", "characters that come after it"),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_refused_with_the_reason(tmp_path, train, predict, reason):
    with pytest.raises(EntryError, match=reason):
        judged(entry(tmp_path, CODE, train=train, predict=predict))


@pytest.mark.slow
def test_a_uniform_guess_costs_log2_of_the_symbols(tmp_path):
    path = entry(tmp_path, CODE, train="pass", predict=UNIFORM)
    (run,) = judged(path)
    assert run.figures["figure"] == pytest.approx(np.log2(97))
    assert run.matmul_gflops > 1
    assert 50 < run.memory_mb < 2000
    shown = course("challenge", path, "--trainings", "1", "--seconds", "2")
    assert shown.exit_code == 0, shown.output
    assert "6.6 bits" in shown.output
    assert course("challenge", path, "--keep", "--seconds", "2").exit_code == 2


@pytest.mark.slow
def test_an_entry_of_digits_is_trained_and_scored(tmp_path):
    grey = entry(tmp_path, DIGITS, sample="return torch.rand(n, 1, 16, 16)")
    (run,) = judged(grey)
    assert run.figures["figure"] > 50
    copies = entry(tmp_path, DIGITS, sample="return x[:n]")
    shown = course("challenge", copies, "--trainings", "1", "--seconds", "2")
    assert shown.exit_code == 1
    assert "refused: copies: 100%" in shown.stderr


def run(figure):
    return judge.Run(1, {"figure": figure}, 60.0, 500, 80.0)


def test_results_are_kept_and_make_the_page(tmp_path):
    path = entry(tmp_path, CODE, train="pass", predict=UNIFORM)
    kept = judge.keep(path, [run(2.0), run(3.0), run(4.0)], where=tmp_path / "kept")
    assert json.loads(kept.read_text())["task"] == "code"
    page = table.page(judge.stored(tmp_path / "kept"))
    assert "| Uniform (`mine`) | 3 | [0.516, 5.48] | 3 | 60 | 80 |" in page
    assert page.count("No entry yet.") == 2
    kept.write_text("{")
    with pytest.raises(EntryError, match="git checkout"):
        judge.stored(tmp_path / "kept")
