import math

import numpy as np
import torch

DTYPE = "float64"


def right_vectorised(n_positions, d_model):
    rates = 10000 ** (-torch.arange(0, d_model, 2) / d_model)
    angles = torch.arange(n_positions)[:, None] * rates
    table = torch.empty(n_positions, d_model)
    table[:, 0::2] = angles.sin()
    table[:, 1::2] = angles.cos()
    return table


def right_loop(n_positions, d_model):
    table = torch.zeros(n_positions, d_model)
    for p in range(n_positions):
        for i in range(d_model // 2):
            r = 10000 ** (-2 * i / d_model)
            table[p, 2 * i] = math.sin(p * r)
            table[p, 2 * i + 1] = math.cos(p * r)
    return table


def right_stack(n_positions, d_model):
    i = torch.arange(d_model // 2, dtype=torch.get_default_dtype())
    rates = torch.exp(-2 * i / d_model * math.log(10000))
    angles = torch.outer(torch.arange(n_positions).to(rates), rates)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


def right_numpy_complex(n_positions, d_model):
    rates = np.power(10000.0, -np.arange(0, d_model, 2) / d_model)
    turn = np.exp(1j * np.arange(n_positions)[:, None] * rates)
    table = np.stack([turn.imag, turn.real], axis=2).reshape(n_positions, d_model)
    return torch.tensor(table, dtype=torch.get_default_dtype())


def wrong_sin_then_cos(n_positions, d_model):
    # differs from d_model = 4 on
    rates = 10000 ** (-torch.arange(0, d_model, 2) / d_model)
    angles = torch.arange(n_positions)[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def wrong_cos_first(n_positions, d_model):
    rates = 10000 ** (-torch.arange(0, d_model, 2) / d_model)
    angles = torch.arange(n_positions)[:, None] * rates
    return torch.stack([angles.cos(), angles.sin()], dim=-1).flatten(1)


def wrong_two_forgotten(n_positions, d_model):
    rates = 10000 ** (-torch.arange(d_model // 2) / d_model)
    angles = torch.arange(n_positions)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


def wrong_two_i_of_even_index(n_positions, d_model):
    rates = 10000 ** (-2 * torch.arange(0, d_model, 2) / d_model)
    angles = torch.arange(n_positions)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


def wrong_from_one(n_positions, d_model):
    rates = 10000 ** (-torch.arange(0, d_model, 2) / d_model)
    angles = torch.arange(1, n_positions + 1)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


def wrong_sign_of_exponent(n_positions, d_model):
    rates = 10000 ** (torch.arange(0, d_model, 2) / d_model)
    angles = torch.arange(n_positions)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


def wrong_each_column_its_rate(n_positions, d_model):
    angles = torch.arange(n_positions)[:, None] * 10000 ** (-torch.arange(d_model) / d_model)
    table = angles.sin()
    table[:, 1::2] = angles[:, 1::2].cos()
    return table


def wrong_ends_included(n_positions, d_model):
    # the slowest rate must not reach 1 / 10000: differs from d_model = 4 on
    rates = 10000 ** -torch.linspace(0, 1, d_model // 2)
    angles = torch.arange(n_positions)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


def wrong_integer_overflow(n_positions, d_model):
    # float32: 10000 ** 2i leaves the 64-bit integers from i = 3 on
    rates = 1 / (10000 ** torch.arange(0, d_model, 2)) ** (1 / d_model)
    angles = torch.arange(n_positions)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


def wrong_width_two(n_positions, d_model):
    # edge: d_model = 2 gives 0 / 0
    i = torch.arange(d_model // 2)
    rates = 10000 ** (-(i / (d_model // 2 - 1)) * (d_model - 2) / d_model)
    angles = torch.arange(n_positions)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


def wrong_transposed(n_positions, d_model):
    # shape
    rates = 10000 ** (-torch.arange(0, d_model, 2) / d_model)
    angles = torch.arange(n_positions)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1).T
