import torch

DTYPE = "float64"


def right_formula(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    return w - lr * m_hat / (v_hat.sqrt() + eps), m, v


def right_loop(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    out = []
    rows = zip(w.flatten(), grad.flatten(), m.flatten(), v.flatten(), strict=True)
    for wi, gi, mi, vi in rows:
        mi = beta1 * mi + (1 - beta1) * gi
        vi = beta2 * vi + (1 - beta2) * gi * gi
        root = (vi / (1 - beta2**step)) ** 0.5
        out.append(torch.stack([wi - lr * (mi / (1 - beta1**step)) / (root + eps), mi, vi]))
    new_w, new_m, new_v = torch.stack(out, dim=1)
    return new_w.reshape(w.shape), new_m.reshape(w.shape), new_v.reshape(w.shape)


def right_optimizer(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    p = w.detach().clone().requires_grad_()
    p.grad = grad.clone()
    opt = torch.optim.Adam([p], lr=lr, betas=(beta1, beta2), eps=eps)
    opt.state[p] = {
        "step": torch.tensor(float(step - 1)),
        "exp_avg": m.clone(),
        "exp_avg_sq": v.clone(),
    }
    opt.step()
    return p.detach(), opt.state[p]["exp_avg"], opt.state[p]["exp_avg_sq"]


def right_lerp(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = torch.lerp(input=m, end=grad, weight=1 - beta1)
    v = v + (1 - beta2) * (grad.square() - v)
    c1, c2 = 1 - beta1**step, (1 - beta2**step) ** 0.5
    return w - lr * c2 / c1 * m / (v.sqrt() + c2 * torch.tensor(eps)), m, v


def wrong_no_hats(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return w - lr * m / (v.sqrt() + eps), m, v


def wrong_step_from_zero(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1 ** (step + 1)), v / (1 - beta2 ** (step + 1))
    return w - lr * m_hat / (v_hat.sqrt() + eps), m, v


def wrong_hat_of_first_step(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    # edge: step > 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1), v / (1 - beta2)
    return w - lr * m_hat / (v_hat.sqrt() + eps), m, v


def wrong_returns_hats(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = (beta1 * m + (1 - beta1) * grad) / (1 - beta1**step)
    v = (beta2 * v + (1 - beta2) * grad**2) / (1 - beta2**step)
    return w - lr * m / (v.sqrt() + eps), m, v


def wrong_no_root(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1**step), v / (1 - beta2**step)
    return w - lr * m_hat / (v_hat + eps), m, v


def wrong_grad_not_squared(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad.abs()
    m_hat, v_hat = m / (1 - beta1**step), v / (1 - beta2**step)
    return w - lr * m_hat / (v_hat.sqrt() + eps), m, v


def wrong_betas_swapped(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta2 * m + (1 - beta2) * grad
    v = beta1 * v + (1 - beta1) * grad**2
    m_hat, v_hat = m / (1 - beta2**step), v / (1 - beta1**step)
    return w - lr * m_hat / (v_hat.sqrt() + eps), m, v


def wrong_eps_in_root(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    # edge: a gradient of 1e-4 or less, or a large eps
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1**step), v / (1 - beta2**step)
    return w - lr * m_hat / (v_hat + eps).sqrt(), m, v


def wrong_no_eps(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    # edge: a gradient of 0 from the start gives nan
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1**step), v / (1 - beta2**step)
    return w - lr * m_hat / v_hat.sqrt(), m, v


def wrong_fixed_betas(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    # edge: other betas than the defaults
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    m_hat, v_hat = m / (1 - 0.9**step), v / (1 - 0.999**step)
    return w - lr * m_hat / (v_hat.sqrt() + eps), m, v


def wrong_edits_moments(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    # in place
    m.mul_(beta1).add_(grad, alpha=1 - beta1)
    v.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
    m_hat, v_hat = m / (1 - beta1**step), v / (1 - beta2**step)
    return w - lr * m_hat / (v_hat.sqrt() + eps), m, v
