"""What every metric asks of its input, said in one sentence where it is not met."""

from collections.abc import Callable

import torch
from torch import Tensor

ROWS = 1024  # rows of a distance matrix held at a time, which bounds the memory


def as_points(x: Tensor, *, name: str, least: int = 2) -> Tensor:
    """Return x (N, ...) as float64 points (N, D), detached.

    Raises ValueError unless x is a float tensor of N >= ``least`` finite samples.
    """
    if not isinstance(x, Tensor):
        raise ValueError(f"{name} must be a tensor (N, ...), got {type(x).__name__}")
    if x.ndim < 2 or x.shape[0] < least or x[0].numel() == 0:
        raise ValueError(
            f"{name} needs at least {least} samples in a tensor (N, ...), got {tuple(x.shape)}; "
            "numbers on a line go in as x[:, None]"
        )
    if not x.is_floating_point():
        raise ValueError(
            f"{name} holds {x.dtype}; convert it to float (bytes 0..255: x.float() / 255)"
        )
    x = x.detach().flatten(1).double()
    if not torch.isfinite(x).all():
        bad = int((~torch.isfinite(x)).any(1).sum())
        raise ValueError(f"{bad} of {len(x)} samples in {name} hold NaN or infinity: find out why")
    return x


def as_two_sets(x: Tensor, y: Tensor, *, names: tuple[str, str], least: int = 2):
    """Return two sets of points of equal width; ValueError otherwise."""
    a = as_points(x, name=names[0], least=least)
    b = as_points(y, name=names[1], least=least)
    if a.shape[1] != b.shape[1]:
        raise ValueError(
            f"{names[0]} and {names[1]} must have samples of one shape, got {tuple(x.shape[1:])} "
            f"and {tuple(y.shape[1:])}"
        )
    return a, b.to(a.device)


@torch.no_grad()
def through(features: Callable[[Tensor], Tensor] | None, x: Tensor, *, name: str) -> Tensor:
    """Return ``features(x)`` (N, F), or x itself where there is no feature function."""
    if features is None:
        return x
    found = features(x)
    if not isinstance(found, Tensor) or found.ndim != 2 or len(found) != len(x):
        got = tuple(found.shape) if isinstance(found, Tensor) else type(found).__name__
        raise ValueError(f"features({name}) must return one row a sample, ({len(x)}, F), got {got}")
    return found


def squared_distances(a: Tensor, b: Tensor) -> Tensor:
    """Squared Euclidean distances (N, M) of float64 points, never below 0.

    Through |a|^2 + |b|^2 - 2ab after centring: as fast as a matrix product, and the rounding stays
    near 1e-15 of the clouds' own spread wherever they lie.
    """
    centre = b.mean(0)
    a, b = a - centre, b - centre
    return ((a * a).sum(1, keepdim=True) + (b * b).sum(1) - 2 * a @ b.T).clamp_min(0)
