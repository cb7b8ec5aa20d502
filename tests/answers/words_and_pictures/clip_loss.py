import torch
import torch.nn.functional as F


def right_textbook(images, texts, temperature):
    images = images / images.norm(dim=-1, keepdim=True)
    texts = texts / texts.norm(dim=-1, keepdim=True)
    logits = images @ texts.T / temperature
    labels = torch.arange(images.shape[0])
    return 0.5 * (F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels))


def right_log_softmax(images, texts, temperature):
    scores = F.cosine_similarity(images[:, None], texts[None], dim=-1) / temperature
    rows = scores.log_softmax(1).diagonal()
    columns = scores.log_softmax(0).diagonal()
    return -(rows + columns).mean() / 2


def right_logsumexp(images, texts, temperature):
    scores = F.normalize(images, dim=-1) @ F.normalize(texts, dim=-1).mT / temperature
    own = torch.diagonal(scores)
    return (scores.logsumexp(0) / 2 + scores.logsumexp(1) / 2 - own).sum() / len(own)


def right_loop(images, texts, temperature):
    total = 0.0
    for a, b in ((images, texts), (texts, images)):
        a, b = F.normalize(a, dim=1), F.normalize(b, dim=1)
        for k in range(len(a)):
            row = (b @ a[k]) / temperature
            total = total - torch.log_softmax(row, 0)[k] / (2 * len(a))
    return total


def wrong_rows_only(images, texts, temperature):
    logits = F.normalize(images, dim=1) @ F.normalize(texts, dim=1).T / temperature
    return F.cross_entropy(logits, torch.arange(len(logits)))


def wrong_columns_only(images, texts, temperature):
    logits = F.normalize(images, dim=1) @ F.normalize(texts, dim=1).T / temperature
    return F.cross_entropy(logits.T, torch.arange(len(logits)))


def wrong_not_normalised(images, texts, temperature):
    logits = images @ texts.T / temperature
    own = torch.arange(len(logits))
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def wrong_times(images, texts, temperature):
    logits = F.normalize(images, dim=1) @ F.normalize(texts, dim=1).T * temperature
    own = torch.arange(len(logits))
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def wrong_sum_of_both(images, texts, temperature):
    logits = F.normalize(images, dim=1) @ F.normalize(texts, dim=1).T / temperature
    own = torch.arange(len(logits))
    return F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)


def wrong_normalised_over_batch(images, texts, temperature):
    logits = F.normalize(images, dim=0) @ F.normalize(texts, dim=0).T / temperature
    own = torch.arange(len(logits))
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def wrong_no_negatives(images, texts, temperature):
    return 1 - F.cosine_similarity(images, texts).mean() / temperature


def wrong_no_temperature(images, texts, temperature):
    logits = F.normalize(images, dim=1) @ F.normalize(texts, dim=1).T
    own = torch.arange(len(logits))
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def wrong_overflow(images, texts, temperature):
    logits = F.normalize(images, dim=1) @ F.normalize(texts, dim=1).T / temperature
    e = logits.exp()
    rows = e.diagonal() / e.sum(1)
    columns = e.diagonal() / e.sum(0)
    return -(rows.log() + columns.log()).mean() / 2


def wrong_binary(images, texts, temperature):
    logits = F.normalize(images, dim=1) @ F.normalize(texts, dim=1).T / temperature
    return F.binary_cross_entropy_with_logits(logits, torch.eye(len(logits)).to(logits))


def wrong_denominator(images, texts, temperature):
    logits = F.normalize(images, dim=1) @ F.normalize(texts, dim=1).T / temperature
    off = logits - 1e9 * torch.eye(len(logits)).to(logits)
    return (off.logsumexp(1) + off.logsumexp(0)).mean() / 2 - logits.diagonal().mean()


def wrong_texts_detached(images, texts, temperature):
    logits = F.normalize(images, dim=1) @ F.normalize(texts.detach(), dim=1).T / temperature
    own = torch.arange(len(logits))
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def wrong_softmax_twice(images, texts, temperature):
    images, texts = F.normalize(images, dim=1), F.normalize(texts, dim=1)
    p = (images @ texts.T / temperature).softmax(1)
    labels = torch.arange(len(images))
    return (F.cross_entropy(p, labels) + F.cross_entropy(p.T, labels)) / 2


def wrong_temperature_on_the_loss(images, texts, temperature):
    images, texts = F.normalize(images, dim=1), F.normalize(texts, dim=1)
    logits = images @ texts.T
    labels = torch.arange(len(images))
    both = F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels)
    return both / 2 / temperature


def wrong_distances(images, texts, temperature):
    logits = -torch.cdist(F.normalize(images, dim=1), F.normalize(texts, dim=1)) / temperature
    labels = torch.arange(len(images))
    return (F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels)) / 2


def wrong_same_side_twice(images, texts, temperature):
    images, texts = F.normalize(images, dim=1), F.normalize(texts, dim=1)
    labels = torch.arange(len(images))
    one = F.cross_entropy(images @ texts.T / temperature, labels)
    other = F.cross_entropy(texts @ texts.T / temperature, labels)
    return (one + other) / 2


def right_nll(images, texts, temperature):
    a, b = (v * v.square().sum(1, keepdim=True).rsqrt() for v in (images, texts))
    c = torch.einsum("id,jd->ij", a, b).div(temperature)
    own = torch.arange(c.shape[0], device=c.device)
    return torch.stack([F.nll_loss(F.log_softmax(m, 1), own) for m in (c, c.t())]).mean()


def _both(c):
    own = torch.arange(len(c))
    return (F.cross_entropy(c, own) + F.cross_entropy(c.T, own)) / 2


def _c(images, texts):
    return F.normalize(images, dim=1) @ F.normalize(texts, dim=1).T


def wrong_temperature_item(images, texts, temperature):
    # the temperature learns nothing
    return _both(_c(images, texts) / float(temperature))


def wrong_normalised_axis(images, texts, temperature):
    # normalised along the batch
    return _both(F.normalize(images, dim=0) @ F.normalize(texts, dim=0).T / temperature)


def wrong_log_of_softmax(images, texts, temperature):
    # log(softmax): -inf at low temperatures
    c = _c(images, texts) / temperature
    r, k = c.softmax(1).diag().log(), c.softmax(0).diag().log()
    return -(r.mean() + k.mean()) / 2
