"""Exercise of lesson 54: one training step of a GPT, with module and optimiser."""

import copy
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.checks.shared.training_steps import equal
from course_utils.exercises.spec import About, expect, named, normal

ABOUT = About(see="54, step 4", difficulty=3, minutes=12, gradient=False)
CLIPPED = 1e-5  # how near two nets must be: PyTorch clips at 1 to six digits only
HINTS = (
    "Which of the T + 1 tokens of a row are read, and which are asked for? Then five lines: loss, "
    "zero_grad, backward, clip, step.",
    "logits = net(idx[:, :-1]); F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten()); "
    "nn.utils.clip_grad_norm_(net.parameters(), 1.0) between backward and step.",
)


def gpt_step(net: nn.Module, opt: torch.optim.Optimizer, idx: Tensor) -> Tensor:
    """Train a GPT by one step: at each place, predict the token that comes next.

    net: (B, T) long -> (B, T, V) logits; idx: (B, T + 1) long, T inputs and their T targets.
    The length of the net's gradient is clipped at 1. -> the loss before the step, a detached
    scalar: cross-entropy, the mean over all B * T targets, nats a token.
    """
    logits = net(idx[:, :-1])
    loss = F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    return loss.detach()


class SmallNet(nn.Module):
    """Logits from the sum of all tokens so far: causal, and quick."""

    def __init__(self, vocab, width, dtype):
        super().__init__()
        self.embed = nn.Embedding(vocab, width, dtype=dtype)
        self.head = nn.Linear(width, vocab, dtype=dtype)

    def forward(self, idx):
        return self.head(self.embed(idx).cumsum(1).tanh())


def pupil(rng, batch, n_tokens, vocab, size=2.0, dtype=torch.double):
    """A net, its optimiser and windows of tokens: a case."""
    net = SmallNet(vocab, 5, dtype)
    for weight in net.parameters():
        weight.data = (size * normal(rng, *weight.shape)).to(dtype)
    opt = torch.optim.SGD(net.parameters(), lr=0.5, momentum=0.9)
    return net, opt, torch.randint(vocab, (batch, n_tokens), generator=rng)


def cases(rng):
    for batch, n_tokens, vocab in ((1, 3, 4), (3, 5, 7), (2, 2, 5), (4, 9, 6)):
        yield pupil(rng, batch, n_tokens, vocab)


def hard_cases(rng):
    yield pupil(rng, 4, 33, 600, 1.0, torch.float)


class Properties:
    @named("what opt holds moves by this loss, by a clipped gradient, and the rest stays")
    def moves(f, rng):
        mine = pupil(rng, 3, 6, 5, size=3.0)
        start, right, long, kept = (copy.deepcopy(mine) for _ in range(4))  # nets with optimisers
        loss = f(*mine)
        gpt_step(*right)
        net, opt, idx = long
        descend(net, opt, F.cross_entropy(net(idx[:, :-1]).mT, idx[:, 1:]), longest=math.inf)
        attached = getattr(loss, "requires_grad", False)
        expect(not attached, "the loss you return still carries its graph: detach it.")
        expect(
            not equal(mine[0], start[0], atol=CLIPPED),
            "the net stands still: is there an opt.step()?",
        )
        says = "the net moves by the whole gradient. Clip its length after backward, before step."
        expect(not equal(mine[0], long[0], atol=CLIPPED), says)
        says = "the weights do not move as one step on the right loss moves them: in which order "
        expect(equal(mine[0], right[0], atol=CLIPPED), says + "do backward, clip and step stand?")
        f(*mine)
        gpt_step(*right)
        for _ in range(2):
            Mistakes.no_zero_grad(*kept)
        says = (
            "the first step is right, and in the second the first one's gradient still takes part."
        )
        expect(not equal(mine[0], kept[0], atol=CLIPPED), says)
        says = (
            "the first step is right, but not the second: is each of them made by opt itself, with "
        )
        expect(equal(mine[0], right[0], atol=CLIPPED), says + "what it remembers (its momentum)?")
        net, _, idx = pupil(rng, 3, 6, 5, size=0.1)
        before = net.embed.weight.detach().clone()
        f(net, torch.optim.SGD(net.head.parameters(), lr=0.5), idx)
        same = torch.equal(before, net.embed.weight.detach())
        expect(same, "opt holds the head alone, yet the embedding moved: only opt.step() may move.")


def descend(net, opt, loss, longest=1.0):
    """The step of a loss, the gradient no longer than longest; -> the loss, detached."""
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), longest)
    opt.step()
    return loss.detach()


class Mistakes:
    @named("the targets not shifted", see="54, step 2")
    def not_shifted(net, opt, idx):
        """The target at each place is the token that stands there: the net learns to copy what it
        reads. The target is one token later."""
        return descend(net, opt, F.cross_entropy(net(idx).mT, idx))

    @named("the rows run into one another")
    def flat_first(net, opt, idx):
        """You flattened first and shifted then: the last place of a row must predict the first
        token of the next row. Shift inside the rows, then flatten."""
        logits = net(idx).flatten(0, 1)[:-1]
        return descend(net, opt, F.cross_entropy(logits, idx.flatten()[1:]))

    @named("shifted the wrong way")
    def shifted_back(net, opt, idx):
        """You ask for the token BEFORE each place, which the net has already read. Inputs are
        idx[:, :-1], targets idx[:, 1:]."""
        return descend(net, opt, F.cross_entropy(net(idx[:, 1:]).mT, idx[:, :-1]))

    @named("softmax before the cross-entropy")
    def softmax_first(net, opt, idx):
        """F.cross_entropy takes logits and does the softmax itself. After a second one no loss can
        fall far: the probabilities lie between 0 and 1, so their softmax is nearly flat."""
        p = net(idx[:, :-1]).softmax(-1)
        return descend(net, opt, F.cross_entropy(p.mT, idx[:, 1:]))

    @named("zero_grad forgotten")
    def no_zero_grad(net, opt, idx):
        """backward ADDS to .grad. Without zero_grad each step follows all former gradients, too."""
        opt.zero_grad = lambda set_to_none=True: None
        return gpt_step(net, opt, idx)
