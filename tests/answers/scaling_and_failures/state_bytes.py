import numpy as np


def right_cases(n_weights, n, stage):
    if stage == 0:
        return 16.0 * n_weights
    if stage == 1:
        return n_weights * (8 + 8 / n)
    if stage == 2:
        return n_weights * (4 + 12 / n)
    return n_weights * 16 / n


def right_loop(n_weights, n, stage):
    total = 0.0
    for first_stage in (3, 2, 1, 1):  # weight, gradient, two moments
        total += 4 * n_weights / n if stage >= first_stage else 4 * n_weights
    return total


def right_table(n_weights, n, stage):
    full = np.array([16, 8, 4, 0])[stage]
    return np.float64(n_weights) * (full + (16 - full) / n)


def right_booleans(n_weights, n, stage):
    shared = 8 * (stage >= 1) + 4 * (stage >= 2) + 4 * (stage >= 3)
    return float(16 * n_weights) - shared * n_weights * (n - 1) / n


def wrong_one_moment(n_weights, n, stage):
    full = [12, 8, 4, 0][stage]
    return n_weights * (full + (12 - full) / n)


def wrong_two_bytes(n_weights, n, stage):
    full = [8, 4, 2, 0][stage]
    return n_weights * (full + (8 - full) / n)


def wrong_weights_first(n_weights, n, stage):
    full = [16, 12, 8, 0][stage]
    return n_weights * (full + (16 - full) / n)


def wrong_one_stage_late(n_weights, n, stage):
    full = [16, 16, 8, 4][stage]
    return n_weights * (full + (16 - full) / n)


def wrong_only_newest(n_weights, n, stage):
    shared = [0, 8, 4, 4][stage]
    return n_weights * (16 - shared + shared / n)


def wrong_removed(n_weights, n, stage):
    return n_weights * [16.0, 8.0, 4.0, 0.0][stage]


def wrong_all_processes(n_weights, n, stage):
    full = [16, 8, 4, 0][stage]
    return n * n_weights * (full + (16 - full) / n)


def wrong_numbers(n_weights, n, stage):
    full = [4, 2, 1, 0][stage]
    return n_weights * (full + (4 - full) / n)


def wrong_gathered(n_weights, n, stage):
    full = [16, 8, 4, 4][stage]
    return n_weights * (full + (16 - full) / n)


def wrong_divided_by_others(n_weights, n, stage):
    full = [16, 8, 4, 0][stage]
    return n_weights * (full + (16 - full) / max(n - 1, 1))


def wrong_whole_shares(n_weights, n, stage):
    full = [16, 8, 4, 0][stage]
    return float(n_weights * (full + (16 - full) // n))  # edge: n does not divide 8, 12, 16


def wrong_int32(n_weights, n, stage):
    full = [16, 8, 4, 0][stage]
    w = np.array([n_weights], dtype=np.int32) * np.array([16], dtype=np.int32)
    # float32: overflows from 134 million weights on
    return float(w[0]) * (full + (16 - full) / n) / 16


def wrong_list(n_weights, n, stage):
    return [4 * n_weights / (n if stage >= s else 1) for s in (3, 2, 1, 1)]  # type
