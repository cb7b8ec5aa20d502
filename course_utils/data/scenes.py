"""Scenes: two simple objects and a caption that says what they are and how they lie."""

import itertools
from dataclasses import dataclass

import torch
from torch import Tensor

SIZE = 24  # pixels along one side of a scene; each object keeps to its half
SHAPES = ("circle", "square", "triangle")
SIZES = ("small", "large")
FILLS = ("filled", "outlined")
RELATIONS = ("left of", "right of", "above", "below")
WORDS = ("-", *SIZES, *FILLS, *SHAPES, *RELATIONS)  # token 0 is silence: nothing is said here
N_WORDS = 7  # of a caption: size, fill, shape, relation, size, fill, shape
FACTS = ("direction", "shape", "size", "fill", "shape", "size", "fill")  # first object, second
COUNTS = (2, 3, 2, 2, 3, 2, 2)  # how many values each fact has; direction 0 across, 1 down
HELD_OUT = ((2, 0, 1), (1, 1, 0))  # small outlined triangle, large filled square
RADII = {0: 3.0, 1: 4.9}  # pixels, before a jitter of a tenth


@dataclass(frozen=True)
class Scenes:
    """Scenes with what is true of them.

    x: (N, 1, 24, 24) float32 in [0, 1], 1 is ink; facts: (N, 7) long, named by FACTS;
    captions: (N, 7) long, tokens of WORDS, each of the two objects named first in half of them.
    """

    x: Tensor
    facts: Tensor
    captions: Tensor

    def __len__(self) -> int:
        return len(self.x)


def scenes(n: int, rng: torch.Generator, *, held_out: bool | None = None) -> Scenes:
    """Draw n random scenes. held_out: only scenes with an object of HELD_OUT (True), only
    without one (False), or both (None). Raises ValueError for n < 1."""
    if n < 1:
        raise ValueError(f"scenes needs n >= 1, got {n}")
    found: list[Tensor] = []
    while sum(map(len, found)) < n:
        facts = torch.stack([torch.randint(k, (2 * n,), generator=rng) for k in COUNTS], 1)
        if held_out is not None:
            facts = facts[has_held_out(facts) == held_out]
        found.append(facts)
    facts = torch.cat(found)[:n]
    return Scenes(paint(facts, rng), facts, captions_of(facts, rng))


def has_held_out(facts: Tensor) -> Tensor:
    """Whether one of the two objects is of a kind kept from training. facts: (N, 7) -> (N,)."""
    kinds = torch.tensor(HELD_OUT)
    objects = torch.stack([facts[:, 1:4], facts[:, 4:7]], 1)  # (N, 2, 3)
    return (objects[:, :, None] == kinds).all(-1).flatten(1).any(1)


def captions_of(facts: Tensor, rng: torch.Generator) -> Tensor:
    """Say what is true, beginning with either object. facts: (N, 7) -> (N, 7) tokens."""
    turned = torch.rand(len(facts), generator=rng) < 0.5
    first, second = _words(facts[:, 1:4]), _words(facts[:, 4:7])
    relation = WORDS.index("left of") + 2 * facts[:, 0] + turned.long()
    one = torch.where(turned[:, None], second, first)
    two = torch.where(turned[:, None], first, second)
    return torch.cat([one, relation[:, None], two], 1)


def _words(objects: Tensor) -> Tensor:
    shape, size, fill = objects.unbind(1)
    return torch.stack([size + 1, fill + 3, shape + 5], 1)


def facts_of(captions: Tensor) -> Tensor:
    """What a full caption says. captions: (N, 7) tokens, none silent -> (N, 7) facts."""
    relation = captions[:, 3] - WORDS.index("left of")
    one, two = [(captions[:, k : k + 3] - torch.tensor([1, 3, 5]))[:, [2, 0, 1]] for k in (0, 4)]
    turned = (relation % 2 == 1)[:, None]
    first, second = torch.where(turned, two, one), torch.where(turned, one, two)
    return torch.cat([(relation // 2)[:, None], first, second], 1)


def tokens_of(text: str) -> Tensor:
    """Tokens of a caption: size fill shape relation size fill shape. -> (7,) long.

    An adjective may be left out. Raises ValueError for anything else.
    """
    words = text.replace(" of", "_of").split()
    tokens, slots = [], (SIZES, FILLS, SHAPES, RELATIONS, SIZES, FILLS, SHAPES)
    for slot in slots:
        said = words[0].replace("_", " ") if words else ""
        if said in slot:
            tokens.append(WORDS.index(said))
            words.pop(0)
        elif slot in (SHAPES, RELATIONS):
            raise ValueError(f"{text!r}: expected one of {', '.join(slot)}, found {said!r}")
        else:
            tokens.append(0)
    if words:
        raise ValueError(f"{text!r}: nothing is expected after the second shape")
    return torch.tensor(tokens)


def text_of(caption: Tensor) -> str:
    """A caption in words; silent tokens are left out. caption: (7,) tokens."""
    return " ".join(WORDS[k] for k in caption.tolist() if k)


def paint(facts: Tensor, rng: torch.Generator) -> Tensor:
    """Paint scenes, each a little different. facts: (N, 7) -> (N, 1, 24, 24) in [0, 1]."""
    n = len(facts)
    ink = torch.zeros(n, SIZE, SIZE)
    for k, objects in enumerate((facts[:, 1:4], facts[:, 4:7])):
        along = 6.0 + 12 * k + torch.rand(n, generator=rng) - 0.5  # in the direction of the scene
        across = 12 + 8 * torch.rand(n, generator=rng) - 4
        jitter = 0.9 + 0.2 * torch.rand(n, generator=rng)
        down = facts[:, 0] == 1
        x, y = torch.where(down, across, along), torch.where(down, along, across)
        ink = torch.maximum(ink, paint_objects(objects, x, y, jitter))
    return ink[:, None]


def paint_objects(objects: Tensor, x: Tensor, y: Tensor, jitter: Tensor) -> Tensor:
    """One object a picture. objects: (N, 3) shape, size, fill; centres, factors (N,) -> (N, S, S).

    The ink is what lies nearer to the centre than the radius, in the distance of the shape.
    """
    shape, size, fill = [part[:, None, None] for part in objects.unbind(1)]
    radius = torch.where(size == 1, RADII[1], RADII[0]) * jitter[:, None, None]
    side = torch.arange(SIZE) + 0.5
    right = side[None, None, :] - x[:, None, None]
    down = side[None, :, None] - y[:, None, None]
    circle = (right**2 + down**2).sqrt()
    square = 1.12 * torch.maximum(right.abs(), down.abs())
    below = down - 0.2 * radius
    triangle = 1.5 * torch.maximum(0.866 * right.abs() - 0.5 * below, below)
    distance = torch.where(shape == 0, circle, torch.where(shape == 1, square, triangle))
    solid = (1.5 * (radius - distance) + 0.5).clamp(0, 1)
    hole = (1.5 * (radius - 1.6 - distance) + 0.5).clamp(0, 1)
    return torch.where(fill == 0, solid, solid - hole)


def read_scenes(x: Tensor) -> tuple[Tensor, Tensor]:
    """Read scenes by comparing their halves with painted objects of every kind and place.

    x: (N, 1, 24, 24) in [0, 1] -> facts (N, 7), and the root mean square of what does not fit (N,).
    """
    x = x[:, 0]
    readings = []
    for direction in (0, 1):  # across, down
        kinds, errors = [], []
        for k in (0, 1):
            objects, pictures = _painted(direction, k)
            half = _half(x, direction, k).flatten(1)
            squares = pictures.square().sum(1) - 2 * half @ pictures.T  # (N, templates)
            best = squares.min(1)
            kinds.append(objects[best.indices])
            errors.append(best.values + half.square().sum(1))
        facts = torch.cat([torch.full((len(x), 1), direction), *kinds], 1)
        readings.append((facts, (sum(errors).clamp(min=0) / SIZE**2).sqrt()))
    (across, error_across), (down, error_down) = readings
    is_down = error_down < error_across
    return torch.where(is_down[:, None], down, across), torch.minimum(error_across, error_down)


def _half(x: Tensor, direction: int, k: int) -> Tensor:
    return x.narrow(2 if direction == 0 else 1, 12 * k, 12)


def _painted(direction: int, k: int) -> tuple[Tensor, Tensor]:
    """Objects of every kind at a grid of places in one half. -> (T, 3), (T, 288)."""
    kinds = list(itertools.product(range(3), range(2), range(2)))
    grid = itertools.product(kinds, torch.linspace(8, 16, 9), (-0.5, 0, 0.5), (0.93, 1.0, 1.07))
    rows = [
        (*kind, float(across), 6 + 12 * k + along, jitter) for kind, across, along, jitter in grid
    ]
    table = torch.tensor(rows)
    objects = table[:, :3].long()
    across, along, jitter = table[:, 3:].unbind(1)
    x, y = (along, across) if direction == 0 else (across, along)
    return objects, _half(paint_objects(objects, x, y, jitter), direction, k).flatten(1)
