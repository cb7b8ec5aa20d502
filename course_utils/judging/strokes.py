"""What a hand does to a digit, in numbers: how far its strokes lean, and how wide they are."""

import torch
import torch.nn.functional as F
from torch import Tensor


def slant(x: Tensor) -> Tensor:
    """Return how far the ink leans to the right as it rises: pixels across for a pixel up.

    x: (N, 1, H, W), ink > 0 -> (N,); 0 upright, 1 leans by 45 degrees. From the second moments of
    the ink: minus covariance of column and row, over the variance of the row. No ink gives 0.
    """
    rows = torch.arange(x.shape[2], dtype=x.dtype, device=x.device)[:, None]
    columns = torch.arange(x.shape[3], dtype=x.dtype, device=x.device)
    ink = x[:, 0] / x[:, 0].sum((1, 2), keepdim=True).clamp(min=1e-9)  # (N, H, W), sums to 1
    down = rows - (ink * rows).sum((1, 2))[:, None, None]  # rows count downwards
    right = columns - (ink * columns).sum((1, 2))[:, None, None]
    covariance = (ink * down * right).sum((1, 2))
    return -covariance / (ink * down**2).sum((1, 2)).clamp(min=1e-9)


def stroke_width(x: Tensor) -> Tensor:
    """Return the mean width of the strokes in pixels: twice the area over the perimeter.

    x: (N, 1, H, W), ink > 0 on paper 0 -> (N,). The perimeter of grey ink is its total variation,
    so faint strokes of one width measure as bright ones do. No ink gives 0.
    """
    framed = F.pad(x[:, 0], (1, 1, 1, 1))
    across = framed[:, :-1, 1:] - framed[:, :-1, :-1]
    along = framed[:, 1:, :-1] - framed[:, :-1, :-1]
    perimeter = (across**2 + along**2).sqrt().sum((1, 2))
    return 2 * x[:, 0].sum((1, 2)) / perimeter.clamp(min=1e-9)
