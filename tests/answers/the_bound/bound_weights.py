import torch


def right_formula(betas):
    alphas = 1 - betas
    ab = torch.cumprod(alphas, dim=0)
    var = betas[1:] * (1 - ab[:-1]) / (1 - ab[1:])
    return betas[1:] ** 2 / (2 * var * alphas[1:] * (1 - ab[1:]))


def right_loop(betas):
    weights = []
    before = 1 - float(betas[0])
    for beta in betas[1:].tolist():
        now = before * (1 - beta)
        var = beta * (1 - before) / (1 - now)
        weights.append(beta**2 / (2 * var * (1 - beta) * (1 - now)))
        before = now
    return torch.tensor(weights, dtype=betas.dtype)


def right_short(betas):
    before = torch.cumprod(1 - betas, dim=0)[:-1]
    b = betas[1:]
    return b / (2 * (1 - b) * (1 - before))


def right_signal_to_noise(betas):
    ab = torch.cumprod(1 - betas.double(), dim=0)
    snr = ab / (1 - ab)
    return (0.5 * (snr[:-1] / snr[1:] - torch.tensor(1.0))).to(betas.dtype)


def wrong_no_half(betas):
    ab = torch.cumprod(1 - betas, dim=0)
    var = betas[1:] * (1 - ab[:-1]) / (1 - ab[1:])
    return betas[1:] ** 2 / (var * (1 - betas[1:]) * (1 - ab[1:]))


def wrong_beta_as_variance(betas):
    ab = torch.cumprod(1 - betas, dim=0)
    return betas[1:] / (2 * (1 - betas[1:]) * (1 - ab[1:]))


def wrong_no_alpha(betas):
    ab = torch.cumprod(1 - betas, dim=0)
    var = betas[1:] * (1 - ab[:-1]) / (1 - ab[1:])
    return betas[1:] ** 2 / (2 * var * (1 - ab[1:]))


def wrong_alpha_bar_for_alpha(betas):
    ab = torch.cumprod(1 - betas, dim=0)
    var = betas[1:] * (1 - ab[:-1]) / (1 - ab[1:])
    return betas[1:] ** 2 / (2 * var * ab[1:] * (1 - ab[1:]))


def wrong_beta_not_squared(betas):
    ab = torch.cumprod(1 - betas, dim=0)
    var = betas[1:] * (1 - ab[:-1]) / (1 - ab[1:])
    return betas[1:] / (2 * var * (1 - betas[1:]) * (1 - ab[1:]))


def wrong_fraction_turned(betas):
    ab = torch.cumprod(1 - betas, dim=0)
    var = betas[1:] * (1 - ab[1:]) / (1 - ab[:-1])
    return betas[1:] ** 2 / (2 * var * (1 - betas[1:]) * (1 - ab[1:]))


def wrong_one_early(betas):
    ab = torch.cumprod(1 - betas, dim=0)
    var = betas[1:] * (1 - ab[:-1]) / (1 - ab[1:])
    return betas[:-1] ** 2 / (2 * var * (1 - betas[:-1]) * (1 - ab[:-1]))


def wrong_weights_of_x_0(betas):
    ab = torch.cumprod(1 - betas, dim=0)
    snr = ab / (1 - ab)
    return 0.5 * (snr[:-1] - snr[1:])


def wrong_eps_in_denominator(betas):
    # small t, where 1 - alpha_bar is 1e-4
    before = torch.cumprod(1 - betas, dim=0)[:-1]
    b = betas[1:]
    return b / (2 * (1 - b) * (1 - before + 1e-5))


def wrong_with_t_0(betas):
    # shape: (n,)
    ab = torch.cumprod(1 - betas, dim=0)
    before = torch.cat([torch.ones_like(ab[:1]), ab[:-1]])
    return betas / (2 * (1 - betas) * (1 - before))


def wrong_in_place(betas):
    # in place
    alphas = betas.neg_().add_(1)
    before = torch.cumprod(alphas, dim=0)[:-1]
    return (1 - alphas[1:]) / (2 * alphas[1:] * (1 - before))
