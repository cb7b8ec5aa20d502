"""Named icons: Material Design Icons, drawn from their font at any size."""

import hashlib
import json
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from course_utils.data.files import locate

SCALE = 0.85  # font size over image size: no icon touches the border
HELD_OUT_OF_TEN = 1  # families of names, chosen by a hash


@dataclass(frozen=True)
class Icons:
    """Icons with their names, split by the first word of the name.

    x_train, x_test: (N, 1, size, size) float32 in [0, 1], 0 is ground and 1 is ink. "heart" and
    "heart-outline" are of one family and always on the same side.
    """

    x_train: Tensor
    names_train: tuple[str, ...]
    x_test: Tensor
    names_test: tuple[str, ...]

    @property
    def size(self) -> int:
        """Pixels along one side."""
        return self.x_train.shape[-1]


def icons(size: int = 32) -> Icons:
    """Draw all icons, offline, from the font of an installed package (which is not imported).

    size: 8 to 256 pixels along one side. Pictures that occur under several names are kept once,
    under the first. Raises ValueError for another size, DataError if the font or the list of names
    is missing, cut short or altered.
    """
    from PIL import Image, ImageDraw, ImageFont

    if isinstance(size, bool) or not isinstance(size, int) or not 8 <= size <= 256:
        raise ValueError(f"icons come in 8 to 256 pixels, got {size!r}")
    codes = json.loads(locate("mdi_names").read_text("utf8"))
    font = ImageFont.truetype(str(locate("mdi_icons")), int(size * SCALE))
    halves: tuple[dict, dict] = ({}, {})
    seen = set()
    for name in sorted(codes):
        image = Image.new("L", (size, size))
        middle = (size / 2, size / 2)
        ImageDraw.Draw(image).text(
            middle, chr(int(codes[name], 16)), font=font, fill=255, anchor="mm"
        )
        pixels = image.tobytes()
        if pixels not in seen:
            seen.add(pixels)
            halves[_is_held_out(name)][name] = pixels
    return Icons(*(part for half in halves for part in (_images(half, size), tuple(half))))


def _is_held_out(name: str) -> bool:
    family = name.split("-")[0]
    return int(hashlib.sha256(family.encode()).hexdigest(), 16) % 10 < HELD_OUT_OF_TEN


def _images(named: dict[str, bytes], size: int) -> Tensor:
    grid = np.frombuffer(b"".join(named.values()), dtype=np.uint8).reshape(-1, 1, size, size)
    return torch.from_numpy(grid.astype(np.float32) / 255)
