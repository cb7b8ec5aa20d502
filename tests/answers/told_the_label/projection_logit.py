import torch
import torch.nn.functional as F


def right_einsum(h, y, w, b, table):
    return torch.einsum("bd,d->b", h, w) + b + torch.einsum("bd,bd->b", h, table[y])


def right_one_product(h, y, w, b, table):
    return (h * (w + table[y])).sum(dim=-1) + b


def right_embedding(h, y, w, b, table):
    rows = F.embedding(y, table)
    return (h @ w.unsqueeze(1)).squeeze(1) + b + torch.bmm(h[:, None], rows[:, :, None])[:, 0, 0]


def right_one_hot(h, y, w, b, table):
    hot = F.one_hot(y, len(table)).to(h.dtype)
    return h @ w + b + ((h @ table.T) * hot).sum(1)


def right_gather(h, y, w, b, table):
    return F.linear(h, w[None], b[None]).flatten() + (h @ table.T).gather(1, y[:, None]).flatten()


def wrong_no_label(h, y, w, b, table):
    return h @ w + b


def wrong_no_bias(h, y, w, b, table):
    return h @ w + (h * table[y]).sum(1)


def wrong_bias_a_label_too_many(h, y, w, b, table):
    return h @ w + b * (1 + y) + (h * table[y]).sum(1)


def wrong_table_of_the_place(h, y, w, b, table):
    rows = table[torch.arange(len(y)) % len(table)]
    return h @ w + b + (h * rows).sum(1)


def wrong_difference(h, y, w, b, table):
    return h @ w + b - (h * table[y]).sum(1)


def wrong_softmax(h, y, w, b, table):
    chance = (h @ table.T).softmax(1)
    return h @ w + b + chance.gather(1, y[:, None]).squeeze(1)


def wrong_max(h, y, w, b, table):
    return h @ w + b + (h @ table.T).amax(1)


def wrong_mean(h, y, w, b, table):
    return h @ w + b + (h * table[y]).mean(1)


def wrong_sum_over_the_batch(h, y, w, b, table):
    return h @ w + b + (h * table[y]).sum(0).sum()


def wrong_shape(h, y, w, b, table):
    return h @ w[:, None] + b + (h * table[y]).sum(1, keepdim=True)


def wrong_sigmoid(h, y, w, b, table):
    return torch.sigmoid(h @ w + b + (h * table[y]).sum(1))
