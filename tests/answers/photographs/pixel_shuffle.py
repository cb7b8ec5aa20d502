import torch
import torch.nn.functional as F


def right_torch(x, r):
    return F.pixel_shuffle(x, r)


def right_loops(x, r):
    b, c, h, w = x.shape
    out = x.new_zeros(b, c // (r * r), h * r, w * r)
    for u in range(r):
        for v in range(r):
            out[:, :, u::r, v::r] = x[:, u * r + v :: r * r]
    return out


def right_two_steps(x, r):
    b, c, h, w = x.shape
    x = x.reshape(b, c // r, r, h, w)  # v last
    x = x.permute(0, 1, 3, 4, 2).reshape(b, c // r, h, w * r)
    x = x.reshape(b, c // r // r, r, h, w * r)
    return x.permute(0, 1, 3, 2, 4).reshape(b, c // r // r, h * r, w * r)


def right_unflatten(x, r):
    squares = x.unflatten(1, (-1, r, r))
    return squares.permute(0, 1, 4, 2, 5, 3).flatten(4, 5).flatten(2, 3)


def right_transposed_convolution(x, r):
    c = x.shape[1] // (r * r)
    kernel = torch.eye(r * r, dtype=x.dtype).reshape(r * r, 1, r, r).repeat(c, 1, 1, 1)
    return F.conv_transpose2d(x, kernel, stride=r, groups=c)


def wrong_view(x, r):
    b, c, h, w = x.shape
    return x.reshape(b, c // r**2, h * r, w * r)


def wrong_columns_first(x, r):
    b, c, h, w = x.shape
    x = x.reshape(b, c // r**2, r, r, h, w).permute(0, 1, 4, 3, 5, 2)
    return x.reshape(b, c // r**2, h * r, w * r)


def wrong_tiles(x, r):
    b, c, h, w = x.shape
    x = x.reshape(b, c // r**2, r, r, h, w).permute(0, 1, 2, 4, 3, 5)
    return x.reshape(b, c // r**2, h * r, w * r)


def wrong_channel_order(x, r):
    b, c, h, w = x.shape
    x = x.reshape(b, r, r, c // r**2, h, w).permute(0, 3, 4, 1, 5, 2)
    return x.reshape(b, c // r**2, h * r, w * r)


def wrong_swapped_axes(x, r):
    b, c, h, w = x.shape
    x = x.reshape(b, c // r**2, r, r, h, w).permute(0, 1, 5, 2, 4, 3)
    return x.reshape(b, c // r**2, w * r, h * r)


def wrong_first_channel_only(x, r):
    return F.interpolate(x[:, :: r * r], scale_factor=r, mode="nearest")


def wrong_mean_of_channels(x, r):
    return F.interpolate(x.unflatten(1, (-1, r * r)).mean(2), scale_factor=r, mode="nearest")


def wrong_inverse(x, r):
    # r > 1
    return F.pixel_unshuffle(x, r)


def wrong_upside_down(x, r):
    # r > 1
    return F.pixel_shuffle(x.unflatten(1, (-1, r * r)).flip(2).flatten(1, 2), r)
