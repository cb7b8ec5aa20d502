def right_expanded(variance, mean_square, n_own, n_fresh):
    n = n_own + n_fresh
    a, b = n_own / n, n_fresh / n
    inside = a * variance + b
    new_v = (1 - 1 / n) * inside + a * b * mean_square
    return new_v, a * a * mean_square + inside / n


def right_sums(variance, mean_square, n_own, n_fresh):
    n = n_own + n_fresh
    sum_of_squares = n_own * (variance + mean_square) + n_fresh
    square_of_sum = n_own * variance + n_fresh + n_own**2 * mean_square
    return sum_of_squares / n - square_of_sum / n**2, square_of_sum / n**2


def right_list(variance, mean_square, n_own, n_fresh):
    n = n_own + n_fresh
    p = n_fresh / n
    mean2 = (1 - p) ** 2 * mean_square + ((1 - p) * variance + p) / n
    return [(1 - p) * variance + p + (1 - p) * mean_square - mean2, mean2]


def right_law_of_total_variance(variance, mean_square, n_own, n_fresh):
    n = n_own + n_fresh
    w = n_own / n
    within = w * variance + (1 - w) * 1.0
    between = w * (1 - w) * mean_square
    noise = within / n
    return within + between - noise, w**2 * mean_square + noise


def wrong_unbiased(variance, mean_square, n_own, n_fresh):
    n = n_own + n_fresh
    a = n_own / n
    inside = a * variance + 1 - a
    return inside + a * (1 - a) * mean_square, a**2 * mean_square + inside / n


def wrong_no_between(variance, mean_square, n_own, n_fresh):
    n = n_own + n_fresh
    a = n_own / n
    inside = a * variance + 1 - a
    return (1 - 1 / n) * inside, a**2 * mean_square + inside / n


def wrong_not_squared(variance, mean_square, n_own, n_fresh):
    n = n_own + n_fresh
    a = n_own / n
    square = a * (variance + mean_square) + 1 - a
    m = a * mean_square + (a * variance + 1 - a) / n
    return square - m, m


def wrong_exact_mean(variance, mean_square, n_own, n_fresh):
    a = n_own / (n_own + n_fresh)
    return a * (variance + mean_square) + 1 - a - a**2 * mean_square, a**2 * mean_square


def wrong_fresh_share(variance, mean_square, n_own, n_fresh):
    n = n_own + n_fresh
    a = n_fresh / n
    square = a * (variance + mean_square) + 1 - a
    m = a**2 * mean_square + (a * variance + 1 - a) / n
    return square - m, m


def wrong_order(variance, mean_square, n_own, n_fresh):
    n = n_own + n_fresh
    a = n_own / n
    m = a**2 * mean_square + (a * variance + 1 - a) / n
    return m, a * (variance + mean_square) + 1 - a - m


def wrong_no_fresh_variance(variance, mean_square, n_own, n_fresh):
    n = n_own + n_fresh
    a = n_own / n
    m = a**2 * mean_square + a * variance / n
    return a * (variance + mean_square) - m, m


def wrong_n_own(variance, mean_square, n_own, n_fresh):
    a = n_own / (n_own + n_fresh)
    inside = a * variance + 1 - a
    return (1 - 1 / (n_own + 1)) * inside + a * (1 - a) * mean_square, a**2 * mean_square


def wrong_second_moment(variance, mean_square, n_own, n_fresh):
    n = n_own + n_fresh
    a = n_own / n
    m = a**2 * mean_square + (a * variance + 1 - a) / n
    return a * (variance + mean_square) + 1 - a, m


def right_pairs(variance, mean_square, n_own, n_fresh):
    # variance as half the mean squared difference of all pairs
    n = n_own + n_fresh
    own_own = n_own * (n_own - 1) * 2 * variance
    fresh_fresh = n_fresh * (n_fresh - 1) * 2
    mixed = 2 * n_own * n_fresh * (variance + mean_square + 1)
    v = (own_own + fresh_fresh + mixed) / (2 * n**2)
    total = (n_own * (variance + mean_square) + n_fresh) / n
    return v, total - v


def wrong_noise_of_own_only(variance, mean_square, n_own, n_fresh):
    # fresh points have noise, too
    n = n_own + n_fresh
    a = n_own / n
    new = a**2 * mean_square + a * variance / n
    return a * (variance + mean_square) + 1 - a - new, new


def wrong_weights_squared(variance, mean_square, n_own, n_fresh):
    # variance of a sum: squared weights
    n = n_own + n_fresh
    a = n_own / n
    v = (a**2 * variance + (1 - a) ** 2) * (1 - 1 / n) + a * (1 - a) * mean_square
    return v, a**2 * mean_square + (a * variance + 1 - a) / n
