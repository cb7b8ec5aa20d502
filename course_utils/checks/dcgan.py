"""Exercises of lesson 22: sizes through a net, pixels to tanh's range, a GAN round, EMA, slerp."""

import torch
from torch import Tensor

from course_utils.exercises import Exercise, Mistake, Property

LESSON = "22_dcgan"


def _normal(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.double)


# ---- sizes through a whole net -----------------------------------------------------------------


def layer_sizes_reference(n: int, layers: list[tuple[str, int, int, int]]) -> list[int]:
    """Pixels along one side before the first layer and after each one.

    n: pixels of the input; layers: (kind, kernel, stride, padding), kind "conv" or "transposed"
    -> len(layers) + 1 ints.
    """
    sizes = [n]
    for kind, k, s, p in layers:
        if kind == "conv":
            sizes.append((sizes[-1] + 2 * p - k) // s + 1)
        else:
            sizes.append((sizes[-1] - 1) * s + k - 2 * p)
    return sizes


def _walk(n, layers, conv=None, transposed=None, chain=True, start=True):
    sizes = [n]
    for kind, k, s, p in layers:
        m = sizes[-1] if chain else n
        right = layer_sizes_reference(m, [(kind, k, s, p)])[1]
        own = conv if kind == "conv" else transposed
        sizes.append(own(m, k, s, p) if own else right)
    return sizes if start else sizes[1:]


def _there_and_back(f, rng) -> str | None:
    for n, k, s, p in ((16, 4, 2, 1), (28, 4, 2, 1), (9, 3, 2, 1), (4, 4, 1, 0)):
        got = f(n, [("conv", k, s, p), ("transposed", k, s, p)])
        if list(got)[-1:] != [n]:
            return (
                f"with kernel {k}, stride {s}, padding {p} a convolution of {n} pixels and its "
                f"transpose lead back to {n}; your sizes are {list(got)}."
            )
    return None


layer_sizes = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=6,
    reference=layer_sizes_reference,
    cases=lambda rng: [
        (1, [("transposed", 4, 1, 0), ("transposed", 4, 2, 1), ("transposed", 4, 2, 1)]),
        (28, [("conv", 4, 2, 1), ("conv", 4, 2, 1), ("conv", 4, 1, 0)]),
        (1, [("transposed", 7, 1, 0), ("transposed", 4, 2, 1), ("transposed", 4, 2, 1)]),
        (9, [("conv", 3, 2, 0), ("transposed", 3, 3, 1), ("conv", 5, 2, 2)]),
        (16, []),
    ],
    properties=[Property("a transposed convolution undoes the size", _there_and_back)],
    mistakes=[
        Mistake(
            "one formula for both kinds",
            lambda n, layers: _walk(n, [("conv", *rest) for _, *rest in layers]),
            "You used the convolution's size for every layer. A transposed one runs the other "
            "way: (n - 1)·s + k - 2p.",
            "22, step 1",
        ),
        Mistake(
            "the stride multiplies",
            lambda n, layers: _walk(n, layers, transposed=lambda m, k, s, p: m * s),
            "n·s holds only when k - s = 2p. From 1 pixel with kernel 4, stride 1, padding 0 come "
            "4 pixels.",
            "22, step 1",
        ),
        Mistake(
            "padding added by the transpose",
            lambda n, layers: _walk(
                n, layers, transposed=lambda m, k, s, p: (m - 1) * s + k + 2 * p
            ),
            "The padding of a transposed convolution cuts the border off: - 2p.",
            "22, step 1",
        ),
        Mistake(
            "n kernels, n gaps",
            lambda n, layers: _walk(n, layers, transposed=lambda m, k, s, p: m * s + k - 2 * p),
            "n inputs have n - 1 gaps between them: the last kernel starts at (n - 1)·s.",
            "22, step 1",
        ),
        Mistake(
            "every layer sees the input",
            lambda n, layers: _walk(n, layers, chain=False),
            "You put n into each layer. Each layer sees what the one before it made: sizes[-1].",
            "22, step 1",
        ),
        Mistake(
            "start left out",
            lambda n, layers: _walk(n, layers, start=False),
            "The list begins with the input's own size.",
            "22, step 1",
        ),
        Mistake(
            "forgotten + 1",
            lambda n, layers: _walk(n, layers, conv=lambda m, k, s, p: (m + 2 * p - k) // s),
            "(n + 2p - k) // s counts the steps of the kernel; its positions are one more.",
            "22, step 1",
        ),
    ],
    hints=[
        "Lesson 14 has both formulas. Keep a list and append to it, layer by layer.",
        "conv: (sizes[-1] + 2p - k) // s + 1. transposed: (sizes[-1] - 1)·s + k - 2p.",
    ],
)

# ---- pixels to the range of tanh ---------------------------------------------------------------


def prepare_reference(pixels: Tensor) -> Tensor:
    """Bring grey pixels to the range of tanh, with a channel axis.

    pixels: (N, H, W) uint8, 0..255 -> (N, 1, H, W) float32 in [-1, 1].
    """
    x = pixels.float() / 127.5 - 1  # to float first: uint8 would wrap round
    return x[:, None]


def _whole_range(f, rng) -> str | None:
    got = f(torch.tensor([[[0, 255]]], dtype=torch.uint8))
    low, high = got.min().item(), got.max().item()
    if abs(low + 1) > 1e-6 or abs(high - 1) > 1e-6:
        return f"0 must become -1 and 255 must become 1; yours become {low:.4g} and {high:.4g}."
    return None


def _pixels(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randint(256, shape, generator=rng).to(torch.uint8)


prepare = Exercise(
    lesson=LESSON,
    difficulty=1,
    minutes=4,
    reference=prepare_reference,
    cases=lambda rng: [
        (torch.tensor([[[0, 64], [128, 255]]], dtype=torch.uint8),),
        (_pixels(rng, 3, 4, 4),),
        (_pixels(rng, 5, 2, 3),),
    ],
    properties=[Property("black is -1, white is 1", _whole_range)],
    mistakes=[
        Mistake(
            "[0, 1] for a tanh generator",
            lambda pixels: pixels.float()[:, None] / 255,
            "Your pixels lie in [0, 1]. The generator ends in tanh: half of what it can draw is "
            "negative, and no real image ever is. The discriminator needs no more than the sign.",
            "22, find the bug 1",
        ),
        Mistake(
            "divided twice",
            lambda pixels: pixels.float()[:, None] / 255 / 255,
            "Your largest value is 0.0039: the pixels were divided by 255 twice.",
            "22, errata R49",
        ),
        Mistake(
            "two channel axes",
            lambda pixels: (pixels.float() / 127.5 - 1)[:, None, None],
            "You added two channel axes. Images are (N, 1, H, W).",
            "22, errata R49",
        ),
        Mistake(
            "channel axis last",
            lambda pixels: (pixels.float() / 127.5 - 1)[..., None],
            "(N, H, W, 1) is the order of Keras. torch wants the channels second.",
            "22, look at the data",
        ),
        Mistake(
            "no channel axis",
            lambda pixels: pixels.float() / 127.5 - 1,
            "The channel axis is missing: (N, 1, H, W).",
            "22, look at the data",
        ),
        Mistake(
            "half the range",
            lambda pixels: pixels.float()[:, None] / 255 - 0.5,
            "Your pixels lie in [-0.5, 0.5]. Twice that: [-1, 1].",
            "22, look at the data",
        ),
        Mistake(
            "standardised",
            lambda pixels: (
                (pixels.float() - pixels.float().mean()) / pixels.float().std()
                if pixels.ndim < 3
                else ((pixels.float() - pixels.float().mean()) / pixels.float().std())[:, None]
            ),
            "Mean 0 and variance 1 put white far above 1, where tanh cannot follow.",
            "22, look at the data",
        ),
    ],
    hints=[
        "Which two numbers must 0 and 255 become? Draw the straight line through them.",
        "pixels.float() / 127.5 - 1, and a new axis at place 1.",
    ],
)

# ---- one round of the game ---------------------------------------------------------------------


def adversarial_round_reference(
    theta: Tensor, w: Tensor, x: Tensor, z: Tensor, lr: float
) -> tuple[Tensor, Tensor]:
    """One round of the smallest GAN: a step of D, then a step of G against the new D.

    G(z) = z + theta, D's logit is x @ w. L_D = mean softplus(-logit of x) + mean softplus(logit of
    G(z)); L_G = mean softplus(-logit of G(z)). Plain gradient descent, the same z in both steps.
    theta, w: (F,); x, z: (B, F); lr: step size -> (theta after, w after), each (F,).
    """
    fake = z + theta
    push_real = torch.sigmoid(-(x @ w))  # (B,) how far D is from saying "real" to x
    push_fake = torch.sigmoid(fake @ w)  # (B,) how far D is from saying "fake" to G(z)
    grad_w = -(push_real[:, None] * x).mean(0) + (push_fake[:, None] * fake).mean(0)
    w = w - lr * grad_w  # only w moves: theta is a constant in D's step

    push = torch.sigmoid(-(fake @ w))  # (B,) the new D; G wants it to say "real"
    grad_theta = -push.mean() * w
    return theta - lr * grad_theta, w


def _round(theta, w, x, z, lr, *, label=1.0, stale=False, thaw=False, joint=False, swap=False):
    fake = z + theta
    real, d_fake = torch.sigmoid(-(x @ w)), torch.sigmoid(fake @ w)
    grad_w = -(real[:, None] * x).mean(0) + (d_fake[:, None] * fake).mean(0)
    if swap:
        real, d_fake = torch.sigmoid(x @ w), torch.sigmoid(-(fake @ w))
        grad_w = (real[:, None] * x).mean(0) - (d_fake[:, None] * fake).mean(0)
    new = w - lr * grad_w
    if joint:  # the fake was not detached: D's step moves G too, towards helping D
        theta = theta - lr * d_fake.mean() * w
        fake = z + theta
    seen = w if stale else new
    push = torch.sigmoid(-(fake @ seen)) if label else -torch.sigmoid(fake @ seen)
    if thaw:  # G's step also moves D, towards calling the fakes real
        new = new + lr * (push[:, None] * fake).mean(0)
    return theta + lr * push.mean() * seen, new


def _d_learns_g_deceives(f, rng) -> str | None:
    x, z = _normal(rng, 20, 2) + 2, _normal(rng, 20, 2)
    theta, w = torch.zeros(2, dtype=torch.double), torch.zeros(2, dtype=torch.double)
    theta_2, w_2 = f(theta, w, x, z, 0.1)
    gap = ((x @ w_2).mean() - ((z + theta) @ w_2).mean()).item()
    if not gap > 0:
        return f"after D's step real data must get the larger logit; real minus fake is {gap:.4g}."
    gain = ((theta_2 - theta) @ w_2).item()
    if not gain > 0:
        return f"G's step must raise the new D's logit for fakes; it changes it by {gain:.4g}."
    return None


def _d_does_not_depend_on_g_step(f, rng) -> str | None:
    x, z, w = _normal(rng, 6, 3), _normal(rng, 6, 3), _normal(rng, 3)
    got = f(torch.zeros(3, dtype=torch.double), w, x, z, 0.0)
    if not torch.equal(torch.as_tensor(got[1]), w):
        return "with a step size of 0 nothing may move, but your w does."
    theta = _normal(rng, 3)
    leaf = w.clone().requires_grad_()
    loss = torch.nn.functional.softplus(-(x @ leaf)).mean()
    loss = loss + torch.nn.functional.softplus((z + theta) @ leaf).mean()
    (grad,) = torch.autograd.grad(loss, leaf)
    moved = torch.as_tensor(f(theta, w, x, z, 0.5)[1]) - w
    if not (moved + 0.5 * grad).abs().max() < 1e-9:
        return "your w did not move by -lr times the gradient of L_D alone."
    return None


def _case(rng: torch.Generator, batch: int, n: int, lr: float) -> tuple:
    return _normal(rng, n), _normal(rng, n), _normal(rng, batch, n) + 1, _normal(rng, batch, n), lr


adversarial_round = Exercise(
    lesson=LESSON,
    difficulty=4,
    minutes=15,
    reference=adversarial_round_reference,
    cases=lambda rng: [
        _case(rng, 1, 1, 0.5),
        _case(rng, 3, 2, 0.5),
        _case(rng, 8, 3, 0.1),
    ],
    properties=[
        Property("D learns to tell, then G to deceive", _d_learns_g_deceives),
        Property("D moves by its own loss only", _d_does_not_depend_on_g_step),
    ],
    mistakes=[
        Mistake(
            "D moves in G's step too",
            lambda theta, w, x, z, lr: _round(theta, w, x, z, lr, thaw=True),
            "Your w moves twice: G's step also trains the discriminator, to call fakes real. "
            "Freeze it, or give the optimiser of G nothing but theta.",
            "22, find the bug 2",
        ),
        Mistake(
            "fakes not detached in D's step",
            lambda theta, w, x, z, lr: _round(theta, w, x, z, lr, joint=True),
            "Your theta also moves in D's step, and helps D. In D's step the fakes are constants: "
            "fake.detach().",
            "22, step 4",
        ),
        Mistake(
            "G trained towards label 0",
            lambda theta, w, x, z, lr: _round(theta, w, x, z, lr, label=0.0),
            "Your generator moves away from what D calls real. Its target for fakes is 1: the loss "
            "is softplus(-logit).",
            "21, find the bug",
        ),
        Mistake(
            "G against the old D",
            lambda theta, w, x, z, lr: _round(theta, w, x, z, lr, stale=True),
            "Your theta follows D from before its step. D moves first, then G looks at the new D.",
            "22, step 4",
        ),
        Mistake(
            "labels swapped in D's step",
            lambda theta, w, x, z, lr: _round(theta, w, x, z, lr, swap=True),
            "Your D learns to call real data fake. Real belongs to softplus(-logit).",
            "22, step 4",
        ),
        Mistake(
            "sum instead of mean",
            lambda theta, w, x, z, lr: _round(theta, w, x, z, lr * len(x)),
            "You summed over the batch. Both losses are means.",
            "22, step 4",
        ),
    ],
    hints=[
        "The slope of softplus(u) is sigmoid(u). Write L_D, differentiate in w, step; then L_G.",
        "grad_w = -mean(sigmoid(-x w) x) + mean(sigmoid(f w) f); then with the new w: "
        "grad_theta = -mean(sigmoid(-f w)) w.",
    ],
)

# ---- who is in the average ---------------------------------------------------------------------


def ema_shares_reference(n: int, decay: float) -> Tensor:
    """Share of each state of the weights in their exponential moving average.

    The average begins as state 0; then for k = 1..n: average = decay * average + (1 - decay) *
    state k. n: updates, int >= 0; decay: in [0, 1) -> (n + 1,) float64, state 0 first.
    """
    k = torch.arange(n + 1, dtype=torch.double)
    shares = (1 - decay) * decay ** (n - k)  # state k was multiplied by decay n - k times
    shares[0] = decay**n  # the start came in with share 1, not 1 - decay
    return shares


def _shares(n: int, decay: float) -> Tensor:
    return (1 - decay) * decay ** (n - torch.arange(n + 1, dtype=torch.double))


def _sum_to_one(f, rng) -> str | None:
    for n, decay in ((0, 0.9), (3, 0.5), (40, 0.99)):
        got = torch.as_tensor(f(n, decay)).sum().item()
        if abs(got - 1) > 1e-9:
            return f"an average of equal weights must be that weight; your {n + 1} shares: {got:g}."
    return None


def _latest_heaviest(f, rng) -> str | None:
    got = torch.as_tensor(f(6, 0.6))
    if not (got[2:] > got[1:-1]).all():
        return f"a later state must weigh more than an earlier one (state 0 apart): {got.tolist()}."
    return None


ema_shares = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=8,
    reference=ema_shares_reference,
    cases=lambda rng: [(1, 0.9), (3, 0.5), (0, 0.9), (10, 0.8), (200, 0.995)],
    properties=[
        Property("shares sum to 1", _sum_to_one),
        Property("the latest weighs most", _latest_heaviest),
    ],
    mistakes=[
        Mistake(
            "state 0 like the others",
            lambda n, decay: _shares(n, decay),
            "Your shares do not sum to 1. State 0 is not mixed in with 1 - decay: the average "
            "begins as state 0, so its share is decay^n.",
            "22, step 5",
        ),
        Mistake(
            "time reversed",
            lambda n, decay: ema_shares_reference(n, decay).flip(0),
            "Your first share belongs to the last state. State 0, the oldest, comes first.",
            "22, step 5",
        ),
        Mistake(
            "decay and 1 - decay exchanged",
            lambda n, decay: ema_shares_reference(n, 1 - decay),
            "You keep 1 - decay of the average and take decay of the new state.",
            "22, step 5",
        ),
        Mistake(
            "a plain mean",
            lambda n, decay: torch.full((n + 1,), 1 / (n + 1), dtype=torch.double),
            "All your states weigh the same. An exponential average forgets the old ones.",
            "22, step 5",
        ),
        Mistake(
            "renormalised",
            lambda n, decay: _shares(n, decay) / _shares(n, decay).sum(),
            "You divided by the sum instead of giving state 0 its own share, decay^n.",
            "22, step 5",
        ),
        Mistake(
            "one power too many",
            lambda n, decay: torch.cat(
                [
                    torch.tensor([decay**n], dtype=torch.double),
                    ((1 - decay) * decay ** (n + 1 - torch.arange(1, n + 1, dtype=torch.double))),
                ]
            ),
            "State n has just come in with share 1 - decay; nothing has shrunk it yet. State k "
            "has been multiplied n - k times.",
            "22, step 5",
        ),
    ],
    hints=[
        "Write the average after 1, 2 and 3 updates. How often was state k multiplied by decay?",
        "State k >= 1: (1 - decay)·decay^(n - k). State 0: decay^n.",
    ],
)

# ---- walking on the sphere ---------------------------------------------------------------------


def slerp_reference(a: Tensor, b: Tensor, t: float) -> Tensor:
    """Walk from a to b along the arc between them (spherical interpolation, row by row).

    a, b: (B, Z) latents; t: 0..1 share of the way -> (B, Z). Parallel rows: the straight line.
    """
    cosine = (a * b).sum(-1, keepdim=True) / (
        a.norm(dim=-1, keepdim=True) * b.norm(dim=-1, keepdim=True)
    )
    angle = cosine.clamp(-1, 1).acos()  # (B, 1) radians
    flat = angle.sin() < 1e-9
    sine = torch.where(flat, torch.ones_like(angle), angle.sin())
    arc = ((1 - t) * angle).sin() / sine * a + (t * angle).sin() / sine * b
    return torch.where(flat, (1 - t) * a + t * b, arc)


def _slerp(a, b, t, *, angle=None, unit=False, batch=False):
    dims = (0, 1) if batch else -1
    cosine = (a * b).sum(dims, keepdim=True) / (
        a.pow(2).sum(dims, keepdim=True).sqrt() * b.pow(2).sum(dims, keepdim=True).sqrt()
    )
    angle = (angle or torch.acos)(cosine.clamp(-1, 1))
    if unit:
        a, b = a / a.norm(dim=-1, keepdim=True), b / b.norm(dim=-1, keepdim=True)
    return ((1 - t) * angle).sin() / angle.sin() * a + (t * angle).sin() / angle.sin() * b


def _keeps_length(f, rng) -> str | None:
    a, b = _normal(rng, 4, 16), _normal(rng, 4, 16)
    a, b = (v / v.norm(dim=-1, keepdim=True) * 4 for v in (a, b))
    got = f(a, b, 0.5).norm(dim=-1)
    if not (got - 4).abs().max() < 1e-6:
        return f"between points of length 4 the arc keeps that length; yours is {got[0]:.4g}."
    return None


def _ends(f, rng) -> str | None:
    a, b = _normal(rng, 3, 5), _normal(rng, 3, 5)
    for t, end, name in ((0.0, a, "a"), (1.0, b, "b")):
        if not (f(a, b, t) - end).abs().max() < 1e-6:
            return f"at t = {t:g} you must stand at {name}."
    return None


def _parallel(f, rng) -> str | None:
    a = _normal(rng, 2, 3)
    got = f(a, 3 * a, 0.25)
    if not (got - 1.5 * a).abs().max() < 1e-6:
        return "for parallel rows the sine in the denominator is 0: walk the straight line there."
    return None


def _equal_steps(rng):
    a = torch.tensor([[2.0, 0.0]], dtype=torch.double)
    return a, torch.tensor([[0.0, 2.0]], dtype=torch.double), 1 / 3


slerp = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=10,
    reference=slerp_reference,
    cases=lambda rng: [
        _equal_steps(rng),
        (_normal(rng, 3, 4), _normal(rng, 3, 4), 0.25),
        (_normal(rng, 3, 8), _normal(rng, 3, 8), 0.8),
        (_normal(rng, 2, 32), _normal(rng, 2, 32), 0.5),
    ],
    properties=[
        Property("the length is kept", _keeps_length),
        Property("begins at a, ends at b", _ends),
        Property("parallel rows", _parallel),
    ],
    mistakes=[
        Mistake(
            "a straight line",
            lambda a, b, t: (1 - t) * a + t * b,
            "You walk the chord, not the arc: in the middle your points are too short for a "
            "normal latent.",
            "22, the latent walk",
        ),
        Mistake(
            "backwards",
            lambda a, b, t: slerp_reference(b, a, t),
            "At t = 0 you stand at b.",
            "22, the latent walk",
        ),
        Mistake(
            "lengths thrown away",
            lambda a, b, t: _slerp(a, b, t, unit=True),
            "Your points have length 1. Latents of Z numbers are about sqrt(Z) long; keep a and b "
            "as they are, and use unit vectors for the angle only.",
            "22, the latent walk",
        ),
        Mistake(
            "cosine for angle",
            lambda a, b, t: _slerp(a, b, t, angle=lambda c: c),
            "You used the cosine where its angle belongs: acos is missing.",
            "22, the latent walk",
        ),
        Mistake(
            "one angle for the batch",
            lambda a, b, t: _slerp(a, b, t, batch=True),
            "You took the dot product over the whole batch. Every row has its own angle.",
            "22, the latent walk",
        ),
        Mistake(
            "chord put on the sphere",
            lambda a, b, t: (
                ((1 - t) * a + t * b)
                / ((1 - t) * a + t * b).norm(dim=-1, keepdim=True)
                * ((1 - t) * a.norm(dim=-1, keepdim=True) + t * b.norm(dim=-1, keepdim=True))
            ),
            "Your walk stays on the sphere but does not move evenly: it is fast in the middle of "
            "the arc. Share the angle, not the chord.",
            "22, the latent walk",
        ),
    ],
    hints=[
        "cos(angle) = a·b / (|a| |b|), row by row. How much of the angle is walked at t?",
        "sin((1-t)·angle)/sin(angle)·a + sin(t·angle)/sin(angle)·b; the line where the sine is 0.",
    ],
)
