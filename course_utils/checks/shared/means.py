"""The mean over all rows from the means of parts: micro-batches (81b), processes (82).

All cases are float32, as the nets of both lessons are: counts / counts.sum() is float32 as well,
and the two can be multiplied as matrices.
"""

import torch

from course_utils.exercises.spec import close, d, normal


def cases(rng):
    yield d([1, 0], [0, 1], [2, 2]).float(), torch.tensor([4, 4, 1])
    yield d([1, -3, 2]).float(), torch.tensor([7])  # one part
    yield normal(rng, 2, 3).float(), torch.tensor([32, 32])
    yield normal(rng, 4, 1).float(), torch.tensor([1, 2, 3, 10])
    yield normal(rng, 3, 5).float(), torch.tensor([32, 32, 5])


def hard_cases(rng):
    yield normal(rng, 3, 5000).float(), torch.tensor([3, 3, 2])  # a net's weights
    yield normal(rng, 4, 7).float(), torch.tensor([90_000, 90_000, 90_000, 2])
    yield 1e-6 * normal(rng, 10, 30).float(), torch.arange(1, 11)


class Properties:
    def how_the_rows_are_cut_does_not_matter(f, rng):
        rows = normal(rng, 7, 4).float()
        for sizes in ([7], [3, 4], [3, 3, 1]):
            means = torch.stack([part.mean(0) for part in rows.split(sizes)])
            says = f"seven rows cut into {sizes} have the mean {{right}}, yours becomes {{got}}."
            close(f(means, torch.tensor(sizes)), rows.mean(0), says)


class Mistakes:
    def a_sum_of_means(means, counts):
        """You added the means up: N parts then make a step N times as long as it should be. What is
        added (by backward, by an all-reduce) must still be divided, and that is yours to do."""
        return means.sum(0)

    def the_mean_of_means(means, counts):
        """Every part counts the same in your mean, also the short last one, whose rows then count
        for too much. It is right for equal parts only: weight each by its rows."""
        return means.mean(0)

    def the_sum_over_all_rows(means, counts):
        """A mean times its rows is a sum, and you added these. Divide by how many rows there
        are."""
        return counts.to(means.dtype) @ means

    def divided_by_the_number_of_parts(means, counts):
        """You weight by rows and divide by the number of parts. Divide by the sum of the
        weights."""
        return counts.to(means.dtype) @ means / len(means)

    def all_parts_taken_to_be_as_large_as_the_first(means, counts):
        """You divided by (rows of the first part) times (number of parts). The last part is often
        shorter: divide by counts.sum()."""
        return counts.to(means.dtype) @ means / (counts[0] * len(means))
