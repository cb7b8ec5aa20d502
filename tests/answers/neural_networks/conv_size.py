import math

import torch
import torch.nn.functional as F


def right_formula(n, k, s, p, d):
    return (n + 2 * p - d * (k - 1) - 1) // s + 1


def right_count_positions(n, k, s, p, d):
    count, start = 0, -p
    while start + d * (k - 1) <= n + p - 1:
        count += 1
        start += s
    return count


def right_ask_torch(n, k, s, p, d):
    x, w = torch.zeros(1, 1, n), torch.zeros(1, 1, k)
    return F.conv1d(x, w, stride=s, padding=p, dilation=d).shape[-1]


def right_ceil(n, k, s, p, d):
    span = d * (k - 1) + 1
    return math.ceil((n + 2 * p - span + 1) / s)


def wrong_no_dilation(n, k, s, p, d):
    return (n + 2 * p - k) // s + 1


def wrong_dilation_times_k(n, k, s, p, d):
    return (n + 2 * p - d * k) // s + 1


def wrong_one_padding(n, k, s, p, d):
    return (n + p - d * (k - 1) - 1) // s + 1


def wrong_no_plus_one(n, k, s, p, d):
    return (n + 2 * p - d * (k - 1) - 1) // s


def wrong_plus_one_inside(n, k, s, p, d):
    return (n + 2 * p - d * (k - 1)) // s


def wrong_ceils(n, k, s, p, d):
    return math.ceil((n + 2 * p - d * (k - 1) - 1) / s) + 1


def wrong_rounds(n, k, s, p, d):
    return round((n + 2 * p - d * (k - 1) - 1) / s) + 1


def wrong_true_division(n, k, s, p, d):
    # type: float, and no rounding down
    return (n + 2 * p - d * (k - 1) - 1) / s + 1


def wrong_padding_lost(n, k, s, p, d):
    return (n - 2 * p - d * (k - 1) - 1) // s + 1


def wrong_same_over_stride(n, k, s, p, d):
    return math.ceil(n / s)


def wrong_whole_picture(n, k, s, p, d):
    return ((n + 2 * p - d * (k - 1) - 1) // s + 1) ** 2
