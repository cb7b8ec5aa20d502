"""Rows of sweeps: appended whole, read with a cure, paired by seed."""

import threading

import pytest

from course_utils.store import sweeps


def row(seed, loss, outcome="ok", **more):
    parameters = {"seed": seed, "profile": "quick"} | more
    found = {"numbers": {"loss": loss}, "claims": [{"key": "22-a", "value": -loss}]}
    return {"lesson": "22_dcgan", "parameters": parameters, "outcome": outcome, **found}


def test_values_come_by_seed_and_the_newest_row_counts(tmp_path):
    for new in (row(1, 5.0), row(0, 4.0), row(1, 6.0), row(2, 9.0, outcome="failed")):
        sweeps.add("one", new, where=tmp_path)
    assert sweeps.values("one", "loss", where=tmp_path) == [4.0, 6.0]
    assert sweeps.values("one", "22-a", where=tmp_path) == [-4.0, -6.0]
    assert len(sweeps.rows("one", where=tmp_path)) == 3
    assert len((tmp_path / "one.jsonl").read_text().splitlines()) == 4


def test_a_sweep_is_complete_when_enough_runs_are_good(tmp_path):
    assert not sweeps.complete("one", 1, where=tmp_path)
    for new in (row(0, 1.0), row(1, 1.0, outcome="failed"), row(0, 2.0)):
        sweeps.add("one", new, where=tmp_path)
    assert sweeps.complete("one", 1, where=tmp_path)
    assert not sweeps.complete("one", 2, where=tmp_path)


def test_values_of_one_setting(tmp_path):
    for seed in (0, 1):
        for rate in (0.1, 0.2):
            sweeps.add("one", row(seed, seed + rate, rate=rate), where=tmp_path)
    assert sweeps.values("one", "loss", where=tmp_path, rate=0.2) == [0.2, 1.2]
    with pytest.raises(sweeps.SweepError, match=r"known: \['22-a', 'loss'\]"):
        sweeps.values("one", "floors", where=tmp_path, rate=0.2)


def test_a_damaged_line_is_named_with_its_cure(tmp_path):
    sweeps.add("one", row(0, 1.0), where=tmp_path)
    with (tmp_path / "one.jsonl").open("a") as file:
        file.write('{"lesson": "22_dc')
    with pytest.raises(sweeps.SweepError, match=r"line 2 of one.jsonl.*git checkout"):
        sweeps.rows("one", where=tmp_path)


@pytest.mark.parametrize("bad", [{"lesson": "22"}, row(0, float("nan"))])
def test_a_bad_row_is_refused_and_nothing_is_written(tmp_path, bad):
    with pytest.raises(ValueError, match=r"needs|JSON"):
        sweeps.add("one", bad, where=tmp_path)
    assert not list(tmp_path.glob("*.jsonl"))


def test_writers_side_by_side_lose_nothing(tmp_path):
    def write(first):
        for k in range(10):
            sweeps.add("one", row(10 * first + k, float(k)), where=tmp_path)

    threads = [threading.Thread(target=write, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sweeps.rows("one", where=tmp_path)) == 40
