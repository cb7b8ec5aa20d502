"""The index that PyTorch pickles into a sharded checkpoint, read without running any code.

``.metadata`` says which tensor lies where. PyTorch reads it with plain ``pickle``, which would call
whatever a forged file names; here only data classes of torch.distributed and torch's own types are
known, and a path, on whatever system and version of Python it was written, is just a path.
"""

import pickle
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any

import torch
from torch.distributed.checkpoint import FileSystemReader
from torch.distributed.checkpoint.metadata import Metadata, StorageMeta

from course_utils.runs.checkpoint import CheckpointError

PLAIN = {
    ("torch", "Size"),
    ("torch.storage", "UntypedStorage"),
    ("torch.serialization", "_get_layout"),
    ("collections", "OrderedDict"),
}
PATHS = {  # a pure one exists on every system
    "PosixPath": PurePosixPath,
    "WindowsPath": PureWindowsPath,
    "PurePosixPath": PurePosixPath,
    "PureWindowsPath": PureWindowsPath,
    "Path": PurePath,
    "PurePath": PurePath,
}
BYTES = "BytesStorageMetadata"  # what it describes would be unpickled freely; tensors are not


class _Unpickler(pickle.Unpickler):
    """Knows plain data of torch.distributed.checkpoint, torch's own types and paths."""

    def find_class(self, module: str, name: str) -> Any:
        if module.split(".")[0] == "pathlib" and name in PATHS:  # pathlib._local in Python 3.13
            return PATHS[name]
        ours = module.startswith("torch.distributed.checkpoint.") and name != BYTES
        dtype = module == "torch" and isinstance(getattr(torch, name, None), torch.dtype)
        if dtype or (module, name) in PLAIN:
            return super().find_class(module, name)
        if ours and isinstance(found := super().find_class(module, name), type):
            return found
        raise CheckpointError(f"the index of a checkpoint names {module}.{name}: not written here")


def read_index(folder: Path) -> Metadata:
    """Return the index of the checkpoint in ``folder``.

    Raises CheckpointError with one sentence if it is missing, damaged or names anything foreign.
    """
    try:
        with (folder / ".metadata").open("rb") as file:
            return _Unpickler(file).load()
    except CheckpointError:
        raise
    except Exception as error:  # whatever a damaged pickle makes of itself
        raise CheckpointError(
            f"the index of {folder.name}/ cannot be read; use an older checkpoint"
        ) from error


class Reader(FileSystemReader):
    """PyTorch's reader of a folder of shards, with this module's way to read the index."""

    def read_metadata(self, *args: Any, **kwargs: Any) -> Metadata:
        """Return the index of the folder."""
        index = read_index(Path(self.path))
        index.storage_meta = StorageMeta(load_id=self.load_id)
        return index
