"""The right numbers in another order or shape, or only some of them: named with what happened."""

from collections.abc import Callable

import torch
from torch import Tensor


def equal(a: Tensor, b: Tensor, tol: float = 1e-5) -> bool:
    """Tell whether two tensors of one shape agree; a NaN or a different infinity does not."""
    if a.shape != b.shape:
        return False
    return bool(((a == b) | ((a - b).abs() <= tol * (1 + b.abs()))).all())


def reordered(mine, right) -> tuple[str, str] | None:
    axes = range(1, 1 + max(b.ndim for b in right))
    for k in axes:
        if all(b.ndim >= k and equal(a, b.flip(-k)) for a, b in zip(mine, right, strict=True)):
            return "the order is reversed", f"Yours is the answer read backwards (dimension -{k})."
        for step, words in ((1, "late"), (-1, "early")):
            if all(
                b.ndim >= k and b.shape[-k] > 1 and _shifted(a, b, -k, step)
                for a, b in zip(mine, right, strict=True)
                if b.ndim < k or b.shape[-k] > 1
            ) and any(b.ndim >= k and b.shape[-k] > 2 for b in right):
                return f"one place too {words}", f"Yours is the answer, one place too {words}."
    if all(b.ndim > 1 and equal(a, b.mT) for a, b in zip(mine, right, strict=True)):
        return "transposed", "Yours is the transpose of the answer."
    return None


def _shifted(a: Tensor, b: Tensor, dim: int, step: int) -> bool:
    n = b.shape[dim] - 1
    if step == 1:  # late
        return equal(a.narrow(dim, 1, n), b.narrow(dim, 0, n))
    return equal(a.narrow(dim, 0, n), b.narrow(dim, 1, n))


def partly(mine, right) -> tuple[str, str] | None:
    """Right for a batch of one, or in the first row only. mine, right: (B, ...) of every case."""
    ok = [equal(a, b) for a, b in zip(mine, right, strict=True)]
    ones = [len(b) == 1 for b in right]
    if any(ok) and not all(ok) and ok == ones:
        return "right for a batch of one only", (
            "Yours is right where there is one row, and wrong for more: do the rows mix?"
        )
    many = [(a, b) for a, b in zip(mine, right, strict=True) if len(b) > 1]
    if many and all(equal(a[0], b[0]) and not equal(a[1:], b[1:]) for a, b in many):
        return "only the first row is right", "Your first row is right and the others are not."
    return None


_SHAPED: dict[str, Callable[[Tensor], Tensor]] = {
    "averaged over everything|You return the mean of all the answers; one number a row is asked.": (
        torch.mean
    ),
    "added up over everything|You return the sum of all the answers; one number a row is asked.": (
        torch.sum
    ),
    "transposed|Yours is the transpose of the answer.": lambda b: b.mT if b.ndim > 1 else b,
    "only the first row|You return the first row of the answer only.": lambda b: b[0],
    "only the last row|You return the last row of the answer only.": lambda b: b[-1],
    "all in one row|You return the answer's numbers in one long row.": torch.flatten,
    "the last entry is missing|Your answer lacks its last entry.": lambda b: b[..., :-1],
    "the first entry is missing|Your answer lacks its first entry.": lambda b: b[..., 1:],
    "the first row is missing|Your answer lacks its first row.": lambda b: b[1:],
    "averaged over the batch|You averaged over the batch as well.": lambda b: b.mean(0),
    "added up over the batch|You added up over the batch as well.": lambda b: b.sum(0),
    "averaged over the last dimension|You averaged over the last dimension as well.": (
        lambda b: b.mean(-1)
    ),
    "added up over the last dimension|You added up over the last dimension as well.": (
        lambda b: b.sum(-1)
    ),
}


def other_shape(mine, right) -> tuple[str, str] | None:
    pairs = list(zip(mine, right, strict=True))
    if all(equal(a.squeeze(), b.squeeze()) for a, b in pairs):
        kept = sum(a.ndim > b.ndim for a, b in pairs)
        if kept:
            return "a dimension is kept", (
                f"The numbers are right, in shape {tuple(mine[0].shape)} instead of "
                f"{tuple(right[0].shape)}: keepdim=True, or an indexing with None?"
            )
        return "a dimension is lost", (
            f"The numbers are right, in shape {tuple(mine[0].shape)} instead of "
            f"{tuple(right[0].shape)}: squeeze, or keepdim=False?"
        )
    for words, f in _SHAPED.items():
        try:
            matches = all(equal(a, f(b)) for a, b in pairs)
        except (IndexError, RuntimeError):
            continue
        if matches:
            name, why = words.split("|")
            return name, why
    return None
