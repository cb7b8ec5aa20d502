import math
from collections import Counter

import torch
from scipy import stats


def right_bincount(labels):
    p = torch.bincount(labels, minlength=10) / len(labels)
    return -torch.xlogy(p, p).sum().item()


def right_loop(labels):
    total = 0.0
    for count in Counter(labels.tolist()).values():
        share = count / len(labels)
        total -= share * math.log(share)
    return total


def right_scipy(labels):
    return stats.entropy(torch.bincount(labels, minlength=10).numpy())


def right_log_n_less_mean(labels):
    counts = labels.unique(return_counts=True)[1].double()
    n = counts.sum()
    return float(torch.log(n) - (counts * counts.log()).sum() / n)


def wrong_nan_where_missing(labels):
    p = torch.bincount(labels, minlength=10) / len(labels)
    return -(p * p.log()).sum().item()  # edge: a digit that never comes


def wrong_bits(labels):
    p = labels.unique(return_counts=True)[1] / len(labels)
    return -(p * p.log2()).sum().item()


def wrong_sign(labels):
    p = labels.unique(return_counts=True)[1] / len(labels)
    return (p * p.log()).sum().item()


def wrong_mean(labels):
    p = labels.unique(return_counts=True)[1] / len(labels)
    return -(p * p.log()).mean().item()


def wrong_relative(labels):
    p = labels.unique(return_counts=True)[1] / len(labels)
    return -(p * p.log()).sum().item() / math.log(10)


def wrong_unweighted(labels):
    p = labels.unique(return_counts=True)[1] / len(labels)
    return -p.log().mean().item()


def wrong_softmax_of_counts(labels):
    counts = torch.bincount(labels, minlength=10).float()
    return torch.distributions.Categorical(logits=counts).entropy().item()


def wrong_smoothed(labels):
    p = (torch.bincount(labels, minlength=10) + 1) / (len(labels) + 10)
    return -(p * p.log()).sum().item()


def wrong_zero_dropped(labels):
    counts = torch.bincount(labels, minlength=10)[1:]  # takes 0 for "no label"
    p = counts[counts > 0] / counts.sum()
    return -(p * p.log()).sum().item()


def wrong_entropy_of_values(labels):
    p = labels / labels.sum()  # the labels themselves taken for shares
    return -torch.xlogy(p, p).sum().item()


def wrong_number_of_classes(labels):
    return math.log(len(labels.unique()))


def wrong_product(labels):
    p = torch.bincount(labels, minlength=10) / len(labels)
    return -p[labels].prod().log().item() / len(labels)  # float32: underflows for many labels


def wrong_terms(labels):
    p = torch.bincount(labels, minlength=10) / len(labels)
    return -torch.xlogy(p, p)  # shape
