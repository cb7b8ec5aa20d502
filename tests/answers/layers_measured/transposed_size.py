import torch
import torch.nn.functional as F


def right_formula(n, k, s, p, extra):
    return (n - 1) * s + k - 2 * p + extra


def right_paint(n, k, s, p, extra):
    last = 0
    for i in range(n):
        for j in range(k):
            last = max(last, i * s + j)
    size = last + 1
    return size - p - p + extra


def right_ask_torch(n, k, s, p, extra):
    x, w = torch.zeros(1, 1, n), torch.zeros(1, 1, k)
    y = F.conv_transpose1d(x, w, stride=s, padding=p, output_padding=extra)
    return y.shape[-1]


def right_stride_first(n, k, s, p, extra):
    size = n * s
    size += k - s
    size += extra - 2 * p
    return int(size)


def wrong_plain_convolution(n, k, s, p, extra):
    return (n + 2 * p - k) // s + 1 + extra


def wrong_n_not_n_minus_one(n, k, s, p, extra):
    return n * s + k - 2 * p + extra


def wrong_padding_grows(n, k, s, p, extra):
    return (n - 1) * s + k + 2 * p + extra


def wrong_padding_once(n, k, s, p, extra):
    return (n - 1) * s + k - p + extra


def wrong_no_extra(n, k, s, p, extra):
    return (n - 1) * s + k - 2 * p


def wrong_extra_twice(n, k, s, p, extra):
    return (n - 1) * s + k - 2 * p + 2 * extra


def wrong_k_minus_one(n, k, s, p, extra):
    return (n - 1) * s + k - 1 - 2 * p + extra


def wrong_just_stride(n, k, s, p, extra):
    # right whenever k - 2p + extra = s
    return n * s


def wrong_one_more(n, k, s, p, extra):
    return (n - 1) * s + k - 2 * p + extra + 1


def wrong_extra_subtracted(n, k, s, p, extra):
    return (n - 1) * s + k - 2 * p - extra


def wrong_tensor(n, k, s, p, extra):
    # type
    return torch.tensor([(n - 1) * s + k - 2 * p + extra])
