import math

import torch
import torch.nn.functional as F


def right_tril(q, k, v):
    t, n = q.shape[-2], k.shape[-2]
    allowed = torch.ones(t, n, dtype=torch.bool, device=q.device).tril(n - t)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    return scores.masked_fill(~allowed, float("-inf")).softmax(-1) @ v


def right_loop(q, k, v):
    t, n = q.shape[-2], k.shape[-2]
    rows = []
    for j in range(t):
        end = n - t + j + 1
        s = (k[..., :end, :] @ q[..., j, :, None]).squeeze(-1) / q.shape[-1] ** 0.5
        rows.append((s.softmax(-1)[..., None] * v[..., :end, :]).sum(-2))
    return torch.stack(rows, dim=-2)


def right_library(q, k, v):
    t, n = q.size(-2), k.size(-2)
    mask = torch.arange(n)[None, :] <= torch.arange(n - t, n)[:, None]
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask.to(q.device))


def right_added_bias(q, k, v):
    t, n = q.shape[-2], k.shape[-2]
    bias = torch.full((t, n), -math.inf, dtype=q.dtype, device=q.device).triu(1 + n - t)
    s = torch.einsum("...td,...sd->...ts", q, k) * q.shape[-1] ** -0.5 + bias
    return torch.einsum("...ts,...se->...te", F.softmax(s, dim=-1), v)


def wrong_top_left(q, k, v):
    # differs if t is not T
    t, n = q.shape[-2], k.shape[-2]
    allowed = torch.ones(t, n, dtype=torch.bool).tril()
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    return scores.masked_fill(~allowed, float("-inf")).softmax(-1) @ v


def wrong_is_causal(q, k, v):
    # the triangle is at the top left: differs if t is not T
    return F.scaled_dot_product_attention(q, k, v, is_causal=True)


def wrong_no_mask(q, k, v):
    # differs if t is not 1
    return F.scaled_dot_product_attention(q, k, v)


def wrong_looks_one_ahead(q, k, v):
    # differs if t is not 1
    t, n = q.shape[-2], k.shape[-2]
    allowed = torch.ones(t, n, dtype=torch.bool).tril(n - t + 1)
    return F.scaled_dot_product_attention(q, k, v, attn_mask=allowed)


def wrong_newest_keys_only(q, k, v):
    # differs if t is not T
    t = q.shape[-2]
    return F.scaled_dot_product_attention(q, k[..., -t:, :], v[..., -t:, :], is_causal=True)


def wrong_no_scale(q, k, v):
    t, n = q.shape[-2], k.shape[-2]
    allowed = torch.ones(t, n, dtype=torch.bool).tril(n - t)
    return F.scaled_dot_product_attention(q, k, v, attn_mask=allowed, scale=1.0)


def wrong_zero_after_softmax(q, k, v):
    t, n = q.shape[-2], k.shape[-2]
    allowed = torch.ones(t, n, dtype=torch.bool).tril(n - t)
    w = (q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).softmax(-1)
    return (w * allowed) @ v


def wrong_all_or_one(q, k, v):
    # edge: 1 < t < T
    return F.scaled_dot_product_attention(q, k, v, is_causal=q.shape[-2] > 1)


def wrong_exp_overflow(q, k, v):
    # float32: inf / inf for large scores
    t, n = q.shape[-2], k.shape[-2]
    e = torch.exp(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])).tril(n - t)
    return e / e.sum(-1, keepdim=True) @ v


def wrong_no_gradient(q, k, v):
    # gradient
    t, n = q.shape[-2], k.shape[-2]
    allowed = torch.ones(t, n, dtype=torch.bool).tril(n - t)
    with torch.no_grad():
        return F.scaled_dot_product_attention(q, k, v, attn_mask=allowed)


def wrong_in_place(q, k, v):
    # in place
    t, n = q.shape[-2], k.shape[-2]
    allowed = torch.ones(t, n, dtype=torch.bool).tril(n - t)
    q.div_(math.sqrt(q.shape[-1]))
    return (q @ k.transpose(-2, -1)).masked_fill(~allowed, float("-inf")).softmax(-1) @ v
