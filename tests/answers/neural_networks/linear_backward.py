import torch
import torch.nn.functional as F


def right_matmul(x, weight, grad_out):
    return grad_out @ weight, grad_out.T @ x, grad_out.sum(0)


def right_loop_over_examples(x, weight, grad_out):
    gx = torch.zeros_like(x)
    gw = torch.zeros_like(weight)
    gb = torch.zeros_like(weight[:, 0])
    for b in range(len(x)):
        for o in range(len(weight)):
            gx[b] += grad_out[b, o] * weight[o]
            gw[o] += grad_out[b, o] * x[b]
            gb[o] += grad_out[b, o]
    return gx, gw, gb


def right_vjp(x, weight, grad_out):
    bias = torch.zeros_like(weight[:, 0])
    _, back = torch.func.vjp(F.linear, x, weight, bias)
    return back(grad_out)


def right_einsum(x, weight, grad_out):
    gx = torch.einsum("bo,oi->bi", grad_out, weight)
    gw = torch.einsum("bi,bo->oi", x, grad_out)
    gb = torch.ones(len(x), dtype=x.dtype) @ grad_out
    return gx, gw, gb


def wrong_mean_over_batch(x, weight, grad_out):
    return grad_out @ weight, grad_out.T @ x / len(x), grad_out.mean(0)


def wrong_bias_mean(x, weight, grad_out):
    return grad_out @ weight, grad_out.T @ x, grad_out.mean(dim=0)


def wrong_weight_reshaped(x, weight, grad_out):
    return grad_out @ weight, (x.T @ grad_out).reshape(weight.shape), grad_out.sum(0)


def wrong_x_from_reshaped_weight(x, weight, grad_out):
    gx = grad_out @ weight.T.reshape(weight.shape)
    return gx, grad_out.T @ x, grad_out.sum(0)


def wrong_weight_transposed(x, weight, grad_out):
    # shape: (I, O)
    return grad_out @ weight, x.T @ grad_out, grad_out.sum(0)


def wrong_square_only(x, weight, grad_out):
    # I = O: wrong values, else an error
    return grad_out @ weight.T, grad_out.T @ x, grad_out.sum(0)


def wrong_keeps_dim(x, weight, grad_out):
    # shape: bias (1, O)
    return grad_out @ weight, grad_out.T @ x, grad_out.sum(0, keepdim=True)


def wrong_bias_one_number(x, weight, grad_out):
    gb = grad_out.sum() * torch.ones_like(weight[:, 0])
    return grad_out @ weight, grad_out.T @ x, gb


def wrong_order(x, weight, grad_out):
    # shape: weight first
    return grad_out.T @ x, grad_out @ weight, grad_out.sum(0)


def wrong_descent_sign(x, weight, grad_out):
    return -(grad_out @ weight), -(grad_out.T @ x), -grad_out.sum(0)


def wrong_scales_grad_in_place(x, weight, grad_out):
    # in place
    grad_out /= len(x)
    return grad_out @ weight * len(x), grad_out.T @ x * len(x), grad_out.sum(0) * len(x)
