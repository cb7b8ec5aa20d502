"""Exercise of lesson 44: one training step of a masked diffusion, with a net and an optimiser."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.checks.diffusion_elsewhere.bound_nats import patterns
from course_utils.checks.shared.training_steps import descend, follows
from course_utils.exercises.spec import About, named, normal

ABOUT = About(see="44, step 5", difficulty=4, minutes=15, gradient=False)
HINTS = (
    "Hide, guess, charge only for what was hidden, weigh; then the three lines of every training "
    "step. F.cross_entropy wants the letters' scores in dimension 1: logits.mT.",
    "surprise = F.cross_entropy(net(torch.where(hidden, mask, x)).mT, x, reduction='none'); the "
    "loss is the mean of bound_nats(surprise, hidden) / L.",
)


def masked_step(
    net: nn.Module, opt: torch.optim.Optimizer, x: Tensor, hidden: Tensor, mask: int
) -> Tensor:
    """Train a masked diffusion by one step; return the loss before it, detached.

    net: (B, L) long -> (B, L, V) logits of the true letters; x: (B, L) long, the texts; hidden:
    (B, L) bool, at least one a row. The loss: bound_nats, nats a letter, mean over the texts.
    """
    surprise = F.cross_entropy(net(torch.where(hidden, mask, x)).mT, x, reduction="none")
    loss = ((surprise * hidden).sum(1) / hidden.sum(1)).mean()  # bound_nats / L
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


class Net(nn.Module):
    """Scores from a place's own letter and from the mean of all."""

    def __init__(self, n_letters: int, width: int = 4) -> None:
        super().__init__()
        self.embed = nn.Embedding(n_letters + 1, width)
        self.out = nn.Linear(2 * width, n_letters)

    def forward(self, x: Tensor) -> Tensor:
        h = self.embed(x)
        return self.out(torch.cat([h, h.mean(1, keepdim=True).expand_as(h)], -1))


def problem(rng, batch, length, n_letters=5, dtype=torch.double):
    """A net, its optimiser and a batch of texts with masks: a case."""
    net = Net(n_letters).to(dtype)
    for weight in net.parameters():
        weight.data = normal(rng, *weight.shape).to(dtype)
    x = torch.randint(n_letters, (batch, length), generator=rng)
    opt = torch.optim.SGD(net.parameters(), lr=0.5)
    return net, opt, x, patterns(rng, batch, length)[1], n_letters


def cases(rng):
    yield problem(rng, 2, 4)
    yield problem(rng, 1, 6)
    yield problem(rng, 5, 3)


def hard_cases(rng):
    yield problem(rng, 32, 24, 20, torch.float)


class Properties:
    @named("the net moves down the gradient of this loss, every time")
    def moves(f, rng):
        mine = problem(rng, 3, 5)
        later = [problem(rng, n, 5)[2:] for n in (3, 4)]
        follows(f, masked_step, mine, later)


def surprises(net, seen, x):
    """-log probability of the true letters when the net has seen `seen`."""
    return F.cross_entropy(net(seen).mT, x, reduction="none")


class Mistakes:
    @named("the net sees the answers")
    def sees_the_answers(net, opt, x, hidden, mask):
        """The net has read the true letters: nothing was hidden, so it learns to copy. Give it
        torch.where(hidden, mask, x)."""
        surprise = surprises(net, x, x)
        return descend(opt, ((surprise * hidden).sum(1) / hidden.sum(1)).mean())

    @named("a loss for shown letters")
    def shown_letters_too(net, opt, x, hidden, mask):
        """You charge for every letter. Those that are shown can be copied, and much of the net's
        effort goes into copying."""
        return descend(opt, surprises(net, torch.where(hidden, mask, x), x).mean())

    @named("the weight forgotten", see="44, find the bug")
    def no_weight(net, opt, x, hidden, mask):
        """Without L / m a text of which all is hidden counts L times as much as one with a single
        gap. The loss is no bound any more."""
        surprise = surprises(net, torch.where(hidden, mask, x), x)
        return descend(opt, (surprise * hidden).mean())

    @named("one mean over the hidden letters of all texts")
    def pooled(net, opt, x, hidden, mask):
        """You take one mean over all hidden letters of the batch, so texts with many masks count
        more. Weigh each text by its own L / m, then average over texts."""
        return descend(opt, surprises(net, torch.where(hidden, mask, x), x)[hidden].mean())

    @named("zero_grad forgotten")
    def no_zero_grad(net, opt, x, hidden, mask):
        """backward ADDS to .grad. Without zero_grad a step also follows the gradients of former
        batches."""
        opt.zero_grad = lambda: None
        return masked_step(net, opt, x, hidden, mask)
