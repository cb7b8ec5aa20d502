import pytest

from course_utils.data import source_files as module
from course_utils.data.source_files import refusal, source_files, windows

CODE = "\n".join(f"def name_{c}(x):\n    return x + ord('{c}')" for c in "abcdefghijkl")


@pytest.fixture
def library(tmp_path, monkeypatch):
    """Forty packages of different code; a copy, an almost copy, a test and a secret among them."""
    monkeypatch.setattr(module, "FOLDERS", [tmp_path])
    for k in range(40):
        write(tmp_path, f"pack{k}/code.py", CODE.replace("name", f"of_{k}_"))
    return tmp_path


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(text)


def parts(found):
    return {"train": found.train, "watch": found.watch, "test": found.test}


def part_with(found, text):
    return next((name for name, texts in parts(found).items() if any(text in t for t in texts)), "")


def test_every_package_is_on_one_side_and_most_train(library):
    write(library, "pack7/more.py", CODE.replace("name", "of_7_more_"))
    found = source_files()
    sizes = {name: len(texts) for name, texts in parts(found).items()}
    assert sum(sizes.values()) == 41
    assert sizes["train"] > 25
    assert sizes["watch"] >= 1 <= sizes["test"]
    assert part_with(found, "of_7_more_a") == part_with(found, "of_7_a")


def test_the_side_depends_on_the_packages_name_alone(library):
    before = source_files()
    write(library, "another/code.py", CODE)
    after = source_files()
    for k in range(40):
        assert part_with(before, f"of_{k}_a") == part_with(after, f"of_{k}_a")


def test_a_copy_counts_once_and_tests_and_secrets_do_not_go_in(library):
    write(library, "zz/copy.py", CODE.replace("name", "of_3_"))
    write(library, "zz/tests/test_it.py", CODE.replace("name", "hidden"))
    write(library, "zz/key.py", CODE.replace("name", "key") + "\nT = '" + "aZ3_" * 12 + "'\n")
    found = source_files()
    everything = "".join(t for texts in parts(found).values() for t in texts)
    assert found.refused["a copy"] == found.refused["looks like a secret"] == 1
    assert "hidden" not in everything
    assert "key_a" not in everything


def test_a_training_file_that_resembles_a_held_out_one_is_dropped(library):
    held = source_files().test[0]
    free = next(f"zz{k}" for k in range(99) if module._tenth(f"zz{k}") > 1)
    write(library, f"{free}/almost.py", "import os\n" + held)
    found = source_files()
    assert found.refused["resembles a held-out file"] == 1
    assert held in found.test
    assert not any("import os" in text for text in found.train)


def test_only_the_packages_asked_for_are_read(library):
    assert sum(map(len, parts(source_files({"pack1", "pack2"})).values())) == 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = 1\n", "short or large"),
        (CODE + "é", "not plain ASCII"),
        (CODE + "\n" + 201 * "x", "a table in disguise"),
        (CODE + "\n" + 60 * "1234567890\n", "a table in disguise"),
        (CODE + "\n-----" + "BEGIN KEY", "looks like a secret"),
        (CODE, ""),
    ],
)
def test_a_refusal_says_why(text, reason):
    assert refusal(text) == reason


def test_windows_skip_blanks_and_comments():
    assert windows("a\n\n# note\nb\nc\n  d\ne\nf") == windows("a\nb\nc\nd\ne\nf")
    assert len(windows("a\nb\nc\nd\ne\nf")) == 2
    assert windows("a\nb") == set()
