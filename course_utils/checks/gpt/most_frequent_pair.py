"""Lesson 54: Find the two neighbouring tokens that occur most often."""

from collections import Counter
from itertools import pairwise

from course_utils.exercises.spec import About, Fails

ABOUT = About(see="54, step 1", difficulty=2, minutes=6)
HINTS = (
    "A Counter over pairs; itertools.pairwise(word) gives the neighbours. Add the word's "
    "number of occurrences, not 1.",
    "min(count, key=lambda pair: (-count[pair], pair)) is the most frequent pair, and the "
    "smallest among equals.",
)


def most_frequent_pair(words: list, times: list) -> tuple:
    """Find the two neighbouring tokens that occur most often.

    words: lists of tokens (int); times: how often each word occurs in the text (int)
    -> the pair (a, b); where several are equally frequent, the smallest of them.
    """
    count = Counter()
    for word, n in zip(words, times, strict=True):
        for pair in pairwise(word):
            count[pair] += n  # a word that occurs n times brings its pairs n times
    return min(count, key=lambda pair: (-count[pair], pair))


def cases(rng):
    return [
        ([[5, 6]], [1]),
        ([[1, 2, 1, 2], [2, 3], [3, 2], [2, 3, 4]], [1, 1, 1, 1]),
        ([[9, 4, 4], [4, 9], [8, 9, 4]], [4, 3, 2]),
        ([[7, 8], [9, 1], [2, 9]], [3, 3, 3]),
        ([[4], [7, 8], [8, 7, 8]], [6, 3, 1]),
        ([[1, 2], [3, 4], [3, 4, 5]], [9, 3, 3]),
        ([[1, 5, 1, 5, 1, 5], [6, 7], [7, 6], [6, 7, 3]], [1, 1, 1, 1]),
        ([[3, 3, 3, 3], [5, 6, 5], [6, 5, 2]], [2, 3, 2]),
    ]


def _pair_counts(words, times, *, once_a_word=False) -> Counter:
    count = Counter()
    for word, n in zip(words, times, strict=True):
        found = list(pairwise(word))
        for pair in set(found) if once_a_word else found:
            count[pair] += n
    return count


def _likeliest(count: Counter) -> tuple:
    return min(count, key=lambda pair: (-count[pair], pair))


class Properties:
    def a_word_counts_as_often_as_it_occurs(f, rng):
        got = f([[1, 2], [3, 4], [3, 4, 5]], [9, 2, 2])
        if tuple(got) != (1, 2):
            raise Fails(
                "the word [1, 2] occurs 9 times, the two words with (3, 4) twice each; the pair is "
                f"(1, 2), you return {got}."
            )

    def among_equals_the_smallest_pair(f, rng):
        got = [tuple(f([[7, 8], [2, 9]], [3, 3])), tuple(f([[2, 9], [7, 8]], [3, 3]))]
        if got != [(2, 9), (2, 9)]:
            raise Fails(
                "(7, 8) and (2, 9) are equally frequent: the smaller pair wins, in whatever order the "
                f"words come; you return {got[0]} and {got[1]}."
            )


class Mistakes:
    def every_word_counted_once(words, times):
        """You did not use `times`. A word that stands in the text 500 times brings its pairs 500
        times."""
        return _likeliest(_pair_counts(words, [1] * len(words)))

    def a_pair_counted_once_a_word(words, times):
        """Inside one word a pair may occur several times, and each of them counts."""
        return _likeliest(_pair_counts(words, times, once_a_word=True))

    def across_the_border_of_words(words, times):
        """You joined the words first, so the end of one and the start of the next became
        neighbours. Merges never cross the border of a piece."""
        row = [t for word, n in zip(words, times, strict=True) for t in word * n]
        return _likeliest(Counter(pairwise(row)))

    def the_largest_of_equals(words, times):
        """Where several pairs are equally frequent you took the largest. Any rule would do, but all
        must use one: the smallest."""
        return max((n, p) for p, n in _pair_counts(words, times).items())[1]

    def the_first_of_equals(words, times):
        """most_common keeps the pair met first, so the merges would depend on the order of the
        words. Break ties by the pair itself: key=lambda pair: (-count[pair], pair)."""
        return _pair_counts(words, times).most_common(1)[0][0]

    def the_rarest_pair(words, times):
        """You took the pair with the smallest count."""
        return min((n, p) for p, n in _pair_counts(words, times).items())[1]

    def the_two_commonest_tokens(words, times):
        """You return the two tokens that are frequent on their own. They need not be neighbours:
        count pairs, with itertools.pairwise."""
        count = Counter()
        for word, n in zip(words, times, strict=True):
            for token in word:
                count[token] += n
        return tuple(sorted(count, key=lambda t: (-count[t], t))[:2])
