import torch

DTYPE = "float64"


def right_two_looks(x, y, lr):
    x_look, y_look = x - lr * y, y + lr * x
    return x - lr * y_look, y + lr * x_look


def right_loop(x, y, lr):
    new_x, new_y = [], []
    for a, b in zip(x.flatten(), y.flatten(), strict=True):
        new_x.append(a - lr * (b + lr * a))
        new_y.append(b + lr * (a - lr * b))
    return torch.stack(new_x).reshape(x.shape), torch.stack(new_y).reshape(y.shape)


def right_autograd(x, y, lr):
    def field(a, b):
        with torch.enable_grad():
            a, b = a.detach().requires_grad_(), b.detach().requires_grad_()
            return torch.autograd.grad((a * b).sum(), (a, b))

    g_x, g_y = field(x, y)
    g_x, g_y = field(x - lr * g_x, y + lr * g_y)
    return x - lr * g_x, y + lr * g_y


def right_complex(x, y, lr):
    z = torch.complex(real=x, imag=y) * complex(1 - lr**2, lr)
    return z.real, z.imag


def wrong_simultaneous(x, y, lr):
    return x - lr * y, y + lr * x


def wrong_alternating(x, y, lr):
    x = x - lr * y
    return x, y + lr * x


def wrong_goes_on_from_look(x, y, lr):
    x_look, y_look = x - lr * y, y + lr * x
    return x_look - lr * y_look, y_look + lr * x_look


def wrong_look_alternates(x, y, lr):
    x_look = x - lr * y
    y_look = y + lr * x_look
    return x - lr * y_look, y + lr * x_look


def wrong_second_alternates(x, y, lr):
    y_look = y + lr * x
    x = x - lr * y_look
    return x, y + lr * x


def wrong_both_descend(x, y, lr):
    x_look, y_look = x - lr * y, y - lr * x
    return x - lr * y_look, y - lr * x_look


def wrong_players_swapped(x, y, lr):
    x_look, y_look = x + lr * y, y - lr * x
    return x + lr * y_look, y - lr * x_look


def wrong_half_look(x, y, lr):
    x_look, y_look = x - lr / 2 * y, y + lr / 2 * x
    return x - lr * y_look, y + lr * x_look


def wrong_optimistic(x, y, lr):
    x_look, y_look = x - lr * y, y + lr * x
    return x - lr * (2 * y_look - y), y + lr * (2 * x_look - x)


def wrong_complex_number(x, y, lr):
    # type: one complex tensor
    z = torch.complex(x, y)
    return z + 1j * lr * (z + 1j * lr * z)


def wrong_edits_x(x, y, lr):
    # in place
    x_look, y_look = x - lr * y, y + lr * x
    x -= lr * y_look
    y += lr * x_look
    return x, y
