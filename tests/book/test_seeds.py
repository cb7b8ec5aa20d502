"""The book's page of figures over seeds: built from the stored sweeps, linked from the front."""

import pytest

from book import build, seeds
from course_utils.store import sweeps
from tests.book.toy import write_toy


def row(lesson="22_dcgan", seed=0, **parameters):
    parameters = {"profile": "quick", "seed": seed} | parameters
    return {
        "lesson": lesson,
        "parameters": parameters,
        "outcome": "ok",
        "error": "",
        "numbers": {"floors": 2.0 + seed},
        "claims": [],
        "code_hash": "1",
        "machine": "a machine",
    }


def test_the_page_stands_in_the_book_with_every_stored_sweep(tmp_path):
    write_toy(tmp_path / "notebooks")
    target = tmp_path / "source"
    build.assemble(target, tmp_path / "notebooks", tmp_path / "none")
    page = (target / "seeds.md").read_text("utf8")
    assert sweeps.stored()
    for name in sweeps.stored():
        assert f"`{seeds.command(name, sweeps.rows(name))}`" in page
    index = (target / "index.md").read_text("utf8")
    assert "](seeds)" in index
    assert "\nseeds\n" in index


def test_a_sweep_stands_with_its_command_mean_and_interval(tmp_path):
    for seed in (0, 1, 2):
        sweeps.add("norms", row(seed=seed, told="even or odd"), where=tmp_path)
    page = seeds.page(tmp_path)
    assert '`course sweep 22 --name norms -p seed=0-2 -p "told=even or odd"`' in page
    assert "3 [0.5159, 5.484], n = 3" in page  # 3 +- 4.303 / sqrt(3)
    assert "a machine" in page


def test_failed_runs_are_named_and_not_averaged(tmp_path):
    sweeps.add("22_dcgan", row(seed=0), where=tmp_path)
    bad = row(seed=1) | {"outcome": "failed", "error": "out of memory", "numbers": {}}
    sweeps.add("22_dcgan", bad, where=tmp_path)
    page = seeds.page(tmp_path)
    assert "out of memory" in page
    assert "1 good runs, 1 failed" in page


@pytest.mark.parametrize(
    ("values", "shown"),
    [((0, 1, 2), "seed=0-2"), ((0, 2), "seed=0,2"), ((3, 4), "seed=3,4"), ((7,), "seed=7")],
)
def test_seeds_are_written_as_the_shell_takes_them(values, shown):
    found = seeds.command("22_dcgan", [row(seed=seed) for seed in values])
    assert found == f"course sweep 22 -p {shown}"
