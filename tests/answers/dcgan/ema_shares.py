import math

import numpy as np
import torch


def right_powers(n, decay):
    shares = decay ** torch.arange(n, -1, -1, dtype=torch.float64)
    shares[1:] *= 1 - decay
    return shares


def right_run_the_average(n, decay):
    shares = torch.zeros(n + 1, dtype=torch.float64)
    shares[0] = 1
    for k in range(1, n + 1):
        shares = decay * shares
        shares[k] += 1 - decay
    return shares


def right_numpy(n, decay):
    shares = (1 - decay) * np.power(float(decay), n - np.arange(n + 1))
    shares[0] = decay**n
    return torch.from_numpy(shares)


def right_backwards_list(n, decay):
    shares = []
    left = 1.0
    for _ in range(n):
        shares.append(left * (1 - decay))
        left *= decay
    shares.append(left)
    return torch.tensor(shares[::-1], dtype=torch.double)


def wrong_state_0_like_the_rest(n, decay):
    return (1 - decay) * decay ** torch.arange(n, -1, -1, dtype=torch.float64)


def wrong_newest_first(n, decay):
    shares = decay ** torch.arange(n + 1, dtype=torch.float64)
    shares[:-1] *= 1 - decay
    return shares


def wrong_one_power_too_many(n, decay):
    k = torch.arange(n + 1, dtype=torch.float64)
    shares = (1 - decay) * decay ** (n - k + 1)
    shares[0] = decay**n
    return shares


def wrong_decay_swapped(n, decay):
    shares = (1 - decay) ** torch.arange(n, -1, -1, dtype=torch.float64)
    shares[1:] *= decay
    return shares


def wrong_renormalised(n, decay):
    shares = decay ** torch.arange(n, -1, -1, dtype=torch.float64)
    return shares / shares.sum()


def wrong_without_state_0(n, decay):
    # shape: (n,)
    return (1 - decay) * decay ** torch.arange(n - 1, -1, -1, dtype=torch.float64)


def wrong_float32(n, decay):
    # type
    shares = decay ** torch.arange(n, -1, -1, dtype=torch.float32)
    shares[1:] *= 1 - decay
    return shares


def wrong_float32_inside(n, decay):
    # float32: only 7 digits are right, fewer for a decay near 1
    shares = torch.tensor(decay) ** torch.arange(n, -1, -1)
    shares[1:] *= 1 - decay
    return shares.double()


def wrong_newest_written_last(n, decay):
    # edge: n = 0 gives 1 - decay
    shares = torch.zeros(n + 1, dtype=torch.float64)
    shares[0] = decay**n
    for k in range(1, n):
        shares[k] = (1 - decay) * decay ** (n - k)
    shares[-1] = 1 - decay
    return shares


def wrong_logs(n, decay):
    # edge: decay = 0 gives 0 * -inf
    k = torch.arange(n, -1, -1, dtype=torch.float64)
    shares = torch.exp(k * torch.tensor(decay, dtype=torch.float64).log())
    shares[1:] *= 1 - decay
    return shares


def wrong_list(n, decay):
    # type
    return [decay**n] + [(1 - decay) * math.pow(decay, n - k) for k in range(1, n + 1)]
