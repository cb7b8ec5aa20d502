import torch
import torch.nn.functional as F


def right_plain(soft):
    hard = F.one_hot(soft.argmax(-1), soft.size(-1)).to(soft)
    return (hard - soft).detach() + soft


def right_scatter(soft):
    hard = torch.zeros_like(soft).scatter(-1, soft.argmax(-1, keepdim=True), 1.0)
    return hard + (soft - soft.detach())


class Pass(torch.autograd.Function):
    @staticmethod
    def forward(ctx, soft):
        return F.one_hot(soft.argmax(-1), soft.shape[-1]).to(soft.dtype)

    @staticmethod
    def backward(ctx, slope):
        return slope


def right_function(soft):
    return Pass.apply(soft)


def right_max_index(soft):
    k = soft.max(dim=-1).indices
    hard = torch.eye(soft.shape[-1], dtype=soft.dtype)[k]
    return soft + (hard - soft).detach()


def wrong_hard(soft):
    return F.one_hot(soft.argmax(-1), soft.shape[-1]).to(soft.dtype)


def wrong_soft(soft):
    return soft


def wrong_sum(soft):
    return F.one_hot(soft.argmax(-1), soft.shape[-1]) + soft


def wrong_sign(soft):
    return F.one_hot(soft.argmax(-1), soft.shape[-1]) - soft + soft.detach()


def wrong_product(soft):
    return F.one_hot(soft.argmax(-1), soft.shape[-1]) * soft


def wrong_round(soft):
    return soft.round()


def wrong_equal_to_max(soft):
    return (soft == soft.amax(-1, keepdim=True)).to(soft.dtype)


def wrong_first_dimension(soft):
    hard = F.one_hot(soft.argmax(0), soft.shape[0]).to(soft.dtype).movedim(-1, 0)
    return hard + soft - soft.detach()


def wrong_index(soft):
    return soft.argmax(-1)


def wrong_half_slope(soft):
    hard = F.one_hot(soft.argmax(-1), soft.shape[-1]).to(soft.dtype)
    return hard + 0.5 * (soft - soft.detach())


def wrong_min(soft):
    hard = F.one_hot(soft.argmin(-1), soft.shape[-1]).to(soft.dtype)
    return hard + soft - soft.detach()
