"""A small full run (dropout, EMA, schedule, two micro-batches), alone or in several processes."""

import multiprocessing
import os
import sys
import tempfile
import traceback
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
import torch._dynamo  # every optimizer imports it: once in the server, not in each of its forks
import torch.distributed as dist
from torch import nn

from course_utils.machine import generator
from course_utils.runs import parallel, sharded, updates
from course_utils.runs.folder import open_run
from course_utils.runs.train import train
from course_utils.training import Batches, Ema, cosine_warmup

# gloo talks through the loopback alone; on Windows it cannot be told so by name
LOOPBACK = {
    "linux": {"GLOO_SOCKET_IFNAME": "lo"},
    "darwin": {"GLOO_SOCKET_IFNAME": "lo0"},
}.get(sys.platform, {})


@dataclass(frozen=True)
class Config:
    """All that the toy run's result depends on."""

    n_steps: int = 24
    batch_size: int = 12
    lr: float = 1e-2
    dropout: float = 0.2
    parts: int = 2
    seed: int = 0


class Toy(nn.Module):
    """A net whose ``encode`` is called inside the loss, as a VAE's is."""

    def __init__(self, dropout: float):
        super().__init__()
        self.a, self.b = nn.Linear(6, 16), nn.Linear(16, 6)
        self.drop = nn.Dropout(dropout)

    def encode(self, x):
        return self.drop(self.a(x).tanh())


def loss_fn(net, x, noise):
    """Mean squared error of a noisy autoencoder."""
    loss = (net.b(net.encode(x + 0.1 * noise)) - x).square().sum(-1).mean()
    return {"loss": loss, "twice": 2 * loss}


def run(where, name="toy", *, config=None, resume=False, world=None, on_step=None, **options):
    """Train the toy and return (history rows, final states: of a sharded net, one's own slices).

    evaluate(net, step) among the options is given the net; the others are those of ``train``.
    """
    config, world = config or Config(), world or parallel.World()
    folder = open_run(name, config=config, resume=resume, world=world, where=Path(where))
    torch.manual_seed(config.seed)
    data = torch.randn(60, 6)
    net = Toy(config.dropout)
    objective = parallel.Objective(net, loss_fn)
    if options.get("shards"):
        objective = sharded.shard(objective, world, blocks=[net.a, net.b])
    else:
        objective = parallel.replicate(objective, world)
    opt = updates.adamw(net, lr=config.lr, weight_decay=0.1)
    ema, split = Ema(net, decay=0.9), updates.Split(config.parts)
    draw = Batches([data], batch_size=config.batch_size, seed=config.seed)

    def batches(k):
        (x,) = draw(k)
        noise = torch.randn(x.shape, generator=generator(config.seed, "noise", k))
        return k, *world.share(x, noise)

    def step_fn(k, x, noise):
        row = updates.accumulate(objective, (x, noise), split=split, world=world)
        row["grad_norm"] = updates.clip_gradients(net, 1.0)
        updates.set_lr(opt, config.lr * cosine_warmup(k, n_steps=config.n_steps, warmup=4))
        opt.step()
        ema.update()
        if on_step is not None:
            on_step(k)
        return row

    parts = {"model": net, "opt": opt, "ema": ema, "split": split}
    counts = {"log_every": 2, "save_every": 4, "bar": False} | options
    if "evaluate" in counts:
        counts["evaluate"] = partial(counts["evaluate"], net)
    rows = train(folder, step_fn, batches, parts, n_steps=config.n_steps, seed=0, **counts)
    return rows, local({name: part.state_dict() for name, part in parts.items()})


def local(value):
    """Replace sharded tensors inside containers by this process's slices."""
    if isinstance(value, dict):
        return {key: local(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [local(item) for item in value]
    return value.to_local() if hasattr(value, "to_local") else value


def flat(value):
    """Return the leaves of nested containers in order."""
    if isinstance(value, dict):
        return [leaf for key in value for leaf in flat(value[key])]
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in flat(item)]
    return [value]


def same_bits(a, b):
    """Say whether two nested states are equal bit for bit."""
    left, right = flat(a), flat(b)
    return len(left) == len(right) > 10 and all(
        torch.equal(x, y) if isinstance(x, torch.Tensor) else x == y
        for x, y in zip(left, right, strict=True)
    )


def untimed(rows):
    """Drop what a clock wrote."""
    return [
        {k: v for k, v in row.items() if k not in ("seconds", "examples_per_second")}
        for row in rows
    ]


def processes(n, function, *args):
    """Start n processes that meet over gloo and call ``function(world, *args)``.

    They are forked from a server that has imported torch and done nothing: a fork of this process
    could not compute gradients where a GPU is. function: of a module's top level.
    Returns ([result of each or None], [exit status of each]); -9 is a process killed.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.runs.toy"])
    with tempfile.TemporaryDirectory() as folder:
        meeting = str(Path(folder) / "store")
        forks = [
            context.Process(target=_child, args=(rank, n, meeting, folder, function, args))
            for rank in range(n)
        ]
        for fork in forks:
            fork.start()
        for fork in forks:
            fork.join(timeout=120)
            if fork.is_alive():
                fork.kill()
                fork.join()
        results = [_result(Path(folder) / f"{rank}.pt") for rank in range(n)]
    return results, [fork.exitcode for fork in forks]


def _result(path):
    return torch.load(path, weights_only=True) if path.exists() else None


def _child(rank, n, meeting, folder, function, args):
    os.environ |= {"RANK": str(rank), **LOOPBACK}
    torch.set_num_threads(1)
    try:
        store = dist.FileStore(meeting, n)
        dist.init_process_group("gloo", store=store, rank=rank, world_size=n)
        torch.save(function(parallel.World(rank, n), *args), f"{folder}/{rank}.pt")
        dist.barrier()
        parallel.leave()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)
