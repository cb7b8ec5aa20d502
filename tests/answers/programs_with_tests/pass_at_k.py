import math

import numpy as np
import torch


def right_comb(n, c, k):
    return 1 - math.comb(n - c, k) / math.comb(n, k)


def right_paper(n, c, k):
    # as printed in the paper
    if n - c < k:
        return 1.0
    return float(1.0 - np.prod(1.0 - k / np.arange(n - c + 1, n + 1)))


def right_one_after_the_other(n, c, k):
    fail = 1.0
    for i in range(k):
        fail *= max(n - c - i, 0) / (n - i)
    return 1 - fail


def right_logs(n, c, k):
    if n - c < k:
        return 1.0
    lg = math.lgamma
    log_fail = lg(n - c + 1) - lg(n - c - k + 1) - lg(n + 1) + lg(n - k + 1)
    return -math.expm1(log_fail)


def right_hypergeometric(n, c, k):
    total = 0
    for hits in range(1, min(c, k) + 1):
        total += math.comb(c, hits) * math.comb(n - c, k - hits)
    return total / math.comb(n, k)


def wrong_with_return(n, c, k):
    return 1 - (1 - c / n) ** k


def wrong_fail(n, c, k):
    return math.comb(n - c, k) / math.comb(n, k)


def wrong_all(n, c, k):
    return math.comb(c, k) / math.comb(n, k)


def wrong_share(n, c, k):
    return c / n


def wrong_k_share(n, c, k):
    return min(1, k * c / n)


def wrong_factorials_in_floats(n, c, k):
    # overflows for large n
    def fact(m):
        return torch.arange(1, m + 1, dtype=torch.float64).prod().item()

    def comb(m, j):
        return fact(m) / fact(j) / fact(m - j) if m >= j else 0

    return 1 - comb(n - c, k) / comb(n, k)


def wrong_exactly_one(n, c, k):
    return c * math.comb(n - c, k - 1) / math.comb(n, k)


def wrong_edge_forgotten(n, c, k):
    # the paper's product without its first line
    return float(1.0 - np.prod(1.0 - k / np.arange(n - c + 1, n + 1))) if n - c >= k else 0.0


def wrong_c_of_n(n, c, k):
    return 1 - math.comb(n - k, c) / math.comb(n, k)


def wrong_percent(n, c, k):
    return 100 * (1 - math.comb(n - c, k) / math.comb(n, k))
