"""Stored weights: what is loaded is what was saved, and nothing damaged is loaded."""

import json
import os

import pytest
import torch

from course_utils.data import datasets
from course_utils.store import weights
from course_utils.store.weights import WeightsError

STATE = {"layer.weight": torch.arange(6.0).reshape(2, 3), "layer.steps": torch.tensor(7)}
ABOUT = {
    "config": {"width": 3},
    "measured": {"accuracy": 0.5},
    "made_by": "a test",
    "data": ["digits_8x8"],
}


def stored(where, name="toy", **changes):
    weights.save(name, STATE, **{**ABOUT, **changes}, where=where)
    return where / f"{name}.safetensors", where / f"{name}.json"


def test_what_is_loaded_is_what_was_saved(tmp_path):
    path = weights.save("toy", STATE, **ABOUT, where=tmp_path)
    assert path == tmp_path / "toy.safetensors"
    state, provenance = weights.load("toy", where=tmp_path)
    assert state.keys() == STATE.keys()
    assert all(torch.equal(state[k], STATE[k]) for k in STATE)
    assert {k: provenance[k] for k in ABOUT} == ABOUT
    assert provenance["name"] == "toy"
    assert provenance["format"] == weights.FORMAT
    assert provenance["versions"]["torch"] == torch.__version__.split("+")[0]


def test_tensors_need_not_be_contiguous_or_free_of_gradients(tmp_path):
    odd = {"w": torch.arange(6.0).reshape(2, 3).T.requires_grad_()}
    weights.save("odd", odd, **ABOUT, where=tmp_path)
    assert torch.equal(weights.load("odd", where=tmp_path)[0]["w"], odd["w"])


def test_exists_needs_both_files(tmp_path):
    assert not weights.exists("toy", where=tmp_path)
    _, about = stored(tmp_path)
    assert weights.exists("toy", where=tmp_path)
    about.unlink()
    assert not weights.exists("toy", where=tmp_path)


def test_save_refuses_to_overwrite_and_leaves_the_bytes_alone(tmp_path):
    files = stored(tmp_path)
    before = [path.read_bytes() for path in files]
    with pytest.raises(FileExistsError, match="already stored; pass overwrite=True"):
        weights.save("toy", {"other": torch.ones(2)}, **ABOUT, where=tmp_path)
    assert [path.read_bytes() for path in files] == before
    weights.save("toy", {"other": torch.ones(2)}, **ABOUT, where=tmp_path, overwrite=True)
    assert list(weights.load("toy", where=tmp_path)[0]) == ["other"]


@pytest.mark.parametrize("left", [".safetensors", ".json"])
def test_half_of_a_pair_is_not_overwritten_either(tmp_path, left):
    """A lone half may be somebody's only copy."""
    for path in stored(tmp_path):
        if path.suffix != left:
            path.unlink()
    with pytest.raises(FileExistsError):
        weights.save("toy", STATE, **ABOUT, where=tmp_path)


@pytest.mark.parametrize("where_to_flip", [0, 60, -1])
def test_a_flipped_byte_is_found_and_the_cure_named(tmp_path, where_to_flip):
    path, _ = stored(tmp_path)
    content = bytearray(path.read_bytes())
    content[where_to_flip] ^= 1
    path.write_bytes(content)
    with pytest.raises(
        WeightsError, match=r"not the file toy.json describes; restore it with: git"
    ):
        weights.load("toy", where=tmp_path)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_file_cut_short_is_found(tmp_path, share):
    path, _ = stored(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(WeightsError, match="restore it with: git checkout"):
        weights.load("toy", where=tmp_path)


def test_a_missing_description_or_weights_file_is_named(tmp_path):
    path, about = stored(tmp_path)
    text = about.read_text("utf8")
    about.unlink()
    with pytest.raises(WeightsError, match=r"toy.json is missing; restore it with: git checkout"):
        weights.load("toy", where=tmp_path)
    about.write_text(text, "utf8")
    path.unlink()
    with pytest.raises(WeightsError, match=r"toy.safetensors is missing; restore it with: git"):
        weights.load("toy", where=tmp_path)


def test_an_unknown_name_is_told_what_is_stored(tmp_path):
    stored(tmp_path, "judge_16px")
    with pytest.raises(WeightsError, match=r"no weights named 'juge_16px'.*judge_16px"):
        weights.load("juge_16px", where=tmp_path)
    with pytest.raises(WeightsError, match="nothing is stored"):
        weights.load("toy", where=tmp_path / "absent")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"format": 1}', '"text"', b"\xff\xfe\x00".decode("latin1")]
)
def test_a_description_that_cannot_be_read_gets_a_sentence(tmp_path, text):
    _, about = stored(tmp_path)
    about.write_bytes(text.encode("latin1"))
    with pytest.raises(WeightsError, match=r"toy.json cannot be read; restore it with: git"):
        weights.load("toy", where=tmp_path)


def test_a_newer_format_gets_a_sentence(tmp_path):
    _, about = stored(tmp_path)
    provenance = json.loads(about.read_text("utf8"))
    about.write_text(json.dumps(provenance | {"format": 2}), "utf8")
    with pytest.raises(WeightsError, match="format 2, this version reads 1: use the version"):
        weights.load("toy", where=tmp_path)


def test_weights_that_are_no_safetensors_get_a_sentence_though_the_hash_fits(tmp_path):
    import hashlib

    path, about = stored(tmp_path)
    path.write_bytes(b"these are no weights")
    provenance = json.loads(about.read_text("utf8"))
    provenance["sha256"] = hashlib.sha256(b"these are no weights").hexdigest()
    about.write_text(json.dumps(provenance), "utf8")
    with pytest.raises(WeightsError, match=r"toy.safetensors cannot be read; restore it with: git"):
        weights.load("toy", where=tmp_path)


@pytest.mark.parametrize("name", ["", "a/b", "../toy", "."])
def test_a_name_is_one_word(tmp_path, name):
    for act in (weights.exists, weights.load):
        with pytest.raises(ValueError, match="one word without folders"):
            act(name, where=tmp_path)
    with pytest.raises(ValueError, match="one word without folders"):
        weights.save(name, STATE, **ABOUT, where=tmp_path)


def test_large_weights_are_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(ValueError, match=r"toy takes 6.0 MB; stored weights are at most 5 MB"):
        weights.save("toy", {"w": torch.zeros(1_500_000)}, **ABOUT, where=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_weights_with_nan_are_refused(tmp_path):
    with pytest.raises(ValueError, match="w holds NaN or infinity"):
        weights.save("toy", {"w": torch.tensor([1.0, float("nan")])}, **ABOUT, where=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_former_pair_alone(tmp_path, monkeypatch):
    files = stored(tmp_path)
    before = [path.read_bytes() for path in files]

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        weights.save("toy", {"other": torch.ones(2)}, **ABOUT, where=tmp_path, overwrite=True)
    monkeypatch.undo()
    assert [path.read_bytes() for path in files] == before
    assert sorted(tmp_path.iterdir()) == sorted(files)


STORED = sorted(path.stem for path in weights.folder().glob("*.safetensors"))


@pytest.mark.parametrize("name", STORED)
def test_every_stored_file_is_whole_small_and_says_where_it_comes_from(name):
    state, provenance = weights.load(name)
    assert state
    assert provenance["name"] == name
    assert provenance["made_by"].strip()
    assert provenance["measured"]
    assert set(provenance["data"]) <= set(datasets())
    assert (weights.folder() / f"{name}.safetensors").stat().st_size <= weights.LIMIT_MB * 1e6
    text = (weights.folder() / f"{name}.json").read_text("utf8")
    assert not any(word in text for word in ("/home/", "/tmp/", "/Users/"))


def test_the_course_has_stored_weights_and_no_lone_halves():
    names = {path.stem for path in weights.folder().glob("*.json")}
    assert names == set(STORED)
    assert "judge_16px" in names
