"""The stages that are no lesson's run: matmul rates, a kill and its resume, compile, NCCL."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.cli.full import engine
from course_utils.cli.full.task import Task
from course_utils.machine import build_folder, loopback
from course_utils.models.gpt import GPT, GPTConfig
from course_utils.models.unet import UNet, UNetConfig
from course_utils.runs import checkpoint
from course_utils.runs.parallel import Objective
from course_utils.runs.speed import compiled, matmul_rate, seconds

UPDATES, REHEARSED = 200, 60  # of the run that is killed
RUN_NAMES = ("kill_alone", "kill_cut")


def matmul(task: Task) -> dict:
    """Operations a second of square matrix products, by size, in two precisions."""
    rates = {}
    for size in (256, 512) if task.rehearse else (2048, 4096, 8192):
        for dtype in (torch.bfloat16, torch.float32):
            name = str(dtype).removeprefix("torch.")
            rates[f"{name}_{size}"] = matmul_rate(task.device, dtype, size=size)
    return {"operations_per_second": rates, "memory_mb": task.memory_mb()}


def kill(task: Task) -> dict:
    """Lesson 84's run three times: left alone; killed by SIGKILL half-way; resumed.

    Raises RuntimeError unless the resumed run ends with the weights of the one left alone.
    """
    alone, cut = (_child(task, name) for name in RUN_NAMES)
    killed_at = _kill_half_way(cut, "kill_cut", (REHEARSED if task.rehearse else UPDATES) // 2)
    resumed = _child(task, "kill_cut", "--resume")
    for name, program in (("left alone", alone), ("resumed", resumed)):
        if program.wait() != 0:
            raise RuntimeError(f"the run {name} ended with exit status {program.returncode}")
    one, other = (checkpoint.latest(_newest(name) / "checkpoints") for name in RUN_NAMES)
    if one["step"] != other["step"]:
        raise RuntimeError(f"it ended after {other['step']} updates, not after {one['step']}")
    off = max((one["model"][k] - other["model"][k]).abs().max().item() for k in one["model"])
    tol = 0.0 if task.rehearse else 1e-3  # a graphics card may add in another order
    if off > tol:
        raise RuntimeError(f"killed and resumed, weights differ by up to {off:.3g} (> {tol:g})")
    return {"killed_after": killed_at, "updates": one["step"], "largest_difference": off}


def _child(task: Task, name: str, *words: str) -> subprocess.Popen:
    """Start one of the three runs in a process of its own."""
    n = REHEARSED if task.rehearse else UPDATES
    command = [sys.executable, "-m", "course_utils.cli.full.short", name, str(n), *words]
    return engine.start([*command, *(["--rehearse"] if task.rehearse else [])])


def _newest(name: str) -> Path:
    """The newest folder of a rehearsal."""
    found = (build_folder() / "rehearsals").glob(f"{name}-*")
    return max(found, key=lambda path: int(path.name.rpartition("-")[2]))


def _kill_half_way(program: subprocess.Popen, name: str, step: int) -> int:
    """Send SIGKILL once a checkpoint of at least ``step`` updates is there; return its step."""
    began = time.time()
    while program.poll() is None:
        for folder in (build_folder() / "rehearsals").glob(f"{name}-*"):
            fresh = folder.stat().st_mtime > began - 1
            saved = checkpoint.stored(folder / "checkpoints") if fresh else []
            reached = int(saved[-1].removeprefix("step_").removesuffix(".pt")) if saved else 0
            if reached >= step:
                engine.kill(program)
                return reached
        time.sleep(0.005)
    raise RuntimeError(f"the run ended (status {program.returncode}) before it could be killed")


def compile_gain(task: Task) -> dict:
    """Seconds of a forward and backward pass of a GPT and a U-Net, with torch.compile and without.

    In a rehearsal only tracing is tried ("eager"), which takes a second and gains nothing.
    """
    backend = "eager" if task.rehearse else "inductor"
    found = {"backend": backend}
    for name, (objective, batch) in {"gpt": _gpt(task), "unet": _unet(task)}.items():
        _, gain = compiled(objective, batch, backend=backend, n=10)
        if gain is None:
            found[name] = "not compiled: the log says why"
            continue
        ms = {"eager_ms": 1e3 * gain.eager, "compiled_ms": 1e3 * gain.compiled}
        found[name] = ms | {"times_as_fast": gain.ratio, "compiling_s": gain.compiling}
    if all(isinstance(found[name], str) for name in ("gpt", "unet")):
        raise RuntimeError("neither net could be compiled; the log says why")
    return found | {"memory_mb": task.memory_mb()}


def _gpt(task: Task) -> tuple[nn.Module, tuple]:
    torch.manual_seed(0)
    sizes = (
        GPTConfig(512, 64, 2, 4, 64, 256)
        if task.rehearse
        else GPTConfig(8193, 512, 6, 5, 320, 1280)
    )
    tokens = torch.randint(512, (4 if task.rehearse else 64, sizes.context + 1)).to(task.device)

    def loss(net: GPT, x: Tensor, y: Tensor) -> dict[str, Tensor]:
        with torch.autocast(task.device.type, task.dtype, enabled=not task.rehearse):
            logits = net(x)
        return {"loss": F.cross_entropy(logits.float().flatten(0, 1), y.flatten())}

    batch = tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous()
    return Objective(GPT(sizes).to(task.device), loss), batch


def _unet(task: Task) -> tuple[nn.Module, tuple]:
    torch.manual_seed(0)
    sizes, n = UNetConfig(28, 1, 1, (64, 128, 128), 2), 256  # those of lesson 85's full run
    if task.rehearse:
        sizes, n = UNetConfig(16, 1, 2, (32, 64), 1), 8
    net = UNet(sizes)
    x = torch.randn(n, 1, sizes.img_size, sizes.img_size).to(task.device)
    t = torch.rand(n).to(task.device)

    def loss(net: UNet, x: Tensor, t: Tensor) -> dict[str, Tensor]:
        with torch.autocast(task.device.type, task.dtype, enabled=not task.rehearse):
            out = net(x, t)
        return {"loss": (out.float() - x).square().mean()}

    return Objective(net.to(task.device), loss), (x, t)


def nccl(task: Task) -> dict:
    """An all-reduce and one DistributedDataParallel step, by NCCL in a group of one process.

    One process shows that the library starts and that the step is right, and no speed of a link.
    """
    backend = "gloo" if task.rehearse else "nccl"
    if loopback():
        os.environ.setdefault("GLOO_SOCKET_IFNAME", loopback())
        os.environ.setdefault("NCCL_SOCKET_IFNAME", loopback())
    if not task.rehearse:
        torch.cuda.set_device(task.device)
    with tempfile.TemporaryDirectory() as folder:
        store = dist.FileStore(f"{folder}/store", 1)
        dist.init_process_group(backend, store=store, rank=0, world_size=1)
        try:
            return {"backend": backend, **_all_reduce(task), **_ddp_step(task)}
        finally:
            dist.destroy_process_group()


def _all_reduce(task: Task) -> dict:
    x = torch.randn(2**18 if task.rehearse else 2**24, device=task.device)
    before = x.clone()
    dist.all_reduce(x)
    if not torch.equal(x, before):
        raise RuntimeError("an all-reduce in a group of one process changed its tensor")
    took = seconds(partial(dist.all_reduce, x), n=9, device=task.device)
    return {"all_reduce_mb": x.nbytes / 1e6, "all_reduce_ms": 1e3 * took}


def _ddp_step(task: Task) -> dict:
    """Gradients and seconds of a pass, plain and under DDP; the gradients must agree."""
    objective, batch = _gpt(task)
    devices = None if task.rehearse else [task.device.index]
    wrapped = nn.parallel.DistributedDataParallel(objective, device_ids=devices)

    def gradient(call: Callable) -> Tensor:
        objective.zero_grad()
        call(*batch)["loss"].backward()
        return torch.cat([p.grad.flatten() for p in objective.parameters()])

    plain, replicated = gradient(objective), gradient(wrapped)
    off = ((plain - replicated).norm() / plain.norm()).item()
    if off > 1e-2:  # half precision; a missing or doubled gradient is off by 1
        raise RuntimeError(f"the gradient under DDP is off by {off:.2%}")
    work = {
        name: partial(gradient, call) for name, call in (("plain", objective), ("ddp", wrapped))
    }
    ms = {f"{name}_ms": 1e3 * seconds(w, n=9, device=task.device) for name, w in work.items()}
    return {"ddp_gradient_off": off, **ms}
