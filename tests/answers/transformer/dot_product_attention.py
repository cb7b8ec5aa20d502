import math

import torch
import torch.nn.functional as F

DTYPE = "float64"


def right_matrices(q, k, v):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    return scores.softmax(-1) @ v


def right_loop(q, k, v):
    rows = []
    for t in range(q.shape[-2]):
        score = (q[..., t : t + 1, :] * k).sum(-1) / q.shape[-1] ** 0.5
        weight = torch.softmax(score, dim=-1)
        rows.append((weight[..., None] * v).sum(-2))
    return torch.stack(rows, dim=-2)


def right_library(q, k, v):
    return F.scaled_dot_product_attention(query=q, key=k, value=v)


def right_einsum(q, k, v):
    root = torch.sqrt(torch.tensor(float(q.size(-1))))
    s = torch.einsum("...td,...sd->...ts", q / root, k)
    w = torch.exp(s - s.logsumexp(dim=-1, keepdim=True))
    return torch.einsum("...ts,...se->...te", w, v)


def wrong_no_scale(q, k, v):
    return (q @ k.transpose(-2, -1)).softmax(-1) @ v


def wrong_divides_by_d(q, k, v):
    return (q @ k.transpose(-2, -1) / q.shape[-1]).softmax(-1) @ v


def wrong_softmax_over_queries(q, k, v):
    return (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).softmax(-2) @ v


def wrong_softmax_dim_one(q, k, v):
    # right for (T, d) alone: differs with a batch
    return torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]), dim=1) @ v


def wrong_root_of_keys(q, k, v):
    # differs if S is not d
    return (q @ k.transpose(-2, -1) / math.sqrt(k.shape[-2])).softmax(-1) @ v


def wrong_scale_after_softmax(q, k, v):
    return (q @ k.transpose(-2, -1)).softmax(-1) / math.sqrt(q.shape[-1]) @ v


def wrong_causal(q, k, v):
    return F.scaled_dot_product_attention(q, k, v, is_causal=True)


def wrong_exp_overflow(q, k, v):
    # float32: inf / inf for large scores
    e = torch.exp(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]))
    return e / e.sum(-1, keepdim=True) @ v


def wrong_detached_weights(q, k, v):
    # gradient
    with torch.no_grad():
        w = (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).softmax(-1)
    return w @ v


def wrong_in_place(q, k, v):
    # in place
    q /= math.sqrt(q.shape[-1])
    return (q @ k.transpose(-2, -1)).softmax(-1) @ v


def wrong_t_of_batch(q, k, v):
    # shape: .mT and .T are not the same with a batch
    k_t = k.permute(*range(k.dim() - 1, -1, -1))
    return (q @ k_t / math.sqrt(q.shape[-1])).softmax(-1) @ v
