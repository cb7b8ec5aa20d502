import math
from fractions import Fraction

import numpy as np


def right_formula(n, size):
    return 2 * (n - 1) * size / n


def right_loop(n, size):
    sent = 0.0
    for _ in range(2 * (n - 1)):
        sent += size / n
    return sent


def right_fraction(n, size):
    return float(2 * (1 - Fraction(1, n)) * Fraction(size))


def right_numpy(n, size):
    return np.float64(2.0) * (size - size / n)


def wrong_one_phase(n, size):
    return (n - 1) * size / n


def wrong_whole_tensor(n, size):
    return 2 * (n - 1) * size


def wrong_limit(n, size):
    return 2.0 * size


def wrong_steps_too_many(n, size):
    return 2 * (n + 1) * size / n


def wrong_upside_down(n, size):
    return 2 * size * n / (n - 1) if n > 1 else 0.0


def wrong_one_step_short(n, size):
    return (2 * (n - 1) - 1) * size / n


def wrong_parts(n, size):
    return 2 * size / n


def wrong_all_processes(n, size):
    return 2 * (n - 1) * size / n * n


def wrong_sent_and_received(n, size):
    return 4 * (n - 1) * size / n


def wrong_four_bytes_a_number(n, size):
    return 4 * 2 * (n - 1) * size / n


def wrong_floor(n, size):
    return float(2 * (n - 1) * (size // n))  # edge: size no multiple of n


def wrong_padded(n, size):
    return float(2 * (n - 1) * math.ceil(size / n))  # edge: size no multiple of n


def wrong_alone(n, size):
    return 2 * size / (1 + 1 / (n - 1))  # edge: n = 1


def wrong_int32(n, size):
    return float(2 * (n - 1) * np.int32(size) / n)  # float32: a tensor of 2 GiB and more


def wrong_list(n, size):
    return [size / n] * (2 * (n - 1))  # type
