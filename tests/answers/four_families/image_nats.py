import math

import torch
import torch.nn.functional as F


def right_gather(logits, tokens):
    return -logits.log_softmax(-1).gather(-1, tokens.unsqueeze(-1)).squeeze(-1).sum(-1)


def right_cross_entropy(logits, tokens):
    return F.cross_entropy(logits.transpose(1, 2), tokens, reduction="none").sum(dim=1)


def right_distribution(logits, tokens):
    return -torch.distributions.Categorical(logits=logits).log_prob(tokens).sum(-1)


def right_loop(logits, tokens):
    total = logits.new_zeros(len(tokens))
    rows = torch.arange(len(tokens))
    for t in range(tokens.shape[1]):
        step = logits[:, t]
        total = total + torch.logsumexp(step, dim=-1) - step[rows, tokens[:, t]]
    return total


def wrong_mean(logits, tokens):
    return F.cross_entropy(logits.transpose(1, 2), tokens, reduction="none").mean(1)


def wrong_sign(logits, tokens):
    return logits.log_softmax(-1).gather(-1, tokens[..., None])[..., 0].sum(-1)


def wrong_bits(logits, tokens):
    nats = F.cross_entropy(logits.transpose(1, 2), tokens, reduction="none").sum(1)
    return nats / math.log(2)


def wrong_shifted(logits, tokens):
    # as if row t were made from the tokens up to t
    return F.cross_entropy(logits[:, :-1].transpose(1, 2), tokens[:, 1:], reduction="none").sum(1)


def wrong_raw_logits(logits, tokens):
    return -logits.gather(-1, tokens[..., None])[..., 0].sum(-1)


def wrong_softmax_over_places(logits, tokens):
    return -logits.log_softmax(1).gather(-1, tokens[..., None])[..., 0].sum(-1)


def wrong_softmax_twice(logits, tokens):
    p = logits.softmax(-1)
    return F.cross_entropy(p.transpose(1, 2), tokens, reduction="none").sum(1)


def wrong_view(logits, tokens):
    b, t, k = logits.shape
    # mixes up places and codes
    return F.cross_entropy(logits.reshape(b, k, t), tokens, reduction="none").sum(1)


def wrong_batch_sum(logits, tokens):
    return F.cross_entropy(logits.flatten(0, 1), tokens.flatten(), reduction="sum")  # shape


def wrong_product(logits, tokens):
    p = logits.softmax(-1).gather(-1, tokens[..., None])[..., 0]
    return -p.prod(-1).log()  # float32: the product underflows


def wrong_log_of_softmax(logits, tokens):
    # float32: log 0 where a logit is 104 and more below the largest
    return -logits.softmax(-1).log().gather(-1, tokens[..., None])[..., 0].sum(-1)


def wrong_detached(logits, tokens):
    log_p = logits.detach().log_softmax(-1)  # gradient
    return -log_p.gather(-1, tokens[..., None])[..., 0].sum(-1)


def wrong_in_place(logits, tokens):
    with torch.no_grad():
        logits -= logits.amax(-1, keepdim=True)  # in place
    return F.cross_entropy(logits.transpose(1, 2), tokens, reduction="none").sum(1)
