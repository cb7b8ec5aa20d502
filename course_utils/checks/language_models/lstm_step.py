"""Lesson 51: Read one input: (h, c) -> the next (h, c). Hochreiter and Schmidhuber 1997 with"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="51, step 8", difficulty=3, minutes=10)
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


def cases(rng):
    return [
        _lstm_case(rng, 1, 1, 1),
        _lstm_case(rng, 3, 2, 4),
        _lstm_case(rng, 2, 5, 3),
    ]


def _gates(x, h, w_x, w_h, b):
    return (x @ w_x.T + h @ w_h.T + b).chunk(4, dim=-1)


def _lstm_case(rng: torch.Generator, batch: int, d: int, size: int) -> tuple[Tensor, ...]:
    return (
        normal(rng, batch, d),
        0.5 * normal(rng, batch, size),
        normal(rng, batch, size),
        normal(rng, 4 * size, d),
        normal(rng, 4 * size, size),
        normal(rng, 4 * size),
    )


class Properties:
    def an_open_forget_gate_keeps_the_memory(f, rng):
        x, h, c, w_x, w_h, _b = _lstm_case(rng, 3, 2, 2)
        b = d(-100.0, -100.0, 100.0, 100.0, 0.0, 0.0, 0.0, 0.0)  # input shut, forget gate open
        got = f(x, h, c, 0 * w_x, 0 * w_h, b)[1]
        if not (got - c).abs().max() < 1e-9:
            raise Fails(
                "with the input gate shut and the forget gate open (bias -100 and +100) the cell state "
                f"stays as it is; yours moves by up to {float((got - c).abs().max()):.4g}."
            )

    @named("h stays within -1 and 1")
    def h_stays_within_1_and_1(f, rng):
        x, h, c, w_x, w_h, b = _lstm_case(rng, 20, 2, 3)
        worst = float(f(x, h, 30 * c, w_x, w_h, b)[0].abs().max())
        if not (worst <= 1):
            raise Fails(f"h is a sigmoid times a tanh, so |h| <= 1; yours is {worst:.4g}.")


class Mistakes:
    @named("forget gate on the hidden state", see="51, bug 2")
    def forget_gate_on_the_hidden_state(x, h, c, w_x, w_h, b):
        """Your forget gate multiplies h. It acts on the cell state: c = f · c + i · g. h has been
        squashed by tanh and hidden by the output gate; it keeps nothing for long."""
        i, f, g, o = _gates(x, h, w_x, w_h, b)
        c = f.sigmoid() * h + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c

    def forget_gate_missing(x, h, c, w_x, w_h, b):
        """You add to c without forgetting: c = c + i · g. That was the LSTM of 1997; without a
        forget gate the memory only fills up."""
        i, _f, g, o = _gates(x, h, w_x, w_h, b)
        c = c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c

    def input_and_forget_gate_swapped(x, h, c, w_x, w_h, b):
        """Your first two gates are exchanged. The order is input, forget, candidate, output."""
        f, i, g, o = _gates(x, h, w_x, w_h, b)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c

    def candidate_and_output_gate_swapped(x, h, c, w_x, w_h, b):
        """Your last two parts are exchanged. The order is input, forget, candidate, output."""
        i, f, o, g = _gates(x, h, w_x, w_h, b)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c

    def sigmoid_on_the_candidate(x, h, c, w_x, w_h, b):
        """The candidate g goes through tanh, not sigmoid: the memory must be able to go down."""
        i, f, g, o = _gates(x, h, w_x, w_h, b)
        c = f.sigmoid() * c + i.sigmoid() * g.sigmoid()
        return o.sigmoid() * c.tanh(), c

    def no_tanh_on_the_cell_state(x, h, c, w_x, w_h, b):
        """h = o · tanh(c): without the tanh h is unbounded."""
        i, f, g, o = _gates(x, h, w_x, w_h, b)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c, c

    def h_from_the_old_cell_state(x, h, c, w_x, w_h, b):
        """You compute h from the c that came in. Update c first, then h = o · tanh(new c)."""
        i, f, g, o = _gates(x, h, w_x, w_h, b)
        return o.sigmoid() * c.tanh(), f.sigmoid() * c + i.sigmoid() * g.tanh()

    def gates_without_sigmoid(x, h, c, w_x, w_h, b):
        """A gate is a number between 0 and 1: put i, f and o through sigmoid."""
        i, f, g, o = _gates(x, h, w_x, w_h, b)
        c = f * c + i * g.tanh()
        return o * c.tanh(), c

    @named("one gate for forgetting and writing", see="51, step 9")
    def one_gate_for_forgetting_and_writing(x, h, c, w_x, w_h, b):
        """You write with 1 - f. That is how a GRU couples the two; an LSTM has an input gate i of
        its own."""
        _i, f, g, o = _gates(x, h, w_x, w_h, b)
        c = f.sigmoid() * c + (1 - f.sigmoid()) * g.tanh()
        return o.sigmoid() * c.tanh(), c

    def h_and_c_exchanged_on_return(*a):
        """You return (c, h). Return h first, then c."""
        return lstm_step(*a)[::-1]
