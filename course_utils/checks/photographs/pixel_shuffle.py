"""Exercise of laboratory 25b: channels laid out as squares of pixels."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, named, normal

ABOUT = About(see="25b, step 3", difficulty=3, minutes=10)
HINTS = (
    "Split the channels into C, r (rows) and r (columns): six dimensions. Which of them belongs "
    "beside H, which beside W?",
    "x.view(B, C, r, r, H, W), then permute(0, 1, 4, 2, 5, 3), then reshape(B, C, r * H, r * W).",
)


def pixel_shuffle(x: Tensor, r: int) -> Tensor:
    """Lay r * r channels out as r x r squares of pixels (Shi et al. 2016, eq. 4).

    y[b, c, r i + u, r j + v] = x[b, c r^2 + u r + v, i, j]. (B, C r^2, H, W) -> (B, C, r H, r W).
    """
    batch, channels, height, width = x.shape
    squares = x.reshape(batch, channels // r**2, r, r, height, width)  # (B, C, u, v, i, j)
    lines = squares.permute(0, 1, 4, 2, 5, 3)  # (B, C, i, u, j, v)
    return lines.reshape(batch, channels // r**2, r * height, r * width)


def cases(rng):
    yield torch.arange(4, dtype=torch.double).reshape(1, 4, 1, 1), 2  # one square
    yield normal(rng, 1, 4, 1, 2), 2
    for batch, channels, r, height, width in ((2, 1, 2, 2, 3), (3, 2, 3, 4, 2), (1, 3, 2, 5, 4)):
        yield normal(rng, batch, channels * r**2, height, width), r
    yield normal(rng, 2, 3, 4, 5), 1  # nothing to lay out


def hard_cases(rng):
    yield torch.randn(4, 32, 16, 20, generator=rng), 4
    yield torch.randn(5, 12, 6, 3, generator=rng).transpose(2, 3), 2  # not contiguous


class Properties:
    def every_number_is_kept(f, rng):
        x = normal(rng, 2, 8, 3, 5)
        says = (
            "pixels were lost or doubled: sorted, yours begin with {got}, the input with {right}."
        )
        close(f(x, 2).flatten().sort().values[:5], x.flatten().sort().values[:5], says)

    @named("a small pixel fills its own square")
    def stays_at_its_place(f, rng):
        x = torch.arange(15, dtype=torch.double).view(1, 1, 3, 5).expand(2, 8, 3, 5)
        right = x[:, :2].repeat_interleave(2, 2).repeat_interleave(2, 3)
        says = (
            "all channels of a small pixel hold one number, yet its square holds {got} for {right}."
        )
        close(f(x, 2), right, says)


def arranged(x, r, order, view):
    batch, channels, height, width = x.shape
    shape = {"b": batch, "c": channels // r**2, "u": r, "v": r, "i": height, "j": width}
    squares = x.reshape([shape[letter] for letter in view])
    return squares.permute([view.index(letter) for letter in order])


class Mistakes:
    def columns_before_rows(x, r):
        """Your squares are filled column by column. Channel 1 belongs to the right of channel 0:
        u counts rows, v counts columns, and v runs fastest."""
        batch, channels, height, width = x.shape
        lines = arranged(x, r, "bciujv", "bcvuij")
        return lines.reshape(batch, channels // r**2, r * height, r * width)

    def a_plain_reshape(x, r):
        """You reshaped without permute. The numbers keep their order in memory then, and pixels
        of one channel stay side by side: split, permute, join."""
        batch, channels, height, width = x.shape
        return x.reshape(batch, channels // r**2, r * height, r * width)

    def blocks_instead_of_squares(x, r):
        """You laid r x r small pictures side by side. Row u of every square belongs directly
        below row u - 1: the order is i, u, j, v, not u, i, v, j."""
        batch, channels, height, width = x.shape
        lines = arranged(x, r, "bcuivj", "bcuvij")
        return lines.reshape(batch, channels // r**2, r * height, r * width)

    def the_square_outside(x, r):
        """You split the channels as (r, r, C). The r * r channels of one colour lie together:
        (C, r, r)."""
        batch, channels, height, width = x.shape
        lines = arranged(x, r, "bciujv", "buvcij")
        return lines.reshape(batch, channels // r**2, r * height, r * width)
