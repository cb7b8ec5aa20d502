import math

import torch
import torch.nn.functional as F


def right_logs(log_p, scores):
    return torch.logsumexp(F.log_softmax(scores, dim=-1) + log_p, dim=-1)


def right_quotient(log_p, scores):
    return torch.logsumexp(scores + log_p, -1) - torch.logsumexp(scores, -1)


def right_logaddexp(log_p, scores):
    terms = scores - scores.logsumexp(-1, keepdim=True) + log_p
    total = terms[:, 0]
    for k in range(1, terms.shape[1]):
        total = torch.logaddexp(total, terms[:, k])
    return total


def right_rows(log_p, scores):
    rows = [torch.logsumexp(s.log_softmax(0) + p, 0) for p, s in zip(log_p, scores, strict=True)]
    return torch.stack(rows)


def right_largest_first(log_p, scores):
    both = log_p + scores - scores.logsumexp(1, keepdim=True)
    top = both.max(1, keepdim=True).values
    shift = torch.where(top.isfinite(), top, torch.zeros_like(top)).detach()
    return (both - shift).exp().sum(1).log() + shift[:, 0]


def wrong_average_of_logs(log_p, scores):
    return (scores.softmax(-1) * log_p).sum(-1)


def wrong_plain_mean(log_p, scores):
    return log_p.logsumexp(-1) - math.log(log_p.shape[-1])


def wrong_no_softmax(log_p, scores):
    return (scores + log_p).logsumexp(-1)


def wrong_scores_as_weights(log_p, scores):
    return (scores * log_p.exp()).sum(-1).log()


def wrong_probability(log_p, scores):
    return (scores.softmax(-1) * log_p.exp()).sum(-1)


def wrong_dimension(log_p, scores):
    return (scores.log_softmax(0) + log_p).logsumexp(-1)


def wrong_sum_over_tokens(log_p, scores):
    return (scores.log_softmax(-1) + log_p).logsumexp(0)


def wrong_total(log_p, scores):
    return (scores.log_softmax(-1) + log_p).logsumexp(-1).sum()


def wrong_sharper(log_p, scores):
    return ((2 * scores).log_softmax(-1) + log_p).logsumexp(-1)


def wrong_exchanged(log_p, scores):
    return (log_p.log_softmax(-1) + scores).logsumexp(-1)


def wrong_exp_first(log_p, scores):
    # edge: underflow
    return (scores.softmax(-1) * log_p.exp()).sum(-1).log()


def wrong_gradient_of_nothing(log_p, scores):
    # right values; where the first member says 0, the gradient is nan
    log_w = scores.log_softmax(1)
    total = torch.full_like(log_p[:, 0], float("-inf"))
    for k in range(log_p.shape[1]):
        total = torch.logaddexp(total, log_p[:, k] + log_w[:, k])
    return total


def wrong_weights_added_to_logs(log_p, scores):
    return torch.logsumexp(log_p + scores.softmax(1), dim=1)


def wrong_mean_over_text(log_p, scores):
    return torch.logsumexp(log_p + scores.log_softmax(1), dim=1).mean()


def wrong_best_member_only(log_p, scores):
    return log_p.gather(1, scores.argmax(1, keepdim=True))[:, 0]


def wrong_price_not_log_p(log_p, scores):
    return -torch.logsumexp(log_p + scores.log_softmax(1), dim=1)


def wrong_bits(log_p, scores):
    return (log_p.exp() * scores.softmax(1)).sum(1).log2()


def wrong_zero_mended_by_epsilon(log_p, scores):
    return ((log_p.exp() + 1e-4) * scores.softmax(1)).sum(1).log()
