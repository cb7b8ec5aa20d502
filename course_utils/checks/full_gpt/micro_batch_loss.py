"""Lesson 86: One part's loss, so that the parts' mean, weighted by rows, is the batch's mean"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(see="86, step 4", difficulty=3, minutes=8)
HINTS = (
    "The engine will multiply your value by (rows of this part) / (rows of the batch) and add.",
    "Set nll to 0 where targets == -100, sum, and divide by len(nll) * per_row.",
)


def micro_batch_loss(nll: Tensor, targets: Tensor, per_row: float) -> Tensor:
    """One part's loss, so that the parts' mean, weighted by rows, is the batch's mean a target.

    nll: (b, T) nats of this part, any number where targets == -100; targets: (b, T) long;
    per_row: targets that count in the whole batch, divided by the whole batch's rows -> scalar.
    """
    kept = nll.masked_fill(targets == -100, 0)
    return kept.sum() / (len(nll) * per_row)  # not the part's own count


def cases(rng):
    return [
        (torch.tensor([[1.0, 2.0, 4.0]]).double(), torch.tensor([[5, 3, -100]]), 2.5),
        (*_part(rng, 3, 5), 3.7),
        (*_part(rng, 4, 8), 5.25),
        (torch.ones(2, 3).double(), torch.tensor([[-100, -100, -100], [4, 0, -100]]), 2.0),
    ]


def _part(rng: torch.Generator, b: int, width: int) -> tuple[Tensor, Tensor]:
    """Nats everywhere (filling included), and targets of which rows keep different numbers."""
    nll = normal(rng, b, width).abs() + 0.1
    targets = torch.randint(0, 9, (b, width), generator=rng)
    for row in targets:
        row[int(torch.randint(1, width, (1,), generator=rng)) :] = -100
    return nll, targets


class Properties:
    @named("however the batch is dealt out, the same loss")
    def however_the_batch_is_dealt_out_the_same_loss(f, rng):
        nll, targets = _part(rng, 6, 8)
        counted = targets != -100
        want = nll[counted].mean().item()
        per_row = counted.sum().item() / 6
        for sizes in ([6], [3, 3], [1, 4, 1]):
            parts = zip(nll.split(sizes), targets.split(sizes), sizes, strict=True)
            got = float(sum(f(a, b, per_row) * n / 6 for a, b, n in parts))
            if not abs(got - want) < 1e-6 * (1 + abs(want)):
                raise Fails(
                    f"dealt out in parts of {sizes} rows, the parts' weighted mean is {got:.4f}; the "
                    f"mean over all targets that count is {want:.4f}."
                )

    def what_stands_at_the_filling_does_not_matter(f, rng):
        nll, targets = _part(rng, 3, 6)
        other = nll.masked_fill(targets == -100, 1000.0)
        a, b = float(f(nll, targets, 3.0)), float(f(other, targets, 3.0))
        if not abs(a - b) < 1e-6:
            raise Fails(f"other numbers at the filling change your loss from {a:.4f} to {b:.4f}.")

    def a_gradient_flows_to_what_counts(f, rng):
        nll, targets = _part(rng, 3, 6)
        loss = f(nll.requires_grad_(), targets, 2.0)
        if not isinstance(loss, Tensor) or not loss.requires_grad:
            raise Fails(
                "no gradient flows from your loss to nll: no float(), .item() or .detach() inside."
            )
        (slope,) = torch.autograd.grad(loss, nll)
        off = (slope - (targets != -100) / 6).abs().max().item()
        if not off < 1e-6:
            raise Fails(
                "3 rows, per_row = 2: a target that counts has the slope 1 / 6, filling 0; yours are "
                f"off by up to {off:.4f}."
            )


class Mistakes:
    @named("the mean of one's own targets", see="86, find the bug 2")
    def the_mean_of_one_s_own_targets(nll, targets, per_row):
        """You divided by this part's own count. The parts are then averaged, and a mean of means is
        not the mean: a part with few targets counts for too much."""
        return nll[targets != -100].mean()

    def the_mean_over_all_places(nll, targets, per_row):
        """You divided by b · T, filling included: the loss shrinks where a row is filled badly."""
        return nll.masked_fill(targets == -100, 0).mean()

    def not_divided_by_the_rows(nll, targets, per_row):
        """per_row is a count per row: divide by the part's rows too, or the loss grows with the
        size of a micro-batch."""
        return nll.masked_fill(targets == -100, 0).sum() / per_row

    def filling_added_in(nll, targets, per_row):
        """You added the numbers at the filling. Set them to 0 first."""
        return nll.sum() / (len(nll) * per_row)

    @named("per_row not used")
    def per_row_not_used(nll, targets, per_row):
        """These are nats a row. Divide by per_row as well, the targets a row has on average in the
        whole batch."""
        return nll.masked_fill(targets == -100, 0).sum() / len(nll)

    @named("the mean of the rows' means", see="86, find the bug 2")
    def the_mean_of_the_rows_means(nll, targets, per_row):
        """You gave each row the same weight. Then a token of a short document counts for more than
        one of a long document: that is another loss."""
        return (nll.masked_fill(targets == -100, 0).sum(1) / (targets != -100).sum(1)).mean()
