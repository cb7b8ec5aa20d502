import math

import torch

DTYPE = "float64"


def right_vectorised(log_probs):
    return torch.exp(-log_probs.mean())


def right_loop(log_probs):
    total = 0.0
    for lp in log_probs:
        total = total - lp
    return torch.exp(total / len(log_probs))


def right_via_bits(log_probs):
    bits = -log_probs / torch.log(torch.tensor(2.0))
    return 2 ** bits.mean()


def right_python_float(log_probs):
    surprise = [-lp for lp in log_probs.tolist()]
    return math.exp(math.fsum(surprise) / len(surprise))


def wrong_sign(log_probs):
    return log_probs.mean().exp()


def wrong_sum(log_probs):
    return torch.exp(-log_probs.sum())


def wrong_base_two(log_probs):
    return 2 ** (-log_probs.mean())


def wrong_nats(log_probs):
    return -log_probs.mean()


def wrong_mean_of_exp(log_probs):
    return torch.exp(-log_probs).mean()


def wrong_inverse_mean_probability(log_probs):
    return 1 / log_probs.exp().mean()


def wrong_n_minus_one(log_probs):
    return torch.exp(-log_probs.sum() / (len(log_probs) - 1))


def wrong_bits_and_exp(log_probs):
    return torch.exp(-log_probs.mean() / math.log(2))


def wrong_product(log_probs):
    # float32: the product is 0 for a text of some thousand characters
    return log_probs.exp().prod() ** (-1 / len(log_probs))


def wrong_skips_impossible(log_probs):
    # edge: a character with probability 0 (log p = -inf) makes it infinite
    return torch.exp(-log_probs[log_probs.isfinite()].mean())


def wrong_each_position(log_probs):
    # shape
    return torch.exp(-log_probs)
