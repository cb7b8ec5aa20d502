"""Exercise of lesson 27: the matrix that turns, enlarges and shifts a picture."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, uniform

ABOUT = About(see="27, step 2", difficulty=3, minutes=12, gradient=False)
HINTS = (
    "affine_grid asks, for every pixel of the new picture: where in the old one do I look? That is "
    "the way back: undo the shift, then the zoom, then the turn.",
    "linear = [[cos, -sin], [sin, cos]] / zoom; the last column is -linear @ shift.",
)


def affine_matrix(angle: Tensor, zoom: Tensor, shift: Tensor) -> Tensor:
    """Matrices for F.affine_grid: turn, enlarge, then shift pictures.

    angle: (B,) radians, counter-clockwise as seen on the page; zoom: (B,) factor, 2 = twice as
    large; shift: (B, 2) right and down, in half pictures -> (B, 2, 3). A point (x, y) of the new
    picture, x to the right and y down, each from -1 to 1, looks at matrix @ (x, y, 1) in the old.
    """
    cos, sin = angle.cos() / zoom, angle.sin() / zoom
    linear = torch.stack([torch.stack([cos, -sin], 1), torch.stack([sin, cos], 1)], 1)  # (B, 2, 2)
    return torch.cat([linear, -linear @ shift[:, :, None]], 2)


def case(rng, batch):
    """Angles, zooms and shifts of moderate size."""
    angle, zoom = 2 * uniform(rng, batch) - 1, 0.7 + uniform(rng, batch)
    return angle, zoom, uniform(rng, batch, 2) - 0.5


def cases(rng):
    yield d(math.pi / 6), d(1), d(0, 0)[None]
    yield d(0, 0, 0), d(1, 2, 0.5), d(0.5, 0.25, 0.5, -0.25, 0, 0.5).view(3, 2)
    for batch in (1, 3, 4):
        yield case(rng, batch)


def turned(f, rng, angle, zoom=1.0, shift=(0.0, 0.0)):
    """A picture moved by the answer's matrix, and the picture itself."""
    x = uniform(rng, 1, 1, 8, 8)
    matrix = f(d(angle), d(zoom), d(*shift)[None])
    grid = F.affine_grid(matrix.double(), [1, 1, 8, 8], align_corners=False)
    return F.grid_sample(x, grid, align_corners=False), x


class Properties:
    @named("a quarter turn is rot90")
    def quarter(f, rng):
        got, x = turned(f, rng, math.pi / 2)
        says = "turned by 90 degrees, a pixel should be {right}; with your matrix it is {got}."
        close(got, torch.rot90(x, 1, (2, 3)), says, tol=1e-5)

    @named("a shift of half a picture moves it to the right")
    def right_by_half(f, rng):
        got, x = turned(f, rng, 0.0, 1.0, (1.0, 0.0))
        says = "shifted right by half a picture, a pixel is {right}; with your matrix {got}."
        close(got[..., 4:], x[..., :4], says, tol=1e-5)


class Mistakes:
    @named("degrees taken for radians")
    def degrees(angle, zoom, shift):
        """You turn by a much smaller angle: cos and sin want radians, and radians are given."""
        return affine_matrix(torch.deg2rad(angle), zoom, shift)

    @named("the way there instead of the way back")
    def forwards(angle, zoom, shift):
        """You built the matrix from the old picture to the new one. affine_grid asks the other
        way round: for a new pixel, where do I look in the old picture?"""
        cos, sin = angle.cos() * zoom, angle.sin() * zoom
        linear = torch.stack([torch.stack([cos, sin], 1), torch.stack([-sin, cos], 1)], 1)
        return torch.cat([linear, shift[:, :, None]], 2)

    def turned_the_other_way(angle, zoom, shift):
        """Your picture turns clockwise. On a page y points down: the minus sign belongs to the
        sine of the first row."""
        return affine_matrix(-angle, zoom, shift)

    @named("the zoom upside down")
    def smaller(angle, zoom, shift):
        """At zoom 2 your picture becomes half as large. The new picture looks at the old one more
        closely: divide by the zoom."""
        return affine_matrix(angle, 1 / zoom, shift)

    @named("shift without the turn")
    def shift_first(angle, zoom, shift):
        """Your last column is -shift. The way back undoes the shift first, and then turns and
        shrinks what is left: -linear @ shift."""
        return torch.cat([affine_matrix(angle, zoom, shift)[:, :, :2], -shift[:, :, None]], 2)
