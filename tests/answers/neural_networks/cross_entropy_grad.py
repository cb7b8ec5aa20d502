import torch
import torch.nn.functional as F


def right_softmax_minus_one_hot(logits, y):
    p = logits.softmax(dim=1)
    return (p - F.one_hot(y, logits.shape[1])) / len(y)


def right_loop(logits, y):
    out = torch.zeros_like(logits)
    for b in range(logits.shape[0]):
        z = logits[b] - logits[b].max()
        p = z.exp() / z.exp().sum()
        for k in range(logits.shape[1]):
            out[b, k] = (p[k] - (1.0 if k == y[b] else 0.0)) / logits.shape[0]
    return out


def right_autograd(logits, y):
    with torch.enable_grad():
        z = logits.detach().clone().requires_grad_()
        loss = F.cross_entropy(z, y)
    return torch.autograd.grad(loss, z)[0]


def right_log_sum_exp_and_index(logits, y):
    grad = torch.exp(logits - torch.logsumexp(logits, dim=-1, keepdim=True))
    grad[torch.arange(y.numel()), y] -= torch.tensor(1.0)
    return torch.div(grad, y.numel())


def wrong_sum_not_mean(logits, y):
    return logits.softmax(1) - F.one_hot(y, logits.shape[1])


def wrong_divides_by_all(logits, y):
    return (logits.softmax(1) - F.one_hot(y, logits.shape[1])) / logits.numel()


def wrong_divides_by_classes(logits, y):
    k = logits.shape[1]
    return (logits.softmax(1) - F.one_hot(y, k)) / k


def wrong_sign(logits, y):
    return (F.one_hot(y, logits.shape[1]) - logits.softmax(1)) / len(y)


def wrong_softmax_over_batch(logits, y):
    return (logits.softmax(0) - F.one_hot(y, logits.shape[1])) / len(y)


def wrong_no_softmax(logits, y):
    return (logits - F.one_hot(y, logits.shape[1])) / len(y)


def wrong_one_minus_everywhere(logits, y):
    return (logits.softmax(1) - 1) / len(y)


def wrong_only_true_class(logits, y):
    hot = F.one_hot(y, logits.shape[1])
    return (logits.softmax(1) - 1) * hot / len(y)


def wrong_raw_exp(logits, y):
    # float32: logits of 100
    p = logits.exp() / logits.exp().sum(1, keepdim=True)
    return (p - F.one_hot(y, logits.shape[1])) / len(y)


def wrong_indexes_all_rows(logits, y):
    p = logits.softmax(1)
    p[:, y] -= 1
    return p / len(y)


def wrong_edits_logits(logits, y):
    # in place
    logits -= logits.max(1, keepdim=True).values
    p = logits.exp() / logits.exp().sum(1, keepdim=True)
    return (p - F.one_hot(y, logits.shape[1])) / len(y)
