"""Exercise of lesson 51: one step of truncated backpropagation, the state handed on."""

import copy
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.checks.shared.training_steps import equal
from course_utils.exercises.spec import About, expect, named, normal

ABOUT = About(see="51, step 8", difficulty=4, minutes=15, gradient=False)
CLIPPED = 1e-5  # how near two nets must be: PyTorch clips at 1 to six digits only
HINTS = (
    "T + 1 characters: which are read, and which are asked for? The state that you hand on is two "
    "tensors: what must they leave behind?",
    "logits, (h, c) = net(idx[:, :-1], state); cross-entropy with idx[:, 1:]; zero_grad, backward, "
    "clip_grad_norm_(net.parameters(), 1.0), step; return loss.detach(), (h.detach(), c.detach()).",
)


def stream_step(
    net: nn.Module,
    opt: torch.optim.Optimizer,
    idx: Tensor,
    state: tuple[Tensor, Tensor] | None,
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """Train on the next T characters of B streams; hand the state on, without its graph.

    net(inputs, state) -> logits (B, T, V), (h, c); idx: (B, T + 1) long, T inputs and their T
    targets; state: (h, c) from the chunk before, None where the streams begin. The length of the
    gradient is clipped at 1. -> the loss before the step (detached scalar: mean over all B * T
    targets, nats), and the pair (h, c) after the T inputs, detached.
    """
    logits, (h, c) = net(idx[:, :-1], state)
    loss = F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss.detach(), (h.detach(), c.detach())


class SmallNet(nn.Module):
    """Characters through an LSTM of few units to logits."""

    def __init__(self, vocab, width, dtype):
        super().__init__()
        self.embed = nn.Embedding(vocab, 3, dtype=dtype)
        self.lstm = nn.LSTM(3, width, batch_first=True, dtype=dtype)
        self.out = nn.Linear(width, vocab, dtype=dtype)

    def forward(self, idx, state=None):
        h, state = self.lstm(self.embed(idx), state)
        return self.out(h), state


def pupil(rng, batch, n_chars, vocab, begins=False, size=1.0, dtype=torch.double):
    """A net, its optimiser, a chunk and the state before it: a case."""
    net = SmallNet(vocab, 4, dtype)
    for weight in net.parameters():
        weight.data = (size * normal(rng, *weight.shape)).to(dtype)
    opt = torch.optim.SGD(net.parameters(), lr=0.5, momentum=0.9)
    h, c = (normal(rng, 1, batch, 4).tanh().to(dtype) for _ in range(2))
    idx = torch.randint(vocab, (batch, n_chars), generator=rng)
    return net, opt, idx, None if begins else (h, c)


def cases(rng):
    for batch, n_chars, vocab in ((1, 3, 4), (3, 5, 7), (2, 2, 5), (4, 9, 6)):
        yield pupil(rng, batch, n_chars, vocab, begins=batch == 1)


def hard_cases(rng):
    yield pupil(rng, 4, 49, 96, dtype=torch.float)


class Properties:
    @named("one clipped step, and a second one from the state of the first")
    def moves(f, rng):
        mine = pupil(rng, 3, 6, 5, size=3.0)
        start, right, long = (copy.deepcopy(mine) for _ in range(3))  # nets with their optimisers
        loss, (h, c) = f(*mine)
        says = "still carries its graph: the next backward would run into this chunk. Detach it."
        expect(not getattr(loss, "requires_grad", False), "the loss you return " + says)
        expect(not (h.requires_grad or c.requires_grad), "the state you return " + says)
        _, after = stream_step(*right)
        logits, _ = long[0](long[2][:, :-1], long[3])
        descend(*long[:2], F.cross_entropy(logits.mT, long[2][:, 1:]), longest=math.inf)
        says = "the net stands still: is there an opt.step()?"
        expect(not equal(mine[0], start[0], atol=CLIPPED), says)
        says = "the net moves by the whole gradient. Clip its length after backward, before step."
        expect(not equal(mine[0], long[0], atol=CLIPPED), says)
        says = "the weights do not move as one step on the right loss moves them: in which order "
        expect(equal(mine[0], right[0], atol=CLIPPED), says + "do backward, clip and step stand?")
        says = "the net moves rightly, but the state you return is not the one after the T inputs."
        expect(all(map(torch.allclose, (h, c), after)), says)
        idx = mine[2].flip(0)
        f(*mine[:2], idx, (h, c))
        stream_step(*right[:2], idx, after)
        says = "one step is right, but not the second: which gradients has the first one left?"
        expect(equal(mine[0], right[0], atol=CLIPPED), says)


def descend(net, opt, loss, longest=1.0):
    """The step of a loss, the gradient no longer than longest; -> the loss, detached."""
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), longest)
    opt.step()
    return loss.detach()


class Mistakes:
    @named("the state forgotten")
    def begins_anew(net, opt, idx, state):
        """You begin every chunk with an empty state. Then nothing reaches beyond a chunk: hand the
        state to the net."""
        return stream_step(net, opt, idx, None)

    @named("the targets not shifted", see="51, step 7")
    def not_shifted(net, opt, idx, state):
        """The target at each place is the character that has just been read: copying is perfect.
        Inputs are idx[:, :-1], targets idx[:, 1:]."""
        logits, (h, c) = net(idx[:, :-1], state)
        loss = descend(net, opt, F.cross_entropy(logits.mT, idx[:, :-1]))
        return loss, (h.detach(), c.detach())

    @named("the last character read twice")
    def reads_all(net, opt, idx, state):
        """You read all T + 1 characters. The last one is the first input of the next chunk, so the
        state that you hand on has read it already: read idx[:, :-1]."""
        logits, (h, c) = net(idx, state)
        loss = descend(net, opt, F.cross_entropy(logits[:, :-1].mT, idx[:, 1:]))
        return loss, (h.detach(), c.detach())

    @named("the state not handed on")
    def old_state(net, opt, idx, state):
        """You return the state that came in (or zeros). Hand on the one that the net gives back."""
        loss, (h, c) = stream_step(net, opt, idx, state)
        return loss, (torch.zeros_like(h), torch.zeros_like(c)) if state is None else state

    @named("zero_grad forgotten")
    def no_zero_grad(net, opt, idx, state):
        """backward ADDS to .grad. Without zero_grad each step follows all former gradients, too."""
        opt.zero_grad = lambda set_to_none=True: None
        return stream_step(net, opt, idx, state)
