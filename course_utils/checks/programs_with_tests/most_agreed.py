"""Exercise of lesson 54d: let programs vote by what they do."""

from collections import Counter

import torch

from course_utils.exercises.spec import About, expect, named

ABOUT = About(see="54d, step 6", difficulty=2, minutes=6, gradient=False, float32=False)
HINTS = (
    "Two programs are in one group if their tuples are equal. Leave out every tuple that holds a "
    "None, then count.",
    "Counter(those that vote).most_common(1)[0][0] is the tuple of the largest group, and of equal "
    "groups the one met first. outputs.index(it) is the first place where it stands.",
)


def most_agreed(outputs: list) -> int:
    """The place of a program of the largest group that does the same.

    outputs: one tuple a program, its values on the same inputs; a None in it: it did not run
    there, and the program does not vote. At least one votes. -> the first place of the largest
    group; of equally large groups, of the one that comes first (after Wang et al. 2022,
    arXiv:2203.11171).
    """
    votes = Counter(values for values in outputs if None not in values)
    winner, _ = votes.most_common(1)[0]  # of equal counts the one met first
    return outputs.index(winner)


def drawn(rng, n: int, kinds: int, broken: float) -> list:
    """n tuples of `kinds` behaviours, a share of them with a None; the last one votes."""
    made = []
    for _ in range(n):
        kind = int(torch.randint(kinds, (1,), generator=rng))
        fails = torch.rand(1, generator=rng).item() < broken
        made.append((7, None if fails else kind, -kind))
    return [*made, (7, 0, 0)]


def cases(rng):
    no, tie = (1, None), (2, 4)
    return [
        ([(5, 8)],),
        ([(1, 2), (3, 4), (3, 4)],),
        ([(3, 4), (1, 2), (1, 2), (3, 4), (3, 4)],),
        ([no, no, no, (6, 6), tie, tie],),
        ([(None, None), (None, None), (0, 0)],),
        ([tie, (9, 9), (9, 9), tie, (3, 1)],),  # two groups of two
        ([(9, 9), tie, tie, (9, 9), (0, 5)],),
        ([(1, 5), (1, 6), (1, 7), (2, 7), (2, 7)],),  # the first value alone misleads
        ([(5, 1), (6, 1), (7, 1), (8, 2), (8, 2)],),  # and so does the last
        ([(2, 1), (1, 2), (5, 5), (5, 5), (1, 2), (1, 2)],),
        ([(1, 2), (2, 1), (3, 3), (3, 3)],),  # the same numbers, the other way round
        ([(0, 0), (2, 2), (2, 2), (0, 0), (0, 0)],),  # 0 is a value
        ([(9, None), (9, 9), (4, 4), (4, 4)],),
        (drawn(rng, 12, 3, 0.3),),
    ]


def hard_cases(rng):
    return [(drawn(rng, 2000, 40, 0.5),)]


class Properties:
    @named("programs that did not run do not vote")
    def silent(f, rng):
        got = f([(None, 3)] * 5 + [(2, 3)])
        expect(got == 5, f"five programs did not run, the sixth (place 5) did; you return {got}.")


class Mistakes:
    def those_that_do_not_run_vote(outputs):
        """Tuples with a None voted, too. A program that does not run agrees with nobody: leave it
        out before you count."""
        return outputs.index(Counter(outputs).most_common(1)[0][0])

    def zero_taken_for_none(outputs):
        """all(values) and `if values` treat 0 like None. Ask for None itself: `None in values`."""
        votes = Counter(v for v in outputs if all(v)) or Counter(outputs)
        return outputs.index(votes.most_common(1)[0][0])

    def only_the_first_input(outputs):
        """You compared the programs on the first input only. Wrong programs may agree there: the
        whole tuple says what a program does."""
        votes = Counter(v[0] for v in outputs if None not in v)
        first = votes.most_common(1)[0][0]
        return next(i for i, v in enumerate(outputs) if None not in v and v[0] == first)

    def place_among_those_that_vote(outputs):
        """This is the place in the shortened list. The program is to be found in the list that
        was given: count the places of those that do not vote."""
        kept = [v for v in outputs if None not in v]
        return kept.index(Counter(kept).most_common(1)[0][0])

    def the_last_of_equal_groups(outputs):
        """Of equally large groups the one that comes first was asked for, you took a later one."""
        votes = Counter(v for v in outputs if None not in v)
        most = max(votes.values())
        return outputs.index([v for v in votes if votes[v] == most][-1])
