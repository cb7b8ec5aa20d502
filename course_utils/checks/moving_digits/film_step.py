"""Exercise of lesson 44b: one training step of a net that fills in the frames of a clip."""

import torch
from torch import Tensor, nn

from course_utils.checks.diffusion.shared import left
from course_utils.checks.shared.training_steps import descend, follows
from course_utils.exercises.spec import About, named, normal
from course_utils.maths.diffusion import cosine_schedule

ABOUT = About(see="44b, step 3", difficulty=4, minutes=15, gradient=False)
HINTS = (
    "Which frames get noise? Which are charged for? Give each a shape that fits: t is (B,), given "
    "is (B, F), clips are (B, F, H, W).",
    "seen = torch.where(given[:, :, None, None], x_0, x_t); error = ((net(seen, given, t) - x_0) "
    "** 2).mean((2, 3)) / (1 - alpha_bars[t]).sqrt()[:, None]; loss = error[~given].mean().",
)


def film_step(
    net: nn.Module,
    opt: torch.optim.Optimizer,
    x_0: Tensor,
    given: Tensor,
    t: Tensor,
    eps: Tensor,
    alpha_bars: Tensor,
) -> Tensor:
    """Train by one step to fill in frames; return the loss before it, detached.

    net(seen (B, F, H, W), given, t) -> a guess of x_0; given: (B, F) bool, frames that are shown
    clean; the others get noise. Loss: each hidden frame's mean squared error / sqrt(1 - alpha_bar),
    mean over all hidden frames. x_0, eps: (B, F, H, W), t: (B,) long, alpha_bars: (n_timesteps,).
    """
    alpha_bar = alpha_bars[t].view(-1, 1, 1, 1)
    x_t = alpha_bar.sqrt() * x_0 + (1 - alpha_bar).sqrt() * eps
    seen = torch.where(given[:, :, None, None], x_0, x_t)
    error = ((net(seen, given, t) - x_0) ** 2).mean((2, 3))  # (B, F)
    loss = (error / (1 - alpha_bar[:, :, 0, 0]).sqrt())[~given].mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


class Net(nn.Module):
    """Mixes the frames; reads which are given, and the time."""

    def __init__(self, n_frames: int) -> None:
        super().__init__()
        self.mix = nn.Linear(n_frames, n_frames)
        self.told = nn.Parameter(torch.tensor([0.3]))
        self.pace = nn.Parameter(torch.tensor([0.1]))

    def forward(self, seen: Tensor, given: Tensor, t: Tensor) -> Tensor:
        mixed = self.mix(seen.movedim(1, -1)).movedim(-1, 1)
        extra = self.told * given.to(seen.dtype) + self.pace * t.to(seen.dtype)[:, None]
        return mixed + extra[:, :, None, None] * seen.sin()


def problem(rng, shape, t, given, bars, dtype=torch.double):
    """A net, its optimiser and a batch of clips: a case."""
    net = Net(shape[1]).to(dtype)
    for weight in net.parameters():
        weight.data = (0.5 * normal(rng, *weight.shape)).to(dtype)
    opt = torch.optim.SGD(net.parameters(), lr=0.2)
    x_0, eps = (normal(rng, *shape).to(dtype) for _ in range(2))
    return net, opt, x_0 + 1, torch.tensor(given), torch.tensor(t), eps, bars.to(dtype)


SOME, NONE = [True, False, True], [False, False, False]


def cases(rng):
    yield problem(rng, (2, 3, 2, 4), [1, 4], [SOME, NONE], left())
    yield problem(rng, (1, 3, 5, 2), [3], [SOME], left())
    yield problem(rng, (3, 2, 4, 3), [0, 5, 2], [[True, False]] * 2 + [[False, False]], left())


def hard_cases(rng):
    bars = cosine_schedule(20).alpha_bars
    yield problem(rng, (4, 3, 8, 8), [0, 7, 13, 19], [SOME, NONE] * 2, bars, torch.float)


class Properties:
    @named("the net moves down the gradient of this loss, every time")
    def moves(f, rng):
        mine = problem(rng, (2, 3, 2, 4), [1, 4], [SOME, NONE], left())
        later = [(mine[2] + shift, *mine[3:]) for shift in (1, -1)]
        follows(f, film_step, mine, later)


def noised(x_0, t, eps, alpha_bars):
    """x_t of every clip."""
    a = alpha_bars[t].view(-1, 1, 1, 1)
    return a.sqrt() * x_0 + (1 - a).sqrt() * eps


def weighed(guess, x_0, t, alpha_bars):
    """Each frame's mean squared error / sqrt(1 - alpha_bar). (B, F)."""
    return ((guess - x_0) ** 2).mean((2, 3)) / (1 - alpha_bars[t]).sqrt()[:, None]


class Mistakes:
    @named("noise on the given frames, too")
    def noise_on_all(net, opt, x_0, given, t, eps, alpha_bars):
        """You noise every frame. Then nothing is given: the net never sees a clean neighbour. Put
        x_0 back where given."""
        guess = net(noised(x_0, t, eps, alpha_bars), given, t)
        return descend(opt, weighed(guess, x_0, t, alpha_bars)[~given].mean())

    @named("charged for given frames")
    def charged_for_given(net, opt, x_0, given, t, eps, alpha_bars):
        """You also charge for frames that are given. The net can copy them, so the loss falls and
        the hidden ones count less."""
        seen = torch.where(given[:, :, None, None], x_0, noised(x_0, t, eps, alpha_bars))
        return descend(opt, weighed(net(seen, given, t), x_0, t, alpha_bars).mean())

    @named("given frames counted as zeros")
    def zeros_in_the_mean(net, opt, x_0, given, t, eps, alpha_bars):
        """You set the error of given frames to 0 and take the mean over ALL frames: the more are
        given, the smaller the loss. Divide by the number of hidden ones: error[~given].mean()."""
        seen = torch.where(given[:, :, None, None], x_0, noised(x_0, t, eps, alpha_bars))
        return descend(opt, (weighed(net(seen, given, t), x_0, t, alpha_bars) * ~given).mean())

    @named("the weight forgotten")
    def no_weight(net, opt, x_0, given, t, eps, alpha_bars):
        """Every frame's error is to be divided by sqrt(1 - alpha_bar) of its clip."""
        seen = torch.where(given[:, :, None, None], x_0, noised(x_0, t, eps, alpha_bars))
        return descend(opt, ((net(seen, given, t) - x_0) ** 2).mean((2, 3))[~given].mean())

    @named("zero_grad forgotten")
    def no_zero_grad(net, opt, x_0, given, t, eps, alpha_bars):
        """backward ADDS to .grad. Without zero_grad a step also follows the gradients of former
        batches."""
        opt.zero_grad = lambda: None
        return film_step(net, opt, x_0, given, t, eps, alpha_bars)
