import math

import torch
import torch.nn.functional as F


def right_sdpa(x, words, w_q, w_k, w_v):
    return F.scaled_dot_product_attention(x @ w_q, words @ w_k, words @ w_v)


def right_einsum(x, words, w_q, w_k, w_v):
    q = torch.einsum("bpd,de->bpe", x, w_q)
    k = torch.einsum("bld,de->ble", words, w_k)
    scores = torch.einsum("bpe,ble->bpl", q, k) / w_q.size(1) ** 0.5
    return torch.einsum("bpl,blf->bpf", F.softmax(scores, dim=2), words @ w_v)


def right_loop(x, words, w_q, w_k, w_v):
    out = []
    for picture, caption in zip(x, words, strict=True):
        keys, values = caption @ w_k, caption @ w_v
        rows = []
        for patch in picture:
            score = keys @ (patch @ w_q) / torch.tensor(float(w_q.shape[1])).sqrt()
            rows.append(torch.softmax(score, 0) @ values)
        out.append(torch.stack(rows))
    return torch.stack(out)


def right_scaled_queries(x, words, w_q, w_k, w_v):
    q = (x @ w_q) * w_q.shape[1] ** -0.5
    scores = q @ (words @ w_k).transpose(1, 2)
    scores = scores - scores.amax(-1, keepdim=True)
    weights = scores.exp()
    return (weights / weights.sum(-1, keepdim=True)) @ (words @ w_v)


def wrong_roles(x, words, w_q, w_k, w_v):
    return F.scaled_dot_product_attention(words @ w_q, x @ w_k, x @ w_v)


def wrong_self(x, words, w_q, w_k, w_v):
    return F.scaled_dot_product_attention(x @ w_q, x @ w_k, x @ w_v)


def wrong_softmax_axis(x, words, w_q, w_k, w_v):
    scores = (x @ w_q) @ (words @ w_k).mT / w_q.shape[1] ** 0.5
    return scores.softmax(-2) @ (words @ w_v)


def wrong_no_scale(x, words, w_q, w_k, w_v):
    return ((x @ w_q) @ (words @ w_k).mT).softmax(-1) @ (words @ w_v)


def wrong_scale_by_width(x, words, w_q, w_k, w_v):
    return ((x @ w_q) @ (words @ w_k).mT / w_q.shape[1]).softmax(-1) @ (words @ w_v)


def wrong_scale_by_input(x, words, w_q, w_k, w_v):
    return ((x @ w_q) @ (words @ w_k).mT / x.shape[-1] ** 0.5).softmax(-1) @ (words @ w_v)


def wrong_keys_and_queries(x, words, w_q, w_k, w_v):
    return F.scaled_dot_product_attention(x @ w_k, words @ w_q, words @ w_v)


def wrong_no_softmax(x, words, w_q, w_k, w_v):
    return (x @ w_q) @ (words @ w_k).mT / w_q.shape[1] ** 0.5 @ (words @ w_v)


def wrong_sigmoid(x, words, w_q, w_k, w_v):
    return ((x @ w_q) @ (words @ w_k).mT / w_q.shape[1] ** 0.5).sigmoid() @ (words @ w_v)


def wrong_mean_of_values(x, words, w_q, w_k, w_v):
    return (words @ w_v).mean(1, keepdim=True).expand(-1, x.shape[1], -1)


def wrong_exp_without_shift(x, words, w_q, w_k, w_v):
    weights = ((x @ w_q) @ (words @ w_k).mT / w_q.shape[1] ** 0.5).exp()
    return (weights / weights.sum(-1, keepdim=True)) @ (words @ w_v)


def wrong_detached(x, words, w_q, w_k, w_v):
    weights = ((x @ w_q) @ (words @ w_k).mT / w_q.shape[1] ** 0.5).softmax(-1)
    return weights.detach() @ (words @ w_v)


def wrong_divided_by_e(x, words, w_q, w_k, w_v):
    scores = (x @ w_q) @ (words @ w_k).transpose(1, 2) / w_q.shape[1]
    return scores.softmax(-1) @ (words @ w_v)


def wrong_keys_reshaped(x, words, w_q, w_k, w_v):
    k = words @ w_k
    scores = (x @ w_q) @ k.reshape(k.shape[0], k.shape[2], k.shape[1]) / w_q.shape[1] ** 0.5
    return scores.softmax(-1) @ (words @ w_v)


def wrong_scaled_after_softmax(x, words, w_q, w_k, w_v):
    weights = ((x @ w_q) @ (words @ w_k).mT).softmax(-1) / w_q.shape[1] ** 0.5
    return weights @ (words @ w_v)


def wrong_distances(x, words, w_q, w_k, w_v):
    scores = -torch.cdist(x @ w_q, words @ w_k) / w_q.shape[1] ** 0.5
    return scores.softmax(-1) @ (words @ w_v)


def right_baddbmm(x, words, w_q, w_k, w_v):
    # the two matrices of q and k put together
    m = w_q @ w_k.mT / math.sqrt(w_q.shape[1])
    s = torch.bmm(x @ m, words.mT)
    s = (s - s.amax(2, keepdim=True)).exp()
    return torch.bmm(s / s.sum(2, keepdim=True), words) @ w_v


def wrong_root_of_l(x, words, w_q, w_k, w_v):
    # root of the number of words
    return ((x @ w_q) @ (words @ w_k).mT / words.shape[1] ** 0.5).softmax(-1) @ (words @ w_v)


def wrong_scale_after(x, words, w_q, w_k, w_v):
    # scaled after the softmax
    return ((x @ w_q) @ (words @ w_k).mT).softmax(-1) / w_q.shape[1] ** 0.5 @ (words @ w_v)


def wrong_first_words(x, words, w_q, w_k, w_v):
    # first caption for all
    k, v = words[0] @ w_k, words[0] @ w_v
    return ((x @ w_q) @ k.mT / w_q.shape[1] ** 0.5).softmax(-1) @ v
