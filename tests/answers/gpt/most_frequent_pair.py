from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np


def right_counter(words, times):
    count = Counter()
    for word, n in zip(words, times, strict=True):
        for pair in zip(word, word[1:]):  # noqa: B905, RUF007
            count[pair] += n
    best = max(count.values())
    return min(pair for pair, c in count.items() if c == best)


def right_index_loop(words, times):
    count = {}
    for k in range(len(words)):
        w = words[k]
        for j in range(len(w) - 1):
            key = (w[j], w[j + 1])
            count[key] = count.get(key, 0) + times[k]
    best, best_n = None, 0
    for key, n in count.items():
        if best is None or n > best_n or (n == best_n and key < best):
            best, best_n = key, n
    return best


def right_key(words, times):
    count = defaultdict(int)
    for word, n in zip(words, times, strict=True):
        for a, b in pairwise(word):
            count[a, b] += n
    return min(count, key=lambda p: (-count[p], p))


def right_numpy(words, times):
    pairs = [(a, b) for w in words for a, b in pairwise(w)]
    weight = [n for w, n in zip(words, times, strict=True) for _ in range(len(w) - 1)]
    unique, inverse = np.unique(np.array(pairs), axis=0, return_inverse=True)
    total = np.zeros(len(unique), dtype=np.int64)
    np.add.at(total, inverse.reshape(-1), weight)
    a, b = unique[total.argmax()]
    return int(a), int(b)


def wrong_times_ignored(words, times):
    count = Counter(p for w in words for p in pairwise(w))
    return min(count, key=lambda p: (-count[p], p))


def wrong_first_of_equals(words, times):
    # edge: ties
    count = Counter()
    for word, n in zip(words, times, strict=True):
        for pair in pairwise(word):
            count[pair] += n
    return count.most_common(1)[0][0]


def wrong_largest_of_equals(words, times):
    # edge: ties
    count = Counter()
    for word, n in zip(words, times, strict=True):
        for pair in pairwise(word):
            count[pair] += n
    return max(count, key=lambda p: (count[p], p))


def wrong_once_per_word(words, times):
    # a pair that stands twice in a word
    count = Counter()
    for word, n in zip(words, times, strict=True):
        for pair in set(pairwise(word)):
            count[pair] += n
    return min(count, key=lambda p: (-count[p], p))


def wrong_across_words(words, times):
    count = Counter()
    flat = [t for word, n in zip(words, times, strict=True) for t in word * n]
    count.update(pairwise(flat))
    return min(count, key=lambda p: (-count[p], p))


def wrong_last_pair_missed(words, times):
    count = Counter()
    for word, n in zip(words, times, strict=True):
        for j in range(len(word) - 2):
            count[word[j], word[j + 1]] += n
    return min(count, key=lambda p: (-count[p], p), default=(0, 0))


def wrong_without_order(words, times):
    count = Counter()
    for word, n in zip(words, times, strict=True):
        for a, b in pairwise(word):
            count[min(a, b), max(a, b)] += n
    return min(count, key=lambda p: (-count[p], p))


def wrong_256_symbols(words, times):
    # learned tokens of 256 and more: (1, 300) is taken for (2, 44)
    count = Counter()
    for word, n in zip(words, times, strict=True):
        for a, b in pairwise(word):
            count[256 * a + b] += n
    return divmod(min(count, key=lambda p: (-count[p], p)), 256)


def wrong_small_integers(words, times):
    # float32: 16-bit counts overflow in a real text
    count = defaultdict(lambda: np.zeros((), dtype=np.int16))
    for word, n in zip(words, times, strict=True):
        for pair in pairwise(word):
            count[pair] = count[pair] + np.array(n).astype(np.int16)
    return min(count, key=lambda p: (-int(count[p]), p))


def wrong_with_count(words, times):
    # type
    count = Counter()
    for word, n in zip(words, times, strict=True):
        for pair in pairwise(word):
            count[pair] += n
    best = min(count, key=lambda p: (-count[p], p))
    return best, count[best]


def wrong_in_place(words, times):
    # in place
    count = Counter()
    for word, n in zip(words, times, strict=True):
        while len(word) > 1:
            count[word[0], word[1]] += n
            word.pop(0)
    return min(count, key=lambda p: (-count[p], p))
