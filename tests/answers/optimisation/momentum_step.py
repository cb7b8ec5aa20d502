import torch

DTYPE = "float64"


def right_formula(w, grad, buf, lr, beta):
    buf = beta * buf + grad
    return w - lr * buf, buf


def right_loop(w, grad, buf, lr, beta):
    new_w, new_buf = [], []
    for wi, gi, ui in zip(w.flatten(), grad.flatten(), buf.flatten(), strict=True):
        new_buf.append(beta * ui + gi)
        new_w.append(wi - lr * new_buf[-1])
    return torch.stack(new_w).reshape(w.shape), torch.stack(new_buf).reshape(w.shape)


def right_optimizer(w, grad, buf, lr, beta):
    p = w.detach().clone().requires_grad_()
    p.grad = grad.clone()
    opt = torch.optim.SGD([p], lr=lr, momentum=beta)
    opt.state[p]["momentum_buffer"] = buf.clone()
    opt.step()
    return p.detach(), opt.state[p]["momentum_buffer"]


def right_copies(w, grad, buf, lr, beta):
    u = buf.clone().mul_(torch.tensor(beta)).add_(grad)
    return torch.sub(input=w, other=u, alpha=lr), u


def wrong_old_buffer(w, grad, buf, lr, beta):
    return w - lr * buf, beta * buf + grad


def wrong_running_mean(w, grad, buf, lr, beta):
    buf = beta * buf + (1 - beta) * grad
    return w - lr * buf, buf


def wrong_uphill(w, grad, buf, lr, beta):
    buf = beta * buf + grad
    return w + lr * buf, buf


def wrong_nesterov(w, grad, buf, lr, beta):
    buf = beta * buf + grad
    return w - lr * (grad + beta * buf), buf


def wrong_lr_in_buffer(w, grad, buf, lr, beta):
    buf = beta * buf + lr * grad
    return w - buf, buf


def wrong_beta_on_grad(w, grad, buf, lr, beta):
    buf = buf + beta * grad
    return w - lr * buf, buf


def wrong_buffer_not_updated(w, grad, buf, lr, beta):
    return w - lr * (beta * buf + grad), buf


def wrong_lr_and_beta_swapped(w, grad, buf, lr, beta):
    buf = lr * buf + grad
    return w - beta * buf, buf


def wrong_order(w, grad, buf, lr, beta):
    buf = beta * buf + grad
    return buf, w - lr * buf


def wrong_only_w(w, grad, buf, lr, beta):
    # type
    return w - lr * (beta * buf + grad)


def wrong_edits_buffer(w, grad, buf, lr, beta):
    # in place
    buf.mul_(beta).add_(grad)
    return w - lr * buf, buf
