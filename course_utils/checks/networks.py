"""Exercises of lesson 14: backpropagation, convolution arithmetic, the norms by hand."""

import torch
from torch import Tensor

from course_utils.exercises import Exercise, Mistake, Property

LESSON = "14_neural_networks"


def _normal(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.double)


# ---- the reverse pass --------------------------------------------------------------------------


def reverse_pass_reference(parents: list[list[int]], local: list[list[float]]) -> list[float]:
    """Slope of the last node in every node of a graph of numbers.

    Nodes 0..N-1 stand in the order of computing. parents[k]: the nodes that k was computed from (a
    node may stand there twice); local[k]: the slope of k in each of them -> N floats.
    """
    grad = [0.0] * len(parents)
    grad[-1] = 1.0  # the last node moves one to one with itself
    for k in reversed(range(len(parents))):  # all uses of k come after k: grad[k] is complete
        for p, slope in zip(parents[k], local[k], strict=True):
            grad[p] += slope * grad[k]
    return grad


def _walk(parents, local, *, order=reversed, keep=False, chain=True, seed=True):
    grad = [0.0] * len(parents)
    grad[-1] = 1.0 if seed else 0.0
    for k in order(range(len(parents))):
        for p, slope in zip(parents[k], local[k], strict=True):
            step = slope * grad[k] if chain else slope
            grad[p] = step if keep else grad[p] + step
    return grad


def _multiplied(parents, local):
    grad = [1.0] * len(parents)
    for k in reversed(range(len(parents))):
        for p, slope in zip(parents[k], local[k], strict=True):
            grad[p] *= slope * grad[k]
    return grad


def _first_parent(parents, local):
    grad = [0.0] * len(parents)
    grad[-1] = 1.0
    for k in reversed(range(len(parents))):
        if parents[k]:
            grad[parents[k][0]] += local[k][0] * grad[k]
    return grad


def _square_has_two_ways(f, rng) -> str | None:
    got = f([[], [0, 0]], [[], [3.0, 3.0]])[0]
    if abs(float(got) - 6) > 1e-9:
        return f"x · x at x = 3 has the slope 3 + 3 = 6, along both ways to x; you return {got:g}."
    return None


def _chain_multiplies(f, rng) -> str | None:
    got = f([[], [0], [1], [2]], [[], [2.0], [3.0], [5.0]])[0]
    if abs(float(got) - 30) > 1e-9:
        return f"a chain with slopes 2, 3 and 5 has the slope 30 in its input; you return {got:g}."
    return None


def _random_graph(rng: torch.Generator, n: int) -> tuple[list[list[int]], list[list[float]]]:
    parents: list[list[int]] = [[], []]
    for k in range(2, n):
        parents.append(torch.randint(k, (2,), generator=rng).tolist())
    local = [_normal(rng, len(p)).tolist() for p in parents]
    return parents, local


reverse_pass = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=10,
    reference=reverse_pass_reference,
    cases=lambda rng: [
        ([[], [0], [0], [1, 2]], [[], [2.0], [3.0], [1.0, 1.0]]),  # a diamond
        ([[]], [[]]),  # one node alone
        ([[], [], [0, 1], [2, 0]], [[], [], [4.0, 3.0], [3.0, 12.0]]),
        _random_graph(rng, 12),
    ],
    properties=[
        Property("a node used twice collects both ways", _square_has_two_ways),
        Property("slopes along a chain multiply", _chain_multiplies),
    ],
    mistakes=[
        Mistake(
            "overwriting instead of adding",
            lambda parents, local: _walk(parents, local, keep=True),
            "You set grad[p] = ...; a later use wipes out an earlier one. Every use of a node adds "
            "its share: grad[p] += ....",
            "14, step 1",
        ),
        Mistake(
            "walking forwards",
            lambda parents, local: _walk(parents, local, order=list),
            "You walk from the first node to the last, so grad[k] is still 0 when you hand it on. "
            "Start at the end: reversed(range(N)).",
            "14, step 1",
        ),
        Mistake(
            "local slope only",
            lambda parents, local: _walk(parents, local, chain=False),
            "You add the local slopes without multiplying by grad[k], the slope of the end in k. "
            "That factor is the chain rule.",
            "14, step 1",
        ),
        Mistake(
            "no seed",
            lambda parents, local: _walk(parents, local, seed=False),
            "All your slopes are 0. The last node's slope in itself is 1: set it before the walk.",
            "14, step 1",
        ),
        Mistake(
            "first parent only",
            _first_parent,
            "You follow only the first parent of each node. A sum or product has two.",
            "14, step 1",
        ),
        Mistake(
            "products instead of sums",
            _multiplied,
            "You multiply what arrives along different ways. Along one way slopes multiply; "
            "different ways add.",
            "14, step 1",
        ),
    ],
    hints=[
        "What is the slope of the last node in itself? Walk from there to the front.",
        "For k from N-1 down to 0 and each parent p with slope s: grad[p] += s * grad[k].",
    ],
)

# ---- a linear layer, backwards -----------------------------------------------------------------


def linear_backward_reference(
    x: Tensor, weight: Tensor, grad_out: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of a loss through out = x W^T + b.

    x: (B, I), weight: (O, I), grad_out: (B, O), the loss's gradient in out
    -> (grad_x (B, I), grad_weight (O, I), grad_bias (O,)).
    """
    grad_x = grad_out @ weight  # (B, O) (O, I)
    grad_weight = grad_out.T @ x  # (O, B) (B, I): the sum over the batch is in the product
    grad_bias = grad_out.sum(0)  # every example used the same bias
    return grad_x, grad_weight, grad_bias


def _shapes_return(f, rng) -> str | None:
    x, weight, grad = _normal(rng, 5, 3), _normal(rng, 2, 3), _normal(rng, 5, 2)
    got = [tuple(g.shape) for g in f(x, weight, grad)]
    if got != [(5, 3), (2, 3), (2,)]:
        return (
            "a gradient has the shape of what it belongs to: (5, 3), (2, 3) and (2,) for 5 "
            f"examples, 3 inputs, 2 outputs; you return {', '.join(map(str, got))}."
        )
    return None


def _like_autograd(f, rng) -> str | None:
    x, weight, grad = _normal(rng, 4, 3), _normal(rng, 3, 3), _normal(rng, 4, 3)
    x.requires_grad_()
    weight.requires_grad_()
    bias = torch.zeros(3, dtype=torch.double, requires_grad=True)
    (torch.nn.functional.linear(x, weight, bias) * grad).sum().backward()
    got = f(x.detach(), weight.detach(), grad)
    for name, mine, right in zip("xWb", got, (x.grad, weight.grad, bias.grad), strict=True):
        if mine.shape != right.shape or not (mine - right).abs().max() < 1e-9:
            return f"your gradient in {name} is not the one torch's autograd finds."
    return None


linear_backward = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=8,
    reference=linear_backward_reference,
    cases=lambda rng: [
        (_normal(rng, 3, 2), _normal(rng, 2, 2), _normal(rng, 3, 2)),
        (_normal(rng, 1, 3), _normal(rng, 3, 3), _normal(rng, 1, 3)),
        (_normal(rng, 3, 4), _normal(rng, 4, 4), _normal(rng, 3, 4)),
        (_normal(rng, 5, 4), _normal(rng, 2, 4), _normal(rng, 5, 2)),
    ],
    properties=[
        Property("a gradient has the shape of its tensor", _shapes_return),
        Property("the same as autograd", _like_autograd),
    ],
    mistakes=[
        Mistake(
            "mean over the batch",
            lambda x, weight, grad_out: (
                grad_out @ weight,
                grad_out.T @ x / len(x),
                grad_out.mean(0),
            ),
            "You averaged over the batch. If the loss is a mean, its 1/B is already in grad_out; "
            "here every example adds its share.",
            "14, step 2",
        ),
        Mistake(
            "bias averaged, weight summed",
            lambda x, weight, grad_out: (grad_out @ weight, grad_out.T @ x, grad_out.mean(0)),
            "Your bias gradient is a mean over the batch. All B examples used the bias: sum.",
            "14, step 2",
        ),
        Mistake(
            "bias not summed",
            lambda x, weight, grad_out: (grad_out @ weight, grad_out.T @ x, grad_out),
            "The bias is one vector (O,) used by every example. Sum its gradients over the batch.",
            "14, step 2",
        ),
        Mistake(
            "weight gradient transposed",
            lambda x, weight, grad_out: (grad_out @ weight, x.T @ grad_out, grad_out.sum(0)),
            "x.T @ grad_out is (I, O), the transpose of what belongs to W, (O, I).",
            "14, step 2",
        ),
        Mistake(
            "gradient pushed through W transposed",
            lambda x, weight, grad_out: (
                grad_out @ (weight.T if weight.shape[0] == weight.shape[1] else weight),
                grad_out.T @ x,
                grad_out.sum(0),
            ),
            "Forwards the layer multiplies by W^T, so backwards it multiplies by W, not by W^T "
            "again. With square matrices the shapes do not warn you.",
            "14, step 2",
        ),
        Mistake(
            "sum over the outputs for the bias",
            lambda x, weight, grad_out: (grad_out @ weight, grad_out.T @ x, grad_out.sum(1)),
            "You summed over the outputs. The batch is dimension 0.",
            "14, step 2",
        ),
    ],
    hints=[
        "Write out[b, o] = sum_i x[b, i] W[o, i] + bias[o] and ask what each number influences.",
        "grad_x: (B, O) times (O, I). grad_weight: (O, B) times (B, I). grad_bias: sum over B.",
    ],
)

# ---- the gradient of cross-entropy -------------------------------------------------------------


def cross_entropy_grad_reference(logits: Tensor, y: Tensor) -> Tensor:
    """Gradient of the mean cross-entropy in the logits. logits: (B, K), y: (B,) long -> (B, K)."""
    grad = logits.softmax(-1)  # softmax subtracts the largest logit first: no overflow
    grad[torch.arange(len(y)), y] -= 1
    return grad / len(y)


def _rows_balance(f, rng) -> str | None:
    got = f(_normal(rng, 6, 4), torch.randint(4, (6,), generator=rng))
    if not (got.sum(-1).abs().max() < 1e-9):
        return (
            "adding a constant to all logits of an example changes nothing, so each row of the "
            f"gradient sums to 0; yours sum to {got.sum(-1)[0].item():.4g}."
        )
    return None


def _large_logits(f, rng) -> str | None:
    got = f(torch.tensor([[1000.0, 0.0]], dtype=torch.double), torch.tensor([1]))
    if not (got - torch.tensor([[1.0, -1.0]], dtype=torch.double)).abs().max() < 1e-9:
        return f"for logits [1000, 0] and y = 1 the answer is [1, -1], you return {got.tolist()}."
    return None


def _one_hot(logits, y):
    return torch.nn.functional.one_hot(y, logits.shape[-1]).to(logits)


def _by_bare_exp(logits, y):
    p = logits.exp() / logits.exp().sum(-1, keepdim=True)
    return (p - _one_hot(logits, y)) / len(y)


cross_entropy_grad = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=6,
    reference=cross_entropy_grad_reference,
    cases=lambda rng: [
        (torch.tensor([[2.0, 0.0, -1.0]], dtype=torch.double), torch.tensor([0])),
        (_normal(rng, 3, 4), torch.tensor([3, 0, 0])),
        (_normal(rng, 5, 10), torch.randint(10, (5,), generator=rng)),
        (torch.tensor([[900.0, 0.0], [0.0, 1.0]], dtype=torch.double), torch.tensor([0, 0])),
    ],
    properties=[
        Property("each row sums to zero", _rows_balance),
        Property("large logits do no harm", _large_logits),
    ],
    mistakes=[
        Mistake(
            "sum instead of mean",
            lambda logits, y: logits.softmax(-1) - _one_hot(logits, y),
            "Your gradient belongs to the summed loss. The mean over B examples divides by B.",
            "14, step 3",
        ),
        Mistake(
            "sign turned",
            lambda logits, y: (_one_hot(logits, y) - logits.softmax(-1)) / len(y),
            "Your sign is turned: the loss falls when the true class's logit grows, so its "
            "gradient there is negative, p - 1.",
            "14, step 3",
        ),
        Mistake(
            "probabilities only",
            lambda logits, y: logits.softmax(-1) / len(y),
            "You return the probabilities. The label is missing: subtract 1 at the true class.",
            "14, step 3",
        ),
        Mistake(
            "softmax over the batch",
            lambda logits, y: (logits.softmax(0) - _one_hot(logits, y)) / len(y),
            "You took the softmax over dimension 0, the batch. The classes are the last one.",
            "14, step 3",
        ),
        Mistake(
            "divided by the classes, too",
            lambda logits, y: (logits.softmax(-1) - _one_hot(logits, y)) / logits.numel(),
            "You divide by B times K. The loss is a mean over examples only.",
            "14, step 3",
        ),
        Mistake(
            "bare exponentials",
            _by_bare_exp,
            "exp(900) is infinite and inf / inf is NaN. Subtract the largest logit first, or call "
            "softmax, which does.",
            "14, step 3",
        ),
        Mistake(
            "logits for probabilities",
            lambda logits, y: (logits - _one_hot(logits, y)) / len(y),
            "You subtracted the label from the logits. First turn them into probabilities.",
            "14, step 3",
        ),
    ],
    hints=[
        "Differentiate log sum_k exp(z_k) - z_y in one logit z_j. Which function appears?",
        "(softmax(z) - onehot(y)) / B, with softmax over the last dimension.",
    ],
)

# ---- sizes -------------------------------------------------------------------------------------


def conv_size_reference(n: int, k: int, s: int, p: int, d: int) -> int:
    """Pixels along one side after a convolution.

    n: pixels before, k: kernel, s: stride, p: padding on each side, d: dilation -> int.
    """
    reach = d * (k - 1) + 1  # pixels between the first and the last tap, both included
    return (n + 2 * p - reach) // s + 1


def _same_padding(f, rng) -> str | None:
    for k in (1, 3, 5):
        got = f(16, k, 1, (k - 1) // 2, 1)
        if got != 16:
            return f"16 pixels, kernel {k}, stride 1, padding {(k - 1) // 2} stay 16; you: {got}."
    return None


def _against_torch(f, rng) -> str | None:
    for n in (5, 8, 13):
        for k, s, p, d in ((2, 2, 0, 1), (3, 2, 1, 1), (3, 1, 2, 2), (4, 3, 1, 1), (2, 1, 0, 3)):
            right = torch.nn.Conv1d(1, 1, k, s, p, d)(torch.zeros(1, 1, n)).shape[-1]
            got = f(n, k, s, p, d)
            if got != right:
                return f"torch makes {right} of (n, k, s, p, d) = {(n, k, s, p, d)}, you {got}."
    return None


conv_size = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=conv_size_reference,
    cases=lambda rng: [
        (28, 3, 1, 1, 1),
        (16, 2, 2, 0, 1),
        (28, 4, 2, 1, 1),
        (7, 3, 2, 0, 1),
        (8, 3, 2, 1, 1),
        (16, 3, 1, 2, 2),
        (9, 3, 3, 1, 2),
        (5, 5, 1, 0, 1),
    ],
    properties=[
        Property("half the kernel as padding keeps the size", _same_padding),
        Property("the sizes torch makes", _against_torch),
    ],
    mistakes=[
        Mistake(
            "forgotten + 1",
            lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) // s,
            "You count the steps between positions. The positions are one more: + 1.",
            "14, step 7",
        ),
        Mistake(
            "padding on one side",
            lambda n, k, s, p, d: (n + p - d * (k - 1) - 1) // s + 1,
            "You added the padding once. It stands on both sides: n + 2p.",
            "14, step 7",
        ),
        Mistake(
            "rounded up",
            lambda n, k, s, p, d: -(-(n + 2 * p - d * (k - 1) - 1) // s) + 1,
            "You rounded up. A kernel that does not fit any more is left out: round down.",
            "14, step 7",
        ),
        Mistake(
            "dilation ignored",
            lambda n, k, s, p, d: (n + 2 * p - k) // s + 1,
            "You used k for the reach of the kernel. With dilation d it spans d(k-1) + 1 pixels.",
            "14, step 7",
        ),
        Mistake(
            "dilation times kernel",
            lambda n, k, s, p, d: (n + 2 * p - d * k) // s + 1,
            "k taps leave k-1 gaps: the reach is d(k-1) + 1, not d·k.",
            "14, step 7",
        ),
        Mistake(
            "true division",
            lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) / s + 1,
            "You used /, and some of your sizes are fractions. Pixels are whole: //.",
            "14, step 7",
        ),
        Mistake(
            "stride divides the size",
            lambda n, k, s, p, d: n // s,
            "n // s holds only for the usual paddings. Count the positions of the kernel.",
            "14, step 7",
        ),
    ],
    hints=[
        "How many pixels does one kernel span, from its first tap to its last?",
        "There are n + 2p pixels and a span of d(k-1) + 1. Slide in steps of s; count positions.",
    ],
)


def transposed_size_reference(n: int, k: int, s: int, p: int, extra: int) -> int:
    """Pixels along one side after a transposed convolution (dilation 1).

    n: pixels before, k: kernel, s: stride, p: padding, extra: output padding (0 <= extra < s).
    """
    return (n - 1) * s + k - 2 * p + extra


def _undoes_conv(f, rng) -> str | None:
    for n, k, s, p in ((28, 4, 2, 1), (16, 3, 1, 1), (9, 3, 2, 1)):
        small = conv_size_reference(n, k, s, p, 1)
        extra = (n + 2 * p - k) % s
        got = f(small, k, s, p, extra)
        if got != n:
            return (
                f"a convolution (k={k}, s={s}, p={p}) makes {small} of {n} pixels; its transpose "
                f"with extra = {extra} goes back to {n}, you return {got}."
            )
    return None


transposed_size = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=transposed_size_reference,
    cases=lambda rng: [
        (1, 4, 1, 0, 0),
        (4, 4, 2, 1, 0),
        (7, 3, 2, 1, 1),
        (3, 5, 3, 2, 2),
        (8, 2, 2, 0, 0),
        (5, 3, 1, 1, 0),
    ],
    properties=[Property("it undoes the convolution's size", _undoes_conv)],
    mistakes=[
        Mistake(
            "convolution's formula",
            lambda n, k, s, p, extra: (n + 2 * p - k) // s + 1 + extra,
            "That is the size after a convolution. The transposed one runs the other way: solve "
            "the formula for the input size.",
            "14, step 8",
        ),
        Mistake(
            "n times the stride",
            lambda n, k, s, p, extra: n * s + k - 2 * p + extra,
            "n inputs have n-1 gaps: the last kernel starts at (n-1)·s.",
            "14, step 8",
        ),
        Mistake(
            "padding added",
            lambda n, k, s, p, extra: (n - 1) * s + k + 2 * p + extra,
            "Padding of a transposed convolution cuts the border off: - 2p.",
            "14, step 8",
        ),
        Mistake(
            "padding cut once",
            lambda n, k, s, p, extra: (n - 1) * s + k - p + extra,
            "The padding is cut off on both sides: - 2p.",
            "14, step 8",
        ),
        Mistake(
            "output padding on both sides",
            lambda n, k, s, p, extra: (n - 1) * s + k - 2 * p + 2 * extra,
            "The extra pixels are added on one side only.",
            "14, step 8",
        ),
        Mistake(
            "output padding forgotten",
            lambda n, k, s, p, extra: (n - 1) * s + k - 2 * p,
            "The extra pixels (output padding) are missing. They choose between the input sizes "
            "that a stride maps onto one size.",
            "14, step 8",
        ),
        Mistake(
            "one pixel too few",
            lambda n, k, s, p, extra: (n - 1) * s + k - 1 - 2 * p + extra,
            "The last kernel starts at (n-1)·s and covers k pixels, not k-1.",
            "14, step 8",
        ),
    ],
    hints=[
        "Each of the n inputs paints k pixels; where does the last one start to paint?",
        "(n-1)·s + k pixels are painted; p are cut off on each side, extra are added.",
    ],
)

# ---- receptive field ---------------------------------------------------------------------------


def receptive_field_reference(layers: list[tuple[int, int, int]]) -> int:
    """Input pixels, along one side, that can influence one output.

    layers: (kernel, stride, dilation) of each convolution or pooling, first layer first -> int.
    """
    size, jump = 1, 1  # jump: input pixels between two neighbours of the present layer
    for kernel, stride, dilation in layers:
        size += (kernel - 1) * dilation * jump
        jump *= stride
    return size


def _rf(layers, *, start=1, use_jump=True, use_dilation=True, early=False, add=0):
    size, jump = start, 1
    for kernel, stride, dilation in layers:
        if early:
            jump *= stride
        step = (kernel - add) * (dilation if use_dilation else 1) * (jump if use_jump else 1)
        size += step
        if not early:
            jump *= stride
    return size


def _rf_backwards(layers):
    return _rf(layers[::-1], add=1)


def _three_by_three(f, rng) -> str | None:
    got = f([(3, 1, 1)] * 4)
    return None if got == 9 else f"four 3x3 convolutions see 9 pixels, you return {got}."


def _counted_by_brute_force(f, rng) -> str | None:
    for layers in (
        [(3, 2, 1), (3, 1, 1)],
        [(2, 2, 1), (3, 1, 2), (3, 2, 1)],
        [(5, 3, 1), (2, 1, 1)],
    ):
        seen = {0}
        for kernel, stride, dilation in reversed(layers):
            seen = {i * stride + j * dilation for i in seen for j in range(kernel)}
        right = max(seen) - min(seen) + 1
        got = f(layers)
        if got != right:
            return f"following the taps of {layers} back covers {right} pixels, you return {got}."
    return None


receptive_field = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=8,
    reference=receptive_field_reference,
    cases=lambda rng: [
        ([(3, 1, 1)],),
        ([],),
        ([(3, 1, 1), (2, 2, 1), (3, 1, 1)],),
        ([(4, 2, 1), (4, 2, 1), (4, 2, 1)],),
        ([(3, 1, 1), (3, 1, 2), (3, 2, 4)],),
        ([(5, 2, 1), (3, 1, 1), (2, 2, 1), (3, 1, 1)],),
    ],
    properties=[
        Property("four 3x3 layers see nine pixels", _three_by_three),
        Property("counted tap by tap", _counted_by_brute_force),
    ],
    mistakes=[
        Mistake(
            "strides ignored",
            lambda layers: _rf(layers, use_jump=False, add=1),
            "You add kernel - 1 for every layer as if all pixels were input pixels. After a stride "
            "one step of a layer is several input pixels: multiply by the jump.",
            "14, step 9",
        ),
        Mistake(
            "kernel instead of kernel - 1",
            lambda layers: _rf(layers, add=0),
            "A kernel of k adds k - 1 pixels to the one already seen.",
            "14, step 9",
        ),
        Mistake(
            "own stride counted",
            lambda layers: _rf(layers, early=True, add=1),
            "You multiplied by the layer's own stride. The taps of a kernel are spaced by the jump "
            "before it; its stride counts from the next layer on.",
            "14, step 9",
        ),
        Mistake(
            "dilation ignored",
            lambda layers: _rf(layers, use_dilation=False, add=1),
            "A dilated kernel has gaps: it reaches (k - 1) · dilation.",
            "14, step 9",
        ),
        Mistake(
            "layers in reverse",
            _rf_backwards,
            "You began with the last layer, using the formula that begins with the first one.",
            "14, step 9",
        ),
        Mistake(
            "started at zero",
            lambda layers: _rf(layers, start=0, add=1),
            "Before any layer an output sees one pixel, itself: start with 1.",
            "14, step 9",
        ),
    ],
    hints=[
        "Keep two numbers while you walk through the layers: how many pixels are seen, and how "
        "many input pixels lie between two neighbours now (the jump).",
        "size += (kernel - 1) * dilation * jump, and only then jump *= stride.",
    ],
)

# ---- batch norm --------------------------------------------------------------------------------


def batch_norm_reference(
    x: Tensor, weight: Tensor, bias: Tensor, mean: Tensor, var: Tensor, momentum: float
) -> tuple[Tensor, Tensor, Tensor]:
    """BatchNorm in training. x: (B, C, H, W); weight, bias, mean, var: (C,), the last two running.

    -> (out (B, C, H, W), new running mean (C,), new running var (C,)); eps = 1e-5.
    """
    n = x.numel() // x.shape[1]  # values per channel: B H W
    batch_mean = x.mean((0, 2, 3))
    batch_var = x.var((0, 2, 3), correction=0)  # divided by n: this one normalises
    out = (x - batch_mean[:, None, None]) / (batch_var[:, None, None] + 1e-5).sqrt()
    out = weight[:, None, None] * out + bias[:, None, None]
    unbiased = batch_var * n / (n - 1)  # divided by n - 1: this one is remembered
    new_mean = (1 - momentum) * mean + momentum * batch_mean
    new_var = (1 - momentum) * var + momentum * unbiased
    return out, new_mean, new_var


def _bn(
    x, w, b, mean, var, m, *, dims=(0, 2, 3), use=0, keep=1, running=False, eps_in=True, turn=0
):
    bm = x.mean((0, 2, 3))
    if running:
        bm_use, bv_use = mean[:, None, None], var[:, None, None]
    else:
        bm_use, bv_use = x.mean(dims, keepdim=True), x.var(dims, correction=use, keepdim=True)
    scale = (bv_use + 1e-5).sqrt() if eps_in else bv_use.sqrt() + 1e-5
    out = w[:, None, None] * (x - bm_use) / scale + b[:, None, None]
    kept = x.var((0, 2, 3), correction=keep)
    a = 1 - m if turn else m
    return out, (1 - a) * mean + a * bm, (1 - a) * var + a * kept


def _no_affine(x, w, b, mean, var, m):
    return _bn(x, torch.ones_like(w), torch.zeros_like(b), mean, var, m)


def _bn_forgets(x, w, b, mean, var, m):
    return _bn(x, w, b, mean, var, 1.0)


def _standardised(f, rng) -> str | None:
    x = 3 * _normal(rng, 8, 2, 4, 4) + 5
    one, zero = torch.ones(2).double(), torch.zeros(2).double()
    out = f(x, one, zero, zero, one, 0.1)[0]
    mean, var = out.mean((0, 2, 3)), out.var((0, 2, 3), correction=0)
    if not (mean.abs().max() < 1e-6 and (var - 1).abs().max() < 1e-4):
        return (
            "with weight 1 and bias 0 every channel leaves with mean 0 and variance 1; yours have "
            f"means {[round(v, 4) for v in mean.tolist()]} and variances "
            f"{[round(v, 4) for v in var.tolist()]}."
        )
    return None


def _running_is_unbiased(f, rng) -> str | None:
    one, zero = torch.ones(1).double(), torch.zeros(1).double()
    x = torch.tensor([-1.0, 1.0], dtype=torch.double).reshape(2, 1, 1, 1)
    got = float(f(x, one, zero, zero, one, 1.0)[2])
    if abs(got - 2) > 1e-9:
        return (
            f"of the two values -1 and 1 the remembered variance is 2 (divided by n - 1 = 1) at "
            f"momentum 1, you return {got:.4g}."
        )
    return None


def _bn_case(rng, b, c, s, momentum, scale=1.0):
    return (
        scale * _normal(rng, b, c, s, s) + 0.5,
        1 + 0.3 * _normal(rng, c),
        _normal(rng, c),
        _normal(rng, c),
        1 + _normal(rng, c).abs(),
        momentum,
    )


batch_norm = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=12,
    reference=batch_norm_reference,
    cases=lambda rng: [
        _bn_case(rng, 1, 2, 3, 0.1),
        _bn_case(rng, 3, 2, 2, 0.1),
        _bn_case(rng, 5, 3, 4, 0.3),
        _bn_case(rng, 3, 3, 2, 0.1, scale=0.05),
    ],
    properties=[
        Property("every channel leaves standardised", _standardised),
        Property("the remembered variance is unbiased", _running_is_unbiased),
    ],
    mistakes=[
        Mistake(
            "biased running variance",
            lambda *a: _bn(*a, keep=0),
            "You remember the variance divided by n. For the running variance torch divides by "
            "n - 1: it estimates the variance of data to come.",
            "14, step 10",
        ),
        Mistake(
            "unbiased variance in the output",
            lambda *a: _bn(*a, use=1),
            "You normalise with the variance divided by n - 1. The batch itself is standardised "
            "with n; n - 1 is for the running variance only.",
            "14, step 10",
        ),
        Mistake(
            "running statistics used in training",
            lambda *a: _bn(*a, running=True),
            "You normalised with the running statistics: that is the eval mode. In training the "
            "batch's own are used, and the running ones are only updated.",
            "14, step 10",
        ),
        Mistake(
            "each image on its own",
            lambda *a: _bn(*a, dims=(2, 3)),
            "You normalise each image by itself (instance norm). The statistics of a channel are "
            "taken over batch, height and width.",
            "14, step 10",
        ),
        Mistake(
            "all channels together",
            lambda *a: _bn(*a, dims=(0, 1, 2, 3)),
            "You took one mean and one variance for all channels. Each channel has its own.",
            "14, step 10",
        ),
        Mistake(
            "momentum turned",
            lambda *a: _bn(*a, turn=1),
            "In torch the momentum is the share of the new value: 0.9 old + 0.1 new, not the "
            "reverse.",
            "14, step 10",
        ),
        Mistake(
            "running statistics replaced",
            _bn_forgets,
            "You replaced the running statistics by the batch's. They move by the share momentum.",
            "14, step 10",
        ),
        Mistake(
            "weight and bias forgotten",
            _no_affine,
            "The learnt weight and bias of each channel are missing at the end.",
            "14, step 10",
        ),
        Mistake(
            "eps outside the root",
            lambda *a: _bn(*a, eps_in=False),
            "The 1e-5 belongs under the root, to the variance.",
            "14, step 10",
        ),
    ],
    hints=[
        "One mean and one variance per channel: which three dimensions do you average over?",
        "Normalise with x.var((0, 2, 3), correction=0); remember correction=1. "
        "new = (1 - momentum) · old + momentum · batch.",
    ],
)

# ---- layer norm --------------------------------------------------------------------------------


def layer_norm_reference(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """LayerNorm over the last dimension. x: (..., D), weight, bias: (D,) -> (..., D); eps 1e-5."""
    mean = x.mean(-1, keepdim=True)
    var = x.var(-1, correction=0, keepdim=True)
    return weight * (x - mean) / (var + 1e-5).sqrt() + bias


def _ln(x, w, b, *, dims=-1, correction=0, eps_in=True, centre=True, affine=True):
    mean = x.mean(dims, keepdim=True) if centre else 0.0
    var = (
        x.var(dims, correction=correction, keepdim=True)
        if centre
        else x.square().mean(dims, keepdim=True)
    )
    scale = (var + 1e-5).sqrt() if eps_in else var.sqrt() + 1e-5
    out = (x - mean) / scale
    return w * out + b if affine else out


def _alone_or_together(f, rng) -> str | None:
    x, one, zero = _normal(rng, 4, 6), torch.ones(6).double(), torch.zeros(6).double()
    together = f(x, one, zero)
    alone = torch.cat([f(row[None], one, zero) for row in x])
    worst = float((together - alone).abs().max())
    if not worst < 1e-9:
        return (
            "an example's output must not depend on its neighbours in the batch; computed alone, "
            f"yours differs by {worst:.3g}."
        )
    return None


def _ln_standardised(f, rng) -> str | None:
    x, one, zero = 2 * _normal(rng, 3, 50) + 7, torch.ones(50).double(), torch.zeros(50).double()
    out = f(x, one, zero)
    mean, var = float(out.mean(-1).abs().max()), float(out.var(-1, correction=0)[0])
    if not (mean < 1e-6 and abs(var - 1) < 1e-4):
        return f"each row should have mean 0 and variance 1; yours: up to {mean:.3g} and {var:.4g}."
    return None


layer_norm = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=layer_norm_reference,
    cases=lambda rng: [
        (_normal(rng, 1, 4), 1 + 0.2 * _normal(rng, 4), _normal(rng, 4)),
        (_normal(rng, 3, 4) + 2, 1 + 0.2 * _normal(rng, 4), _normal(rng, 4)),
        (0.05 * _normal(rng, 2, 3, 5), 1 + 0.2 * _normal(rng, 5), _normal(rng, 5)),
    ],
    properties=[
        Property("every example for itself", _alone_or_together),
        Property("rows leave standardised", _ln_standardised),
    ],
    mistakes=[
        Mistake(
            "statistics over the batch",
            lambda x, weight, bias: _ln(x, weight, bias, dims=0),
            "You normalise over dimension 0, the batch, as BatchNorm does. LayerNorm takes the "
            "last dimension, so every example stands for itself.",
            "14, step 11",
        ),
        Mistake(
            "statistics over everything",
            lambda x, weight, bias: _ln(x, weight, bias, dims=tuple(range(x.ndim))),
            "You took one mean and variance for the whole tensor. Use dim=-1, keepdim=True.",
            "14, step 11",
        ),
        Mistake(
            "unbiased variance",
            lambda x, weight, bias: _ln(x, weight, bias, correction=1),
            "You divided by D - 1 (the default of .var and .std). LayerNorm divides by D: "
            "correction=0.",
            "14, step 11",
        ),
        Mistake(
            "eps outside the root",
            lambda x, weight, bias: _ln(x, weight, bias, eps_in=False),
            "The 1e-5 belongs under the root, to the variance.",
            "14, step 11",
        ),
        Mistake(
            "mean not subtracted",
            lambda x, weight, bias: _ln(x, weight, bias, centre=False),
            "You divide by the root mean square without subtracting the mean: that is RMSNorm.",
            "14, step 11",
        ),
        Mistake(
            "weight and bias forgotten",
            lambda x, weight, bias: _ln(x, weight, bias, affine=False),
            "The learnt weight and bias are missing at the end.",
            "14, step 11",
        ),
    ],
    hints=[
        "Which dimension holds the features of one example? Keep it for broadcasting.",
        "mean and var over dim -1 with keepdim=True and correction=0; then weight · ... + bias.",
    ],
)

# ---- spectral norm -----------------------------------------------------------------------------


def spectral_norm_reference(weight: Tensor, u: Tensor, n_steps: int) -> Tensor:
    """Largest singular value by power iteration.

    weight: (O, ...), flattened to (O, I); u: (O,) start vector; n_steps >= 1 -> scalar.
    """
    matrix = weight.flatten(1)  # (O, I): a kernel (O, C, k, k) becomes (O, C k k)
    for _ in range(n_steps):
        v = matrix.T @ u
        v = v / v.norm()
        u = matrix @ v
        u = u / u.norm()
    return u @ matrix @ v


def _scaled(f, rng) -> str | None:
    weight, u = _normal(rng, 3, 4), _normal(rng, 3)
    one, three = float(f(weight, u, 100)), float(f(3 * weight, u, 100))
    if not abs(three - 3 * one) < 1e-6 * abs(one):
        return f"three times the matrix stretches three times as much: {one:.4g} but {three:.4g}."
    return None


def _diagonal(f, rng) -> str | None:
    got = float(f(torch.tensor([[2.0, 0.0], [0.0, -5.0]], dtype=torch.double), _normal(rng, 2), 60))
    if not abs(got - 5) < 1e-6:
        return f"diag(2, -5) stretches by at most 5, you return {got:.4g}."
    return None


def _with_gap(rng: torch.Generator, *shape: int) -> Tensor:
    """A weight whose singular values fall by half, so that 60 steps reach machine precision."""
    rows, cols = shape[0], int(torch.tensor(shape[1:]).prod())
    n = min(rows, cols)
    left = torch.linalg.qr(_normal(rng, rows, n)).Q
    right = torch.linalg.qr(_normal(rng, cols, n)).Q
    return (left * (3.0 * 0.5 ** torch.arange(n, dtype=torch.double)) @ right.T).reshape(shape)


def _power(weight, u, n_steps, *, squared=False):
    matrix = weight.flatten(1)
    for _ in range(n_steps):
        v = matrix.T @ u
        v = v / v.norm()
        u = matrix @ v
        u = u / u.norm()
    sigma = u @ matrix @ v
    return sigma**2 if squared else sigma


def _not_normalised(weight, u, n_steps):
    matrix = weight.flatten(1)
    for _ in range(n_steps):
        v = matrix.T @ u
        u = matrix @ v
    return u @ matrix @ v


def _rayleigh_start(weight, u, n_steps):
    matrix = weight.flatten(1)
    v = matrix.T @ u
    v = v / v.norm()
    u = matrix @ v
    u = u / u.norm()
    return u @ matrix @ v


spectral_norm = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=8,
    reference=spectral_norm_reference,
    cases=lambda rng: [
        (torch.tensor([[3.0, 0.0], [4.0, 1.0]], dtype=torch.double), _normal(rng, 2), 60),
        (_with_gap(rng, 1, 5), _normal(rng, 1), 60),
        (_with_gap(rng, 3, 5), _normal(rng, 3), 60),
        (_with_gap(rng, 4, 2, 3, 3), _normal(rng, 4), 60),
    ],
    properties=[
        Property("a diagonal matrix", _diagonal),
        Property("it scales with the matrix", _scaled),
    ],
    mistakes=[
        Mistake(
            "Frobenius norm",
            lambda weight, u, n_steps: weight.norm(),
            "That is the root of the sum of all squares. It is never smaller than the largest "
            "singular value, which asks for the worst direction only.",
            "14, step 12",
        ),
        Mistake(
            "squared",
            lambda weight, u, n_steps: _power(weight, u, n_steps, squared=True),
            "Your value is the eigenvalue of W W^T: the square of the singular value.",
            "14, step 12",
        ),
        Mistake(
            "vectors not normalised",
            _not_normalised,
            "Without dividing by their norms the vectors grow or vanish with every step, and so "
            "does your answer.",
            "14, step 12",
        ),
        Mistake(
            "one step only",
            _rayleigh_start,
            "You took a single step from the start vector: that gives a lower bound. Repeat it "
            "n_steps times.",
            "14, step 12",
        ),
        Mistake(
            "largest entry",
            lambda weight, u, n_steps: weight.abs().max(),
            "The largest entry is only a lower bound: entries of a row act together.",
            "14, step 12",
        ),
        Mistake(
            "sum of the singular values",
            lambda weight, u, n_steps: torch.linalg.svdvals(weight.flatten(1)).sum(),
            "You added all singular values (the nuclear norm). The spectral norm is the largest.",
            "14, step 12",
        ),
    ],
    hints=[
        "Multiply a vector by W^T and W again and again: the direction stretched most wins.",
        "v = W^T u, normalise; u = W v, normalise; repeat. At the end sigma = u^T W v.",
    ],
)
