"""Exercise of lesson 54b: translate patches into the numbers of their codes."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, d, expect, normal

ABOUT = About(see="54b, step 1", difficulty=2, minutes=6)
HINTS = (
    "Make a table of distances, (..., K). Which dimension do you search, and for what?",
    "codes.square().sum(-1) - 2 * patches @ codes.mT is |p - c|^2 without |p|^2, which is the "
    "same for every code; then argmin(-1).",
)


def nearest_code(patches: Tensor, codes: Tensor) -> Tensor:
    """Find the code nearest to each patch (Euclidean).

    patches: (..., D) pixels, codes: (K, D) -> (...) long, 0..K-1.
    """
    # |p - c|^2 = |p|^2 - 2 p·c + |c|^2, and |p|^2 is the same for every code
    score = codes.square().sum(-1) - 2 * patches @ codes.mT  # (..., K)
    return score.argmin(-1)


def cases(rng):
    yield d([0.0, 1.0]), d([1.0, 0.0], [0.2, 0.9], [5.0, 5.0])
    yield normal(rng, 3), 2 * normal(rng, 5, 3)  # one patch
    yield normal(rng, 3, 4), 2 * normal(rng, 7, 4)
    yield normal(rng, 3, 5, 4), 2 * normal(rng, 9, 4)
    yield normal(rng, 40, 3) + 1, 2 * normal(rng, 12, 3) + 1


def hard_cases(rng):
    for n, k, step in ((50, 40, 1e-3), (4000, 1024, 1.0)):  # codes nearly alike; a data set
        codes = (0.5 + step * normal(rng, k, 16)).float()
        chosen = torch.randint(k, (n,), generator=rng)
        yield codes[chosen] + 0.1 * step * normal(rng, n, 16).float(), codes


class Properties:
    def every_code_is_nearest_to_itself(f, rng):
        codes = 3 * normal(rng, 6, 4)
        got = f(codes, codes).tolist()
        expect(got == [*range(6)], f"six codes are nearest to themselves, 0..5; you return {got}.")


def distances(patches, codes, power=2):
    return (patches[..., None, :] - codes).norm(p=power, dim=-1)


class Mistakes:
    def the_farthest_code(patches, codes):
        """You took the largest distance. The nearest code has the smallest: argmin."""
        return distances(patches, codes).argmax(-1)

    def the_largest_product(patches, codes):
        """You compared products p·c. A long code wins those even from far away: the term |c|^2 is
        missing."""
        return (patches @ codes.mT).argmax(-1)

    def the_smallest_angle(patches, codes):
        """You compared directions. A pale stroke and a black one have the same direction, and are
        far apart."""
        unit = codes / codes.norm(dim=-1, keepdim=True)
        return (patches @ unit.mT).argmax(-1)

    def half_of_the_square_forgotten(patches, codes):
        """|p - c|^2 = |p|^2 - 2 p·c + |c|^2: the 2 is missing."""
        return (codes.square().sum(-1) - patches @ codes.mT).argmin(-1)

    def city_blocks(patches, codes):
        """You summed absolute differences. k-means minimises squares, so its codes are means."""
        return distances(patches, codes, power=1).argmin(-1)
