import math

import torch

DTYPE = "float64"


def right_halves(x, positions):
    d = x.shape[-1]
    rates = 10000 ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
    angle = positions[:, None] * rates
    a, b = x.chunk(2, dim=-1)
    cos, sin = angle.cos(), angle.sin()
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)


def right_loop(x, positions):
    d = x.shape[-1]
    out = torch.empty_like(x)
    for t, p in enumerate(positions.tolist()):
        for i in range(d // 2):
            w = p * 10000 ** (-2 * i / d)
            a, b = x[..., t, i], x[..., t, i + d // 2]
            out[..., t, i] = a * math.cos(w) - b * math.sin(w)
            out[..., t, i + d // 2] = a * math.sin(w) + b * math.cos(w)
    return out


def right_complex(x, positions):
    half = x.shape[-1] // 2
    i = torch.arange(half).to(x)
    angle = torch.outer(positions.to(x), 10000 ** (-i / half))
    z = torch.complex(x[..., :half], x[..., half:])
    z = z * torch.polar(torch.ones_like(angle), angle)
    return torch.cat([z.real, z.imag], dim=-1)


def right_rotate_half(x, positions):
    half = x.shape[-1] // 2
    rates = torch.exp(torch.arange(half, dtype=x.dtype) * (-math.log(10000.0) / half))
    angle = (positions.unsqueeze(1) * rates).repeat(1, 2)
    turned = torch.cat([-x[..., half:], x[..., :half]], dim=-1)
    return x * angle.cos() + turned * angle.sin()


def wrong_neighbours(x, positions):
    # differs from d = 4 on
    d = x.shape[-1]
    angle = positions[:, None] * 10000 ** (-torch.arange(0, d, 2) / d)
    a, b = x[..., 0::2], x[..., 1::2]
    turned = [a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()]
    return torch.stack(turned, dim=-1).flatten(-2)


def wrong_direction(x, positions):
    d = x.shape[-1]
    angle = positions[:, None] * 10000 ** (-torch.arange(0, d, 2) / d)
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * angle.cos() + b * angle.sin(), b * angle.cos() - a * angle.sin()], -1)


def wrong_reflection(x, positions):
    d = x.shape[-1]
    angle = positions[:, None] * 10000 ** (-torch.arange(0, d, 2) / d)
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * angle.cos() + b * angle.sin(), a * angle.sin() - b * angle.cos()], -1)


def wrong_positions_ignored(x, positions):
    # differs where the positions do not start at 0 or have gaps
    d = x.shape[-1]
    angle = torch.arange(x.shape[-2])[:, None] * 10000 ** (-torch.arange(0, d, 2) / d)
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], -1)


def wrong_rates_of_half(x, positions):
    # -i / d for -2i / d: differs from d = 4 on
    d = x.shape[-1]
    angle = positions[:, None] * 10000 ** (-torch.arange(d // 2) / d)
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], -1)


def wrong_new_a_for_b(x, positions):
    d = x.shape[-1]
    angle = positions[:, None] * 10000 ** (-torch.arange(0, d, 2) / d)
    a, b = x.chunk(2, dim=-1)
    a = a * angle.cos() - b * angle.sin()
    b = a * angle.sin() + b * angle.cos()
    return torch.cat([a, b], dim=-1)


def wrong_added(x, positions):
    d = x.shape[-1]
    angle = positions[:, None] * 10000 ** (-torch.arange(0, d, 2) / d)
    return x + torch.cat([angle.cos(), angle.sin()], dim=-1)


def wrong_integer_overflow(x, positions):
    # float32: 10000 ** 2i leaves the 64-bit integers from i = 3 on
    d = x.shape[-1]
    angle = positions[:, None] / (10000 ** torch.arange(0, d, 2)) ** (1 / d)
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], -1)


def wrong_no_gradient(x, positions):
    # gradient
    d = x.shape[-1]
    angle = positions[:, None] * 10000 ** (-torch.arange(0, d, 2) / d)
    a, b = x.detach().chunk(2, dim=-1)
    return torch.cat([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], -1)


def wrong_in_place(x, positions):
    # in place
    d = x.shape[-1]
    angle = positions[:, None] * 10000 ** (-torch.arange(0, d, 2) / d)
    a, b = x[..., : d // 2].clone(), x[..., d // 2 :].clone()
    x[..., : d // 2] = a * angle.cos() - b * angle.sin()
    x[..., d // 2 :] = a * angle.sin() + b * angle.cos()
    return x


def wrong_pairs_left_apart(x, positions):
    # shape
    d = x.shape[-1]
    angle = positions[:, None] * 10000 ** (-torch.arange(0, d, 2) / d)
    a, b = x.chunk(2, dim=-1)
    return torch.stack([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], -1)
