import math

import torch
import torch.nn.functional as F


def right_cross_entropy(logits, c):
    return math.log(logits.size(1)) - F.cross_entropy(logits, c)


def right_nll(logits, c):
    return -F.nll_loss(F.log_softmax(logits, dim=-1), c) + math.log(logits.shape[-1])


def right_one_hot(logits, c):
    hot = F.one_hot(c, logits.shape[1]).to(logits.dtype)
    return ((logits - logits.logsumexp(1, keepdim=True)) * hot).sum(1).mean() + math.log(
        logits.shape[1]
    )


def right_index(logits, c):
    chosen = logits.log_softmax(1)[torch.arange(len(c)), c]
    return (chosen + math.log(logits.shape[1])).mean()


def wrong_log_of_softmax(logits, c):
    return math.log(logits.shape[1]) + logits.softmax(1).gather(1, c[:, None]).log().mean()


def wrong_no_entropy(logits, c):
    return -F.cross_entropy(logits, c)


def wrong_cross_entropy(logits, c):
    return F.cross_entropy(logits, c)


def wrong_sum(logits, c):
    return math.log(logits.shape[1]) - F.cross_entropy(logits, c, reduction="sum")


def wrong_bits(logits, c):
    return math.log2(logits.shape[1]) - F.cross_entropy(logits, c) / math.log(2)


def wrong_entropy_of_q(logits, c):
    log_q = logits.log_softmax(1)
    return math.log(logits.shape[1]) + (log_q.exp() * log_q).sum(1).mean()


def wrong_softmax_over_the_batch(logits, c):
    return math.log(logits.shape[1]) + logits.log_softmax(0).gather(1, c[:, None]).mean()


def wrong_per_example(logits, c):
    return math.log(logits.shape[1]) - F.cross_entropy(logits, c, reduction="none")


def wrong_accuracy(logits, c):
    return math.log(logits.shape[1]) * (logits.argmax(1) == c).to(logits.dtype).mean()


def wrong_double_softmax(logits, c):
    return math.log(logits.shape[1]) - F.cross_entropy(logits.softmax(1), c)


def wrong_sign(logits, c):
    return F.cross_entropy(logits, c) - math.log(logits.shape[1])
