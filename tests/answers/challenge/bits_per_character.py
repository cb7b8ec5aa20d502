import math

import torch
import torch.nn.functional as F


def right_gather(log_probs, ids):
    return -log_probs.gather(1, ids[:, None]).mean() / math.log(2)


def right_loop(log_probs, ids):
    total = 0.0
    for row, k in zip(log_probs, ids, strict=True):
        total -= row[k].item() / math.log(2)
    return total / len(ids)


def right_nll_loss(log_probs, ids):
    return F.nll_loss(log_probs, ids) * math.log2(math.e)


def right_one_hot(log_probs, ids):
    chosen = F.one_hot(ids, log_probs.shape[1]).bool()
    return -log_probs[chosen].sum() / len(ids) / math.log(2)


def right_two_indices(log_probs, ids):
    return -log_probs[torch.arange(len(ids)), ids].sum() / (len(ids) * math.log(2))


def right_bits_first(log_probs, ids):
    bits = -log_probs * math.log2(math.e)
    return sum(bits[t, i] for t, i in enumerate(ids.tolist())) / len(ids)


def right_where(log_probs, ids):
    symbols = torch.arange(log_probs.shape[1])
    came = torch.where(symbols == ids[:, None], log_probs, 0.0).sum(1)
    return came.neg().mean().div(math.log(2))


def wrong_nats(log_probs, ids):
    return F.nll_loss(log_probs, ids)


def wrong_times(log_probs, ids):
    return F.nll_loss(log_probs, ids) * math.log(2)


def wrong_sign(log_probs, ids):
    return log_probs.gather(1, ids[:, None]).mean() / math.log(2)


def wrong_sum(log_probs, ids):
    return F.nll_loss(log_probs, ids, reduction="sum") / math.log(2)


def wrong_entropy(log_probs, ids):
    return -(log_probs.exp() * log_probs).sum(1).mean() / math.log(2)


def wrong_all_rows(log_probs, ids):
    # every row at every id
    return -log_probs[:, ids].mean() / math.log(2)


def wrong_best(log_probs, ids):
    return -log_probs.max(1).values.mean() / math.log(2)


def wrong_log_of_mean(log_probs, ids):
    return -torch.log2(log_probs.exp().gather(1, ids[:, None]).mean())


def wrong_through_probabilities(log_probs, ids):
    # infinite where exp is 0 in float32
    return -torch.log2(log_probs.exp().gather(1, ids[:, None])).mean()


def wrong_log2_of_nats(log_probs, ids):
    return torch.log2(F.nll_loss(log_probs, ids))


def wrong_shifted(log_probs, ids):
    return -log_probs[:-1].gather(1, ids[1:, None]).mean() / math.log(2)


def wrong_per_character(log_probs, ids):
    # shape
    return -log_probs.gather(1, ids[:, None])[:, 0] / math.log(2)


def wrong_perplexity(log_probs, ids):
    return F.nll_loss(log_probs, ids).exp()


def wrong_mean_over_the_table(log_probs, ids):
    hot = F.one_hot(ids, log_probs.shape[1])
    return -(hot * log_probs).mean() / math.log(2)


def wrong_one_number_a_place(log_probs, ids):
    return -log_probs.gather(1, ids[:, None]) / math.log(2)


def wrong_base_ten(log_probs, ids):
    return F.nll_loss(log_probs, ids) / math.log(10)
