"""Parts of an update: gradients over micro-batches, their norm, the optimizer, the learning rate.

A step of a full run reads: ``row = accumulate(objective, batch, split=split, world=world)``,
``row["grad_norm"] = clip_gradients(net, 1.0)``, ``opt.step()``, ``ema.update()``.
"""

import contextlib
from typing import Any

import torch
from torch import Tensor, nn

from course_utils.runs.parallel import World, average_gradients, gradient_sync

TRIALS = 3  # updates until all memory an update needs has been asked for once


class Split:
    """In how many micro-batches a batch is cut. Doubled by :func:`accumulate` if memory runs out.

    It belongs into the checkpoint: another cut rounds differently.
    """

    def __init__(self, parts: int = 1):
        if parts < 1:
            raise ValueError(f"parts must be >= 1, got {parts}")
        self.parts = parts
        self.trials = TRIALS

    def double(self, batch_size: int) -> None:
        """Cut twice as fine; RuntimeError where single examples do not fit either."""
        if self.parts >= batch_size:
            raise RuntimeError(
                "out of memory with a micro-batch of one example: take a smaller network"
            )
        self.parts = min(2 * self.parts, batch_size)
        self.trials = TRIALS

    def state_dict(self) -> dict:
        """Return what a checkpoint needs."""
        return {"parts": self.parts, "trials": self.trials}

    def load_state_dict(self, saved: dict) -> None:
        """Restore what :meth:`state_dict` returned."""
        self.parts, self.trials = int(saved["parts"]), int(saved["trials"])


def accumulate(
    objective: nn.Module,
    batch: tuple,
    *,
    split: Split,
    world: World | None = None,
    dtype: torch.dtype = torch.float32,
) -> dict[str, Tensor]:
    """Fill .grad with the gradient of the batch's mean loss and return the detached means.

    objective(*batch) -> {"loss": scalar, ...}, means over examples; batch: this process's share,
    tensors (B, ...) cut along B, anything else is passed whole. Micro-batches are weighted by their
    size, so an uneven last one is right too. Former gradients are dropped first.
    dtype: bfloat16 computes forward and loss under autocast; weights and gradients stay float32.

    If memory runs out, the batch is cut twice as fine and tried again; a line says so. Several
    processes agree on it by averaging the first gradients by hand; later, or sharded, one process's
    lack would leave the others waiting, so it ends the run: RuntimeError.
    """
    world = world or World()
    while True:
        _drop_gradients(objective)
        with contextlib.suppress(torch.OutOfMemoryError):  # past it, the failed pass is let go of
            row = _gradients(objective, batch, split, world, dtype)
            split.trials = max(0, split.trials - 1)
            return row
        _drop_gradients(objective)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        size, before = _size(batch), _micro_size(batch, split.parts)
        split.double(size)
        world.say(
            f"out of memory with micro-batches of {before}: a batch of {size} is now "
            f"{split.parts} micro-batches of {_micro_size(batch, split.parts)}"
        )


def _gradients(
    objective: nn.Module, batch: tuple, split: Split, world: World, dtype: torch.dtype
) -> dict[str, Tensor]:
    """Fill .grad, averaged over the processes; OutOfMemoryError where all can try again."""
    if split.trials > 0 and hasattr(objective, "no_sync"):  # DDP, and memory may run out yet
        return _gradients_by_hand(objective.module, batch, split, world, dtype)
    try:
        return _passes(objective, batch, split.parts, dtype)
    except torch.OutOfMemoryError as error:
        if world.size == 1:
            raise
        cure = f"resume with Split(parts={2 * split.parts})"
        raise RuntimeError(f"process {world.rank} ran out of memory; {cure}") from error


def _gradients_by_hand(
    module: nn.Module, batch: tuple, split: Split, world: World, dtype: torch.dtype
) -> dict[str, Tensor]:
    """Send no gradient before every process has all of its own; who lacks memory tells the rest."""
    row: dict[str, Tensor] = {}
    with contextlib.suppress(torch.OutOfMemoryError):
        row = _passes(module, batch, split.parts, dtype)
    if not world.everyone(bool(row)):
        raise torch.OutOfMemoryError("this process or another one ran out of memory")
    average_gradients(module, world)
    return row


def _passes(
    objective: nn.Module, batch: tuple, parts: int, dtype: torch.dtype
) -> dict[str, Tensor]:
    """Add up gradients over micro-batches and return the weighted means of all values."""
    size, n_rows = _size(batch), _micro_size(batch, parts)
    device = next(x for x in batch if _has_rows(x)).device.type
    total: dict[str, Tensor] = {}
    for start in range(0, size, n_rows):
        end = min(size, start + n_rows)
        micro = [x[start:end] if _has_rows(x) else x for x in batch]
        weight = (end - start) / size
        with gradient_sync(objective, on=end == size):
            with torch.autocast(device, torch.bfloat16, enabled=dtype == torch.bfloat16):
                values = objective(*micro)
            (weight * values["loss"]).backward()
        for name, value in values.items():
            total[name] = total.get(name, 0) + weight * value.detach().float()
    return total


def _has_rows(x: Any) -> bool:
    return isinstance(x, Tensor) and x.ndim > 0


def _size(batch: tuple) -> int:
    """How many examples a batch holds."""
    return len(next(x for x in batch if _has_rows(x)))


def _micro_size(batch: tuple, parts: int) -> int:
    """How many examples a micro-batch holds; the last one may hold fewer."""
    return -(-_size(batch) // parts)


def _drop_gradients(objective: nn.Module) -> None:
    for p in objective.parameters():
        p.grad = None


def clip_gradients(net: nn.Module, max_norm: float | None) -> Tensor:
    """Scale the gradient down to ``max_norm`` if it is longer; return its norm before that.

    The norm is the Euclidean one over all weights (Pascanu et al. 2012, arXiv:1211.5063); None
    measures only.
    """
    limit = float("inf") if max_norm is None else max_norm
    norm = torch.nn.utils.clip_grad_norm_(net.parameters(), limit)
    return norm.full_tensor() if hasattr(norm, "full_tensor") else norm.detach()


def adamw(
    net: nn.Module,
    *,
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    weight_decay: float = 0.0,
) -> torch.optim.AdamW:
    """Return AdamW, fused into one kernel where the device has it (CPU and CUDA do).

    Weight decay acts on matrices and convolutions, not on biases and gains (Loshchilov and Hutter
    2017, arXiv:1711.05101).
    """
    weights = [p for p in net.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in weights if p.ndim >= 2], "weight_decay": weight_decay},
        {"params": [p for p in weights if p.ndim < 2], "weight_decay": 0.0},
    ]
    groups = [g for g in groups if g["params"]]
    fused = all(p.device.type in ("cpu", "cuda") for p in weights)
    return torch.optim.AdamW(groups, lr=lr, betas=betas, fused=fused)


def set_lr(opt: torch.optim.Optimizer, lr: float) -> None:
    """Set the learning rate of every group; with a schedule of the step, nothing needs saving."""
    for group in opt.param_groups:
        group["lr"] = lr
