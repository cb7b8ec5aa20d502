import dataclasses
import io
import json

import pytest
import torch
from PIL import Image

from course_utils.judging import results
from course_utils.judging.results import ResultError
from course_utils.judging.scorecard import Score

SCORE = Score("a VAE", 1000, 20.0, 2.0, 0.9, 0.5, 0.6, 0.7, 0.5, train_seconds=31.5, n_weights=7)
SAMPLES = torch.rand(25, 1, 16, 16, generator=torch.Generator().manual_seed(0))


def keep(where, name="same_minute/vae", score=SCORE, **more):
    return results.keep(name, score, SAMPLES, made_by="lesson 31, seed 0", where=where, **more)


def test_what_was_kept_comes_back(tmp_path):
    assert "stored" in keep(tmp_path)
    score, picture, made_by = results.load("same_minute/vae", where=tmp_path)
    assert score == SCORE
    assert made_by == "lesson 31, seed 0"
    image = Image.open(io.BytesIO(picture))
    assert image.size == (10 * 18 * 3, 2 * 18 * 3)
    first = torch.tensor(list(image.crop((3, 3, 51, 51)).resize((16, 16), 0).tobytes()))
    assert (first.view(16, 16) / 255 - SAMPLES[0, 0]).abs().max() < 0.003
    assert results.stored(tmp_path) == ["same_minute/vae"]


def test_a_stored_result_is_not_replaced_unasked(tmp_path):
    keep(tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    other = dataclasses.replace(SCORE, fid=40.0)
    assert "kept the stored" in keep(tmp_path, score=other)
    assert {p: p.read_bytes() for p in before} == before
    keep(tmp_path, score=other, overwrite=True)
    assert results.load("same_minute/vae", where=tmp_path)[0].fid == 40.0


def test_damage_gets_a_sentence(tmp_path):
    keep(tmp_path)
    path = tmp_path / "same_minute" / "vae" / "score.json"
    whole = path.read_text()
    for damaged in (whole[:50], "[]", "{}", whole.replace('"fid"', '"fidd"')):
        path.write_text(damaged)
        with pytest.raises(ResultError, match="git checkout"):
            results.load("same_minute/vae", where=tmp_path)
    path.write_text(json.dumps(json.loads(whole) | {"format": 99}))
    with pytest.raises(ResultError, match="format 99"):
        results.load("same_minute/vae", where=tmp_path)


def test_a_missing_result_names_those_there_are(tmp_path):
    keep(tmp_path)
    with pytest.raises(ResultError, match="same_minute/vae"):
        results.load("same_minute/gan", where=tmp_path)


@pytest.mark.parametrize("name", ["", "../x", "a//b", "/etc", "a b"])
def test_bad_names_get_a_sentence(tmp_path, name):
    with pytest.raises(ValueError, match="words joined"):
        keep(tmp_path, name)


def test_too_few_samples_get_a_sentence(tmp_path):
    with pytest.raises(ValueError, match="20 samples"):
        results.keep("x", SCORE, SAMPLES[:3], made_by="", where=tmp_path)
