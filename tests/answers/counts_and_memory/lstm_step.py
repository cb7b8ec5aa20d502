import torch

DTYPE = "float64"


def right_chunk(x, h, c, w_x, w_h, b):
    i, f, g, o = (x @ w_x.T + h @ w_h.T + b).chunk(4, dim=-1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    h = torch.sigmoid(o) * torch.tanh(c)
    return h, c


def right_library(x, h, c, w_x, w_h, b):
    return torch.lstm_cell(x, (h, c), w_x, w_h, b, torch.zeros_like(b))


def right_one_matrix_sigmoid_as_tanh(x, h, c, w_x, w_h, b):
    both = torch.cat([x, h], dim=1)
    parts = both @ torch.cat([w_x, w_h], dim=1).t() + b
    i, f, g, o = torch.split(parts, h.shape[1], dim=1)
    i, f, o = (0.5 * (1 + torch.tanh(z / 2)) for z in (i, f, o))
    c = torch.addcmul(f * c, i, torch.tanh(g))
    return o * torch.tanh(c), c


def right_loop_over_batch(x, h, c, w_x, w_h, b):
    hs, cs = [], []
    for k in range(len(x)):
        i, f, g, o = (w_x @ x[k] + w_h @ h[k] + b).view(4, -1)
        new = f.sigmoid() * c[k] + i.sigmoid() * g.tanh()
        cs.append(new)
        hs.append(o.sigmoid() * new.tanh())
    return torch.stack(hs), torch.stack(cs)


def wrong_order_ifog(x, h, c, w_x, w_h, b):
    i, f, o, g = (x @ w_x.T + h @ w_h.T + b).chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def wrong_returns_c_h(x, h, c, w_x, w_h, b):
    i, f, g, o = (x @ w_x.T + h @ w_h.T + b).chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return c, o.sigmoid() * c.tanh()


def wrong_old_cell_in_h(x, h, c, w_x, w_h, b):
    i, f, g, o = (x @ w_x.T + h @ w_h.T + b).chunk(4, dim=-1)
    new = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), new


def wrong_no_tanh_of_cell(x, h, c, w_x, w_h, b):
    i, f, g, o = (x @ w_x.T + h @ w_h.T + b).chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c, c


def wrong_squashed_cell(x, h, c, w_x, w_h, b):
    i, f, g, o = (x @ w_x.T + h @ w_h.T + b).chunk(4, dim=-1)
    c = torch.tanh(f.sigmoid() * c + i.sigmoid() * g.tanh())
    return o.sigmoid() * c, c


def wrong_candidate_sigmoid(x, h, c, w_x, w_h, b):
    i, f, g, o = torch.sigmoid(x @ w_x.T + h @ w_h.T + b).chunk(4, dim=-1)
    c = f * c + i * g
    return o * c.tanh(), c


def wrong_coupled_gates(x, h, c, w_x, w_h, b):
    _, f, g, o = (x @ w_x.T + h @ w_h.T + b).chunk(4, dim=-1)
    f = f.sigmoid()
    c = f * c + (1 - f) * g.tanh()
    return o.sigmoid() * c.tanh(), c


def wrong_bias_forgotten(x, h, c, w_x, w_h, b):
    i, f, g, o = (x @ w_x.T + h @ w_h.T).chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def wrong_sigmoid_by_hand(x, h, c, w_x, w_h, b):
    # float32: inf / inf for a large input to a gate
    i, f, g, o = (x @ w_x.T + h @ w_h.T + b).chunk(4, dim=-1)
    i, f, o = (torch.exp(z) / (1 + torch.exp(z)) for z in (i, f, o))
    c = f * c + i * g.tanh()
    return o * c.tanh(), c


def wrong_detached_state(x, h, c, w_x, w_h, b):
    # gradient
    h, c = h.detach(), c.detach()
    i, f, g, o = (x @ w_x.T + h @ w_h.T + b).chunk(4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def wrong_in_place(x, h, c, w_x, w_h, b):
    # in place
    i, f, g, o = (x @ w_x.T + h @ w_h.T + b).chunk(4, dim=-1)
    c *= f.sigmoid()
    c += i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c
