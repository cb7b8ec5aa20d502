import math

import torch
import torch.nn.functional as F


def right_cross_entropy(logits, idx):
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), idx[:, 1:].flatten())


def right_gather(logits, idx):
    log_p = logits.log_softmax(-1)[:, :-1]
    return -log_p.gather(-1, idx[:, 1:, None]).mean()


def right_loop(logits, idx):
    n, t, _ = logits.shape
    total = 0.0
    for b in range(n):
        for s in range(t - 1):
            total = total + torch.logsumexp(logits[b, s], 0) - logits[b, s, idx[b, s + 1]]
    return total / (n * (t - 1))


def right_distribution(logits, idx):
    d = torch.distributions.Categorical(logits=logits[:, :-1])
    return d.log_prob(idx[:, 1:]).mean().neg()


def wrong_no_shift(logits, idx):
    return F.cross_entropy(logits.flatten(0, 1), idx.flatten())


def wrong_shift_backwards(logits, idx):
    return F.cross_entropy(logits[:, 1:].flatten(0, 1), idx[:, :-1].flatten())


def wrong_roll(logits, idx):
    return F.cross_entropy(logits.flatten(0, 1), idx.roll(-1, 1).flatten())


def wrong_flat_before_shift(logits, idx):
    # differs with more than one text: the last character predicts the next text
    return F.cross_entropy(logits.flatten(0, 1)[:-1], idx.flatten()[1:])


def wrong_sum(logits, idx):
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), idx[:, 1:].flatten(), reduction="sum")


def wrong_mean_over_texts(logits, idx):
    total = F.cross_entropy(logits[:, :-1].flatten(0, 1), idx[:, 1:].flatten(), reduction="sum")
    return total / len(idx)


def wrong_divides_by_t(logits, idx):
    total = F.cross_entropy(logits[:, :-1].flatten(0, 1), idx[:, 1:].flatten(), reduction="sum")
    return total / idx.numel()


def wrong_bits(logits, idx):
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), idx[:, 1:].flatten()) / math.log(2)


def wrong_softmax_twice(logits, idx):
    p = logits.softmax(-1)
    return F.cross_entropy(p[:, :-1].flatten(0, 1), idx[:, 1:].flatten())


def wrong_log_of_softmax(logits, idx):
    # float32: log 0 where the true character is far below the largest
    p = logits[:, :-1].softmax(-1).gather(-1, idx[:, 1:, None])
    return -p.log().mean()


def wrong_no_gradient(logits, idx):
    # gradient
    loss = F.cross_entropy(logits[:, :-1].flatten(0, 1), idx[:, 1:].flatten())
    return torch.tensor(loss.item())
