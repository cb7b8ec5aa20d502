import torch


def right_softmax(log_density, weights):
    return torch.softmax(log_density + weights.log(), dim=1)


def right_log_sum_exp(log_density, weights):
    joint = log_density + torch.log(weights)[None, :]
    return (joint - torch.logsumexp(joint, dim=1, keepdim=True)).exp()


def right_row_loop(log_density, weights):
    r = torch.empty_like(log_density)
    for n in range(len(log_density)):
        a = log_density[n] + weights.log()
        e = torch.exp(a - a.max())
        r[n] = e / e.sum()
    return r


def right_ratios(log_density, weights):
    a = log_density + weights.log()
    top = a.clone().amax(-1).unsqueeze(-1)
    e = (a - top).exp()
    return torch.div(e, e.sum(-1, keepdim=True))


def wrong_no_weights(log_density, weights):
    return log_density.softmax(1)


def wrong_over_points(log_density, weights):
    return (log_density + weights.log()).softmax(0)


def wrong_weights_not_logged(log_density, weights):
    return (log_density + weights).softmax(1)


def wrong_times_log_density(log_density, weights):
    return (log_density * weights).softmax(1)


def wrong_hard(log_density, weights):
    best = (log_density + weights.log()).argmax(1)
    return torch.nn.functional.one_hot(best, len(weights)).to(log_density.dtype)


def wrong_weights_after(log_density, weights):
    # rows no longer sum to 1
    return log_density.softmax(1) * weights


def wrong_log(log_density, weights):
    return (log_density + weights.log()).log_softmax(1)


def wrong_underflow(log_density, weights):
    # float32: log densities of -200
    joint = weights * log_density.exp()
    return joint / joint.sum(1, keepdim=True)


def wrong_one_shift_for_all(log_density, weights):
    # float32: rows at -10 and at -500 together
    a = log_density + weights.log()
    e = (a - a.max()).exp()
    return e / e.sum(1, keepdim=True)


def wrong_padded_sum(log_density, weights):
    # float32: log densities of -30
    joint = weights * log_density.exp()
    return joint / (joint.sum(1, keepdim=True) + 1e-8)


def wrong_adds_in_place(log_density, weights):
    # in place
    log_density += weights.log()
    return log_density.softmax(1)
