"""Exercise of lesson 44b: how the ink of a clip moves from frame to frame."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, named, uniform

ABOUT = About(see="44b, step 1", difficulty=2, minutes=8, gradient=False)
HINTS = (
    "The centre of ink of a frame is the mean row and the mean column, each pixel weighed by its "
    "ink.",
    "mass = clips.sum((2, 3)); row = (clips.sum(3) * torch.arange(H)).sum(2) / mass; columns "
    "likewise; stack both and take .diff(dim=1).",
)


def displacements(clips: Tensor) -> Tensor:
    """How far the centre of ink moves between neighbouring frames, in pixels.

    clips: (N, F, H, W) ink >= 0, some in every frame -> (N, F - 1, 2): rows down, columns right.
    """
    mass = clips.sum((2, 3))  # (N, F)
    row = (clips.sum(3) * torch.arange(clips.shape[2])).sum(2) / mass
    column = (clips.sum(2) * torch.arange(clips.shape[3])).sum(2) / mass
    return torch.stack([row, column], -1).diff(dim=1)


def cases(rng):
    clip = torch.zeros(1, 3, 4, 5, dtype=torch.double)
    clip[0, 0, 0, 0] = clip[0, 1, 1, 3] = clip[0, 2, 3, 2] = 2.0
    yield (clip,)
    for shape in ((1, 2, 3, 5), (4, 5, 3, 2), (2, 3, 6, 4)):
        yield (uniform(rng, *shape),)


def hard_cases(rng):
    yield (uniform(rng, 8, 8, 16, 16).float() ** 4,)


class Properties:
    @named("twice the ink, the same motion")
    def more_ink(f, rng):
        clips = uniform(rng, 2, 4, 5, 3)
        says = "with twice the ink everywhere the centre stays: {right}, and you return {got}."
        close(f(2 * clips), f(clips), says)

    @named("a clip that stands still does not move")
    def still(f, rng):
        clip = uniform(rng, 3, 1, 4, 6).expand(3, 5, 4, 6)
        close(f(clip), torch.zeros(3, 4, 2), "a clip of equal frames moves by 0, yours by {got}.")


def centres(clips, mass):
    """Rows and columns of the centre of ink. (N, F, 2)."""
    row = (clips.sum(3) * torch.arange(clips.shape[2])).sum(2) / mass
    column = (clips.sum(2) * torch.arange(clips.shape[3])).sum(2) / mass
    return torch.stack([row, column], -1)


class Mistakes:
    @named("not divided by the ink")
    def not_divided(clips):
        """You add up rows weighed by ink and do not divide by the frame's ink. A bold digit would
        run faster than a thin one."""
        return centres(clips, 1.0).diff(dim=1)

    @named("one amount of ink for the whole clip")
    def ink_of_the_clip(clips):
        """You divide by the mean ink of the clip. Each frame has its own: a frame that fades would
        seem to move."""
        mass = clips.sum((2, 3)).mean(1, keepdim=True).expand(clips.shape[:2])
        return centres(clips, mass).diff(dim=1)

    @named("columns before rows")
    def columns_first(clips):
        """You return columns first. Asked is (down, right): rows first, as in the tensor."""
        return centres(clips, clips.sum((2, 3))).flip(-1).diff(dim=1)

    @named("always from the first frame")
    def from_the_first(clips):
        """You measure from the first frame. Asked is the step between neighbours: frame k + 1 minus
        frame k."""
        centre = centres(clips, clips.sum((2, 3)))
        return centre[:, 1:] - centre[:, :1]

    @named("centres, not their steps")
    def uneven(clips):
        """You return where the ink is, not how far it moves: take differences along the frames."""
        return centres(clips, clips.sum((2, 3)))
