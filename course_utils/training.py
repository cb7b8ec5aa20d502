"""Training without a framework: ``fit`` counts, averages, logs and stops; you own the step."""

import contextlib
import copy
import math
import os
import sys
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor, nn

from course_utils.machine import generator


class DivergedError(RuntimeError):
    """A logged value became NaN or infinite; the message says when and which."""


def fit(
    step_fn: Callable[..., dict[str, Tensor]],
    batches: Callable[[int], tuple],
    *,
    n_steps: int,
    start: int = 0,
    log_every: int = 50,
    on_log: Callable[[dict], None] | None = None,
    on_step: Callable[[int], None] | None = None,
    bar: bool = True,
) -> list[dict]:
    """Run optimizer updates ``start .. n_steps - 1`` and return the averaged rows.

    step_fn(*batch) does forward, backward and update and returns {name: detached scalar tensor};
    batches(k) returns the batch of step k. Every ``log_every`` steps (and at the end) the values
    are averaged over the window into a row {"step": k + 1, name: float, ...} and given to
    ``on_log``.
    on_step(k + 1) runs after every update: evaluate, draw or save there.
    Raises DivergedError where a window's average is not finite, ValueError for bad counts.
    """
    if not 0 <= start <= n_steps or log_every < 1:
        raise ValueError(
            f"fit needs 0 <= start <= n_steps and log_every >= 1, got start={start}, "
            f"n_steps={n_steps}, log_every={log_every}"
        )
    history: list[dict] = []
    window: list[dict[str, Tensor]] = []
    with _bar(start, n_steps, shown=bar) as drawn:
        for step in range(start, n_steps):
            window.append(step_fn(*batches(step)))  # no .item() here: it would wait for the device
            if (step + 1) % log_every == 0 or step + 1 == n_steps:
                history.append(_average(step + 1, window))
                window = []
                drawn.set_postfix({k: f"{v:.4g}" for k, v in history[-1].items() if k != "step"})
                if on_log is not None:
                    on_log(history[-1])
            if on_step is not None:
                on_step(step + 1)
            drawn.update()
    return history


def _bar(start: int, n_steps: int, shown: bool):
    from tqdm.auto import tqdm

    shown = shown and os.environ.get("RANK", "0") == "0"  # torchrun: one bar for all processes
    log = "RANK" in os.environ and not sys.stderr.isatty()  # a file: every redraw is a new line
    every = 60.0 if log else 0.5  # s
    return tqdm(total=n_steps, initial=start, disable=not shown, unit="step", mininterval=every)


def _average(step: int, window: list[dict[str, Tensor]]) -> dict:
    row: dict = {"step": step}
    for name in window[0]:
        row[name] = torch.stack([w[name].float() for w in window]).mean().item()
        if not math.isfinite(row[name]):
            raise DivergedError(
                f"{name} is {row[name]} in the {len(window)} steps before step {step}: lower the "
                "learning rate, clip the gradient, or look for log(0) in the loss"
            )
    return row


class Batches:
    """The batch of step k, determined by (seed, k) alone: a resumed run needs no loader state.

    tensors: equally long (N, ...) tensors kept in memory. Every epoch is a new permutation;
    what does not fill a last batch is left for another epoch. Call it with a step: ``batches(7)``.
    Raises ValueError if lengths differ or N < batch_size.
    """

    def __init__(self, tensors: Sequence[Tensor], *, batch_size: int, seed: int, device="cpu"):
        lengths = {len(x) for x in tensors}
        if len(lengths) != 1:
            raise ValueError(f"the tensors differ in length: {sorted(lengths)}")
        self.n = lengths.pop()
        if not 1 <= batch_size <= self.n:
            raise ValueError(f"batch_size must be 1..{self.n} (the data), got {batch_size}")
        self.tensors, self.batch_size = tuple(tensors), batch_size
        self.seed, self.device = seed, device
        self._epoch, self._order = -1, torch.empty(0)

    @property
    def steps_per_epoch(self) -> int:
        """Full batches in one pass over the data."""
        return self.n // self.batch_size

    def __call__(self, step: int) -> tuple[Tensor, ...]:
        """Return the tensors' rows for this step, on the device."""
        epoch, k = divmod(step, self.steps_per_epoch)
        if epoch != self._epoch:
            self._order = torch.randperm(self.n, generator=generator(self.seed, "epoch", epoch))
            self._epoch = epoch
        rows = self._order[k * self.batch_size : (k + 1) * self.batch_size]
        return tuple(x[rows].to(self.device, non_blocking=True) for x in self.tensors)


def cosine_warmup(step: int, *, n_steps: int, warmup: int = 0, floor: float = 0.0) -> float:
    """Return the factor on the learning rate: a linear warm-up, then half a cosine.

    step: 0-based update; rises to 1 at step = warmup, falls to ``floor`` at n_steps
    (Loshchilov and Hutter 2016, arXiv:1608.03983, eq. 5, one cycle).
    """
    if step < warmup:
        return (step + 1) / (warmup + 1)
    done = min(1.0, (step - warmup) / max(1, n_steps - warmup))
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * done))


class Ema:
    """Exponential moving average of a net's weights and buffers, kept beside the net.

    decay: the share kept per update. The average starts as the net's own weights, and early on the
    decay is limited to (1 + k) / (10 + k), so that the start is forgotten soon.
    """

    def __init__(self, net: nn.Module, decay: float = 0.999):
        if not 0 <= decay < 1:
            raise ValueError(f"decay must be in [0, 1), got {decay}")
        self.decay, self.updates = decay, 0
        self.net = net
        self.state = {k: v.detach().clone() for k, v in net.state_dict().items()}

    @torch.no_grad()
    def update(self) -> None:
        """Move the average towards the net's present weights; call it after the optimizer."""
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        present = self.net.state_dict()
        floats = [k for k, v in present.items() if v.is_floating_point()]
        torch._foreach_lerp_(
            [self.state[k] for k in floats], [present[k] for k in floats], 1 - decay
        )
        for k in present.keys() - set(floats):  # counters are copied, not averaged
            self.state[k].copy_(present[k])

    @contextlib.contextmanager
    def applied(self) -> Iterator[nn.Module]:
        """Give the net the averaged weights inside the block, and its own ones back after it."""
        own = copy.deepcopy(self.net.state_dict())
        self.net.load_state_dict(self.state)
        try:
            yield self.net
        finally:
            self.net.load_state_dict(own)

    def state_dict(self) -> dict:
        """Return what a checkpoint needs: weights and the count of updates."""
        return {"state": self.state, "updates": self.updates}

    def load_state_dict(self, saved: dict) -> None:
        """Restore what :meth:`state_dict` returned; KeyError if the weights' names differ."""
        if saved["state"].keys() != self.state.keys():
            raise KeyError("the saved average belongs to another net: the weights' names differ")
        for k, v in saved["state"].items():
            self.state[k].copy_(v)
        self.updates = int(saved["updates"])


@contextlib.contextmanager
def eval_mode(net: nn.Module) -> Iterator[nn.Module]:
    """Switch every module to evaluation inside the block, and restore each one's mode after it."""
    modes = [(m, m.training) for m in net.modules()]
    net.eval()
    try:
        yield net
    finally:
        for module, mode in modes:
            module.training = mode
