import torch


def right_slope(x, x_end, sigma, sigma_end):
    a = sigma.view(-1, *[1] * (x.ndim - 1))
    b = sigma_end.view(-1, *[1] * (x.ndim - 1))
    return x - a * (x_end - x) / (b - a)


def right_ratio(x, x_end, sigma, sigma_end):
    q = (sigma_end / sigma).reshape(len(x), *[1] * (x.dim() - 1))
    return (x_end - q * x) / (1 - q)


def right_rows(x, x_end, sigma, sigma_end):
    rows = zip(x, x_end, sigma, sigma_end, strict=True)
    return torch.stack([(s * y - e * p) / (s - e) for p, y, s, e in rows])


def right_turned(x, x_end, sigma, sigma_end):
    x, x_end = x.movedim(0, -1), x_end.movedim(0, -1)
    return (x_end + sigma_end / (sigma - sigma_end) * (x_end - x)).movedim(-1, 0)


def wrong_arrival(x, x_end, sigma, sigma_end):
    return x_end


def wrong_no_shape(x, x_end, sigma, sigma_end):
    return (sigma * x_end - sigma_end * x) / (sigma - sigma_end)


def wrong_exchanged(x, x_end, sigma, sigma_end):
    return right_rows(x_end, x, sigma, sigma_end)


def wrong_levels(x, x_end, sigma, sigma_end):
    return right_rows(x, x_end, sigma_end, sigma)


def wrong_mean(x, x_end, sigma, sigma_end):
    return (x + x_end) / 2


def wrong_first(x, x_end, sigma, sigma_end):
    a, b = sigma[0], sigma_end[0]
    return (a * x_end - b * x) / (a - b)


def wrong_not_divided(x, x_end, sigma, sigma_end):
    shape = (-1, *[1] * (x.ndim - 1))
    return sigma.view(shape) * x_end - sigma_end.view(shape) * x


def wrong_sum(x, x_end, sigma, sigma_end):
    shape = (-1, *[1] * (x.ndim - 1))
    a, b = sigma.view(shape), sigma_end.view(shape)
    return (a * x_end + b * x) / (a + b)


def wrong_noise(x, x_end, sigma, sigma_end):
    shape = (-1, *[1] * (x.ndim - 1))
    return (x - x_end) / (sigma - sigma_end).view(shape)


def wrong_clipped(x, x_end, sigma, sigma_end):
    return right_rows(x, x_end, sigma, sigma_end).clamp(-1, 1)


def wrong_divides_by_end(x, x_end, sigma, sigma_end):
    # divides by sigma_end: nan at 0
    s = sigma.view(-1, *[1] * (x.dim() - 1))
    e = sigma_end.view(-1, *[1] * (x.dim() - 1))
    return (s / e * x_end - x) / (s / e - 1)


def wrong_squares(x, x_end, sigma, sigma_end):
    # variances in place of standard deviations
    s = sigma.view(-1, *[1] * (x.dim() - 1)) ** 2
    e = sigma_end.view(-1, *[1] * (x.dim() - 1)) ** 2
    return (s * x_end - e * x) / (s - e)
