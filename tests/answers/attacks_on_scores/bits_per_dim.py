import math

import numpy as np
import torch


def right_formula(nll_nats, n_dims, bin_width):
    return (nll_nats / n_dims - math.log(bin_width)) / math.log(2)


def right_loop(nll_nats, n_dims, bin_width):
    out = []
    for nll in nll_nats:
        nats = nll - n_dims * math.log(bin_width)
        out.append(nats / (n_dims * math.log(2)))
    return torch.stack(out)


def right_numpy(nll_nats, n_dims, bin_width):
    bits = nll_nats.detach().cpu().numpy() / np.log(2) / n_dims
    return torch.from_numpy(bits - np.log2(bin_width)).to(nll_nats.dtype)


def right_log2_e(nll_nats, n_dims, bin_width):
    log2_e = torch.tensor(math.e).log2()
    return torch.mul(nll_nats, log2_e) / n_dims + math.log2(1 / bin_width)


def wrong_sign_of_width(nll_nats, n_dims, bin_width):
    return (nll_nats / n_dims + math.log(bin_width)) / math.log(2)


def wrong_nats(nll_nats, n_dims, bin_width):
    return nll_nats / n_dims - math.log(bin_width)


def wrong_no_width(nll_nats, n_dims, bin_width):
    # bin_width != 1
    return nll_nats / n_dims / math.log(2)


def wrong_width_once_an_example(nll_nats, n_dims, bin_width):
    return (nll_nats - math.log(bin_width)) / n_dims / math.log(2)


def wrong_times_log_two(nll_nats, n_dims, bin_width):
    return (nll_nats / n_dims - math.log(bin_width)) * math.log(2)


def wrong_bits_per_example(nll_nats, n_dims, bin_width):
    return (nll_nats - n_dims * math.log(bin_width)) / math.log(2)


def wrong_width_in_nats(nll_nats, n_dims, bin_width):
    return nll_nats / n_dims / math.log(2) - math.log(bin_width)


def wrong_through_probability(nll_nats, n_dims, bin_width):
    # float32: exp(-1000) is 0
    p = torch.exp(-nll_nats) * bin_width**n_dims
    return -torch.log2(p) / n_dims


def wrong_batch_mean(nll_nats, n_dims, bin_width):
    # shape: scalar
    return (nll_nats.mean() / n_dims - math.log(bin_width)) / math.log(2)


def wrong_never_negative(nll_nats, n_dims, bin_width):
    # edge: a density above 1 / bin_width
    return ((nll_nats / n_dims - math.log(bin_width)) / math.log(2)).clamp(min=0)


def wrong_divides_in_place(nll_nats, n_dims, bin_width):
    # in place
    nll_nats /= n_dims
    return (nll_nats - math.log(bin_width)) / math.log(2)
