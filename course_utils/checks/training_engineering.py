"""Exercises of lesson 81: fair timing, accumulation, clipping, averaging, schedules."""

import math

import torch
from torch import Tensor

from course_utils.exercises import Exercise, Mistake, Property

LESSON = "81_training_engineering"


def _normal(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.double)


def _d(*values) -> Tensor:
    return torch.tensor(values, dtype=torch.double)


def _gap(a: Tensor, b: Tensor) -> float:
    return (a.double() - b.double()).abs().max().item()


# ---- a fair race -------------------------------------------------------------------------------


def speedup_reference(before: Tensor, after: Tensor, t: float) -> Tensor:
    """Say how many times as fast the second way is, from paired rounds.

    before, after: (R,) seconds of the same work, timed next to each other in each of R >= 2 rounds;
    t: Student's quantile for R - 1 degrees of freedom -> (3,): low end, middle, high end of the
    interval of the geometric mean of before / after.
    """
    logs = (before / after).log()  # one number a round; logs, because 2x and 0.5x must cancel
    half = t * logs.std() / math.sqrt(len(logs))
    return torch.stack([logs.mean() - half, logs.mean(), logs.mean() + half]).exp()


def _speed_arithmetic(before, after, t):
    ratio = before / after
    half = t * ratio.std() / math.sqrt(len(ratio))
    return torch.stack([ratio.mean() - half, ratio.mean(), ratio.mean() + half])


def _speed_spread(before, after, t):
    logs = (before / after).log()
    half = t * logs.std()
    return torch.stack([logs.mean() - half, logs.mean(), logs.mean() + half]).exp()


def _speed_unpaired(before, after, t):
    a, b = before.log(), after.log()
    half = t * ((a.var() + b.var()) / len(a)).sqrt()
    middle = a.mean() - b.mean()
    return torch.stack([middle - half, middle, middle + half]).exp()


def _speed_logs(before, after, t):
    return speedup_reference(before, after, t).log()


def _pairs(rng, n):
    noise = (0.3 * _normal(rng, n)).exp()  # a busy machine slows both
    return noise, 0.6 * noise * (0.05 * _normal(rng, n)).exp()


def _swap_gives_reciprocals(f, rng) -> str | None:
    before, after = _pairs(rng, 5)
    there, back = f(before, after, 2.0), f(after, before, 2.0)
    if _gap(there, 1 / back.flip(0)) > 1e-6:
        return (
            f"with the two ways exchanged the interval must become its reciprocal: {there[0]:.4f} "
            f"should be 1 / {back[2]:.4f}."
        )
    return None


def _busy_rounds_cancel(f, rng) -> str | None:
    before, after = _pairs(rng, 6)
    slow = _d(1, 9, 1, 1, 4, 1)
    quiet, busy = f(before, after, 2.0), f(slow * before, slow * after, 2.0)
    if _gap(quiet, busy) > 1e-6:
        return (
            f"a round in which the machine was 9 times slower changes the interval from "
            f"[{quiet[0]:.3f}, {quiet[2]:.3f}] to [{busy[0]:.3f}, {busy[2]:.3f}]; it slowed both "
            "ways, so it must change nothing."
        )
    return None


speedup = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=6,
    reference=speedup_reference,
    cases=lambda rng: [
        (_d(2, 3), _d(1, 1), 1.0),
        (_d(1, 2, 4), _d(1, 1, 1), 4.3),
        (*_pairs(rng, 3), 4.3),
        (*_pairs(rng, 8), 2.36),
    ],
    properties=[
        Property("exchanging the two gives the reciprocal", _swap_gives_reciprocals),
        Property("a busy moment that slows both cancels", _busy_rounds_cancel),
    ],
    mistakes=[
        Mistake(
            "the ratio upside down",
            lambda before, after, t: speedup_reference(after, before, t),
            "You divided after by before: 2 would then mean twice as slow. Speed is the old time "
            "over the new one.",
            "81, step 2",
        ),
        Mistake(
            "the arithmetic mean of ratios",
            _speed_arithmetic,
            "You averaged the ratios themselves. 2x and 0.5x then average to 1.25x: two ways that "
            "are equally fast look different. Average the logarithms.",
            "81, step 2",
        ),
        Mistake(
            "the spread of single rounds",
            _speed_spread,
            "Your half width does not shrink with the number of rounds: divide the standard "
            "deviation by sqrt(R) for the mean's own error.",
            "81, step 2",
        ),
        Mistake(
            "unpaired rounds",
            _speed_unpaired,
            "You took the spread of both columns on their own. A busy moment slows both, and only "
            "their ratio within a round lets it cancel.",
            "81, step 2",
        ),
        Mistake(
            "logarithms returned",
            _speed_logs,
            "You return logarithms of ratios. End with .exp().",
            "81, step 2",
        ),
    ],
    hints=[
        "One number a round: log(before / after). Then the interval of a mean, and back with exp.",
        "half = t * logs.std() / sqrt(R); return exp of mean - half, mean, mean + half, stacked.",
    ],
)

# ---- accumulation ------------------------------------------------------------------------------


def accumulated_gradient_reference(grads: Tensor, sizes: Tensor) -> Tensor:
    """Put the gradient of a large batch together from its micro-batches.

    grads: (M, D), row m is the gradient of the MEAN loss of micro-batch m; sizes: (M,) long, how
    many examples it held -> (D,), the gradient of the mean loss over all examples.
    """
    share = sizes.to(grads.dtype) / sizes.sum()  # of all examples, in this micro-batch
    return (share[:, None] * grads).sum(0)


def _cutting_is_free(f, rng) -> str | None:
    g = _normal(rng, 7, 4)  # gradients of seven examples
    whole = g.mean(0)
    for sizes in ([7], [3, 4], [3, 3, 1], [1] * 7):
        rows = torch.stack([part.mean(0) for part in g.split(sizes)])
        miss = _gap(f(rows, torch.tensor(sizes)), whole)
        if miss > 1e-6:
            return (
                f"seven examples cut into micro-batches of {sizes} give another gradient than the "
                f"whole batch (largest difference {miss:.3g})."
            )
    return None


accumulated_gradient = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=accumulated_gradient_reference,
    cases=lambda rng: [
        (_d([1, 2]), torch.tensor([3])),
        (_d([1, 0], [0, 1], [2, 2]), torch.tensor([4, 4, 1])),
        (_normal(rng, 3, 5), torch.tensor([11, 11, 10])),
        (_normal(rng, 1, 3), torch.tensor([1])),
        (_normal(rng, 4, 2), torch.tensor([8, 8, 8, 3])),
    ],
    properties=[Property("how the batch is cut does not matter", _cutting_is_free)],
    mistakes=[
        Mistake(
            "accumulation without dividing",
            lambda grads, sizes: grads.sum(0),
            "You added the gradients up. Four micro-batches then make a step four times too long: "
            "each counts with its share of the examples.",
            "81, step 6",
        ),
        Mistake(
            "the mean of means",
            lambda grads, sizes: grads.mean(0),
            "You gave every micro-batch the same weight. The short last one then counts too much: "
            "weight by sizes / sizes.sum().",
            "81, step 6",
        ),
        Mistake(
            "only the last micro-batch",
            lambda grads, sizes: grads[-1],
            "You kept the last micro-batch only, as a loop does that calls zero_grad inside.",
            "81, step 6",
        ),
        Mistake(
            "divided twice",
            lambda grads, sizes: accumulated_gradient_reference(grads, sizes) / len(grads),
            "You weighted by the shares and then divided by the number of micro-batches as well. "
            "The shares already sum to 1.",
            "81, step 6",
        ),
        Mistake(
            "the sum over examples",
            lambda grads, sizes: (sizes[:, None] * grads).sum(0),
            "You return the gradient of the summed loss: divide by the number of all examples.",
            "81, step 6",
        ),
    ],
    hints=[
        "A mean over examples is the mean of the parts' means, weighted by how many each holds.",
        "share = sizes / sizes.sum() in the dtype of grads; return (share[:, None] * grads).sum(0)",
    ],
)

# ---- clipping ----------------------------------------------------------------------------------


def clip_gradient_reference(grads: list, loss_scale: float, max_norm: float) -> list:
    """Undo the loss scale, then shorten the gradient to at most ``max_norm``.

    grads: tensors of any shapes, gradients of loss_scale * loss; max_norm: largest allowed
    Euclidean norm over ALL entries together -> list of tensors of the same shapes.
    """
    grads = [g / loss_scale for g in grads]
    norm = torch.stack([g.square().sum() for g in grads]).sum().sqrt()
    factor = (max_norm / norm.clamp(min=1e-12)).clamp(max=1.0)  # never longer than it was
    return [factor * g for g in grads]


def _clip_scaled(grads, loss_scale, max_norm):
    return [g / loss_scale for g in clip_gradient_reference(grads, 1.0, max_norm)]


def _clip_each(grads, loss_scale, max_norm):
    return [clip_gradient_reference([g], loss_scale, max_norm)[0] for g in grads]


def _clip_always(grads, loss_scale, max_norm):
    norm = torch.stack([g.square().sum() for g in grads]).sum().sqrt()
    return [max_norm * g / norm for g in grads]


def _length(grads) -> float:
    return math.sqrt(sum(g.double().square().sum().item() for g in grads))


def _short_ones_stay(f, rng) -> str | None:
    grads = [0.1 * _normal(rng, 2, 2), 0.1 * _normal(rng, 3)]
    got = f([1024 * g for g in grads], 1024.0, 10.0)
    miss = max(_gap(a, b) for a, b in zip(got, grads, strict=True))
    if miss > 1e-6:
        return (
            f"a gradient of norm {_length(grads):.3f} is below the limit of 10 and must come back "
            f"only unscaled; yours has norm {_length(got):.3g}."
        )
    return None


def _direction_stays(f, rng) -> str | None:
    grads = [_normal(rng, 4), 100 * _normal(rng, 4)]
    got = f(grads, 1.0, 1.0)
    flat, out = torch.cat(grads), torch.cat(list(got))
    cosine = (flat @ out / (flat.norm() * out.norm())).item()
    if not cosine > 1 - 1e-6 or abs(out.norm().item() - 1) > 1e-4:
        return (
            f"clipping shortens and does not turn: the result has norm {out.norm():.4g} (limit 1) "
            f"and cosine {cosine:.4f} with the gradient."
        )
    return None


clip_gradient = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=7,
    reference=clip_gradient_reference,
    tol=1e-5,
    cases=lambda rng: [
        ([_d(3.0, 4.0)], 1.0, 1.0),
        ([_d(3.0), _d(4.0), _d([0.0, 12.0])], 2.0, 5.0),
        ([_d(0.0, 0.0)], 8.0, 1.0),
        ([_normal(rng, 3, 2), 30 * _normal(rng, 1), _normal(rng, 5)], 1024.0, 0.02),
        ([_normal(rng, 2, 2), _normal(rng, 2)], 16.0, 3.0),
    ],
    properties=[
        Property("a short gradient is only unscaled", _short_ones_stay),
        Property("the direction stays", _direction_stays),
    ],
    mistakes=[
        Mistake(
            "clip before unscale",
            _clip_scaled,
            "You clipped the scaled gradient, whose norm is loss_scale times too large, and "
            "unscaled afterwards: nearly every step becomes tiny. Unscale first.",
            "81, step 7",
        ),
        Mistake(
            "never unscaled",
            lambda grads, loss_scale, max_norm: clip_gradient_reference(grads, 1.0, max_norm),
            "The gradients are those of loss_scale * loss: divide them by loss_scale first.",
            "81, step 7",
        ),
        Mistake(
            "every tensor on its own",
            _clip_each,
            "You clipped each tensor by its own norm: that turns the step. One norm over all "
            "entries, one factor for all.",
            "81, step 7",
        ),
        Mistake(
            "always rescaled",
            _clip_always,
            "You bring every gradient to max_norm, also the short ones. The factor is at most 1.",
            "81, step 7",
        ),
        Mistake(
            "values clamped",
            lambda grads, loss_scale, max_norm: [
                (g / loss_scale).clamp(-max_norm, max_norm) for g in grads
            ],
            "You clamped single entries. That is clip_grad_value_: it turns the step, and the norm "
            "may still be large.",
            "81, step 7",
        ),
    ],
    hints=[
        "Three lines: unscale; one norm over all tensors together; one factor, at most 1.",
        "norm = sqrt of the sum of all squares; factor = min(1, max_norm / norm), and mind norm 0.",
    ],
)

# ---- averaging the weights ---------------------------------------------------------------------


def ema_update_reference(average: list, present: list, decay: float) -> list:
    """Move an exponential moving average of a net's state towards the present state.

    average, present: tensors of the same shapes, weights and float buffers (running means) as well
    as integer buffers (counters); decay: share kept, 0..1 -> list of new tensors. Integers cannot
    be averaged: the present ones are copied.
    """
    moved = []
    for old, new in zip(average, present, strict=True):
        if new.is_floating_point():
            moved.append(decay * old + (1 - decay) * new)
        else:
            moved.append(new.clone())
    return moved


def _ema_floats(rule, counters):
    def update(average, present, decay):
        return [
            rule(a, p, decay) if p.is_floating_point() else counters(a, p, decay)
            for a, p in zip(average, present, strict=True)
        ]

    return update


def _mix(a, p, decay):
    return decay * a + (1 - decay) * p


def _equal_stay(f, rng) -> str | None:
    state = [_normal(rng, 3), torch.tensor(7)]
    got = f(state, [x.clone() for x in state], 0.9)
    miss = max(_gap(a, b) for a, b in zip(got, state, strict=True))
    if miss > 1e-6:
        return f"an average that equals the net must stay; it moves by {miss:.3g}."
    return None


def _decay_zero_copies(f, rng) -> str | None:
    old, new = [_normal(rng, 2), torch.tensor(3)], [_normal(rng, 2), torch.tensor(9)]
    got = f(old, new, 0.0)
    if any(_gap(a, b) > 1e-6 for a, b in zip(got, new, strict=True)):
        return "with decay 0 nothing of the past is kept: the result is the present state."
    return None


ema_update = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=ema_update_reference,
    cases=lambda rng: [
        ([_d(0.0)], [_d(1.0)], 0.9),
        ([_d(1.0, 2.0), torch.tensor(10)], [_d(3.0, 2.0), torch.tensor(14)], 0.75),
        ([_normal(rng, 3, 2), _normal(rng, 3)], [_normal(rng, 3, 2), _normal(rng, 3)], 0.99),
        ([torch.tensor([5, 6, 7])], [torch.tensor([9, 9, 9])], 0.5),
    ],
    properties=[
        Property("decay 0 keeps nothing", _decay_zero_copies),
        Property("an average at rest stays", _equal_stay),
    ],
    mistakes=[
        Mistake(
            "the two shares exchanged",
            _ema_floats(lambda a, p, d: (1 - d) * a + d * p, lambda a, p, d: p.clone()),
            "You keep 1 - decay of the past: with decay 0.999 that is no average, it is nearly the "
            "present net.",
            "81, step 8",
        ),
        Mistake(
            "buffers forgotten",
            _ema_floats(_mix, lambda a, p, d: a.clone()),
            "The integer buffers stay as they were at the start. A BatchNorm whose counters and "
            "means are old judges the averaged weights by another net's statistics.",
            "81, step 8",
        ),
        Mistake(
            "counters averaged",
            _ema_floats(_mix, lambda a, p, d: (d * a + (1 - d) * p).to(p.dtype)),
            "You averaged integers and cut off the fraction: a counter that should be 14 reads 11. "
            "Copy what is not a float.",
            "81, step 8",
        ),
        Mistake(
            "the present added whole",
            _ema_floats(lambda a, p, d: d * a + p, lambda a, p, d: p.clone()),
            "The shares do not sum to 1: the present state needs the factor 1 - decay.",
            "81, step 8",
        ),
    ],
    hints=[
        "decay * average + (1 - decay) * present, tensor by tensor; then think of num_batches.",
        "if new.is_floating_point(): mix, else: new.clone(). Make new tensors, edit none.",
    ],
)

# ---- the schedule ------------------------------------------------------------------------------


def schedule_factor_reference(step: Tensor, n_steps: int, warmup: int, floor: float) -> Tensor:
    """Factor on the learning rate: a linear warm-up, then half a cosine down to a floor.

    step: (S,) long, 0-based updates below n_steps -> (S,) double. It rises in equal parts from
    1 / (warmup + 1) at step 0 to 1 at step = warmup, and would reach ``floor`` at step = n_steps.
    """
    k = step.double()
    rise = (k + 1) / (warmup + 1)
    done = (k - warmup) / (n_steps - warmup)  # share of the descent
    fall = floor + (1 - floor) * 0.5 * (1 + torch.cos(math.pi * done))
    return torch.where(step < warmup, rise, fall)


def _schedule(rise, fall):
    def factor(step, n_steps, warmup, floor):
        k = step.double()
        return torch.where(
            step < warmup, rise(k, warmup), fall(k, n_steps, warmup, floor).expand_as(k)
        )

    return factor


def _rise(k, w):
    return (k + 1) / (w + 1)


def _half(done, floor):
    return floor + (1 - floor) * 0.5 * (1 + torch.cos(math.pi * done))


def _fall(k, n, w, floor):
    return _half((k - w) / (n - w), floor)


def _mean_is_half(f, rng) -> str | None:
    n = 40
    mean = f(torch.arange(n), n, 0, 0.0).mean().item()
    if abs(mean - (0.5 + 0.5 / n)) > 1e-6:
        return (
            f"without warm-up and floor the {n} factors of half a cosine average "
            f"1/2 + 1/(2n) = {0.5 + 0.5 / n:.4f}; yours {mean:.4f}."
        )
    return None


def _first_step_moves(f, rng) -> str | None:
    got = f(torch.arange(6), 20, 4, 0.1)
    if abs(got[0].item() - 0.2) > 1e-6 or abs(got[4].item() - 1) > 1e-6:
        return (
            f"with warmup = 4 step 0 has 1/5 and step 4 the full rate; yours {got[0]:.3f} and "
            f"{got[4]:.3f}."
        )
    return None


schedule_factor = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=6,
    reference=schedule_factor_reference,
    cases=lambda rng: [
        (torch.tensor([0, 2, 4, 7]), 8, 4, 0.0),
        (torch.tensor([0]), 3, 0, 0.5),
        (torch.arange(3), 5, 1, 0.1),
        (torch.arange(100), 100, 10, 0.1),
    ],
    properties=[
        Property("the mean of half a cosine", _mean_is_half),
        Property("the first step moves, the last of the warm-up is whole", _first_step_moves),
    ],
    mistakes=[
        Mistake(
            "the first step is lost",
            _schedule(lambda k, w: k / max(w, 1), _fall),
            "step / warmup is 0 at step 0: the first update does nothing, though its batch is "
            "computed and its moments are stored.",
            "81, step 9",
        ),
        Mistake(
            "the cosine starts at step 0",
            _schedule(_rise, lambda k, n, w, floor: _half(k / n, floor)),
            "Your cosine counts from step 0, so the rate jumps down where the warm-up ends. Count "
            "the descent from warmup.",
            "81, step 9",
        ),
        Mistake(
            "the floor on top",
            _schedule(_rise, lambda k, n, w, floor: floor + _half((k - w) / (n - w), 0.0)),
            "floor + cosine starts at 1 + floor. The cosine shrinks to make room: floor + "
            "(1 - floor) * ...",
            "81, step 9",
        ),
        Mistake(
            "a whole cosine",
            _schedule(_rise, lambda k, n, w, floor: _half(2 * (k - w) / (n - w), floor)),
            "With 2 pi the rate falls and climbs again. Half a period goes from 1 to the floor.",
            "81, step 9",
        ),
        Mistake(
            "a straight line",
            _schedule(_rise, lambda k, n, w, floor: floor + (1 - floor) * (1 - (k - w) / (n - w))),
            "That is a linear descent. It has the same ends, not the same middle.",
            "81, step 9",
        ),
    ],
    hints=[
        "Two pieces and torch.where. The descent's share is (step - warmup) / (n_steps - warmup).",
        "rise = (step + 1) / (warmup + 1); fall = floor + (1 - floor) * (1 + cos(pi * done)) / 2",
    ],
)
