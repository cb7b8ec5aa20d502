"""What lessons say about runs on a graphics card."""

import json

import pytest

from course_utils.runs import card
from course_utils.runs.folder import open_run
from course_utils.runs.parallel import World

RUN = {
    "run": "card_vae",
    "updates": 40_000,
    "data": "toy digits",
    "test_nats": 84.25,
    "seconds": 51.6,
    "share_of_matmul_rate": 0.0312,
    "memory_mb": 812.4,
    "matmul_rate": 7e14,
}


def test_without_a_result_it_says_that_there_is_none(tmp_path):
    assert card.said("vae", folder=tmp_path) == card.NONE
    assert "no run is stored" in card.NONE


def test_a_run_is_told_with_its_device_its_share_and_what_came_out(tmp_path):
    (tmp_path / "vae.json").write_text(json.dumps({"device": "card X", "found": RUN}))
    text = card.said("vae", folder=tmp_path)
    assert text == (
        "on one card X, a run of 40,000 updates in 52 s (3% of its matmul rate, 812 MB; data: toy "
        "digits): test nats 84.2"
    )


def test_rates_are_told_in_teraflops(tmp_path):
    found = {"operations_per_second": {"bfloat16_8192": 7.9e14}}
    (tmp_path / "matmul.json").write_text(json.dumps({"device": "card X", "found": found}))
    assert card.said("matmul", folder=tmp_path) == "on one card X: bfloat16, n = 8192: 790 TFLOP/s"


@pytest.mark.parametrize(
    ("run", "told"), [("full_vae", True), ("full_gan_digits", False), ("left_alone", False)]
)
def test_the_like_of_a_lessons_run_is_told_and_nothing_else(run, told, tmp_path, capsys):
    (tmp_path / "vae.json").write_text(json.dumps({"device": "card X", "found": RUN}))
    card.show(run, World(), folder=tmp_path)
    assert capsys.readouterr().out == (card.said("vae", folder=tmp_path) + "\n" if told else "")


def test_a_finished_run_says_it_once(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(card, "said", lambda stage, folder: f"of {stage}")
    open_run("full_vae", config={}, where=tmp_path).finish({"nats": 1.0})
    assert capsys.readouterr().out == "of vae\n"
