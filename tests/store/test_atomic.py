import os
import stat

import pytest

from course_utils.store.atomic import replacing, write_atomically


def test_text_and_bytes_arrive_and_folders_are_made(tmp_path):
    write_atomically(tmp_path / "a" / "b.txt", "错")
    assert (tmp_path / "a" / "b.txt").read_text("utf8") == "错"
    write_atomically(tmp_path / "c.bin", b"\x00\x01")
    assert (tmp_path / "c.bin").read_bytes() == b"\x00\x01"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "c.bin"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_permissions_are_those_of_the_former_file_or_of_any_new_one(tmp_path):
    ordinary = tmp_path / "ordinary"
    ordinary.write_text("")
    new, old = tmp_path / "new", tmp_path / "old"
    old.write_text("")
    old.chmod(0o640)
    write_atomically(new, "x")
    write_atomically(old, "x")
    assert stat.S_IMODE(new.stat().st_mode) == stat.S_IMODE(ordinary.stat().st_mode)
    assert stat.S_IMODE(old.stat().st_mode) == 0o640


def test_a_failure_leaves_the_former_content(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_text("old")

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_permissions_follow_the_umask_and_nobody_changes_it(tmp_path, monkeypatch, umask):
    """It belongs to the whole process: a file that another thread makes meanwhile has it, too."""
    before = os.umask(umask)
    try:
        with monkeypatch.context() as patch:
            patch.delattr(os, "umask")
            write_atomically(tmp_path / "a", "x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o666 & ~umask


def test_what_is_written_piece_by_piece_can_be_read_before_it_takes_the_place(tmp_path):
    path = tmp_path / "a"
    path.write_text("old")
    with replacing(path) as file:
        file.write(b"ne")
        file.write(b"w")
        file.seek(0)
        assert file.read() == b"new"
        assert path.read_text() == "old"
    assert path.read_text() == "new"


def test_a_block_that_raises_leaves_the_former_content(tmp_path):
    path = tmp_path / "a"
    path.write_text("old")
    with pytest.raises(TypeError), replacing(path) as file:
        file.writelines([b"new", None])
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
