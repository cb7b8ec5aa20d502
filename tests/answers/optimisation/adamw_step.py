import torch

DTYPE = "float64"


def _adam(grad, m, v, step):
    m = 0.9 * m + (1 - 0.9) * grad
    v = 0.999 * v + (1 - 0.999) * grad**2
    direction = m / (1 - 0.9**step) / ((v / (1 - 0.999**step)).sqrt() + 1e-8)
    return direction, m, v


def right_formula(w, grad, m, v, step, lr, decay):
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    m_hat, v_hat = m / (1 - 0.9**step), v / (1 - 0.999**step)
    return w - lr * decay * w - lr * m_hat / (v_hat.sqrt() + 1e-8), m, v


def right_loop(w, grad, m, v, step, lr, decay):
    out = []
    for wi, *rest in zip(w.flatten(), grad.flatten(), m.flatten(), v.flatten(), strict=True):
        direction, mi, vi = _adam(*rest, step)
        out.append(torch.stack([wi - lr * (direction + decay * wi), mi, vi]))
    return tuple(column.reshape(w.shape) for column in torch.stack(out, dim=1))


def right_optimizer(w, grad, m, v, step, lr, decay):
    p = w.detach().clone().requires_grad_()
    p.grad = grad.clone()
    opt = torch.optim.AdamW([p], lr=lr, weight_decay=decay)
    opt.state[p]["step"] = torch.tensor(float(step - 1))
    opt.state[p]["exp_avg"], opt.state[p]["exp_avg_sq"] = m.clone(), v.clone()
    opt.step()
    return p.detach(), opt.state[p]["exp_avg"], opt.state[p]["exp_avg_sq"]


def right_shrinks_first(w, grad, m, v, step, lr, decay):
    one = torch.tensor(1.0)
    direction, m, v = _adam(grad=grad, m=m, v=v, step=step)
    return torch.add(input=(one - lr * decay) * w, other=direction, alpha=-lr), m, v


def wrong_l2_in_gradient(w, grad, m, v, step, lr, decay):
    direction, m, v = _adam(grad + decay * w, m, v, step)
    return w - lr * direction, m, v


def wrong_decay_without_lr(w, grad, m, v, step, lr, decay):
    direction, m, v = _adam(grad, m, v, step)
    return (1 - decay) * w - lr * direction, m, v


def wrong_decay_after_step(w, grad, m, v, step, lr, decay):
    direction, m, v = _adam(grad, m, v, step)
    return (w - lr * direction) * (1 - lr * decay), m, v


def wrong_decay_grows(w, grad, m, v, step, lr, decay):
    direction, m, v = _adam(grad, m, v, step)
    return w + lr * decay * w - lr * direction, m, v


def wrong_no_decay(w, grad, m, v, step, lr, decay):
    # edge: decay > 0
    direction, m, v = _adam(grad, m, v, step)
    return w - lr * direction, m, v


def wrong_decay_of_sign(w, grad, m, v, step, lr, decay):
    direction, m, v = _adam(grad, m, v, step)
    return w - lr * decay * w.sign() - lr * direction, m, v


def wrong_decay_twice(w, grad, m, v, step, lr, decay):
    direction, m, v = _adam(grad + decay * w, m, v, step)
    return w - lr * decay * w - lr * direction, m, v


def wrong_no_hats(w, grad, m, v, step, lr, decay):
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    return w - lr * decay * w - lr * m / (v.sqrt() + 1e-8), m, v


def wrong_v_uses_decay(w, grad, m, v, step, lr, decay):
    _, _, v = _adam(grad + decay * w, m, v, step)
    m = 0.9 * m + 0.1 * grad
    m_hat, v_hat = m / (1 - 0.9**step), v / (1 - 0.999**step)
    return w - lr * decay * w - lr * m_hat / (v_hat.sqrt() + 1e-8), m, v


def wrong_no_eps(w, grad, m, v, step, lr, decay):
    # edge: a gradient of 0 from the start gives nan
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    m_hat, v_hat = m / (1 - 0.9**step), v / (1 - 0.999**step)
    return w - lr * decay * w - lr * m_hat / v_hat.sqrt(), m, v


def wrong_edits_w(w, grad, m, v, step, lr, decay):
    # in place
    direction, m, v = _adam(grad, m, v, step)
    w *= 1 - lr * decay
    w -= lr * direction
    return w, m, v
