"""Exercise of laboratory 51b: one step of an LSTM."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="51b, step 5", difficulty=3, minutes=10)
HINTS = (
    "One matrix product gives all four parts: x @ w_x.T + h @ w_h.T + b is (B, 4H); chunk it.",
    "i, f, g, o = (...).chunk(4, -1); sigmoid for i, f, o, tanh for g; new c = f c + i g, then "
    "new h = o tanh(new c).",
)


def lstm_step(
    x: Tensor, h: Tensor, c: Tensor, w_x: Tensor, w_h: Tensor, b: Tensor
) -> tuple[Tensor, Tensor]:
    """Read one input: (h, c) -> the next (h, c). Hochreiter and Schmidhuber 1997 with forget gate.

    x: (B, D); h, c: (B, H); w_x: (4H, D), w_h: (4H, H), b: (4H,), rows in the order input gate,
    forget gate, candidate, output gate -> h, c: (B, H) each.
    """
    i, f, g, o = (x @ w_x.T + h @ w_h.T + b).chunk(4, dim=-1)  # (B, H) each
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()  # the forget gate acts on the cell state
    h = o.sigmoid() * c.tanh()
    return h, c


def a_step(rng, b, n_in, n_hidden, size=1.0):
    states = normal(rng, b, n_hidden).tanh(), normal(rng, b, n_hidden)
    weights = normal(rng, 4 * n_hidden, n_in), normal(rng, 4 * n_hidden, n_hidden)
    return size * normal(rng, b, n_in), *states, *weights, normal(rng, 4 * n_hidden)


def cases(rng):
    w = d([1.0, 0.0, -1.0, 2.0]).T
    yield d([1.0]), d([0.5]), d([-2.0]), w, w.flip(0), d(0.0, 1.0, 0.5, 0.0)
    yield a_step(rng, 1, 2, 3)
    yield a_step(rng, 3, 2, 4)
    yield a_step(rng, 2, 5, 3)


def hard_cases(rng):
    yield tuple(z.float() for z in a_step(rng, 32, 24, 40, size=0.3))
    yield tuple(z.float() for z in a_step(rng, 3, 2, 4, size=90.0))  # gates shut, or wide open


class Properties:
    def an_open_forget_gate_keeps_the_memory(f, rng):
        x, h, c, w_x, w_h, _ = a_step(rng, 3, 2, 2)
        b = d(-100.0, -100.0, 100.0, 100.0, 0.0, 0.0, 0.0, 0.0)
        says = "with the input gate shut and the forget gate open (bias -100 and 100) the cell "
        close(f(x, h, c, 0 * w_x, 0 * w_h, b)[1], c, says + "state {right} stays; yours is {got}.")


def gates(x, h, w_x, w_h, b):
    """The four parts before sigmoid and tanh."""
    return (x @ w_x.T + h @ w_h.T + b).chunk(4, dim=-1)


class Mistakes:
    @named("forget gate on the hidden state", see="51, find the bug")
    def forget_gate_on_the_hidden_state(x, h, c, w_x, w_h, b):
        """Your forget gate multiplies h. It acts on the cell state: c = f · c + i · g. h has been
        squashed by tanh and hidden by the output gate; it keeps nothing for long."""
        i, f, g, o = gates(x, h, w_x, w_h, b)
        c = f.sigmoid() * h + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c

    def candidate_and_output_gate_exchanged(x, h, c, w_x, w_h, b):
        """Your last two parts are exchanged. The order is input, forget, candidate, output."""
        i, f, o, g = gates(x, h, w_x, w_h, b)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c

    def sigmoid_on_the_candidate(x, h, c, w_x, w_h, b):
        """The candidate g goes through tanh, not sigmoid: the memory must be able to go down."""
        i, f, g, o = torch.cat(gates(x, h, w_x, w_h, b), -1).sigmoid().chunk(4, -1)
        c = f * c + i * g
        return o * c.tanh(), c

    def h_from_the_old_cell_state(x, h, c, w_x, w_h, b):
        """You compute h from the c that came in. Update c first, then h = o · tanh(new c)."""
        i, f, g, o = gates(x, h, w_x, w_h, b)
        return o.sigmoid() * c.tanh(), f.sigmoid() * c + i.sigmoid() * g.tanh()

    def h_and_c_exchanged_on_return(x, h, c, w_x, w_h, b):
        """You return (c, h). Return h first, then c."""
        return lstm_step(x, h, c, w_x, w_h, b)[::-1]
