"""Lesson 54b: Find the code nearest to each patch (Euclidean)."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="54b, step 1", difficulty=2, minutes=6)
HINTS = (
    "Make a table of distances, (..., K). Which dimension do you search, and for what?",
    "torch.cdist(patches, codes).argmin(-1) does it; so does |c|^2 - 2 p·c without |p|^2.",
)


def nearest_code(patches: Tensor, codes: Tensor) -> Tensor:
    """Find the code nearest to each patch (Euclidean).

    patches: (..., D) pixels, codes: (K, D) -> (...) long, 0..K-1.
    """
    # |p - c|^2 = |p|^2 - 2 p·c + |c|^2, and |p|^2 is the same for every code
    score = codes.square().sum(-1) - 2 * patches @ codes.mT  # (..., K)
    return score.argmin(-1)


def cases(rng):
    return [
        (d([0.0, 1.0]), d([1.0, 0.0], [0.2, 0.9], [5.0, 5.0])),
        (normal(rng, 3, 4), 2 * normal(rng, 7, 4)),
        (normal(rng, 7, 2), normal(rng, 7, 2)),
        (normal(rng, 3, 5, 4), 2 * normal(rng, 9, 4)),
        (normal(rng, 40, 3) + 1, 2 * normal(rng, 12, 3) + 1),
    ]


class Properties:
    def every_code_is_nearest_to_itself(f, rng):
        codes = 3 * normal(rng, 6, 4)
        got = torch.as_tensor(f(codes, codes))
        if got.tolist() != list(range(6)):
            raise Fails(
                f"each code is nearest to itself: 0..5 was expected, you return {got.tolist()}."
            )

    @named("a distance, not a product")
    def a_distance_not_a_product(f, rng):
        got = torch.as_tensor(f(d([1.0, 0.0]), d([1.0, 0.0], [9.0, 0.0])))
        if got.tolist() != [0]:
            raise Fails(
                "the patch [1, 0] equals code 0; the long code [9, 0] is 8 away, and you chose it."
            )


class Mistakes:
    def the_farthest_code(patches, codes):
        """You took the largest distance. The nearest code has the smallest: argmin."""
        return (patches[..., None, :] - codes).norm(dim=-1).argmax(-1)

    def the_largest_product(patches, codes):
        """You compared products p·c. A long code wins those even from far away: the term |c|^2 is
        missing."""
        return (patches @ codes.mT).argmax(-1)

    def the_smallest_angle(patches: Tensor, codes: Tensor):
        """You compared directions. A pale stroke and a black one have the same direction, and are
        far apart."""
        unit = codes / codes.norm(dim=-1, keepdim=True).clamp(min=1e-12)
        return (patches @ unit.mT).argmax(-1)

    def half_of_the_square_forgotten(patches, codes):
        """|p - c|^2 = |p|^2 - 2 p·c + |c|^2: the 2 is missing."""
        return (codes.square().sum(-1) - patches @ codes.mT).argmin(-1)

    def the_distance_instead_of_the_place(patches, codes):
        """You return how far the nearest code is. Asked is which one it is: argmin, not min."""
        return (patches[..., None, :] - codes).norm(dim=-1).min(-1).values

    def the_code_instead_of_the_place(patches, codes):
        """You return the code's pixels. A sentence is made of numbers: return the index."""
        return codes[nearest_code(patches, codes)]

    def the_nearest_patch_of_each_code(patches, codes):
        """You searched along the patches. Every patch looks for its code: the last dimension of the
        table of distances, argmin(-1)."""
        return (patches[..., None, :] - codes).norm(dim=-1).argmin(0)

    def city_blocks(patches, codes):
        """You summed absolute differences. k-means minimises squares, so its codes are means."""
        return (patches[..., None, :] - codes).abs().sum(-1).argmin(-1)
