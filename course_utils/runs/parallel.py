"""One process or many: who am I, which rows of the batch are mine, how do gradients meet.

``torchrun`` (or ``course launch``) starts N copies of one script. :func:`join` makes them a
:class:`World`; alone, in a notebook, the world has one process and every function here still works.
Data parallel: each process holds the whole net and its share of the batch, gradients are averaged
(PyTorch's DistributedDataParallel, Li et al. 2020, arXiv:2006.15704).
"""

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

TIMEOUT = timedelta(minutes=30)  # others wait so long while process 0 evaluates, draws and saves


@dataclass(frozen=True)
class World:
    """The processes of a run, seen from one of them."""

    rank: int = 0
    size: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    @property
    def main(self) -> bool:
        """Whether this process prints, draws and saves."""
        return self.rank == 0

    def say(self, text: str) -> None:
        """Print a line in process 0 (rank 0) only, so that it is shown once."""
        if self.main:
            print(text, flush=True)

    def share(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        """Return this process's shard (its rows) of a global batch, on its device; (B, ...) each.

        Equal shares keep the mean of the processes' means the mean of the batch.
        Raises ValueError unless ``size`` divides B.
        """
        if any(len(x) % self.size for x in tensors):
            raise ValueError(
                f"a batch of {len(tensors[0])} does not divide among {self.size} processes: "
                f"take a multiple of {self.size}"
            )
        rows = [x.tensor_split(self.size)[self.rank] for x in tensors]
        return tuple(x.to(self.device, non_blocking=True) for x in rows)

    def mean(self, row: dict[str, float]) -> dict[str, float]:
        """Average numbers over the processes (all-reduce); all call it with the same names."""
        if self.size == 1:
            return dict(row)
        values = torch.tensor(list(row.values()), dtype=torch.float64)
        if self.device.type == "cuda":
            values = values.to(self.device)
        dist.all_reduce(values)
        return dict(zip(row, (values / self.size).tolist(), strict=True))

    def everyone(self, yes: bool) -> bool:
        """Say whether the answer is yes in all processes; every process calls it."""
        return self.mean({"yes": float(yes)})["yes"] == 1.0

    def from_main(self, make: Callable[[], Any]) -> Any:
        """Let process 0 make a plain value and broadcast it; where it fails, all fail alike."""
        if self.size == 1:
            return make()
        answer, failure = [None, None], None
        if self.main:
            try:
                answer[0] = make()
            except Exception as error:  # told to the others first, who would wait for ever
                answer[1], failure = f"{type(error).__name__}: {error}", error
        dist.broadcast_object_list(answer, src=0)
        if failure is not None:
            raise failure
        if answer[1] is not None:
            raise RuntimeError(f"process 0 stopped with {answer[1]}")
        return answer[0]


def join(device: torch.device | str = "cpu") -> World:
    """Initialise the process group that torchrun started; alone, return a world of one process.

    device: this process's own; CUDA processes talk through NCCL, CPU processes through gloo.
    Calling it again returns the same world. Raises what torch.distributed raises if the others
    cannot be reached.
    """
    device = torch.device(device)
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        return World(device=device)
    rank = int(os.environ["RANK"])
    if device.type == "cuda":
        torch.cuda.set_device(device)
    if not dist.is_initialized():
        backend = "nccl" if device.type == "cuda" else "gloo"
        meeting = {}
        if "COURSE_STORE" in os.environ:  # one machine: the processes meet in a file, not on a port
            attempt = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
            path = f"{os.environ['COURSE_STORE']}-{attempt}"
            meeting = {"store": dist.FileStore(path, size), "rank": rank, "world_size": size}
        dist.init_process_group(backend, timeout=TIMEOUT, **meeting)
    return World(rank, size, device)


def leave() -> None:
    """Destroy the process group, at the end of a program; harmless alone."""
    if dist.is_initialized():
        dist.destroy_process_group()


class Objective(nn.Module):
    """A net and its loss as one module: ``objective(*batch) -> {"loss": scalar, ...}``.

    loss_fn(net, *batch) returns scalars, each a mean over the batch's examples; "loss" is the one
    that is minimised. As one module, forward and loss are compiled, replicated and sharded
    together, and ``net.encode`` or ``net.decode`` work inside. Save ``net``, not this.
    """

    def __init__(self, net: nn.Module, loss_fn: Callable[..., dict[str, Tensor]]):
        super().__init__()
        self.net, self.loss_fn = net, loss_fn

    def forward(self, *batch: Any) -> dict[str, Tensor]:
        """Return the scalars for this batch."""
        return self.loss_fn(self.net, *batch)


def replicate(objective: nn.Module, world: World) -> nn.Module:
    """Return the objective with gradients averaged over the processes (as it is, alone).

    All processes start from process 0's weights and buffers. BatchNorm counts each process's own
    rows, so its nets do not give the single process's numbers; other layers do, to rounding.
    """
    if world.size == 1:
        return objective
    from torch.nn.parallel import DistributedDataParallel

    devices = [world.device.index] if world.device.type == "cuda" else None
    return DistributedDataParallel(objective, device_ids=devices)


@contextlib.contextmanager
def gradient_sync(objective: nn.Module, on: bool):
    """Let backward passes inside the block average gradients over processes, or not.

    With accumulation only the last micro-batch needs to: the others would send what is not final.
    """
    if hasattr(objective, "set_requires_gradient_sync"):  # FSDP2
        objective.set_requires_gradient_sync(on)
        yield
    elif hasattr(objective, "no_sync") and not on:  # DDP
        with objective.no_sync():
            yield
    else:
        yield


@torch.no_grad()
def average_gradients(module: nn.Module, world: World) -> None:
    """All-reduce every .grad to its mean over the processes: DDP's job, by hand."""
    for p in module.parameters():
        if p.grad is not None and world.size > 1:
            p.grad.div_(world.size)
            dist.all_reduce(p.grad)
