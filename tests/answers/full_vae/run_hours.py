import numpy as np
import torch


def right_formula(macs, n_examples, stated_rate, share):
    return 6 * macs * n_examples / (stated_rate * share) / 3600


def right_steps(macs, n_examples, stated_rate, share):
    forward = 2 * macs
    backward = 2 * forward
    seconds = n_examples * (forward + backward) / stated_rate / share
    return seconds / 60 / 60


def right_numpy(macs, n_examples, stated_rate, share):
    work = np.prod(np.array([2.0, 3.0, macs, n_examples], dtype=np.float64))
    return np.divide(work, np.float64(stated_rate) * share * 3600)


def right_loop(macs, n_examples, stated_rate, share):
    seconds = 0.0
    for passes in (1, 2):
        seconds += passes * 2 * macs / (share * stated_rate)
    return n_examples * (seconds / 3.6e3)


def wrong_multiply_add_is_one(macs, n_examples, stated_rate, share):
    return 3 * macs * n_examples / (stated_rate * share) / 3600


def wrong_forward_only(macs, n_examples, stated_rate, share):
    return 2 * macs * n_examples / (stated_rate * share) / 3600


def wrong_backward_is_one(macs, n_examples, stated_rate, share):
    return 4 * macs * n_examples / (stated_rate * share) / 3600


def wrong_doubled_backward_only(macs, n_examples, stated_rate, share):
    return 5 * macs * n_examples / (stated_rate * share) / 3600


def wrong_share_multiplied(macs, n_examples, stated_rate, share):
    return 6 * macs * n_examples * share / stated_rate / 3600


def wrong_full_rate(macs, n_examples, stated_rate, share):
    return 6 * macs * n_examples / stated_rate / 3600


def wrong_seconds(macs, n_examples, stated_rate, share):
    return 6 * macs * n_examples / (stated_rate * share)


def wrong_minutes(macs, n_examples, stated_rate, share):
    return 6 * macs * n_examples / (stated_rate * share) / 60


def wrong_rate_in_multiply_adds(macs, n_examples, stated_rate, share):
    return 12 * macs * n_examples / (stated_rate * share) / 3600


def wrong_percent(macs, n_examples, stated_rate, share):
    return 6 * macs * n_examples / (stated_rate * share / 100) / 3600


def wrong_upside_down(macs, n_examples, stated_rate, share):
    return stated_rate * share / (6 * macs * n_examples) / 3600


def wrong_int64(macs, n_examples, stated_rate, share):
    work = 6 * torch.tensor(int(macs)) * int(n_examples)  # float32: overflows over 9e18
    return float(work) / (stated_rate * share) / 3600


def wrong_whole_hours(macs, n_examples, stated_rate, share):
    return 6 * macs * n_examples // (stated_rate * share * 3600)


def wrong_text(macs, n_examples, stated_rate, share):
    return f"{6 * macs * n_examples / (stated_rate * share) / 3600:.2f} h"  # type
