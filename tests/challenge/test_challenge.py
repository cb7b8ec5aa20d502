"""The one-minute challenge: what is judged, what is refused and why, what is kept."""

import json

import numpy as np
import pytest
import torch

from course_utils import data
from course_utils.challenge import judge, results, table
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


@pytest.mark.slow
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


@pytest.fixture(scope="module")
def digits_and_asked():
    return data.digits(16), tasks()["labelled digits"].asked(3)


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
        ("open('report.json', 'w').write('{}')", UNIFORM, "may not touch the judge's files"),
        ("import torch; return torch.load('asked.pt')", UNIFORM, "the judge's files"),
        ("import os, tempfile; a = tempfile.mktemp(); open(a, 'w').close(); "
         "os.rename(a, 'report.json')", UNIFORM, "makes, changes and removes no files"),
        ("open('/tmp/mine', 'w')", UNIFORM, "writes no files"),
        ("from course_utils import data; data.python_functions()", UNIFORM, "reads no other data"),
        ("import json; open(json.__file__).read()", UNIFORM, "reads no other data"),
        ("from course_utils import data; data.digits(16)", UNIFORM, "reads no other data"),
        ("import subprocess; subprocess.run(['true'])", UNIFORM, "starts no other program"),
        ("import os; os.fork()", UNIFORM, "starts no other program"),
        ("import socket; socket.create_connection(('127.0.0.1', 9))", UNIFORM, "no network"),
        ("import time; time.perf_counter = lambda: 0.0; time.sleep(2.5)", UNIFORM,
         "training took 2.5 s, allowed 2 s"),
        ("import threading, time; threading.Thread(target=time.sleep, args=(9,), daemon=True)"
         ".start()", UNIFORM, "a thread of the entry still runs"),
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


@pytest.mark.slow
def test_libraries_may_make_temporary_files_and_optimisers(tmp_path):
    train = "import tempfile, torch; tempfile.TemporaryFile().close()"
    train += "; tempfile.TemporaryDirectory().cleanup(); torch.optim.Adam([torch.zeros(2)])"
    (run_,) = judged(entry(tmp_path, CODE, train=train, predict=UNIFORM))
    assert run_.figures["figure"] == pytest.approx(np.log2(97))


@pytest.mark.slow
def test_training_while_the_file_is_imported_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(judge, "IMPORTING", 2.0)
    text = CODE.replace('TASK = "code"', 'TASK = "code"\nimport time; time.sleep(30)')
    with pytest.raises(EntryError, match="importing took more than 2 s and was stopped"):
        judged(entry(tmp_path, text, train="pass", predict=UNIFORM))


def run(figure):
    return judge.Run(1, {"figure": figure}, 60.0, 3.0, 500, 80.0, "0123456789")


def test_results_are_kept_and_make_the_page(tmp_path):
    path, where = entry(tmp_path, CODE, train="pass", predict=UNIFORM), tmp_path / "kept"
    results.keep(path, [run(2.0), run(3.0)], where=where)
    assert results.stored(where)
    assert results.measured(where) == []  # two trainings rank nothing
    kept = results.keep(path, [run(2.0), run(3.0), run(4.0)], where=where)
    assert json.loads(kept.read_text())["task"] == "code"
    page = table.page(where)
    assert "| Uniform (`mine`) | 3 | [0.516, 5.48] | 3 | 60 | 80 | 0123456 |" in page
    assert page.count("No entry is measured yet.") == 2
    assert "Not measured yet: `char_gpt`, `dcgan`" in page
    results.keep(path, [run(2.0)] * 3, seconds=2.0, where=where)
    assert results.measured(where) == []  # nor do two seconds
    kept.write_text("{")
    with pytest.raises(EntryError, match="git checkout"):
        results.stored(where)


def test_measuring_goes_on_where_it_was(tmp_path, monkeypatch):
    path, where = entry(tmp_path, CODE, train="pass", predict=UNIFORM), tmp_path / "kept"
    trained = []

    def judge_(path, seeds, seconds):
        trained.extend(seeds)
        yield run(float(len(trained)))

    monkeypatch.setattr(results, "judge", judge_)
    lines = results.measure([path], 3, where=where)
    assert next(lines) == "mine, training 1 of 3: 1 bits"
    lines.close()  # interrupted
    assert len([*results.measure([path], 3, where=where)]) == 2
    assert [*results.measure([path], 3, where=where)] == []
    assert [r["figures"]["figure"] for r in results.runs_of(path, where=where)] == [1, 2, 3]
    path.write_text(path.read_text() + "# another entry\n")
    assert results.runs_of(path, where=where) == []  # its old trainings are not its own


def test_measuring_names_what_is_refused_and_goes_on(tmp_path):
    bad = tmp_path / "bad.py"
    bad.write_text("TASK = 'chess'")
    (line,) = results.measure([bad], 3, where=tmp_path / "kept")
    assert line.startswith("bad: refused: bad.py does not say")


def test_every_entry_of_the_course_has_its_functions_and_its_task():
    assert len(results.own()) >= 7
    for path in results.own():
        task, text = judge.task_of(path), path.read_text("utf8")
        assert "def train(data, seconds, seed):" in text
        assert f"def {task.answers}(" in text
        assert results.about(path).endswith(".")


def test_a_file_that_is_too_long_to_be_code_is_refused(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("TASK = 'code'\nWEIGHTS = '" + 30_000 * "7" + "'")
    with pytest.raises(EntryError, match="characters, allowed 20,000"):
        judge.task_of(path)


def test_blurred_samples_are_no_copies(digits_and_asked):
    """A picture near to all digits is not a copy of some: the nearest side decides."""
    digits, asked = digits_and_asked
    mean = torch.stack([digits.x_train[digits.y_train == k].mean(0) for k in range(10)])
    noise = torch.randn(1000, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    blurred = (mean[asked["labels"]] + 0.02 * noise).clamp(0, 1)
    assert tasks()["labelled digits"].judge(blurred, asked)["figure"] > 50


@pytest.mark.parametrize("options", [
    ("--all", "--keep"), ("--all", "--seconds", "2"), ("--keep",), ("--out", "x"),
    ("mine.py", "--seeds", "1,two"), ("mine.py", "--keep", "--seconds", "2"),
])  # fmt: skip
def test_words_that_do_not_fit_together_are_named(options):
    shown = course("challenge", *options)
    assert shown.exit_code == 2
    assert shown.stderr.startswith("course challenge: ")
