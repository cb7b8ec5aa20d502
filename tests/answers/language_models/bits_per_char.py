import math

import numpy as np
import torch

DTYPE = "float64"


def right_vectorised(nll, n_chars):
    return nll.sum() / n_chars.sum() / math.log(2)


def right_loop(nll, n_chars):
    total = 0.0
    chars = 0
    for a, n in zip(nll, n_chars, strict=True):
        total = total + a / math.log(2)
        chars = chars + n
    return total / chars


def right_weighted_average(nll, n_chars):
    weights = n_chars / n_chars.sum()
    each = nll / n_chars.clamp(min=1) / np.log(2)
    return torch.dot(weights.to(each.dtype), each)


def right_python_float(nll, n_chars):
    return float(nll.sum() * math.log2(math.e) / n_chars.sum())


def wrong_mean_of_ratios(nll, n_chars):
    return (nll / n_chars).mean() / math.log(2)


def wrong_nats(nll, n_chars):
    return nll.sum() / n_chars.sum()


def wrong_times_log2(nll, n_chars):
    return nll.sum() / n_chars.sum() * math.log(2)


def wrong_mean_over_sum(nll, n_chars):
    return nll.mean() / n_chars.sum() / math.log(2)


def wrong_bits_of_document(nll, n_chars):
    return nll.mean() / math.log(2)


def wrong_log10(nll, n_chars):
    return nll.sum() / n_chars.sum() / math.log10(2)


def wrong_nll_is_per_char(nll, n_chars):
    return (nll * n_chars).sum() / n_chars.sum() / math.log(2)


def wrong_sign(nll, n_chars):
    return -nll.sum() / n_chars.sum() / math.log(2)


def wrong_log2_of_ratio(nll, n_chars):
    return torch.log2(nll.sum() / n_chars.sum())


def wrong_per_document(nll, n_chars):
    # shape
    return nll / n_chars / math.log(2)


def wrong_through_probability(nll, n_chars):
    # float32: the product of the probabilities is 0 for real documents
    return -torch.log2(torch.exp(-nll).prod()) / n_chars.sum()
