"""Exercise of laboratory 23c: pictures moved, each by its own way, so that gradients pass."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, uniform

ABOUT = About(see="23c, step 2", difficulty=3, minutes=12)
HINTS = (
    "Which pixel of the old picture stands at (i, j) of the new one? And which have no old pixel?",
    "rows = torch.arange(H) - dy[:, None] and cols alike; pick x[b, 0, rows, cols] with clamped "
    "indices that broadcast to (B, H, W), and torch.where(inside, picked, -1).",
)


def shift(x: Tensor, dy: Tensor, dx: Tensor) -> Tensor:
    """Move each picture dy pixels down and dx to the right; what comes in is background, -1.

    x: (B, 1, H, W) in [-1, 1]; dy, dx: (B,) long, of either sign -> (B, 1, H, W). Differentiable
    in x (Zhao et al. 2020: translation).
    """
    height, width = x.shape[-2:]
    rows = torch.arange(height) - dy[:, None]  # (B, H): where each row comes from
    cols = torch.arange(width) - dx[:, None]  # (B, W)
    known_rows = (rows >= 0) & (rows < height)
    known_cols = (cols >= 0) & (cols < width)
    which = torch.arange(len(x))[:, None, None]
    rows = rows.clamp(0, height - 1)[:, :, None]
    cols = cols.clamp(0, width - 1)[:, None, :]
    picked = x[which, 0, rows, cols]  # (B, H, W)
    known = known_rows[:, :, None] & known_cols[:, None, :]
    return torch.where(known, picked, -1.0)[:, None]


def case(rng, n, height, width, most):
    """Pictures, and a way of at most ``most`` pixels for each."""
    ways = torch.randint(-most, most + 1, (2, n), generator=rng)
    return 2 * uniform(rng, n, 1, height, width) - 1, *ways


def cases(rng):
    yield d([[[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]]), torch.tensor([1]), torch.tensor([0])
    for n, height, width, most in ((3, 5, 4, 2), (1, 4, 6, 3), (6, 3, 7, 1), (4, 2, 5, 0)):
        yield case(rng, n, height, width, most)
    x, dy, dx = case(rng, 3, 4, 5, 9)  # some are pushed out altogether
    dy[0] = dx[0] = 0  # but not all, or no slope is left to ask for
    yield x, dy, dx


def hard_cases(rng):
    x, dy, dx = case(rng, 64, 16, 16, 3)
    yield x.float(), dy, dx


class Properties:
    @named("there and back again")
    def there_and_back(f, rng):
        x = -torch.ones(4, 1, 7, 9, dtype=torch.double)
        x[:, :, 2:5, 3:6] = uniform(rng, 4, 1, 3, 3)
        dy, dx = torch.tensor([2, -2, 0, 1]), torch.tensor([-3, 1, 3, 0])
        says = "there and back, a picture with a wide margin is as before: {right}, not {got}."
        close(f(f(x, dy, dx), -dy, -dx), x, says)

    @named("what comes in is background")
    def background(f, rng):
        x = torch.ones(2, 1, 4, 5, dtype=torch.double)
        got = f(x, torch.tensor([1, 0]), torch.tensor([0, 2]))
        says = "moved down by 1, the first row is background: {right}, not {got}."
        close(got[0, 0, 0], -1.0, says)
        says = "moved right by 2, the first two columns are background: {right}, not {got}."
        close(got[1, 0, :, :2], -1.0, says)


def rolled(x, dy, dx):
    moved = [p.roll((int(a), int(b)), (-2, -1)) for p, a, b in zip(x, dy, dx, strict=True)]
    return torch.stack(moved)


class Mistakes:
    @named("round the edges")
    def round_the_edges(x, dy, dx):
        """What leaves at the bottom comes back at the top (torch.roll). A digit would be cut in
        two: fill with background, -1."""
        return rolled(x, dy, dx)

    @named("one way for all")
    def one_way(x, dy, dx):
        """You moved all pictures by the first one's way. Each has a way of its own, or a batch of
        fakes gives itself away by its common shift."""
        return shift(x, dy[:1].expand_as(dy), dx[:1].expand_as(dx))

    @named("down and right exchanged")
    def exchanged(x, dy, dx):
        """dy moves rows, dx moves columns; yours are exchanged."""
        return shift(x, dx, dy)

    @named("grey comes in")
    def grey(x, dy, dx):
        """You filled with 0. In [-1, 1] that is grey: the background of a digit is -1."""
        known = shift(torch.ones_like(x), dy, dx) > 0
        return torch.where(known, shift(x, dy, dx), 0.0)

    @named("the other way")
    def other_way(x, dy, dx):
        """Yours moves up and to the left. The pixel at row i comes from row i - dy."""
        return shift(x, -dy, -dx)
