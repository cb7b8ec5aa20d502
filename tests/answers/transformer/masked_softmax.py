import torch
import torch.nn.functional as F

DTYPE = "float64"


def right_masked_fill(scores, allowed):
    return scores.masked_fill(~allowed, float("-inf")).softmax(-1)


def right_where(scores, allowed):
    s = torch.where(allowed, scores, -torch.inf)
    top = s.amax(-1, keepdim=True)
    top = torch.where(top.isfinite(), top, 0.0).detach()
    e = torch.exp(s - top)
    total = e.sum(-1, keepdim=True)
    return e / torch.where(total > 0, total, 1.0)


def right_loop(scores, allowed):
    allowed = allowed.expand(scores.shape).reshape(-1, scores.shape[-1])
    rows = []
    for s, a in zip(scores.reshape(-1, scores.shape[-1]), allowed, strict=True):
        w = torch.zeros_like(s)
        if a.any():
            w[a] = torch.softmax(s[a], dim=0)
        rows.append(w)
    return torch.stack(rows).reshape(scores.shape)


def right_added_mask(scores, allowed):
    bias = torch.zeros(allowed.shape, dtype=scores.dtype)
    bias[allowed.logical_not()] = -float("inf")
    return F.softmax(input=scores + bias, dim=-1)


def wrong_mask_reversed(scores, allowed):
    # a row where all is allowed becomes nan
    return scores.masked_fill(allowed, float("-inf")).softmax(-1)


def wrong_after_softmax(scores, allowed):
    return scores.softmax(-1) * allowed


def wrong_fill_zero(scores, allowed):
    return scores.masked_fill(~allowed, 0.0).softmax(-1)


def wrong_multiplied(scores, allowed):
    return (scores * allowed).softmax(-1) * allowed


def wrong_fill_minus_ten(scores, allowed):
    return scores.masked_fill(~allowed, -10.0).softmax(-1)


def wrong_softmax_over_queries(scores, allowed):
    return scores.masked_fill(~allowed, float("-inf")).softmax(-2).nan_to_num()


def wrong_always_causal(scores, allowed):
    # differs where the mask is not the triangle
    return scores.masked_fill(torch.ones_like(scores).tril() == 0, float("-inf")).softmax(-1)


def wrong_renormalised(scores, allowed):
    # float32: 0 / 0 if a forbidden score is much larger than all allowed ones
    w = scores.softmax(-1) * allowed
    return w / w.sum(-1, keepdim=True)


def wrong_exp_overflow(scores, allowed):
    # float32
    e = scores.exp().masked_fill(~allowed, 0.0)
    return e / e.sum(-1, keepdim=True)


def wrong_no_gradient(scores, allowed):
    # gradient
    return scores.detach().masked_fill(~allowed, float("-inf")).softmax(-1)


def wrong_in_place(scores, allowed):
    # in place
    return scores.masked_fill_(~allowed, float("-inf")).softmax(-1)
