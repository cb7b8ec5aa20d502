import torch


def right_probabilities(logits, counts):
    p = logits.softmax(-1) / counts
    return (p / p.sum(-1, keepdim=True)).log()


def right_logsumexp(logits, counts):
    moved = logits - counts.log()
    return moved - moved.logsumexp(1, keepdim=True)


def right_odds(logits, counts):
    return torch.log_softmax(logits + (counts.sum() / counts).log()[None], dim=-1)


def wrong_added(logits, counts):
    return (logits + counts.log()).log_softmax(1)


def wrong_not_normalised(logits, counts):
    return logits - counts.log()


def wrong_probabilities(logits, counts):
    return (logits - counts.log()).softmax(1)


def wrong_share(logits, counts):
    return (logits - counts / counts.sum()).log_softmax(1)


def wrong_count(logits, counts):
    return (logits - counts).log_softmax(1)


def wrong_product(logits, counts):
    return (logits * counts.log()).log_softmax(1)


def wrong_untouched(logits, counts):
    return logits.log_softmax(1)


def wrong_columns(logits, counts):
    return (logits - counts.log()).log_softmax(0)
