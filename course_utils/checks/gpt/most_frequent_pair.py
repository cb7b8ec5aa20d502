"""Exercise of lesson 54: the two neighbours that occur most often."""

from collections import Counter
from itertools import pairwise

import torch

from course_utils.exercises.spec import About, expect

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
    yield [[1, 2], [3, 4], [3, 4, 5]], [9, 3, 3]
    yield [[5, 6]], [1]
    yield [[1, 2, 1, 2], [2, 3], [3, 2], [2, 3, 4]], [1, 1, 1, 1]
    yield [[9, 4, 4], [4, 9], [8, 9, 4]], [4, 3, 2]
    yield [[7, 8], [9, 1], [2, 9]], [3, 3, 3]  # three equals, the smallest stands last
    yield [[4], [7, 8], [8, 7, 8]], [6, 3, 1]
    yield [[1, 300], [2, 44], [13, 4]], [2, 2, 3]  # tokens beyond a byte
    yield [[1, 2], [3, 4]], [40_000, 5]


def hard_cases(rng):
    tokens = torch.randint(60, (3000, 6), generator=rng).tolist()
    yield tokens, torch.randint(1, 50, (3000,), generator=rng).tolist()


class Properties:
    def the_order_of_the_words_does_not_matter(f, rng):
        got = [tuple(f(words, [3, 3])) for words in ([[7, 8], [2, 9]], [[2, 9], [7, 8]])]
        says = "(7, 8) and (2, 9) are equally frequent: the smaller pair wins, in whatever order "
        expect(got == [(2, 9)] * 2, says + f"the words come; you return {got[0]} and {got[1]}.")


def likeliest(pairs_of, words, times):
    """The answer where a word brings the pairs that pairs_of gives."""
    count = Counter()
    for word, n in zip(words, times, strict=True):
        for pair in pairs_of(word):
            count[pair] += n
    return min(count, key=lambda pair: (-count[pair], pair))


class Mistakes:
    def every_word_counted_once(words, times):
        """You did not use `times`. A word that stands in the text 500 times brings its pairs 500
        times."""
        return likeliest(pairwise, words, [1] * len(words))

    def a_pair_counted_once_a_word(words, times):
        """Inside one word a pair may occur several times, and each of them counts."""
        return likeliest(lambda word: set(pairwise(word)), words, times)

    def across_the_border_of_words(words, times):
        """You joined the words first, so the end of one and the start of the next became
        neighbours. Merges never cross the border of a piece."""
        row = [t for word, n in zip(words, times, strict=True) for t in word * n]
        return likeliest(pairwise, [row], [1])

    def the_largest_of_equals(words, times):
        """Where several pairs are equally frequent you took the largest. Any rule would do, but all
        must use one: the smallest."""
        negative = [[-t for t in word] for word in words]
        return tuple(-t for t in likeliest(pairwise, negative, times))

    def the_first_of_equals(words, times):
        """most_common keeps the pair met first, so the merges would depend on the order of the
        words. Break ties by the pair itself: key=lambda pair: (-count[pair], pair)."""
        count = Counter()
        for word, n in zip(words, times, strict=True):
            for pair in pairwise(word):
                count[pair] += n
        return count.most_common(1)[0][0]
