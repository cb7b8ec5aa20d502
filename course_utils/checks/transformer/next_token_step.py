"""Exercise of lesson 53: one update of a language model, with a module and an optimiser."""

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.checks.shared.training_steps import descend, equal
from course_utils.exercises.spec import About, expect, named, normal

ABOUT = About(see="53, step 8", difficulty=3, minutes=12, gradient=False)
HINTS = (
    "idx holds T + 1 tokens. The net is shown the first T; which T tokens are asked for?",
    "logits = net(idx[:, :-1]); F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten()); then "
    "zero_grad, backward, step. Return loss.detach().",
)


def next_token_step(net: nn.Module, opt: torch.optim.Optimizer, idx: Tensor) -> Tensor:
    """Update a language model once: from tokens 0..t predict token t + 1, for all t.

    net: (B, T) long -> (B, T, V) logits; idx: (B, T + 1) long. Returns the mean cross-entropy over
    all B T predictions before the update, nats a token, detached.
    """
    logits = net(idx[:, :-1])  # (B, T, V)
    loss = F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten())
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


class Sums(nn.Module):
    """A causal net of T tokens at most: logits from the sum of the vectors of the tokens so far."""

    def __init__(self, n_token: int, width: int, context: int):
        super().__init__()
        self.embed, self.head = nn.Embedding(n_token, width), nn.Linear(width, n_token)
        self.context = context

    def forward(self, idx: Tensor) -> Tensor:
        if idx.shape[1] > self.context:
            says = f"this net reads {self.context} tokens at most, you show it {idx.shape[1]}: "
            raise ValueError(says + "the last one of idx is asked for, and never shown")
        return self.head(self.embed(idx).cumsum(1).tanh())


def training(rng, batch, n_tokens, vocabulary, dtype=torch.double):
    """A small net, its optimiser and a batch: a case."""
    net = Sums(vocabulary, 5, n_tokens).to(dtype)
    for weight in net.parameters():
        weight.data = normal(rng, *weight.shape).to(dtype)
    idx = torch.randint(vocabulary, (batch, n_tokens + 1), generator=rng)
    return net, torch.optim.SGD(net.parameters(), lr=0.5), idx


def cases(rng):
    for batch, n_tokens, vocabulary in ((2, 3, 4), (1, 5, 3), (4, 2, 6), (3, 7, 5)):
        yield training(rng, batch, n_tokens, vocabulary)


def hard_cases(rng):
    yield training(rng, 24, 32, 24, torch.float)


class Properties:
    @named("one step moves the net by its own gradient alone")
    def moves(f, rng):
        mine = training(rng, 3, 4, 5)
        start, right = copy.deepcopy(mine), copy.deepcopy(mine)  # net and optimiser together
        loss = f(*mine)
        next_token_step(*right)
        attached = getattr(loss, "requires_grad", False)
        expect(not attached, "the loss you return still carries its graph: detach it.")
        says = "the net stands still: is there a backward() and an opt.step()?"
        expect(not equal(mine[0], start[0]), says)
        says = "the net has moved, but not once by the gradient of the mean loss."
        expect(equal(mine[0], right[0]), says)
        f(mine[0], mine[1], mine[2].flip(1))
        next_token_step(right[0], right[1], right[2].flip(1))
        says = "one step is right, but not the second: which gradients has the first one left?"
        expect(equal(mine[0], right[0]), says)


class Mistakes:
    @named("the target is not shifted", see="53, find the bug")
    def not_shifted(net, opt, idx):
        """You ask for the letter that the net is shown: it learns to repeat what it hears. The
        target at place t is token t + 1: idx[:, 1:]."""
        logits = net(idx[:, :-1])
        return descend(opt, F.cross_entropy(logits.flatten(0, 1), idx[:, :-1].flatten()))

    @named("shifted the wrong way")
    def backwards(net, opt, idx):
        """You show tokens 1..T and ask for tokens 0..T-1: the past. Show idx[:, :-1]."""
        logits = net(idx[:, 1:])
        return descend(opt, F.cross_entropy(logits.flatten(0, 1), idx[:, :-1].flatten()))

    @named("softmax before the cross-entropy")
    def softmax_first(net, opt, idx):
        """F.cross_entropy wants logits and takes the log-softmax itself; you gave probabilities."""
        p = net(idx[:, :-1]).softmax(-1)
        return descend(opt, F.cross_entropy(p.flatten(0, 1), idx[:, 1:].flatten()))

    @named("logits reshaped where they should be transposed")
    def scrambled(net, opt, idx):
        """For logits (B, V, T) the last two axes are exchanged (.mT), not reshaped: a reshape deals
        the numbers of one token out to others. Or flatten both: (B T, V) and (B T,)."""
        logits = net(idx[:, :-1])
        mixed = logits.reshape(len(idx), logits.shape[-1], logits.shape[1])
        return descend(opt, F.cross_entropy(mixed, idx[:, 1:]))

    @named("zero_grad forgotten")
    def no_zero_grad(net, opt, idx):
        """backward ADDS to .grad. Without zero_grad a step also follows the gradients of former
        steps."""
        opt.zero_grad = lambda: None
        return next_token_step(net, opt, idx)
