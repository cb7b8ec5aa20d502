"""The index of a sharded checkpoint: read from any system and Python, and never as code."""

import os
import pickle
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
import torch
from torch.distributed import checkpoint as dcp

from course_utils.runs.checkpoint import CheckpointError
from course_utils.runs.shard_index import Reader, read_index

pytestmark = pytest.mark.filterwarnings("ignore:torch.distributed is disabled")


def index(folder, content):
    """Write an index, given as the bytes of a pickle or as a value."""
    data = content if isinstance(content, bytes) else pickle.dumps(content)
    (folder / ".metadata").write_bytes(data)
    return folder


def path_pickled_by(module, name):
    """A path "a" as another Python or system pickles it: GLOBAL, text, a tuple of it, call."""
    return f"\x80\x02c{module}\n{name}\nX\x01\0\0\0a\x85R.".encode("latin1")


@pytest.mark.parametrize("module", ["pathlib", "pathlib._local"], ids=["3.11", "3.13"])
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("PosixPath", PurePosixPath),
        ("PurePosixPath", PurePosixPath),
        ("WindowsPath", PureWindowsPath),
        ("PureWindowsPath", PureWindowsPath),
    ],
)
def test_a_path_of_another_system_or_python_is_read(tmp_path, module, name, kind):
    assert read_index(index(tmp_path, path_pickled_by(module, name))) == kind("a")


@pytest.mark.parametrize("module", ["pathlib._local", "pathlib"])
@pytest.mark.parametrize("name", ["WindowsPath", "PosixPath"])
def test_shards_with_such_a_path_in_their_index_are_loaded(tmp_path, module, name):
    """What PyTorch's own reader, with plain pickle, refuses: it finds no such module or class."""
    kept = {"w": torch.arange(6.0), "n": torch.tensor(7)}
    dcp.save(kept, checkpoint_id=str(tmp_path / "saved"), no_dist=True)
    whole = read_index(tmp_path / "saved")
    whole.storage_meta.checkpoint_id = PurePosixPath("here")
    old = pickle.dumps(whole, protocol=2)
    new = old.replace(b"cpathlib\nPurePosixPath\n", f"c{module}\n{name}\n".encode())
    new = new.replace(b"cpathlib._local\nPurePosixPath\n", f"c{module}\n{name}\n".encode())
    assert new != old
    index(tmp_path / "saved", new)
    found = {"w": torch.zeros(6), "n": torch.tensor(0)}
    dcp.load(found, storage_reader=Reader(tmp_path / "saved"), no_dist=True)
    assert torch.equal(found["w"], kept["w"])
    assert found["n"] == 7


@pytest.mark.parametrize("harmful", [os.system, torch.load, exec, Path.write_text, Path.home])
def test_an_index_that_names_code_is_refused(tmp_path, harmful):
    with pytest.raises(CheckpointError, match="not written here"):
        read_index(index(tmp_path, harmful))


def test_an_index_of_values_that_would_be_unpickled_freely_is_refused(tmp_path):
    dcp.save({"n": 3}, checkpoint_id=str(tmp_path / "saved"), no_dist=True)
    with pytest.raises(CheckpointError, match=r"BytesStorageMetadata: not written here"):
        read_index(tmp_path / "saved")


@pytest.mark.parametrize("content", [b"", b"text", b"\x80\x02c"])
def test_a_damaged_index_gets_a_sentence(tmp_path, content):
    with pytest.raises(CheckpointError, match="cannot be read; use an older checkpoint"):
        read_index(index(tmp_path, content))


def test_a_missing_index_gets_a_sentence(tmp_path):
    with pytest.raises(CheckpointError, match="cannot be read; use an older checkpoint"):
        read_index(tmp_path)
