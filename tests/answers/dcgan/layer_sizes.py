import math
from itertools import accumulate

import torch
import torch.nn.functional as F


def right_loop(n, layers):
    sizes = [n]
    for kind, k, s, p in layers:
        if kind == "conv":
            n = (n + 2 * p - k) // s + 1
        else:
            n = (n - 1) * s + k - 2 * p
        sizes.append(n)
    return sizes


def _next_size(n, layer):
    kind, kernel, stride, padding = layer
    if kind == "transposed":
        return stride * n - stride + kernel - padding - padding
    return math.floor((n + 2 * padding - kernel) / stride + 1)


def right_accumulate(n, layers):
    return list(accumulate(layers, _next_size, initial=n))


def right_real_layers(n, layers):
    picture = torch.zeros(1, 1, n)
    sizes = [n]
    for kind, k, s, p in layers:
        f = F.conv1d if kind == "conv" else F.conv_transpose1d
        picture = f(picture, torch.zeros(1, 1, k), stride=s, padding=p)
        sizes.append(picture.shape[-1])
    return sizes


def right_recursive(n, layers):
    if not layers:
        return [n]
    return [n, *right_recursive(_next_size(n, layers[0]), layers[1:])]


def wrong_without_input(n, layers):
    sizes = []
    for kind, k, s, p in layers:
        n = (n + 2 * p - k) // s + 1 if kind == "conv" else (n - 1) * s + k - 2 * p
        sizes.append(n)
    return sizes


def wrong_not_floored(n, layers):
    # type
    sizes = [n]
    for kind, k, s, p in layers:
        n = (n + 2 * p - k) / s + 1 if kind == "conv" else (n - 1) * s + k - 2 * p
        sizes.append(n)
    return sizes


def wrong_rounded_up(n, layers):
    # n + 2p - k is no multiple of s
    sizes = [n]
    for kind, k, s, p in layers:
        n = math.ceil((n + 2 * p - k) / s) + 1 if kind == "conv" else (n - 1) * s + k - 2 * p
        sizes.append(n)
    return sizes


def wrong_no_plus_one(n, layers):
    sizes = [n]
    for kind, k, s, p in layers:
        n = (n + 2 * p - k) // s if kind == "conv" else (n - 1) * s + k - 2 * p
        sizes.append(n)
    return sizes


def wrong_one_side_padded(n, layers):
    sizes = [n]
    for kind, k, s, p in layers:
        n = (n + p - k) // s + 1 if kind == "conv" else (n - 1) * s + k - p
        sizes.append(n)
    return sizes


def wrong_always_from_input(n, layers):
    sizes = [n]
    for kind, k, s, p in layers:
        if kind == "conv":
            sizes.append((n + 2 * p - k) // s + 1)
        else:
            sizes.append((n - 1) * s + k - 2 * p)
    return sizes


def wrong_all_conv(n, layers):
    sizes = [n]
    for _kind, k, s, p in layers:
        sizes.append((sizes[-1] + 2 * p - k) // s + 1)
    return sizes


def wrong_padding_added_to_transpose(n, layers):
    sizes = [n]
    for kind, k, s, p in layers:
        n = (n + 2 * p - k) // s + 1 if kind == "conv" else (n - 1) * s + k + 2 * p
        sizes.append(n)
    return sizes


def wrong_times_stride(n, layers):
    # differs unless k - 2p = s
    sizes = [n]
    for kind, k, s, p in layers:
        n = (n + 2 * p - k) // s + 1 if kind == "conv" else n * s
        sizes.append(n)
    return sizes


def wrong_n_times_s(n, layers):
    sizes = [n]
    for kind, k, s, p in layers:
        n = (n + 2 * p - k) // s + 1 if kind == "conv" else n * s + k - 2 * p
        sizes.append(n)
    return sizes


def wrong_emptied_list(n, layers):
    # in place
    sizes = [n]
    while layers:
        kind, k, s, p = layers.pop(0)
        n = (n + 2 * p - k) // s + 1 if kind == "conv" else (n - 1) * s + k - 2 * p
        sizes.append(n)
    return sizes
