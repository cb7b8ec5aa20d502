"""Lesson 84: Importance-weighted bound log (1/K sum_k w_k), its K draws given a chunk at a t"""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(see="84, step 4", difficulty=3, minutes=8, tol=1e-09)
HINTS = (
    "The sum over all draws is the sum of the chunks' sums. Keep its logarithm and the count.",
    "total = torch.logaddexp(total, torch.logsumexp(chunk, 0)); n += len(chunk); at the end "
    "total - math.log(n).",
)


def iwae_in_chunks(chunks: list[Tensor]) -> Tensor:
    """Importance-weighted bound log (1/K sum_k w_k), its K draws given a chunk at a time.

    chunks: [(K_1, B), (K_2, B), ...] log weights; K = K_1 + K_2 + ... -> (B,), nats.
    """
    total, n_draws = torch.full_like(chunks[0][0], -math.inf), 0
    for log_w in chunks:  # only (B,) numbers are kept
        total = torch.logaddexp(total, torch.logsumexp(log_w, dim=0))
        n_draws += len(log_w)
    return total - math.log(n_draws)


def cases(rng: torch.Generator) -> list[tuple]:
    return [
        ([torch.tensor([[-1.0], [-3.0]]).double(), torch.tensor([[0.5]]).double()],),
        ([2 * normal(rng, 4, 3) - 50, 2 * normal(rng, 4, 3) - 50, 2 * normal(rng, 2, 3) - 50],),
        ([normal(rng, 1, 1), normal(rng, 5, 1)],),
    ]


def _plain_iwae(log_w: Tensor) -> Tensor:
    return torch.logsumexp(log_w, 0) - math.log(len(log_w))


class Properties:
    def the_cut_into_chunks_does_not_matter(f, rng):
        log_w = 3 * normal(rng, 12, 2)
        bounds = [f(list(log_w.split(n))) for n in (12, 5, 1)]
        off = max((b - bounds[0]).abs().max().item() for b in bounds)
        if not off < 1e-9:
            raise Fails(
                "twelve draws in chunks of 12, of 5 and of 1 must give one bound; yours differ by "
                f"{off:.3f} nats."
            )

    def very_small_weights_are_kept(f, rng):
        value = f([torch.full((2, 1), -2000.0).double(), torch.full((3, 1), -2000.0).double()])
        if not (value + 2000).abs().max() < 1e-9:
            raise Fails(
                f"five weights of exp(-2000) have the bound -2000 nats, you return {float(value)}."
            )


class Mistakes:
    @named("the mean of the chunks' bounds")
    def the_mean_of_the_chunks_bounds(chunks):
        """You averaged the bounds. That is the bound of a few draws, not of all of them: the
        weights must meet before the logarithm."""
        return torch.stack([_plain_iwae(c) for c in chunks]).mean(0)

    def not_divided_by_K(chunks):
        """You summed the weights and did not divide by K: the figure is log K nats too good."""
        return torch.logsumexp(torch.cat(chunks), 0)

    def chunks_weighed_alike(chunks):
        """You took the mean of the chunks' means. A last chunk of fewer draws then counts for more
        a draw than the others: carry sums and one count."""
        return torch.logsumexp(torch.stack([_plain_iwae(c) for c in chunks]), 0) - math.log(
            len(chunks)
        )

    @named("the ELBO", see="31, step 7")
    def the_ELBO(chunks):
        """The mean of the log weights is the ELBO. Here the mean comes before the logarithm."""
        return torch.cat(chunks).mean(0)

    def divided_by_the_number_of_chunks(chunks):
        """K counts draws, not chunks."""
        return torch.logsumexp(torch.cat(chunks), 0) - math.log(len(chunks))

    def weights_added_as_numbers(chunks):
        """You left the logarithm, and the weights underflow: exp(-100) is less than float32 can
        hold. Add with torch.logaddexp or torch.logsumexp."""
        return (
            sum(c.sub(100).exp().float().sum(0) for c in chunks).log().double()
            + 100
            - math.log(sum(len(c) for c in chunks))
        )
