"""Sharded training: each process keeps a slice of weights, gradients and optimizer state.

FSDP2 (``fully_shard``, after Rajbhandari et al. 2019, arXiv:1910.02054) gathers a layer's weights
when it is computed and lets go of them after it. A checkpoint is a folder that all processes write
at once (``torch.distributed.checkpoint``), here with a manifest of checksums, renamed into place
when it is complete. Only tensors and our own JSON are stored, and the index that PyTorch pickles is
read by an unpickler that knows no code but its own classes.
"""

import hashlib
import io
import json
import pickle
import shutil
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import nn

from course_utils.machine import versions
from course_utils.runs.checkpoint import CheckpointError, FormatError
from course_utils.runs.parallel import World
from course_utils.store.atomic import write_atomically

FORMAT = 1
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
    tensors, plain = _collect(parts)
    dcp.save(tensors, checkpoint_id=str(partial))
    if main:
        sums = {p.name: _sha256(p) for p in sorted(partial.iterdir())}
        about = {"format": FORMAT, "step": step, "plain": plain, "extra": extra}
        about |= {"processes": dist.get_world_size(), "versions": versions(), "sha256": sums}
        write_atomically(partial / MANIFEST, json.dumps(about, indent=1) + "\n")
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

    path = Path(path)
    manifest = verify(path)
    tensors, _plain = _collect(parts)
    try:
        dcp.load(tensors, checkpoint_id=str(path))
    except Exception as error:
        reason = str(error).strip().splitlines()[-1]
        raise CheckpointError(f"{path.name} does not fit this run's parts: {reason}") from error
    for name, part in parts.items():
        _restore(part, name, tensors, manifest["plain"])
    return manifest


def verify(path: Path | str) -> dict:
    """Check every file of a checkpoint against its manifest and return the manifest.

    Raises CheckpointError if it is missing or damaged, FormatError if it is of another format.
    """
    path = Path(path)
    try:
        about = json.loads((path / MANIFEST).read_text("utf8"))
        found, sums = about["format"], about["sha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{path.name}/ has no readable manifest; use an older one") from error
    if found != FORMAT:
        raise FormatError(
            f"{path.name}/ has format {found}, this version reads {FORMAT}: use the version of the "
            "course that wrote it"
        )
    for name, stated in sums.items():
        if not (path / name).is_file() or _sha256(path / name) != stated:
            raise CheckpointError(f"{path.name}/{name} is damaged; use an older checkpoint")
    _Index(io.BytesIO((path / ".metadata").read_bytes())).load()
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


class _Index(pickle.Unpickler):
    """Reads ``.metadata`` and refuses whatever is not plain data of torch.distributed."""

    def find_class(self, module: str, name: str) -> Any:
        ours = module.startswith("torch.distributed.checkpoint.")
        plain = (module, name) in {
            ("torch", "Size"),
            ("torch.storage", "UntypedStorage"),
            ("collections", "OrderedDict"),
            ("pathlib", "PosixPath"),
            ("torch.serialization", "_get_layout"),
        }
        if (module == "torch" and isinstance(getattr(torch, name, None), torch.dtype)) or plain:
            return super().find_class(module, name)
        if ours and isinstance(found := super().find_class(module, name), type):
            return found
        raise CheckpointError(f"the index of a checkpoint names {module}.{name}: not written here")


def _collect(parts: dict[str, Any]) -> tuple[dict, dict]:
    """Return (tensors, plain values) of all parts, flat: {"model.net.weight": ..., ...}."""
    tensors: dict[str, Any] = {}
    plain: dict[str, Any] = {}
    for name, part in parts.items():
        for key, value in _state(part).items():
            where = tensors if isinstance(value, torch.Tensor) else plain
            where[f"{name}.{key}"] = value
    return tensors, plain


def _state(part: Any) -> dict:
    if isinstance(part, torch.optim.Optimizer):
        return _optimizer_tensors(part)
    return _flat(part.state_dict())


def _optimizer_tensors(opt: torch.optim.Optimizer) -> dict:
    """Moments and counts by the weight's number; made by an update without effect if not there."""
    if not opt.state:
        _allocate(opt)
    weights = [p for group in opt.param_groups for p in group["params"]]
    return {f"{k}.{key}": v for k, p in enumerate(weights) for key, v in opt.state[p].items()}


def _allocate(opt: torch.optim.Optimizer) -> None:
    """Let the optimizer make its state: an update with zero gradients and zero learning rate."""
    rates = [group["lr"] for group in opt.param_groups]
    for group in opt.param_groups:
        group["lr"] = 0.0
        for p in group["params"]:
            p.grad = torch.zeros_like(p)
    opt.step()
    opt.zero_grad(set_to_none=True)
    for state in opt.state.values():
        if "step" in state:  # no update has been made
            state["step"].zero_()
    for group, rate in zip(opt.param_groups, rates, strict=True):
        group["lr"] = rate


def _flat(state: dict, prefix: str = "") -> dict:
    flat = {}
    for key, value in state.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}/")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def _deep(flat: dict) -> dict:
    deep: dict = {}
    for path, value in flat.items():
        *inner, last = path.split("/")
        place = deep
        for key in inner:
            place = place.setdefault(key, {})
        place[last] = value
    return deep


def _restore(part: Any, name: str, tensors: dict, plain: dict) -> None:
    """Optimizer tensors were read in place; everything else takes its state dict back."""
    if isinstance(part, torch.optim.Optimizer):
        return
    state = {k: v for k, v in {**plain, **tensors}.items() if k.startswith(f"{name}.")}
    part.load_state_dict(_deep({k.removeprefix(f"{name}."): v for k, v in state.items()}))


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 24):
            digest.update(chunk)
    return digest.hexdigest()
