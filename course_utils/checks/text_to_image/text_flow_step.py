"""Exercise of lesson 43: one training step of a flow that reads captions."""

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.checks.shared.training_steps import descend, equal
from course_utils.exercises.spec import About, close, expect, named, normal, uniform

ABOUT = About(see="43, step 4", difficulty=4, minutes=15, gradient=False)
HINTS = (
    "The point on the line, the captions with silence where it is asked for, a guess of the "
    "velocity; then the three lines of every training step.",
    "z_t = (1 - t) noise + t z with t as (B, 1, 1, 1); captions.masked_fill(silent[:, None], 0); "
    "the target is z - noise, the same at every t.",
)


def text_flow_step(
    net: nn.Module,
    opt: torch.optim.Optimizer,
    z: Tensor,
    captions: Tensor,
    silent: Tensor,
    t: Tensor,
    noise: Tensor,
) -> Tensor:
    """Do one step of flow matching, told captions, and return the loss, detached.

    net(z_t, t, captions) -> like z_t. z, noise: (B, C, H, W), t: (B,) in [0, 1], 0 is noise;
    captions: (B, L) long; silent: (B,) bool, where the caption is replaced by tokens 0.
    The loss is the mean over everything of (net - (z - noise))^2.
    """
    along = t[:, None, None, None]
    z_t = (1 - along) * noise + along * z
    told = captions.masked_fill(silent[:, None], 0)
    loss = ((net(z_t, t, told) - (z - noise)) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


class Net(nn.Module):
    """A small net of all three arguments."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.embed = nn.Embedding(9, width)
        self.pace = nn.Parameter(torch.tensor([0.3]))
        self.layer = nn.Linear(width, width)

    def forward(self, z_t: Tensor, t: Tensor, captions: Tensor) -> Tensor:
        said = self.layer(self.embed(captions).cumsum(1).tanh().mean(1))[:, :, None, None]
        return said * z_t + self.pace * t[:, None, None, None] * z_t.sin()


def problem(rng, b, c, h, w, silent, dtype=torch.double):
    net = Net(c).to(dtype)
    for weight in net.parameters():
        weight.data = normal(rng, *weight.shape).to(dtype)
    opt = torch.optim.SGD(net.parameters(), lr=0.2)
    z, noise = (normal(rng, b, c, h, w).to(dtype) for _ in range(2))
    captions = torch.randint(1, 9, (b, 4), generator=rng)
    t = 0.1 + 0.6 * uniform(rng, b).to(dtype)
    return net, opt, z + 1, captions, torch.tensor(silent), t, noise


def cases(rng):
    yield problem(rng, 1, 2, 2, 3, [False])
    yield problem(rng, 3, 2, 3, 2, [False, True, False])
    yield problem(rng, 2, 3, 1, 4, [True, False])
    yield problem(rng, 4, 2, 2, 2, [True] * 4)


def hard_cases(rng):
    yield problem(rng, 32, 8, 4, 4, [k % 8 == 0 for k in range(32)], torch.float)


class Properties:
    @named("the net moves down the gradient of this loss, and a second step forgets the first")
    def moves(f, rng):
        mine = problem(rng, 3, 2, 3, 2, [False, True, False])
        start, right = copy.deepcopy(mine), copy.deepcopy(mine)
        for k in range(3):
            loss = f(*mine[:2], mine[2] + k, *mine[3:])
            right_loss = text_flow_step(*right[:2], right[2] + k, *right[3:])
            if k == 0:
                close(loss, right_loss, "the loss before the step is {right}, yours is {got}.")
                says = "the loss you return still carries its graph: detach it."
                expect(not getattr(loss, "requires_grad", False), says)
                says = "the net stands still: does the optimiser step, after backward?"
                expect(not equal(mine[0], start[0]), says)
                says = "the loss is right, but the net has not followed its gradient once."
                expect(equal(mine[0], right[0]), says)
        says = "the first step is right, not the third: which gradients have the others left?"
        expect(equal(mine[0], right[0]), says)


def point(z, t, noise):
    along = t[:, None, None, None]
    return (1 - along) * noise + along * z


class Mistakes:
    @named("zero_grad forgotten")
    def no_zero_grad(net, opt, z, captions, silent, t, noise):
        """backward ADDS to .grad: without zero_grad each step follows all former batches, too."""
        opt.zero_grad = lambda: None
        return text_flow_step(net, opt, z, captions, silent, t, noise)

    @named("nobody is silenced")
    def never_silent(net, opt, z, captions, silent, t, noise):
        """Your net always sees the caption, so nobody teaches it what silence means, and guidance
        has nothing to start from."""
        loss = F.mse_loss(net(point(z, t, noise), t, captions), z - noise)
        return descend(opt, loss)

    @named("silence and captions exchanged")
    def inverted(net, opt, z, captions, silent, t, noise):
        """You silenced those that should speak: where silent is True the tokens become 0."""
        told = captions.masked_fill(~silent[:, None], 0)
        return descend(opt, F.mse_loss(net(point(z, t, noise), t, told), z - noise))

    @named("the way back as the target")
    def backwards(net, opt, z, captions, silent, t, noise):
        """Your target points from the picture to the noise. Time runs from noise (0) to the
        picture (1): z - noise."""
        told = captions.masked_fill(silent[:, None], 0)
        return descend(opt, F.mse_loss(net(point(z, t, noise), t, told), noise - z))

    @named("the ends of the line exchanged")
    def turned(net, opt, z, captions, silent, t, noise):
        """At t = 0 your point is the picture. It should be the noise: (1 - t) noise + t z."""
        told = captions.masked_fill(silent[:, None], 0)
        return descend(opt, F.mse_loss(net(point(noise, t, z), t, told), z - noise))
