"""Exercise of lesson 86: one part's loss, so that all parts make up the batch's mean."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, uniform

ABOUT = About(see="86, step 2", difficulty=3, minutes=8)
HINTS = (
    "The engine will multiply your value by (rows of this part) / (rows of the batch) and add.",
    "Set nll to 0 where targets == -100, sum, and divide by len(nll) * per_row.",
)


def micro_batch_loss(nll: Tensor, targets: Tensor, per_row: float) -> Tensor:
    """One part's loss, so that the parts' mean, weighted by rows, is the batch's mean a target.

    nll: (b, T) nats of this part, any finite number where targets == -100; targets: (b, T) long;
    per_row: targets that count in the whole batch, divided by the whole batch's rows -> scalar.
    """
    kept = nll.masked_fill(targets == -100, 0)
    return kept.sum() / (len(nll) * per_row)  # not the part's own count


def part(rng, b: int, width: int) -> tuple[Tensor, Tensor]:
    """Nats everywhere (filling included), and targets of which rows keep different numbers."""
    targets = torch.randint(10, 99, (b, width), generator=rng)
    kept = torch.randint(1, width, (b, 1), generator=rng)
    return 5 * uniform(rng, b, width), targets.masked_fill(torch.arange(width) >= kept, -100)


def cases(rng):
    yield d([1, 2, 4]), torch.tensor([[5, 3, -100]]), 2.5
    yield d([1, 2, 3], [4, 5, 6]), torch.tensor([[7, -100, -100], [4, 0, 12]]), 2.0
    yield *part(rng, 3, 5), 3.7
    yield *part(rng, 4, 8), 5.25


def hard_cases(rng):
    nll, targets = part(rng, 64, 1024)
    yield nll.float(), targets, torch.tensor(700.5)  # the lesson hands over a tensor
    yield d([1, 2, 3]).float(), torch.tensor([[-100, -100, -100]]), 2.0  # nothing but filling


class Properties:
    @named("however the batch is dealt out, the same loss")
    def dealt_out(f, rng):
        nll, targets = part(rng, 6, 8)
        counted = targets != -100
        for sizes in ([6], [3, 3], [1, 4, 1]):
            rows = zip(nll.split(sizes), targets.split(sizes), sizes, strict=True)
            got = sum(f(a, b, counted.sum().item() / 6) * n / 6 for a, b, n in rows)
            says = f"dealt out in parts of {sizes} rows, the parts' weighted mean is {{got}}; the "
            close(got, nll[counted].mean(), says + "mean over all targets that count is {right}.")


class Mistakes:
    @named("the mean of one's own targets", see="86, find the bug")
    def own_mean(nll, targets, per_row):
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

    @named("the mean of the rows' means", see="86, find the bug")
    def row_means(nll, targets, per_row):
        """You gave each row the same weight. Then a token of a short document counts for more than
        one of a long document: that is another loss."""
        return (nll.masked_fill(targets == -100, 0).sum(1) / (targets != -100).sum(1)).mean()
