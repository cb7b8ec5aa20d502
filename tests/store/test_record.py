"""Records: format, versions and fields are there, and every refusal names a cure."""

import json

import pytest

from course_utils.judging import results
from course_utils.store import record, weights
from course_utils.store.atomic import write_atomically


class ToyError(RuntimeError):
    """What a reader of toys raises."""


class OtherFormatError(ToyError):
    """The same, for another format."""


HOW = {"format": 3, "fields": {"size": int}, "error": ToyError, "cure": "bake a new one"}


def test_what_is_written_is_read_with_format_and_versions(tmp_path):
    path = tmp_path / "cake.json"
    write_atomically(path, record.to_text({"size": 2, "name": "错"}, format=3))
    content = record.read(path, **HOW)
    assert (content["format"], content["size"], content["name"]) == (3, 2, "错")
    assert "torch" in content["versions"]
    assert "错" in path.read_text("utf8")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1}, object()])
def test_what_json_cannot_hold_is_refused(value):
    with pytest.raises(ValueError, match="a record holds finite numbers, strings"):
        record.to_text({"size": value}, format=3)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", "null", "{}", '{"format": 3}', '{"format": 3, "size": "2"}', "\xff"],
)
def test_what_cannot_be_read_gets_the_cure(tmp_path, text):
    path = tmp_path / "cake.json"
    path.write_bytes(text.encode("latin1"))
    with pytest.raises(ToyError, match=r"cake\.json cannot be read; bake a new one"):
        record.read(path, **HOW)
    path.unlink()
    with pytest.raises(ToyError, match="my cake cannot be read; bake a new one"):
        record.read(path, **HOW, name="my cake")


def test_another_format_is_told_apart(tmp_path):
    path = tmp_path / "cake.json"
    path.write_text('{"format": 4}')
    for kind in (None, OtherFormatError):
        with pytest.raises(kind or ToyError, match="format 4, this version reads 3: use the ver"):
            record.read(path, **HOW, format_error=kind)


def test_every_stored_record_of_the_course_is_read():
    names = results.stored()
    assert {"same_minute/vae", "same_minute/gan"} <= set(names)
    for name in names:
        score, picture, made_by = results.load(name)
        assert score.n >= 20
        assert picture.startswith(b"\x89PNG")
        assert made_by
    files = sorted(weights.folder().glob("*.json"))
    assert files
    for path in files:
        assert weights.load(path.stem)[1]["format"] == json.loads(path.read_text("utf8"))["format"]
