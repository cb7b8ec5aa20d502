"""Exercise of lesson 43: classifier-free guidance by a caption, in one call of the network."""

import torch
from torch import Tensor, nn

from course_utils.exercises.spec import About, close, expect, named, normal, uniform

ABOUT = About(see="43, step 5", difficulty=3, minutes=8, gradient=False)
HINTS = (
    "torch.cat makes one batch of twice as many: the same z and t, once with the caption, once "
    "with silence (all tokens 0). chunk(2) takes the answer apart.",
    "asked, silent = net(cat([z, z]), cat([t, t]), cat([captions, 0 * captions])).chunk(2); then "
    "silent + scale * (asked - silent).",
)


def guided_by_words(net, z: Tensor, t: Tensor, captions: Tensor, scale: float) -> Tensor:
    """Velocity with guidance: from the answer to silence, scale times the way to the caption's.

    net(z, t, captions) -> like z. z: (B, C, H, W), t: (B,), captions: (B, L) long, token 0 is
    silence. One call of the network.
    """
    both = torch.cat([captions, torch.zeros_like(captions)])
    asked, silent = net(torch.cat([z, z]), torch.cat([t, t]), both).chunk(2)
    return silent + scale * (asked - silent)


class Net(nn.Module):
    """Answers with all that it is asked, and counts the calls."""

    def __init__(self, rng, width) -> None:
        super().__init__()
        self.embed = nn.Parameter(normal(rng, 9, width))
        self.n_calls = 0

    def forward(self, z, t, captions):
        self.n_calls += 1
        said = self.embed[captions].cumsum(1).sin().mean(1)  # (B, C): the order counts
        times = t.view(-1, 1, 1, 1).to(z.dtype)
        return (z + times).tanh() + said[:, :, None, None].to(z.dtype) * z


def problem(rng, b, c, h, w, length, scale, dtype=torch.double):
    net = Net(rng, c).to(dtype)
    captions = torch.randint(1, 9, (b, length), generator=rng)
    return net, normal(rng, b, c, h, w).to(dtype), uniform(rng, b).to(dtype), captions, scale


def cases(rng):
    yield problem(rng, 1, 2, 1, 2, 3, 2.0)
    yield problem(rng, 3, 2, 3, 4, 5, 1.0)
    yield problem(rng, 2, 3, 2, 1, 4, 0.0)
    yield problem(rng, 4, 1, 2, 3, 7, 3.5)


def hard_cases(rng):
    yield problem(rng, 32, 8, 4, 4, 7, 2.0, torch.float)


class Properties:
    @named("scale 1 is the caption's own answer, by one call of the network")
    def scale_1(f, rng):
        net, z, t, captions, _ = problem(rng, 3, 2, 2, 3, 4, 1.0)
        right = net(z, t, captions).detach()
        for scale in (2.0, 1.0):
            net.n_calls = 0
            got = f(net, z, t, captions, scale)
            says = f"at scale {scale:g} you call the network {net.n_calls} times: put both "
            expect(net.n_calls <= 1, says + "questions into one batch.")
        close(
            got, right, "at scale 1 you return {got}; the net's answer to the caption is {right}."
        )


def ask(net, z, t, first, second):
    """Answers to two sets of captions, in one call."""
    return net(torch.cat([z, z]), torch.cat([t, t]), torch.cat([first, second])).chunk(2)


class Mistakes:
    @named("the two halves exchanged")
    def exchanged(net, z, t, captions, scale):
        """You took the two halves of the answer for each other, and walk away from the caption."""
        asked, silent = ask(net, z, t, captions, 0 * captions)
        return asked + scale * (silent - asked)

    @named("from the caption's answer on")
    def from_asked(net, z, t, captions, scale):
        """You begin at the caption's answer: your scale is one too large. (Some papers count so: w
        there is s - 1 here.) At scale 1 there should be no guidance, at 0 no caption."""
        asked, silent = ask(net, z, t, captions, 0 * captions)
        return asked + scale * (asked - silent)

    @named("the two answers added")
    def sum_of_both(net, z, t, captions, scale):
        """You added the answers. What the caption means is their difference: exaggerate that."""
        asked, silent = ask(net, z, t, captions, 0 * captions)
        return silent + scale * asked

    @named("another picture's caption for silence")
    def rolled(net, z, t, captions, scale):
        """The second question of the batch is asked with another caption, not with silence: all
        tokens 0."""
        asked, other = ask(net, z, t, captions, captions.roll(1, 0))
        return other + scale * (asked - other)

    @named("one silent word")
    def one_silent_word(net, z, t, captions, scale):
        """You silenced the first word alone. Silence is a caption of nothing but token 0."""
        silent = captions.clone()
        silent[:, 0] = 0
        asked, plain = ask(net, z, t, captions, silent)
        return plain + scale * (asked - plain)
