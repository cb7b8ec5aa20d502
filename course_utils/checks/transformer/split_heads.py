"""Exercise of lesson 53: every head gets its own slice of the features."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, expect, normal

ABOUT = About(see="53, step 5", difficulty=2, minutes=8)
HINTS = (
    "First cut the last dimension in two, (B, T, N, D/N). Which two dimensions have to change "
    "places then?",
    "x.unflatten(-1, (n_head, -1)).transpose(1, 2)",
)


def split_heads(x: Tensor, n_head: int) -> Tensor:
    """Give every head its own slice of the features of every token.

    x: (B, T, D), D a multiple of n_head -> (B, N, T, D/N); head h holds features h D/N ...
    """
    x = x.unflatten(-1, (n_head, -1))  # (B, T, N, D/N)
    return x.transpose(1, 2)  # (B, N, T, D/N)


def cases(rng):
    yield torch.arange(12, dtype=torch.double).view(1, 3, 4), 2
    yield normal(rng, 3, 5, 6), 3
    yield normal(rng, 2, 5, 12), 4
    yield normal(rng, 3, 2, 4), 1


class Properties:
    def tokens_stay_apart(f, rng):
        x = normal(rng, 2, 5, 6)
        other = x.clone()
        other[:, 3] += 1
        moved = (f(x, 3) != f(other, 3)).any(-1)
        fits = moved.shape == (2, 3, 5) and not moved[:, :, [0, 1, 2, 4]].any()
        expect(fits, "changing token 3 must change entry 3 of each head; yours changes elsewhere.")


class Mistakes:
    def reshaped_without_a_transpose(x, n_head):
        """reshape(B, N, T, D/N) has the right shape and the wrong numbers: it cuts the memory into
        rows, so that a head mixes tokens. First (B, T, N, D/N), then transpose(1, 2)."""
        return x.reshape(len(x), n_head, x.shape[1], -1)

    def interleaved_features(x, n_head):
        """Your head h takes the features h, h + N, h + 2N, ... It would train as well, but weights
        from elsewhere mean slices: unflatten to (N, D/N), not (D/N, N)."""
        return x.unflatten(-1, (-1, n_head)).permute(0, 3, 1, 2)

    def heads_not_moved_forward(x, n_head):
        """You return (B, T, N, D/N). With the heads behind the tokens, q @ k.mT would compare the
        heads of one token with each other. Add transpose(1, 2)."""
        return x.unflatten(-1, (n_head, -1))

    def heads_in_front_of_the_batch(x, n_head):
        """The slices are right, the order is (N, B, T, D/N). Batch first: stack with dim=1."""
        return torch.stack(x.chunk(n_head, dim=-1))

    def the_same_slice_for_every_head(x, n_head):
        """All your heads hold the first D/N features. Head h begins at feature h · D/N."""
        return x[:, None, :, : x.shape[-1] // n_head].expand(-1, n_head, -1, -1)
