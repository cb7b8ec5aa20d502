"""Bits per character: the mistakes that lessons 51 and 54c share. nll: (N,) nats of documents."""

import math


def multiplied_by_log_2(nll, n_chars):
    """You multiplied by log 2. A bit is smaller than a nat (log 2 = 0.693 nats make one), so there
    are more of them: divide."""
    return nll.sum() / n_chars.sum() * math.log(2)


def mean_of_the_documents_own(nll, n_chars):
    """You averaged the documents' own averages, so a page of 50 characters weighs as much as one of
    5,000. Add all nats, add all characters, then divide once."""
    return (nll / n_chars).mean() / math.log(2)
