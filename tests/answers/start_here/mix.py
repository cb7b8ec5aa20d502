import math

import torch


def right_vectorised(noise, x, t):
    t = t[:, None, None, None]
    return (1 - t) * noise + t * x


def right_loop(noise, x, t):
    out = torch.empty_like(noise)
    for i in range(len(t)):
        out[i] = (1 - t[i]) * noise[i] + t[i] * x[i]
    return out


def right_lerp(noise, x, t):
    return torch.lerp(noise, x, t.view(-1, 1, 1, 1))


def right_einsum_with_constant(noise, x, t):
    one = torch.tensor(1.0)
    return torch.einsum("b,bchw->bchw", one - t, noise) + torch.einsum("b,bchw->bchw", t, x)


def wrong_ends_swapped(noise, x, t):
    t = t[:, None, None, None]
    return t * noise + (1 - t) * x


def wrong_noise_not_faded(noise, x, t):
    return noise + t[:, None, None, None] * x


def wrong_sign_of_difference(noise, x, t):
    return noise - t.view(-1, 1, 1, 1) * (x - noise)


def wrong_start_at_image_direction(noise, x, t):
    return x + t.view(-1, 1, 1, 1) * (x - noise)


def wrong_first_time_for_all(noise, x, t):
    # edge: times that differ
    return (1 - t[0]) * noise + t[0] * x


def wrong_mean_time(noise, x, t):
    t = t.mean()
    return (1 - t) * noise + t * x


def wrong_square_roots(noise, x, t):
    t = t.view(-1, 1, 1, 1)
    return (1 - t).sqrt() * noise + t.sqrt() * x


def wrong_circle(noise, x, t):
    angle = t.view(-1, 1, 1, 1) * math.pi / 2
    return angle.cos() * noise + angle.sin() * x


def wrong_clamped(noise, x, t):
    t = t.view(-1, 1, 1, 1)
    return ((1 - t) * noise + t * x).clamp(0, 1)


def wrong_one_axis_short(noise, x, t):
    # shape: (B, B, H, W) for B > 1
    t = t[:, None, None]
    return (1 - t) * noise + t * x


def wrong_edits_noise(noise, x, t):
    # in place
    t = t.view(-1, 1, 1, 1)
    noise *= 1 - t
    noise += t * x
    return noise
