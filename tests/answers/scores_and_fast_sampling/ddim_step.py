import math

import torch


def right_two_lines(x_t, eps_hat, left, left_next):
    x0 = (x_t - torch.sqrt(1 - left) * eps_hat) / torch.sqrt(left)
    return torch.sqrt(left_next) * x0 + torch.sqrt(1 - left_next) * eps_hat


def right_in_sigma(x_t, eps_hat, left, left_next):
    def sigma(a):
        return ((1 - a) / a).sqrt()

    return left_next.sqrt() * (x_t / left.sqrt() + (sigma(left_next) - sigma(left)) * eps_hat)


def right_collected(x_t, eps_hat, left, left_next):
    ratio = (left_next / left).sqrt()
    return ratio * x_t + ((1 - left_next).sqrt() - ratio * (1 - left).sqrt()) * eps_hat


def right_lists(x_t, eps_hat, left, left_next):
    a, b = left.item() ** 0.5, left_next.item() ** 0.5
    c, e = (1 - left).sqrt(), (1 - left_next).sqrt()
    return b * ((x_t - c * eps_hat) / a) + e * eps_hat


def wrong_fresh_noise(x_t, eps_hat, left, left_next):
    x0 = (x_t - (1 - left).sqrt() * eps_hat) / left.sqrt()
    return left_next.sqrt() * x0 + (1 - left_next).sqrt() * torch.randn_like(x_t)


def wrong_clipped(x_t, eps_hat, left, left_next):
    x0 = ((x_t - (1 - left).sqrt() * eps_hat) / left.sqrt()).clamp(-1, 1)
    return left_next.sqrt() * x0 + (1 - left_next).sqrt() * eps_hat


def wrong_only_scaled(x_t, eps_hat, left, left_next):
    return (left_next / left).sqrt() * x_t


def wrong_sign(x_t, eps_hat, left, left_next):
    x0 = (x_t + (1 - left).sqrt() * eps_hat) / left.sqrt()
    return left_next.sqrt() * x0 + (1 - left_next).sqrt() * eps_hat


def wrong_old_noise_level(x_t, eps_hat, left, left_next):
    x0 = (x_t - (1 - left).sqrt() * eps_hat) / left.sqrt()
    return left_next.sqrt() * x0 + (1 - left).sqrt() * eps_hat


def wrong_old_scale(x_t, eps_hat, left, left_next):
    x0 = (x_t - (1 - left).sqrt() * eps_hat) / left.sqrt()
    return left.sqrt() * x0 + (1 - left_next).sqrt() * eps_hat


def wrong_difference(x_t, eps_hat, left, left_next):
    return x_t + ((1 - left_next).sqrt() - (1 - left).sqrt()) * eps_hat


def wrong_sigma_unscaled(x_t, eps_hat, left, left_next):
    a, b = ((1 - left) / left).sqrt(), ((1 - left_next) / left_next).sqrt()
    return x_t / left.sqrt() + (b - a) * eps_hat


def wrong_half_root(x_t, eps_hat, left, left_next):
    x0 = (x_t - (1 - left).sqrt() * eps_hat) / left.sqrt()
    return left_next.sqrt() * x0 + (1 - left_next) * eps_hat


def wrong_nothing(x_t, eps_hat, left, left_next):
    return x_t


def right_floats(x_t, eps_hat, left, left_next):
    a, b = float(left), float(left_next)
    x_0 = (x_t - math.sqrt(1 - a) * eps_hat) / math.sqrt(a)
    return math.sqrt(b) * x_0 + math.sqrt(1 - b) * eps_hat


def wrong_divided_by_noise(x_t, eps_hat, left, left_next):
    # sigma by division with 1 - left_next: nan at the clean end
    x_0 = (x_t - (1 - left).sqrt() * eps_hat) / left.sqrt()
    snr = left_next / (1 - left_next)
    return (1 - left_next).sqrt() * (snr.sqrt() * x_0 + eps_hat)
