"""Exercise of lesson 54d: how likely are k tries to solve a task?"""

import math
from itertools import combinations

from course_utils.exercises.spec import About, close, named

ABOUT = About(see="54d, step 4", difficulty=3, minutes=7, gradient=False, float32=False)
HINTS = (
    "How many sets of k are there among n samples, and how many of them hold only wrong ones?",
    "1 - math.comb(n - c, k) / math.comb(n, k). Python's integers have no largest one, and "
    "math.comb(m, k) is 0 where m < k.",
)


def pass_at_k(n: int, c: int, k: int) -> float:
    """Probability that k of n samples, drawn without return, hold one of the c that pass.

    0 <= c <= n, 1 <= k <= n (Chen et al. 2021, arXiv:2107.03374, eq. 1) -> a float in [0, 1].
    """
    return 1 - math.comb(n - c, k) / math.comb(n, k)


def cases(rng):
    return [
        (2, 1, 1),
        (4, 1, 2),
        (5, 2, 3),
        (10, 3, 4),
        (6, 0, 2),
        (6, 6, 2),
        (7, 5, 3),
        (20, 3, 20),
    ]


def hard_cases(rng):
    return [(200, 7, 100), (5000, 3, 1000), (3000, 1500, 10)]


class Properties:
    def as_counted_by_hand(f, rng):
        sets = list(combinations([1, 1, 0, 0, 0], 2))  # two of five pass
        right = sum(any(drawn) for drawn in sets) / len(sets)
        says = "of the ten pairs among five samples, seven hold one of the two that pass: {right}, "
        close(f(5, 2, 2), right, says + "you return {got}.")

    @named("one try: the share that passes")
    def one_try(f, rng):
        close(f(8, 3, 1), 3 / 8, "with k = 1 it is c / n = {right}, you return {got}.")


class Mistakes:
    def drawn_with_return(n, c, k):
        """1 - (1 - c/n)^k puts each sample back before the next is drawn, and may draw the same
        wrong one twice. k different samples fail together less often: count sets."""
        return 1 - (1 - c / n) ** k

    def all_k_must_pass(n, c, k):
        """You counted the sets in which ALL samples pass. One that passes is enough: 1 minus the
        share of sets in which all fail."""
        return math.comb(c, k) / math.comb(n, k)

    def exactly_one_passes(n, c, k):
        """You counted the sets with exactly one that passes. At least one is asked: two are no
        failure."""
        return c * math.comb(n - c, k - 1) / math.comb(n, k)

    def none_passes(n, c, k):
        """This is the probability that all k fail. 1 minus it is asked."""
        return math.comb(n - c, k) / math.comb(n, k)

    def k_times_the_share(n, c, k):
        """k c / n counts sets with two that pass twice, and may exceed 1."""
        return min(1.0, k * c / n)
