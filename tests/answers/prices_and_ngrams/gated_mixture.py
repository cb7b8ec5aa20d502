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
