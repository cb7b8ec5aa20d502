import math


def right_size_and_jump(layers):
    size, jump = 1, 1
    for kernel, stride, dilation in layers:
        size += (kernel - 1) * dilation * jump
        jump *= stride
    return size


def right_backwards(layers):
    size = 1
    for k, s, d in reversed(layers):
        size = (size - 1) * s + d * (k - 1) + 1
    return size


def right_sum_of_products(layers):
    strides = [s for _, s, _ in layers]
    grow = [(k - 1) * d * math.prod(strides[:i]) for i, (k, _, d) in enumerate(layers)]
    return 1 + sum(grow)


def right_first_and_last_pixel(layers):
    low = high = 0
    for i in range(len(layers) - 1, -1, -1):
        k, s, d = layers[i]
        low, high = low * s, high * s + (k - 1) * d
    return int(high - low + 1)


def wrong_jump_too_early(layers):
    size = jump = 1
    for k, s, d in layers:
        jump *= s
        size += (k - 1) * d * jump
    return size


def wrong_no_jump(layers):
    return 1 + sum((k - 1) * d for k, _, d in layers)


def wrong_own_stride_only(layers):
    return 1 + sum((k - 1) * d * s for k, s, d in layers)


def wrong_no_dilation(layers):
    size = jump = 1
    for k, s, _ in layers:
        size += (k - 1) * jump
        jump *= s
    return size


def wrong_starts_at_zero(layers):
    size, jump = 0, 1
    for k, s, d in layers:
        size += (k - 1) * d * jump
        jump *= s
    return size


def wrong_k_not_k_minus_one(layers):
    size = jump = 1
    for k, s, d in layers:
        size += k * d * jump
        jump *= s
    return size


def wrong_jump_adds(layers):
    # three strides of 2: 8, not 4
    size = jump = 1
    for k, s, d in layers:
        size += (k - 1) * d * jump
        jump += s - 1
    return size


def wrong_dilation_in_jump(layers):
    size = jump = 1
    for k, s, d in layers:
        size += (k - 1) * d * jump
        jump *= s * d
    return size


def wrong_stride_first_in_tuple(layers):
    size = jump = 1
    for s, k, d in layers:
        size += (k - 1) * d * jump
        jump *= s
    return size


def wrong_pops_layers(layers):
    # in place
    size = 1
    while layers:
        k, s, d = layers.pop()
        size = (size - 1) * s + d * (k - 1) + 1
    return size


def wrong_reversed_order(layers):
    size = jump = 1
    for k, s, d in layers[::-1]:
        size += (k - 1) * d * jump
        jump *= s
    return size
