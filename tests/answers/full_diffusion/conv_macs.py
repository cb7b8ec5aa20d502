import math

import torch


def right_ceil(c_in, c_out, kernel, height, width, stride):
    return c_in * c_out * kernel**2 * math.ceil(height / stride) * math.ceil(width / stride)


def right_negative_floor(c_in, c_out, kernel, height, width, stride):
    places = (-(-height // stride)) * (-(-width // stride))
    return places * kernel * kernel * c_in * c_out


def right_loop(c_in, c_out, kernel, height, width, stride):
    total = 0
    for _ in range(0, height, stride):
        for _ in range(0, width, stride):
            total += c_in * kernel * kernel * c_out
    return total


def right_product(c_in, c_out, kernel, height, width, stride):
    rows = (height + stride - 1) // stride
    columns = (width + stride - 1) // stride
    return math.prod([c_in, c_out, kernel, kernel, rows, columns])


def wrong_floor(c_in, c_out, kernel, height, width, stride):
    # odd sizes with stride 2
    return c_in * c_out * kernel**2 * (height // stride) * (width // stride)


def wrong_no_stride(c_in, c_out, kernel, height, width, stride):
    return c_in * c_out * kernel**2 * height * width


def wrong_kernel_not_squared(c_in, c_out, kernel, height, width, stride):
    return c_in * c_out * kernel * math.ceil(height / stride) * math.ceil(width / stride)


def wrong_stride_once(c_in, c_out, kernel, height, width, stride):
    return c_in * c_out * kernel**2 * math.ceil(height * width / stride)


def wrong_ceil_of_area(c_in, c_out, kernel, height, width, stride):
    # odd sizes with stride 2
    return c_in * c_out * kernel**2 * math.ceil(height * width / stride**2)


def wrong_square_picture(c_in, c_out, kernel, height, width, stride):
    return c_in * c_out * kernel**2 * math.ceil(height / stride) ** 2


def wrong_two_operations(c_in, c_out, kernel, height, width, stride):
    return 2 * c_in * c_out * kernel**2 * math.ceil(height / stride) * math.ceil(width / stride)


def wrong_bias(c_in, c_out, kernel, height, width, stride):
    places = math.ceil(height / stride) * math.ceil(width / stride)
    return c_out * (c_in * kernel**2 + 1) * places


def wrong_no_padding(c_in, c_out, kernel, height, width, stride):
    rows, columns = (max((x - kernel) // stride + 1, 0) for x in (height, width))
    return c_in * c_out * kernel**2 * rows * columns


def wrong_channels_added(c_in, c_out, kernel, height, width, stride):
    return (c_in + c_out) * kernel**2 * math.ceil(height / stride) * math.ceil(width / stride)


def wrong_weights_only(c_in, c_out, kernel, height, width, stride):
    return c_in * c_out * kernel**2


def wrong_rounded(c_in, c_out, kernel, height, width, stride):
    # sizes 5, 9, ... with stride 2
    return c_in * c_out * kernel**2 * round(height / stride) * round(width / stride)


def wrong_int32(c_in, c_out, kernel, height, width, stride):
    factors = [c_in, c_out, kernel**2, math.ceil(height / stride), math.ceil(width / stride)]
    # float32: overflows over 2 billion
    return int(torch.tensor(factors, dtype=torch.int32).prod(dtype=torch.int32))


def wrong_fraction(c_in, c_out, kernel, height, width, stride):
    return c_in * c_out * kernel**2 * (height / stride) * (width / stride)  # type, odd sizes
