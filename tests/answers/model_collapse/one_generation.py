import torch


def right_vstack(fit, draw, own, real, n_fresh):
    n = own.shape[0]
    return draw(fit(torch.vstack((real[:n_fresh], own[: n - n_fresh]))), n)


def right_clone(fit, draw, own, real, n_fresh):
    training = torch.empty_like(own)
    training[:n_fresh] = real[:n_fresh]
    training[n_fresh:] = own[: len(own) - n_fresh]
    return draw(fit(training), len(training))


def right_rows(fit, draw, own, real, n_fresh):
    rows = list(real)[:n_fresh] + list(own)
    model = fit(torch.stack(rows[: len(own)]))
    return draw(model, len(own))


def right_other_order(fit, draw, own, real, n_fresh):
    n_own = len(own) - n_fresh
    return draw(fit(torch.cat((own[:n_own], real[:n_fresh]))), n_fresh + n_own)


def wrong_on_top(fit, draw, own, real, n_fresh):
    return draw(fit(torch.cat([own, real[:n_fresh]])), len(own))


def wrong_grows(fit, draw, own, real, n_fresh):
    training = torch.cat([real[:n_fresh], own])
    return draw(fit(training), len(training))


def wrong_exchanged(fit, draw, own, real, n_fresh):
    return draw(fit(torch.cat([real[: len(own) - n_fresh], own[:n_fresh]])), len(own))


def wrong_own_only(fit, draw, own, real, n_fresh):
    return draw(fit(own), len(own))


def wrong_real_only(fit, draw, own, real, n_fresh):
    return draw(fit(real), len(own))


def wrong_training_set(fit, draw, own, real, n_fresh):
    return torch.cat([real[:n_fresh], own[: len(own) - n_fresh]])


def wrong_fewer(fit, draw, own, real, n_fresh):
    training = torch.cat([real[:n_fresh], own[: len(own) - n_fresh]])
    return draw(fit(training), len(own) - n_fresh)


def wrong_mixed_output(fit, draw, own, real, n_fresh):
    new = draw(fit(own), len(own) - n_fresh)
    return torch.cat([real[:n_fresh], new])


def wrong_own_kept(fit, draw, own, real, n_fresh):
    return draw(fit(torch.cat([real[:n_fresh], own[n_fresh - 1 :]])), len(own))


def wrong_minus_slice(fit, draw, own, real, n_fresh):
    return draw(fit(torch.cat([real[:n_fresh], own[:-n_fresh]])), len(own))


def wrong_two_models(fit, draw, own, real, n_fresh):
    a = draw(fit(own[: len(own) - n_fresh]), len(own) - n_fresh)
    return torch.cat([a, draw(fit(real[:n_fresh]), n_fresh)])


def wrong_last_own(fit, draw, own, real, n_fresh):
    return draw(fit(torch.cat([real[:n_fresh], own[n_fresh:]])), len(own))


def wrong_last_real(fit, draw, own, real, n_fresh):
    fresh = real[len(real) - n_fresh :]
    return draw(fit(torch.cat([fresh, own[: len(own) - n_fresh]])), len(own))


def wrong_whole_pool(fit, draw, own, real, n_fresh):
    # both pools together, cut to size: real ones only, as long as there are enough
    return draw(fit(torch.cat([real, own])[: len(own)]), len(own))


def right_both(fit, draw, own, real, n_fresh):
    return draw(fit(torch.vstack((real[:n_fresh], own))[: len(own)]), len(own))


def wrong_draws_twice(fit, draw, own, real, n_fresh):
    # draws twice: twice the time, other random numbers
    n = len(own)
    model = fit(torch.cat([real[:n_fresh], own[: n - n_fresh]]))
    draw(model, n)
    return draw(model, n)


def wrong_overwrites_first_own(fit, draw, own, real, n_fresh):
    # the first own ones are replaced, the last kept
    points = own.clone()
    points[:n_fresh] = real[:n_fresh]
    return draw(fit(points), len(own))
