"""Sharded training: each process keeps a slice of weights, gradients and optimizer state.

FSDP2 (``fully_shard``, after Rajbhandari et al. 2019, arXiv:1910.02054) gathers a layer's weights
when it is computed and lets go of them after it. A checkpoint is a folder that all processes write
at once (``torch.distributed.checkpoint``), here with a manifest of checksums, renamed into place
when it is complete. PyTorch's files hold tensors only, our JSON the plain values.
"""

import hashlib
import shutil
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.utils import _pytree as tree

from course_utils.runs.checkpoint import CheckpointError, FormatError
from course_utils.runs.parallel import World
from course_utils.store import record
from course_utils.store.atomic import write_atomically

FORMAT = 2
NAME = "step_{:09d}"
MANIFEST = "manifest.json"


def shard(objective: nn.Module, world: World, *, blocks: list[nn.Module]) -> nn.Module:
    """Shard an ``Objective`` (runs.parallel) in place over all processes; return it.

    blocks: the layers gathered one at a time (a Transformer's blocks); what is left is gathered
    once. Make the optimizer after this: it must see the sharded weights.
    Raises ValueError in a world of one process.
    """
    if world.size == 1:
        raise ValueError("sharding needs several processes: course launch --nproc-per-node 2")
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    mesh = init_device_mesh(world.device.type, (world.size,))
    for block in blocks:
        fully_shard(block, mesh=mesh)
    return fully_shard(objective, mesh=mesh)


def save_parts(folder: Path | str, *, step: int, parts: dict[str, Any], extra: dict, keep: int = 2):
    """Save {"model": net, "opt": optimizer, ...} as ``folder/step_000000123/``; all processes call.

    Each process writes its own slices. The former ``keep`` - 1 checkpoints stay, older ones go once
    the new one is complete. Raises OSError, or what torch.distributed.checkpoint makes of one.
    """
    from torch.distributed import checkpoint as dcp

    folder = Path(folder)
    final, partial = folder / NAME.format(step), folder / f".{NAME.format(step)}.tmp"
    main = dist.get_rank() == 0
    if main:
        folder.mkdir(parents=True, exist_ok=True)
        for stray in folder.glob(".step_*.tmp"):  # left by processes that were killed while saving
            shutil.rmtree(stray)
    dist.barrier()
    tensors, plain = _split(_leaves(parts)[0])
    dcp.save(tensors, checkpoint_id=str(partial))
    if main:
        sums = {p.name: _sha256(p) for p in sorted(partial.iterdir())}
        about = {"step": step, "plain": plain, "extra": extra}
        about |= {"processes": dist.get_world_size(), "sha256": sums}
        write_atomically(partial / MANIFEST, record.to_text(about, format=FORMAT))
        if final.exists():  # a damaged one of the same step
            shutil.rmtree(final)
        partial.rename(final)
        for old in [p for p in stored(folder) if p <= final.name][:-keep]:
            shutil.rmtree(folder / old)
    dist.barrier()
    return final


def load_parts(path: Path | str, *, parts: dict[str, Any]) -> dict:
    """Put a checkpoint into the parts, in place, and return its manifest; all processes call.

    The number of processes may have changed: each reads the slices it needs. Raises CheckpointError
    with one sentence if it is missing, damaged, foreign or lacks a part.
    """
    from torch.distributed import checkpoint as dcp
    from torch.distributed.checkpoint.state_dict import set_optimizer_state_dict

    from course_utils.runs.shard_index import Reader

    path = Path(path)
    manifest = verify(path)
    leaves, nesting = _leaves(parts)
    tensors, plain = _split(leaves)
    try:
        dcp.load(tensors, storage_reader=Reader(path))
        found = leaves | {key: manifest["plain"][key] for key in plain}  # tensors read in place
    except Exception as error:
        reason = str(error).strip().splitlines()[-1]
        raise CheckpointError(f"{path.name} does not fit this run's parts: {reason}") from error
    states = tree.tree_unflatten(list(found.values()), nesting)
    for name, part in parts.items():
        if isinstance(part, torch.optim.Optimizer):
            set_optimizer_state_dict(_nets(parts), part, states[name])
        else:
            part.load_state_dict(states[name])
    return manifest


def verify(path: Path | str) -> dict:
    """Check every file of a checkpoint against its manifest and return the manifest.

    Raises CheckpointError if it is missing or damaged, FormatError if it is of another format.
    """
    from course_utils.runs.shard_index import read_index  # slow to import: a second or more

    path = Path(path)
    about = record.read(
        path / MANIFEST,
        name=f"the manifest of {path.name}/",
        format=FORMAT,
        fields={"step": int, "plain": dict, "extra": dict, "sha256": dict},
        error=CheckpointError,
        cure="use an older checkpoint",
        format_error=FormatError,
    )
    for name, stated in about["sha256"].items():
        if not (path / name).is_file() or _sha256(path / name) != stated:
            raise CheckpointError(f"{path.name}/{name} is damaged; use an older checkpoint")
    read_index(path)
    return about


def stored(folder: Path | str) -> list[str]:
    """Return the checkpoints' folder names, oldest first; damaged ones are among them."""
    return sorted(p.name for p in Path(folder).glob("step_*") if p.is_dir())


def newest(folder: Path | str) -> str | None:
    """Name the newest whole checkpoint, or None; damaged ones are named in a printed line."""
    for name in reversed(stored(folder)):
        try:
            verify(Path(folder) / name)
            return name
        except FormatError:
            raise
        except CheckpointError as error:
            print(f"checkpoint skipped: {error}")
    return None


def _leaves(parts: dict[str, Any]) -> tuple[dict[str, Any], tree.TreeSpec]:
    """Return all tensors and plain values, {"['ema']['updates']": 7, ...}, and how they are nested.

    An optimizer that has made no update yet makes its moments now.
    """
    from torch.distributed.checkpoint.state_dict import get_optimizer_state_dict

    states = {
        name: get_optimizer_state_dict(_nets(parts), part)  # by the weights' names
        if isinstance(part, torch.optim.Optimizer)
        else part.state_dict()
        for name, part in parts.items()
    }
    pairs, nesting = tree.tree_flatten_with_path(states)
    return {tree.keystr(path): leaf for path, leaf in pairs}, nesting


def _split(leaves: dict[str, Any]) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return (tensors, plain values)."""
    tensors = {key: leaf for key, leaf in leaves.items() if isinstance(leaf, Tensor)}
    return tensors, {key: leaf for key, leaf in leaves.items() if key not in tensors}


def _nets(parts: dict[str, Any]) -> nn.Module:
    """All nets of a run as one module, in which every optimizer finds the names of its weights."""
    return nn.ModuleDict({k: part for k, part in parts.items() if isinstance(part, nn.Module)})


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 24):
            digest.update(chunk)
    return digest.hexdigest()
