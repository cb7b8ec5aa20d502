"""Exercises of lesson 13: a gradient, a limit, momentum, Adam, AdamW, a schedule, a game."""

import math

import torch
from torch import Tensor

from course_utils.exercises import Exercise, Mistake, Property

LESSON = "13_optimisation"


def _normal(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.double)


def _positive(rng: torch.Generator, *shape: int) -> Tensor:
    return 0.1 + torch.rand(*shape, generator=rng, dtype=torch.double)


def _labels(rng: torch.Generator, n_classes: int, n: int) -> Tensor:
    return torch.randint(n_classes, (n,), generator=rng)


def _d(*values) -> Tensor:
    return torch.tensor(values, dtype=torch.double)


# ---- the gradient of softmax regression --------------------------------------------------------


def softmax_gradient_reference(weight: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Gradient of the mean NLL of softmax regression: mean over b of (p_b - onehot(y_b)) x_b^T.

    weight: (K, D), x: (B, D), y: (B,) long, classes 0..K-1 -> (K, D), nats per unit of weight.
    """
    probs = (x @ weight.T).softmax(-1)  # (B, K)
    onehot = torch.nn.functional.one_hot(y, len(weight)).to(probs.dtype)  # (B, K)
    return (probs - onehot).T @ x / len(x)  # (K, D)


def _softmax_cases(rng: torch.Generator) -> list[tuple]:
    return [
        (torch.zeros(2, 2).double(), _d([1.0, 2.0]), torch.tensor([0])),
        (_normal(rng, 3, 2), _normal(rng, 1, 2), _labels(rng, 3, 1)),
        (_normal(rng, 4, 5), _normal(rng, 3, 5), _labels(rng, 4, 3)),
        (_normal(rng, 3, 4), _normal(rng, 8, 4), _labels(rng, 3, 8)),
    ]


def _classes_cancel(f, rng) -> str | None:
    total = f(_normal(rng, 4, 3), _normal(rng, 6, 3), _labels(rng, 4, 6)).sum(0)
    if not total.abs().max() < 1e-9:
        return (
            "adding one number to all logits changes no probability, so the gradient's rows add "
            f"up to 0; yours add up to {[round(v, 3) for v in total.tolist()]}."
        )
    return None


def _step_lowers_the_loss(f, rng) -> str | None:
    weight, x, y = _normal(rng, 4, 3), _normal(rng, 50, 3), _labels(rng, 4, 50)

    def nll(w: Tensor) -> float:
        return torch.nn.functional.cross_entropy(x @ w.T, y).item()

    before, after = nll(weight), nll(weight - 0.001 * f(weight, x, y))
    if not after < before:
        return (
            "a step of 0.001 against your gradient takes the loss from "
            f"{before:.6f} to {after:.6f}."
        )
    return None


def _mean_of_halves(f, rng) -> str | None:
    weight, x, y = _normal(rng, 3, 2), _normal(rng, 8, 2), _labels(rng, 3, 8)
    halves = 0.5 * (f(weight, x[:4], y[:4]) + f(weight, x[4:], y[4:]))
    gap = float((halves - f(weight, x, y)).abs().max())
    if not gap < 1e-9:
        return (
            "the mean of the gradients of two half batches must be the whole batch's (that is "
            f"what makes a mini-batch unbiased); yours differ by {gap:.4g}."
        )
    return None


def _onehot(y: Tensor, n_classes: int) -> Tensor:
    return torch.nn.functional.one_hot(y, n_classes).double()


softmax_gradient = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=6,
    reference=softmax_gradient_reference,
    cases=_softmax_cases,
    properties=[
        Property("the rows add up to zero", _classes_cancel),
        Property("a small step against it lowers the loss", _step_lowers_the_loss),
        Property("the mean of two half batches is the whole", _mean_of_halves),
    ],
    mistakes=[
        Mistake(
            "sum instead of mean",
            lambda weight, x, y: softmax_gradient_reference(weight, x, y) * len(x),
            "You summed over the batch. With a mean the learning rate keeps its meaning when the "
            "batch grows; yours grows with B.",
            "13, step 1",
        ),
        Mistake(
            "minus sign too many",
            lambda weight, x, y: -softmax_gradient_reference(weight, x, y),
            "You computed onehot - p, the direction of descent. The gradient points uphill: "
            "p - onehot.",
            "13, step 1",
        ),
        Mistake(
            "first example only",
            lambda weight, x, y: softmax_gradient_reference(weight, x[:1], y[:1]),
            "You used one example of the batch. That is unbiased, too, but as noisy as B = 1: the "
            "formula of erratum R127.",
            "13, step 6",
        ),
        Mistake(
            "label not subtracted",
            lambda weight, x, y: (x @ weight.T).softmax(-1).T @ x / len(x),
            "Your gradient does not look at y. Subtract the one-hot label from the probabilities.",
            "13, step 1",
        ),
        Mistake(
            "softmax over the batch",
            lambda weight, x, y: (
                ((x @ weight.T).softmax(0) - _onehot(y, len(weight))).T @ x / len(x)
            ),
            "Your softmax runs over the examples. Probabilities of one example add up to 1 over "
            "the classes: softmax(-1).",
            "13, step 1",
        ),
        Mistake(
            "divided by the classes, too",
            lambda weight, x, y: softmax_gradient_reference(weight, x, y) / len(weight),
            "You divided by B and by K. The loss is a mean over examples, not over classes.",
            "13, step 1",
        ),
        Mistake(
            "no softmax",
            lambda weight, x, y: (x @ weight.T - _onehot(y, len(weight))).T @ x / len(x),
            "You subtracted the label from the logits: that is the gradient of a squared error. "
            "Take the softmax first.",
            "13, step 1",
        ),
        Mistake(
            "transposed",
            lambda weight, x, y: softmax_gradient_reference(weight, x, y).T,
            "Your gradient is (D, K). A gradient has the shape of its parameter, (K, D).",
            "13, step 1",
        ),
    ],
    hints=[
        "For one example, the derivative of the NLL by the logits is p - onehot(y), and a logit "
        "is a row of the weight times x.",
        "probs = (x @ weight.T).softmax(-1); subtract F.one_hot(y, len(weight)); then (B, K).T @ "
        "(B, D) sums over the batch. Divide by B.",
    ],
)

# ---- the largest stable learning rate ----------------------------------------------------------


def max_stable_lr_reference(hessian: Tensor) -> Tensor:
    """Limit below which gradient descent on a quadratic converges: 2 / largest eigenvalue.

    hessian: (..., D, D), symmetric with positive eigenvalues -> (...), learning rate.
    """
    return 2 / torch.linalg.eigvalsh(hessian)[..., -1]  # eigvalsh sorts upwards


def _spd(rng: torch.Generator, *shape: int) -> Tensor:
    half = _normal(rng, *shape, shape[-1])
    return half @ half.mT + 0.1 * torch.eye(shape[-1], dtype=torch.double)


def _bowl(f, rng) -> str | None:
    got = float(f(_d([1.0, 0.0], [0.0, 100.0])))
    if not abs(got - 0.02) < 1e-9:
        return (
            "in the ravine diag(1, 100) the steep wall allows 2/100 = 0.02, you return "
            f"{got:.4g}. The flat direction does not help."
        )
    return None


def _turned(f, rng) -> str | None:
    turn, _ = torch.linalg.qr(_normal(rng, 3, 3))
    diagonal = torch.diag(_d(1.0, 3.0, 10.0))
    one, other = float(f(diagonal)), float(f(turn @ diagonal @ turn.T))
    if not abs(one - other) < 1e-9:
        return f"turning the landscape changes your limit from {one:.4f} to {other:.4f}."
    return None


max_stable_lr = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=4,
    reference=max_stable_lr_reference,
    cases=lambda rng: [
        (_d([3.0, 0.0], [0.0, 1.0]),),
        (_spd(rng, 1, 3),),
        (_spd(rng, 3, 2),),
        (_spd(rng, 4),),
    ],
    properties=[
        Property("the steepest direction decides", _bowl),
        Property("the same in a turned landscape", _turned),
    ],
    mistakes=[
        Mistake(
            "1/L instead of 2/L",
            lambda hessian: 1 / torch.linalg.eigvalsh(hessian)[..., -1],
            "1/L is a safe choice (it jumps to the bottom of the steepest direction), not the "
            "limit. |1 - lr L| < 1 holds up to 2/L.",
            "13, step 2",
        ),
        Mistake(
            "smallest eigenvalue",
            lambda hessian: 2 / torch.linalg.eigvalsh(hessian)[..., 0],
            "You used the flattest direction. The steepest one diverges first.",
            "13, step 2",
        ),
        Mistake(
            "trace",
            lambda hessian: 2 / hessian.diagonal(dim1=-2, dim2=-1).sum(-1),
            "The trace is the sum of all eigenvalues: 2/trace is stable, but up to D times too "
            "careful.",
            "13, step 2",
        ),
        Mistake(
            "mean eigenvalue",
            lambda hessian: 2 / hessian.diagonal(dim1=-2, dim2=-1).mean(-1),
            "You used the mean curvature. One steep direction is enough to diverge.",
            "13, step 2",
        ),
        Mistake(
            "Frobenius norm",
            lambda hessian: 2 / torch.linalg.matrix_norm(hessian),
            "The Frobenius norm is at least the largest eigenvalue, usually more. Use eigvalsh, or "
            "the spectral norm (ord=2).",
            "13, step 2",
        ),
        Mistake(
            "largest entry",
            lambda hessian: 2 / hessian.abs().amax((-2, -1)),
            "You used the largest entry. Curvature along a slanted direction can be larger than "
            "any entry: take eigenvalues.",
            "13, step 2",
        ),
        Mistake(
            "one answer for the whole batch",
            lambda hessian: 2 / torch.linalg.eigvalsh(hessian).max(),
            "You took the largest eigenvalue of all matrices together. Keep one limit per matrix: "
            "index the last dimension only.",
            "13, step 2",
        ),
    ],
    hints=[
        "Along an eigenvector the error is multiplied by 1 - lr * eigenvalue at each step. For "
        "which lr is that between -1 and 1 for all of them?",
        "torch.linalg.eigvalsh(hessian)[..., -1] is the largest eigenvalue of each matrix.",
    ],
)

# ---- momentum ----------------------------------------------------------------------------------


def momentum_step_reference(
    w: Tensor, grad: Tensor, buf: Tensor, lr: float, beta: float
) -> tuple[Tensor, Tensor]:
    """One step of SGD with momentum, as torch.optim.SGD counts it (Polyak 1964).

    w, grad, buf: any shape, buf is the velocity so far, lr > 0, 0 <= beta < 1 -> (new w, new buf).
    """
    buf = beta * buf + grad
    return w - lr * buf, buf


def _without_momentum(f, rng) -> str | None:
    w, grad, buf = _normal(rng, 3), _normal(rng, 3), _normal(rng, 3)
    gap = float((f(w, grad, buf, 0.1, 0.0)[0] - (w - 0.1 * grad)).abs().max())
    if not gap < 1e-9:
        return f"with beta = 0 the step is plain gradient descent; yours is {gap:.4g} away from it."
    return None


def _terminal_velocity(f, rng) -> str | None:
    w, grad = torch.zeros(2).double(), torch.ones(2).double()
    buf = torch.zeros(2).double()
    for _ in range(200):
        w, buf = f(w, grad, buf, 0.1, 0.9)
    if not abs(float(buf[0]) - 10) < 1e-4:
        return (
            "under a constant gradient of 1 the velocity tends to 1/(1 - 0.9) = 10, yours to "
            f"{float(buf[0]):.4g}."
        )
    return None


momentum_step = Exercise(
    lesson=LESSON,
    difficulty=1,
    minutes=4,
    reference=momentum_step_reference,
    cases=lambda rng: [
        (_d(1.0, 2.0), _d(0.5, -1.0), _d(1.0, 1.0), 0.1, 0.9),
        (_normal(rng, 1), _normal(rng, 1), torch.zeros(1).double(), 0.3, 0.5),
        (_normal(rng, 3, 4), _normal(rng, 3, 4), _normal(rng, 3, 4), 0.01, 0.8),
    ],
    properties=[
        Property("beta = 0 is gradient descent", _without_momentum),
        Property("a constant gradient is amplified by 1/(1 - beta)", _terminal_velocity),
    ],
    mistakes=[
        Mistake(
            "gradient weighted by 1 - beta",
            lambda w, grad, buf, lr, beta: momentum_step_reference(
                w, (1 - beta) * grad, buf, lr, beta
            ),
            "You averaged gradients (that is Adam's first moment). torch's SGD adds the gradient "
            "with weight 1, so its steps are 1/(1 - beta) times longer.",
            "13, step 8",
        ),
        Mistake(
            "old velocity",
            lambda w, grad, buf, lr, beta: (w - lr * buf, beta * buf + grad),
            "You moved with the velocity from before this gradient. Update buf first, then w.",
            "13, step 8",
        ),
        Mistake(
            "Nesterov's look-ahead",
            lambda w, grad, buf, lr, beta: (
                w - lr * (grad + beta * (beta * buf + grad)),
                beta * buf + grad,
            ),
            "This is torch's Nesterov variant: it adds the gradient once more. Plain momentum "
            "moves by lr * buf.",
            "13, step 8",
        ),
        Mistake(
            "uphill",
            lambda w, grad, buf, lr, beta: (w + lr * (beta * buf + grad), beta * buf + grad),
            "You added the velocity to w: that climbs. Subtract it.",
            "13, step 8",
        ),
        Mistake(
            "learning rate inside the velocity",
            lambda w, grad, buf, lr, beta: (w - (beta * buf + lr * grad), beta * buf + lr * grad),
            "Here the velocity itself carries lr (as in older papers). torch keeps lr outside: "
            "buf = beta * buf + grad, w = w - lr * buf.",
            "13, step 8",
        ),
        Mistake(
            "new gradient damped, too",
            lambda w, grad, buf, lr, beta: (w - lr * beta * (buf + grad), beta * (buf + grad)),
            "You multiplied the new gradient by beta as well. Only the old velocity fades.",
            "13, step 8",
        ),
        Mistake(
            "velocity not kept",
            lambda w, grad, buf, lr, beta: (w - lr * (beta * buf + grad), buf),
            "The weights are right, but you return the old velocity: nothing is remembered.",
            "13, step 8",
        ),
    ],
    hints=[
        "Two lines: the velocity fades by beta and receives the gradient; the weight moves by lr "
        "times the new velocity.",
        "buf = beta * buf + grad; return w - lr * buf, buf",
    ],
)

# ---- Adam --------------------------------------------------------------------------------------


def adam_step_reference(
    w: Tensor,
    grad: Tensor,
    m: Tensor,
    v: Tensor,
    step: int,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Tensor, Tensor, Tensor]:
    """One step of Adam (Kingma and Ba 2014, arXiv:1412.6980, algorithm 1).

    w, grad, m, v: any shape, m and v are the running means of grad and grad^2 so far; step counts
    from 1 -> (new w, new m, new v); m and v are kept without the correction.
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**step)  # the mean started at 0: undo that
    v_hat = v / (1 - beta2**step)
    return w - lr * m_hat / (v_hat.sqrt() + eps), m, v


def _adam_with(update):
    """Return an Adam-like step whose move is update(m, v, step, beta1, beta2, eps) times lr."""

    def step_fn(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        m = beta1 * m + (1 - beta1) * grad
        v = beta2 * v + (1 - beta2) * grad**2
        return w - lr * update(m, v, step, beta1, beta2, eps), m, v

    return step_fn


def _adam_unsquared(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad.abs()
    m_hat, v_hat = m / (1 - beta1**step), v / (1 - beta2**step)
    return w - lr * m_hat / (v_hat.sqrt() + eps), m, v


def _adam_swapped_betas(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    return adam_step_reference(w, grad, m, v, step, lr, beta2, beta1, eps)


def _adam_keeps_corrected(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    w, m, v = adam_step_reference(w, grad, m, v, step, lr, beta1, beta2, eps)
    return w, m / (1 - beta1**step), v / (1 - beta2**step)


def _adam_old_moments(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m_hat, v_hat = m / (1 - beta1**step), v / (1 - beta2**step)
    w = w - lr * m_hat / (v_hat.sqrt() + eps)
    return w, beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2


def _first_step_is_lr(f, rng) -> str | None:
    grad, zero = _d(1e-3, -2.0, 500.0), torch.zeros(3).double()
    moved = -f(zero, grad, zero, zero, 1, 0.01, 0.9, 0.999, 1e-12)[0]
    if not (moved - 0.01 * grad.sign()).abs().max() < 1e-8:
        return (
            "the very first step is lr times the sign of the gradient, whatever its size; with lr "
            f"= 0.01 and grad = [0.001, -2, 500] you move by {[float(f'{v:.3g}') for v in moved]}."
        )
    return None


def _scale_free(f, rng) -> str | None:
    zero, grads = torch.zeros(2).double(), _normal(rng, 5, 2)
    ends = []
    for scale in (1.0, 1000.0):
        w, m, v = zero, zero, zero
        for k in range(5):
            w, m, v = f(w, scale * grads[k], m, v, k + 1, 0.1, 0.9, 0.99, 1e-14)
        ends.append(w)
    gap = float((ends[0] - ends[1]).abs().max())
    if not gap < 1e-8:
        return (
            f"multiplying the loss by 1000 must not change Adam's path; yours ends {gap:.4g} away."
        )
    return None


adam_step = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=8,
    reference=adam_step_reference,
    cases=lambda rng: [
        (_d(1.0), _d(0.5), _d(0.0), _d(0.0), 1, 0.1, 0.9, 0.999, 1e-8),
        (_normal(rng, 3), _normal(rng, 3), _normal(rng, 3), _positive(rng, 3), 5, 0.01),
        (
            _normal(rng, 3, 2),
            _normal(rng, 3, 2),
            _normal(rng, 3, 2),
            _positive(rng, 3, 2),
            2,
            0.05,
            0.5,
            0.99,
            0.1,
        ),
    ],
    properties=[
        Property("the first step has length lr", _first_step_is_lr),
        Property("the scale of the loss does not matter", _scale_free),
    ],
    mistakes=[
        Mistake(
            "no bias correction",
            _adam_with(lambda m, v, t, b1, b2, eps: m / (v.sqrt() + eps)),
            "m and v start at 0 and are too small at first, v much longer than m: your first step "
            "is (1 - beta1)/sqrt(1 - beta2) = 3.2 times lr. Divide by 1 - beta^step.",
            "13, step 9",
        ),
        Mistake(
            "only m corrected",
            _adam_with(lambda m, v, t, b1, b2, eps: m / (1 - b1**t) / (v.sqrt() + eps)),
            "You corrected m but not v. The denominator is then far too small, and the first steps "
            "are some thirty times too long.",
            "13, step 9",
        ),
        Mistake(
            "only v corrected",
            _adam_with(lambda m, v, t, b1, b2, eps: m / ((v / (1 - b2**t)).sqrt() + eps)),
            "You corrected v but not m: the first steps are too short, by 1 - beta1^step.",
            "13, step 9",
        ),
        Mistake(
            "eps before the correction",
            _adam_with(
                lambda m, v, t, b1, b2, eps: (
                    math.sqrt(1 - b2**t) / (1 - b1**t) * m / (v.sqrt() + eps)
                )
            ),
            "This is the paper's short form, which adds eps to the uncorrected root: a larger eps "
            "at first. Here, as in torch, correct v, take the root, then add eps.",
            "13, step 9",
        ),
        Mistake(
            "eps inside the root",
            _adam_with(
                lambda m, v, t, b1, b2, eps: m / (1 - b1**t) / (v / (1 - b2**t) + eps).sqrt()
            ),
            "Adam adds eps after the root: sqrt(v_hat) + eps. Inside, 1e-8 acts like 1e-4.",
            "13, step 9",
        ),
        Mistake(
            "no root",
            _adam_with(lambda m, v, t, b1, b2, eps: m / (1 - b1**t) / (v / (1 - b2**t) + eps)),
            "You divided by the mean square itself. Only its root has the gradient's unit, so that "
            "the step does not depend on the scale of the loss.",
            "13, step 9",
        ),
        Mistake(
            "step counted from 0",
            _adam_with(
                lambda m, v, t, b1, b2, eps: (
                    m / (1 - b1 ** (t + 1)) / ((v / (1 - b2 ** (t + 1))).sqrt() + eps)
                )
            ),
            "step already counts from 1: the correction is 1 - beta**step, not step + 1.",
            "13, step 9",
        ),
        Mistake(
            "uphill",
            _adam_with(
                lambda m, v, t, b1, b2, eps: -m / (1 - b1**t) / ((v / (1 - b2**t)).sqrt() + eps)
            ),
            "You added the step to w: that climbs. Subtract it.",
            "13, step 9",
        ),
        Mistake(
            "gradient not squared",
            _adam_unsquared,
            "Your v is a mean of |grad|. It is the mean of grad squared.",
            "13, step 9",
        ),
        Mistake(
            "betas swapped",
            _adam_swapped_betas,
            "beta1 (0.9) belongs to m, beta2 (0.999) to v. Yours are the other way round.",
            "13, step 9",
        ),
        Mistake(
            "corrected moments kept",
            _adam_keeps_corrected,
            "The new w is right, but you return m_hat and v_hat. The correction is for this step "
            "only; keep the raw m and v, or it is applied again and again.",
            "13, step 9",
        ),
        Mistake(
            "old moments",
            _adam_old_moments,
            "You moved with m and v from before this gradient. Update them first.",
            "13, step 9",
        ),
    ],
    hints=[
        "m is a running mean of the gradient with rate 1 - beta1, v one of its square. Both start "
        "at 0, so divide each by 1 - beta**step before use.",
        "return w - lr * m_hat / (v_hat.sqrt() + eps), m, v (the uncorrected m and v).",
    ],
)

# ---- AdamW -------------------------------------------------------------------------------------


def adamw_step_reference(
    w: Tensor, grad: Tensor, m: Tensor, v: Tensor, step: int, lr: float, decay: float
) -> tuple[Tensor, Tensor, Tensor]:
    """One step of AdamW with betas (0.9, 0.999) and eps 1e-8 (arXiv:1711.05101, algorithm 2).

    w, grad, m, v: any shape; step counts from 1; decay: weight decay per unit of lr
    -> (new w, new m, new v). The decay never passes through m and v.
    """
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    m_hat, v_hat = m / (1 - 0.9**step), v / (1 - 0.999**step)
    return w - lr * decay * w - lr * m_hat / (v_hat.sqrt() + 1e-8), m, v


def _adam_l2(w, grad, m, v, step, lr, decay):
    return adam_step_reference(w, grad + decay * w, m, v, step, lr)


def _decayed_by(amount):
    """Return a step that takes Adam's and then removes amount(w, new_w, lr, decay)."""

    def step_fn(w, grad, m, v, step, lr, decay):
        new_w, m, v = adam_step_reference(w, grad, m, v, step, lr)
        return new_w - amount(w, new_w, lr, decay), m, v

    return step_fn


def _resting(f, rng) -> str | None:
    zero, w = torch.zeros(2).double(), _d(2.0, -300.0)
    got = f(w, zero, zero, zero, 1, 0.1, 0.5)[0]
    if not (got - 0.95 * w).abs().max() < 1e-8:
        return (
            "without a gradient every weight shrinks by the same factor 1 - lr * decay; with lr = "
            f"0.1, decay = 0.5 the weights [2, -300] become [1.9, -285], yours {got.tolist()}."
        )
    return None


def _moments_clean(f, rng) -> str | None:
    w, grad, zero = _normal(rng, 3), _normal(rng, 3), torch.zeros(3).double()
    m = f(w, grad, zero, zero, 1, 0.1, 0.5)[1]
    if not (m - 0.1 * grad).abs().max() < 1e-9:
        return "after the first step m is 0.1 * grad; yours holds something else: the decay?"
    return None


adamw_step = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=adamw_step_reference,
    cases=lambda rng: [
        (_d(2.0), _d(0.5), _d(0.0), _d(0.0), 1, 0.1, 0.5),
        (_normal(rng, 3), _normal(rng, 3), _normal(rng, 3), _positive(rng, 3), 4, 0.05, 0.1),
        (
            _normal(rng, 3, 2),
            _normal(rng, 3, 2),
            _normal(rng, 3, 2),
            _positive(rng, 3, 2),
            9,
            0.2,
            0.3,
        ),
    ],
    properties=[
        Property("without a gradient all weights shrink alike", _resting),
        Property("the decay stays out of the moments", _moments_clean),
    ],
    mistakes=[
        Mistake(
            "decay added to the gradient",
            _adam_l2,
            "This is Adam with an L2 penalty: the decay passes through m and v and is divided by "
            "sqrt(v), so weights with large gradients hardly decay. AdamW decays w itself.",
            "13, step 10",
        ),
        Mistake(
            "decay without the learning rate",
            _decayed_by(lambda w, new_w, lr, decay: decay * w),
            "You removed decay * w at each step. torch's AdamW removes lr * decay * w, so that the "
            "schedule turns down both together.",
            "13, step 10",
        ),
        Mistake(
            "decay after the step",
            _decayed_by(lambda w, new_w, lr, decay: lr * decay * new_w),
            "You shrank the weight after Adam's move. AdamW shrinks the weight it started from.",
            "13, step 10",
        ),
        Mistake(
            "weights grow",
            _decayed_by(lambda w, new_w, lr, decay: -lr * decay * w),
            "Your decay has the wrong sign: the weights grow.",
            "13, step 10",
        ),
        Mistake(
            "no decay",
            _decayed_by(lambda w, new_w, lr, decay: 0 * w),
            "This is plain Adam: decay is not used.",
            "13, step 10",
        ),
        Mistake(
            "sign of the weight",
            _decayed_by(lambda w, new_w, lr, decay: lr * decay * w.sign()),
            "You removed the same amount from every weight (an L1 penalty). Weight decay is "
            "proportional to the weight.",
            "13, step 10",
        ),
    ],
    hints=[
        "Write Adam's step as before, with the gradient left alone. What is subtracted from w "
        "besides it?",
        "return w - lr * decay * w - lr * m_hat / (v_hat.sqrt() + 1e-8), m, v",
    ],
)

# ---- warm-up and cosine ------------------------------------------------------------------------


def warmup_cosine_reference(step: int, n_steps: int, warmup: int) -> float:
    """Factor on the learning rate: a straight line up, then half a cosine down to 0.

    step: 0-based update, 0 <= step <= n_steps; warmup < n_steps: updates before the factor is 1
    -> float in [0, 1]. Update 0 already moves: its factor is 1 / (warmup + 1).
    """
    if step < warmup:
        return (step + 1) / (warmup + 1)
    done = (step - warmup) / (n_steps - warmup)  # 0 at the top, 1 at the end
    return 0.5 * (1 + math.cos(math.pi * done))


def _schedule_with(rise, fall):
    def factor(step, n_steps, warmup):
        return rise(step, warmup) if step < warmup else fall(step, n_steps, warmup)

    return factor


def _rise(step, warmup):
    return (step + 1) / (warmup + 1)


def _fall(step, n_steps, warmup):
    return warmup_cosine_reference(step, n_steps, warmup)


def _done(step, n_steps, warmup):
    return (step - warmup) / (n_steps - warmup)


def _top(f, rng) -> str | None:
    got = float(f(20, 100, 20))
    if not abs(got - 1) < 1e-9:
        return f"at step = warmup = 20 of 100 the factor is 1, you return {got:.4g}."
    return None


def _end(f, rng) -> str | None:
    got = float(f(100, 100, 20))
    return None if abs(got) < 1e-9 else f"at the end the factor is 0, you return {got:.4g}."


def _moves_at_once(f, rng) -> str | None:
    got = float(f(0, 100, 20))
    return None if got > 0 else f"update 0 has the factor {got:.4g}: it would be thrown away."


warmup_cosine = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=warmup_cosine_reference,
    cases=lambda rng: [
        (0, 100, 10),
        (5, 100, 10),
        (10, 100, 10),
        (40, 100, 10),
        (99, 100, 10),
        (3, 10, 0),
        (100, 100, 10),
    ],
    properties=[
        Property("1 at the top", _top),
        Property("0 at the end", _end),
        Property("the first update counts", _moves_at_once),
    ],
    mistakes=[
        Mistake(
            "starts at zero",
            _schedule_with(lambda step, warmup: step / warmup, _fall),
            "step / warmup is 0 for the first update: it is computed and thrown away. Use "
            "(step + 1) / (warmup + 1).",
            "13, step 11",
        ),
        Mistake(
            "warm-up one step early",
            _schedule_with(lambda step, warmup: (step + 1) / warmup, _fall),
            "Your line reaches 1 at step warmup - 1, and the next step is 1 once more. Divide by "
            "warmup + 1.",
            "13, step 11",
        ),
        Mistake(
            "cosine does not wait for the warm-up",
            _schedule_with(_rise, lambda step, n, w: 0.5 * (1 + math.cos(math.pi * step / n))),
            "Your cosine has been falling since step 0, so the factor jumps down where the warm-up "
            "ends. Count from the end of the warm-up.",
            "13, step 11",
        ),
        Mistake(
            "full period",
            _schedule_with(
                _rise, lambda step, n, w: 0.5 * (1 + math.cos(2 * math.pi * _done(step, n, w)))
            ),
            "You ran through a whole period: the factor falls to 0 half-way and rises again. Half "
            "a cosine ends at pi.",
            "13, step 11",
        ),
        Mistake(
            "negative at the end",
            _schedule_with(_rise, lambda step, n, w: math.cos(math.pi * _done(step, n, w))),
            "A bare cosine runs from 1 to -1: the second half climbs. Use 0.5 * (1 + cos).",
            "13, step 11",
        ),
        Mistake(
            "straight line down",
            _schedule_with(_rise, lambda step, n, w: 1 - _done(step, n, w)),
            "You let the factor fall on a straight line. It works about as well, but a cosine was "
            "asked for.",
            "13, step 11",
        ),
        Mistake(
            "never ends",
            _schedule_with(
                _rise, lambda step, n, w: 0.5 * (1 + math.cos(math.pi * (step - w) / n))
            ),
            "You divided by n_steps; after the warm-up only n_steps - warmup steps are left, so "
            "your factor does not reach 0.",
            "13, step 11",
        ),
        Mistake(
            "no warm-up",
            lambda step, n_steps, warmup: 0.5 * (1 + math.cos(math.pi * step / n_steps)),
            "Your factor is largest at step 0: the warm-up is missing.",
            "13, step 11",
        ),
    ],
    hints=[
        "Two cases. Before `warmup`: a line whose first value is 1/(warmup + 1). After it: which "
        "share of the remaining steps is done?",
        "done = (step - warmup) / (n_steps - warmup); return 0.5 * (1 + math.cos(math.pi * done))",
    ],
)

# ---- the extragradient step --------------------------------------------------------------------


def extragradient_step_reference(x: Tensor, y: Tensor, lr: float) -> tuple[Tensor, Tensor]:
    """One extragradient step of the game V = x * y: x descends V, y climbs it (Korpelevich 1976).

    x, y: any equal shape, each entry a game of its own -> (new x, new y). Look ahead with one
    simultaneous step, then move from the old place with the gradients found there.
    """
    x_ahead, y_ahead = x - lr * y, y + lr * x  # dV/dx = y, dV/dy = x
    return x - lr * y_ahead, y + lr * x_ahead


def _inwards(f, rng) -> str | None:
    x, y = _normal(rng, 20), _normal(rng, 20)
    before = (x**2 + y**2).sqrt()
    new_x, new_y = f(x, y, 0.3)
    ratio = float(((new_x**2 + new_y**2).sqrt() / before).max())
    if not ratio < 1:
        return (
            "with lr = 0.3 each step must come closer to 0; yours has one that multiplies the "
            f"distance by {ratio:.4f}."
        )
    return None


def _rate(f, rng) -> str | None:
    x, y = f(_d(3.0), _d(4.0), 0.5)
    got, right = math.hypot(float(x), float(y)) / 5, math.sqrt(1 - 0.5**2 + 0.5**4)
    if not abs(got - right) < 1e-9:
        return (
            "with lr = 0.5 the distance shrinks by sqrt(1 - lr² + lr⁴) = "
            f"{right:.4f} a step, yours by {got:.4f}."
        )
    return None


extragradient_step = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=6,
    reference=extragradient_step_reference,
    cases=lambda rng: [
        (_d(1.0), _d(2.0), 0.1),
        (_normal(rng, 3), _normal(rng, 3), 0.5),
        (_normal(rng, 2, 3), _normal(rng, 2, 3), 0.3),
    ],
    properties=[
        Property("every step leads inwards", _inwards),
        Property("the rate sqrt(1 - lr² + lr⁴)", _rate),
    ],
    mistakes=[
        Mistake(
            "simultaneous step",
            lambda x, y, lr: (x - lr * y, y + lr * x),
            "This is the plain simultaneous step, which spirals outwards. It is only the "
            "look-ahead; use the gradients found there.",
            "13, step 13",
        ),
        Mistake(
            "alternating step",
            lambda x, y, lr: (x - lr * y, y + lr * (x - lr * y)),
            "You let y answer the new x. That is the alternating step, which circles for ever.",
            "13, step 13",
        ),
        Mistake(
            "two steps",
            lambda x, y, lr: (
                (x - lr * y) - lr * (y + lr * x),
                (y + lr * x) + lr * (x - lr * y),
            ),
            "You moved on from the look-ahead point: these are two simultaneous steps. Go back to "
            "(x, y) first.",
            "13, step 13",
        ),
        Mistake(
            "both descend",
            lambda x, y, lr: (x - lr * (y - lr * x), y - lr * (x - lr * y)),
            "Both of your players descend V. y wants V large: its sign is a plus.",
            "13, step 13",
        ),
        Mistake(
            "roles swapped",
            lambda x, y, lr: (x + lr * (y - lr * x), y - lr * (x + lr * y)),
            "Your x climbs and your y descends. Here x is the one that makes V small.",
            "13, step 13",
        ),
        Mistake(
            "y answers the new x",
            lambda x, y, lr: (x - lr * (y + lr * x), y + lr * (x - lr * (y + lr * x))),
            "Your y uses the x that has already moved. Both gradients come from the look-ahead "
            "point.",
            "13, step 13",
        ),
        Mistake(
            "own coordinate ahead",
            lambda x, y, lr: (x - lr * (x - lr * y), y + lr * (y + lr * x)),
            "You used each player's own coordinate as its gradient. dV/dx is y, dV/dy is x.",
            "13, step 13",
        ),
    ],
    hints=[
        "First compute where a simultaneous step would land. Which gradients hold there?",
        "x_ahead, y_ahead = x - lr * y, y + lr * x; then move x with y_ahead and y with x_ahead, "
        "from the old x and y.",
    ],
)
