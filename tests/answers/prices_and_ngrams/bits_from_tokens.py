import math

import torch
import torch.nn.functional as F


def right_cross_entropy(logits, target, n_chars):
    nats = F.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="sum")
    return nats / n_chars.sum() / math.log(2)


def right_gather(logits, target, n_chars):
    real = target != -100
    log_p = logits.log_softmax(-1).gather(-1, target.clamp(min=0)[..., None])[..., 0]
    return -log_p[real].sum() / (n_chars.sum() * torch.log(torch.tensor(2.0)))


def right_loop(logits, target, n_chars):
    total = 0.0
    for row, want in zip(logits, target, strict=True):
        for z, y in zip(row, want, strict=True):
            if y != -100:
                total = total + (torch.logsumexp(z, dim=0) - z[y]) / math.log(2)
    return total / n_chars.sum()


def right_python_float(logits, target, n_chars):
    each = F.cross_entropy(input=logits.mT, target=target, ignore_index=-100, reduction="none")
    return each.double().sum().item() * math.log2(math.e) / n_chars.sum().item()


def wrong_per_token(logits, target, n_chars):
    return F.cross_entropy(logits.flatten(0, 1), target.flatten()) / math.log(2)


def wrong_mean_over_chars(logits, target, n_chars):
    return F.cross_entropy(logits.flatten(0, 1), target.flatten()) / n_chars.sum() / math.log(2)


def wrong_nats(logits, target, n_chars):
    return F.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="sum") / n_chars.sum()


def wrong_mean_of_documents(logits, target, n_chars):
    each = F.cross_entropy(logits.mT, target, reduction="none").sum(1)
    return (each / n_chars).mean() / math.log(2)


def wrong_padding_counted(logits, target, n_chars):
    # edge: padding
    y = target.clamp(min=0)
    nats = F.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="sum")
    return nats / n_chars.sum() / math.log(2)


def wrong_all_places(logits, target, n_chars):
    # mean over the real tokens times all places: differs with padding
    mean = F.cross_entropy(logits.flatten(0, 1), target.flatten())
    return mean * target.numel() / n_chars.sum() / math.log(2)


def wrong_shifted_again(logits, target, n_chars):
    z, y = logits[:, :-1].flatten(0, 1), target[:, 1:].flatten()
    return F.cross_entropy(z, y, reduction="sum") / n_chars.sum() / math.log(2)


def wrong_view_for_transpose(logits, target, n_chars):
    b, t, v = logits.shape
    nats = F.cross_entropy(logits.reshape(b, v, t), target, reduction="sum")
    return nats / n_chars.sum() / math.log(2)


def wrong_log_of_softmax(logits, target, n_chars):
    # float32: log 0
    p = logits.softmax(-1).gather(-1, target.clamp(min=0)[..., None])[..., 0]
    return -p.log2()[target != -100].sum() / n_chars.sum()


def wrong_in_place(logits, target, n_chars):
    # in place
    real = target != -100
    target[~real] = 0
    each = F.cross_entropy(logits.mT, target, reduction="none")
    return each[real].sum() / n_chars.sum() / math.log(2)


def wrong_per_document(logits, target, n_chars):
    # shape
    return F.cross_entropy(logits.mT, target, reduction="none").sum(1) / n_chars / math.log(2)
