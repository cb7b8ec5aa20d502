from fractions import Fraction

import numpy as np
import torch


def right_fraction(share, n_steps):
    age = share * n_steps
    return age / (age + 1)


def right_one_less(share, n_steps):
    return 1.0 - 1.0 / (1.0 + share * n_steps)


def right_bisection(share, n_steps):
    low, high = 0.0, 1.0
    for _ in range(100):
        d = (low + high) / 2
        if d < share * n_steps * (1 - d):
            low = d
        else:
            high = d
    return low


def right_exact(share, n_steps):
    age = Fraction(share) * n_steps
    return np.float64(age / (1 + age))


def wrong_window(share, n_steps):
    return 1 - 1 / max(share * n_steps, 1)


def wrong_one_less_share(share, n_steps):
    return 1 - share


def wrong_age(share, n_steps):
    return share * n_steps


def wrong_complement(share, n_steps):
    return 1 / (1 + share * n_steps)


def wrong_exponential(share, n_steps):
    return float(np.exp(-1 / max(share * n_steps, 1e-9)))


def wrong_half_life(share, n_steps):
    return 0.5 ** (1 / max(share * n_steps, 1e-9))


def wrong_steps_only(share, n_steps):
    return n_steps / (n_steps + 1)


def wrong_share_outside(share, n_steps):
    return share * n_steps / (n_steps + 1)


def wrong_sign(share, n_steps):
    age = share * n_steps
    return age / (age - 1) if age != 1 else 1.0


def wrong_share_only(share, n_steps):
    return share / (1 + share)


def wrong_whole_steps(share, n_steps):
    age = int(share * n_steps)  # share * n_steps that is not whole
    return age / (age + 1)


def wrong_zero_share(share, n_steps):
    return 1 / (1 + 1 / (share * n_steps))  # edge: share = 0


def wrong_float16(share, n_steps):
    # float32: 1 for long runs
    return float(1 - torch.tensor(1.0).half() / (1 + share * n_steps))


def wrong_pair(share, n_steps):
    age = share * n_steps
    return age / (age + 1), 1 / (age + 1)  # type
