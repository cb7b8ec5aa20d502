import numpy as np


def right_sum(macs_g, macs_d):
    d_step = macs_g + 2 * macs_d + 2 * 2 * macs_d
    g_step = macs_g + macs_d + macs_d + 2 * macs_g
    return d_step + g_step


def right_short(macs_g, macs_d):
    return 4.0 * (macs_g + 2.0 * macs_d)


def right_loop(macs_g, macs_d):
    total = 0.0
    for forward, inputs, weights, cost in (
        (1, 0, 0, macs_g),
        (1, 1, 1, macs_d),
        (1, 1, 1, macs_d),
        (1, 1, 1, macs_g),
        (1, 1, 0, macs_d),
    ):
        total += (forward + inputs + weights) * cost
    return total


def right_numpy(macs_g, macs_d):
    return np.dot(np.array([4.0, 8.0]), np.array([macs_g, macs_d]))


def wrong_d_not_frozen(macs_g, macs_d):
    return 4 * macs_g + 9 * macs_d


def wrong_no_fake_in_d_step(macs_g, macs_d):
    return 3 * macs_g + 8 * macs_d


def wrong_fake_with_gradient(macs_g, macs_d):
    return 6 * macs_g + 8 * macs_d


def wrong_one_picture(macs_g, macs_d):
    return 4 * macs_g + 5 * macs_d


def wrong_d_skipped_in_g_step(macs_g, macs_d):
    return 4 * macs_g + 7 * macs_d


def wrong_only_forward(macs_g, macs_d):
    return 2 * macs_g + 3 * macs_d


def wrong_backward_once(macs_g, macs_d):
    return 3 * macs_g + 6 * macs_d


def wrong_three_of_each(macs_g, macs_d):
    return 3 * macs_g + 3 * macs_d


def wrong_one_slope_for_g(macs_g, macs_d):
    return 3 * macs_g + 7 * macs_d


def wrong_swapped(macs_g, macs_d):
    return 8 * macs_g + 4 * macs_d


def wrong_two_operations(macs_g, macs_d):
    return 8 * macs_g + 16 * macs_d


def wrong_int32(macs_g, macs_d):
    costs = np.array([macs_g, macs_d]).astype(np.int32)  # float32: over 2 billion
    return float(4 * int(costs[0]) + 8 * int(costs[1]))


def wrong_pair(macs_g, macs_d):
    return macs_g + 6 * macs_d, 3 * macs_g + 2 * macs_d  # type
