import math
import warnings

import torch
import torch.nn.functional as F
from skimage.metrics import peak_signal_noise_ratio


def right_formula(x, y, data_range):
    mse = ((x - y) ** 2).mean(dim=(1, 2, 3))
    return 10 * torch.log10(data_range**2 / mse)


def right_loop(x, y, data_range):
    out = []
    for a, b in zip(x, y, strict=True):
        mse = F.mse_loss(a, b).item()
        out.append(20 * math.log10(data_range) - 10 * math.log10(mse) if mse > 0 else math.inf)
    return torch.tensor(out, dtype=x.dtype)


def right_skimage(x, y, data_range):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = [
            float(peak_signal_noise_ratio(b, a, data_range=data_range))
            for a, b in zip(x.double().numpy(), y.double().numpy(), strict=True)
        ]
    return torch.tensor(values, dtype=x.dtype)


def right_relative_error(x, y, data_range):
    error = torch.sub(x, y).flatten(1) / data_range
    rms = error.norm(dim=1) / error.shape[1] ** 0.5
    return torch.tensor(-20.0) * rms.log() / math.log(10)


def wrong_natural_log(x, y, data_range):
    return 10 * torch.log(data_range**2 / ((x - y) ** 2).mean((1, 2, 3)))


def wrong_twenty(x, y, data_range):
    return 20 * torch.log10(data_range**2 / ((x - y) ** 2).mean((1, 2, 3)))


def wrong_range_not_squared(x, y, data_range):
    # data_range != 1
    return 10 * torch.log10(data_range / ((x - y) ** 2).mean((1, 2, 3)))


def wrong_absolute_error(x, y, data_range):
    return 10 * torch.log10(data_range**2 / (x - y).abs().mean((1, 2, 3)))


def wrong_summed_error(x, y, data_range):
    return 10 * torch.log10(data_range**2 / ((x - y) ** 2).sum((1, 2, 3)))


def wrong_batch_error(x, y, data_range):
    value = 10 * torch.log10(data_range**2 / F.mse_loss(x, y))
    return value.expand(len(x))


def wrong_mean_of_channels(x, y, data_range):
    # C > 1
    mse = ((x - y) ** 2).mean((2, 3))
    return (10 * torch.log10(data_range**2 / mse)).mean(1)


def wrong_padded(x, y, data_range):
    # edge: equal pictures, or errors of 1e-4
    return 10 * torch.log10(data_range**2 / (((x - y) ** 2).mean((1, 2, 3)) + 1e-8))


def wrong_hundred_for_equal(x, y, data_range):
    # edge: equal pictures
    mse = ((x - y) ** 2).mean((1, 2, 3))
    return torch.where(mse == 0, torch.full_like(mse, 100.0), 10 * torch.log10(data_range**2 / mse))


def wrong_expanded_square(x, y, data_range):
    # float32: nearly equal pictures
    mse = (x * x).mean((1, 2, 3)) - 2 * (x * y).mean((1, 2, 3)) + (y * y).mean((1, 2, 3))
    return 10 * torch.log10(data_range**2 / mse)


def wrong_subtracts_in_place(x, y, data_range):
    # in place
    x -= y
    return 10 * torch.log10(data_range**2 / (x**2).mean((1, 2, 3)))
