"""The check that follows every line of a derivation."""

import torch


class Disagreement(AssertionError):
    """Two sides of a checked line differ by more than the stated tolerance."""


def _as_tensor(value, side: str) -> torch.Tensor:
    try:
        if not isinstance(value, torch.Tensor):  # a Python number must not pass through float32
            value = torch.as_tensor(value, dtype=torch.float64)
        return value.detach().to("cpu", torch.float64)
    except (TypeError, ValueError, RuntimeError) as error:
        raise TypeError(
            f"agree compares numbers and tensors; the {side} side is a {type(value).__name__}"
        ) from error


def _show(value: torch.Tensor) -> str:
    if value.numel() == 1:
        return f"{value.item():.6g}"
    if value.numel() <= 4:
        return "[" + ", ".join(f"{v:.4g}" for v in value.flatten().tolist()) + "]"
    return f"<{'x'.join(map(str, value.shape))} values>"


def agree(label: str, left, right, *, tol: float) -> None:
    """Print both sides of a line and the tolerance; raise where they differ.

    left, right: numbers or tensors of one shape (a number may face a tensor: every entry is
    compared with it). The difference is the largest absolute one. tol: same unit as the sides; for
    a Monte Carlo side use ``4 * std_error(samples)``.
    Raises Disagreement (an AssertionError) if |left - right| > tol, if the shapes differ, or if
    either side holds a NaN; ValueError for a tolerance that is negative or not finite.
    """
    tol = float(tol)
    if not 0 <= tol < float("inf"):
        raise ValueError(f"tol must be a finite number >= 0, got {tol}")
    a, b = _as_tensor(left, "left"), _as_tensor(right, "right")
    if a.shape != b.shape and a.numel() != 1 and b.numel() != 1:
        raise Disagreement(f"{label}: shapes differ, {tuple(a.shape)} and {tuple(b.shape)}")
    if a.numel() == 0 or b.numel() == 0:
        raise Disagreement(f"{label}: nothing to compare, a side is empty")
    same_infinity = torch.isinf(a) & (a == b)
    diff = torch.where(same_infinity, 0.0, (a - b).abs()).max().item()
    relation = f"|diff| {diff:.2g}"
    line = f"{label}   {_show(a)} = {_show(b)}   {relation}"
    if not diff <= tol:  # also catches NaN
        raise Disagreement(
            f"{label}   {_show(a)} is not {_show(b)}   {relation}, allowed {tol:.2g}"
        )
    print(f"{line} <= {tol:.2g}   holds")
