"""Exercises of lesson 12: entropy, KL, Jensen-Shannon, Wasserstein, estimators, a bound."""

import math

import torch
from torch import Tensor

from course_utils.exercises import Exercise, Mistake, Property

LESSON = "12_information_and_kl"


def _simplex(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.double).softmax(-1)


def _normal(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.double)


def _d(*values) -> Tensor:
    return torch.tensor(values, dtype=torch.double)


# ---- entropy -----------------------------------------------------------------------------------


def entropy_reference(p: Tensor) -> Tensor:
    """Average surprise -sum p log p. p: (..., K), rows sum to 1 -> (...), nats; 0 log 0 = 0."""
    surprise = -torch.where(p > 0, p, 1.0).log()  # log 1 = 0 stands in where p = 0
    return (p * surprise).sum(-1)


def _uniform_is_log_k(f, rng) -> str | None:
    got = float(f(torch.full((8,), 1 / 8, dtype=torch.double)))
    if abs(got - math.log(8)) > 1e-6:
        return (
            f"8 equally likely classes have entropy log 8 = {math.log(8):.4f} nats, not {got:.4f}."
        )
    return None


def _certain_is_zero(f, rng) -> str | None:
    got = float(f(_d(0.0, 1.0, 0.0)))
    if not abs(got) < 1e-9:
        return (
            f"a certain outcome, p = [0, 1, 0], surprises nobody: 0 nats, but you return {got:.4g}."
        )
    return None


_ZERO = "0 · log 0 is 0 · (-inf) = NaN for a computer; the limit of p log p at 0 is 0."
_BASE_2 = "You used log2: your unit is the bit. One bit is log 2 = 0.693 nats; the course uses ln."
_SIGN = (
    "log p is negative, so the average surprise needs a minus sign. An entropy of classes is >= 0."
)
_MEAN = (
    "You averaged over the classes. The weights p already make an average; "
    "a mean divides by K once more."
)

entropy = Exercise(
    lesson=LESSON,
    difficulty=1,
    minutes=4,
    reference=entropy_reference,
    cases=lambda rng: [
        (_d(0.5, 0.25, 0.25),),
        (_d([1.0, 0.0, 0.0]),),  # a batch of one, and 0 log 0
        (_simplex(rng, 3, 4),),
        (_simplex(rng, 2, 3, 5),),
    ],
    properties=[
        Property("log K for K equally likely classes", _uniform_is_log_k),
        Property("0 for a certain outcome", _certain_is_zero),
    ],
    mistakes=[
        Mistake("0 log 0 becomes NaN", lambda p: -(p * p.log()).sum(-1), _ZERO, "12, step 2"),
        Mistake(
            "base-2 logarithm", lambda p: entropy_reference(p) / math.log(2), _BASE_2, "12, step 2"
        ),
        Mistake(
            "base-2 logarithm, and 0 log 0",
            lambda p: -(p * p.log2()).sum(-1),
            f"{_BASE_2} And {_ZERO}",
            "12, step 2",
        ),
        Mistake("missing minus sign", lambda p: -entropy_reference(p), _SIGN, "12, step 1"),
        Mistake(
            "missing minus sign, and 0 log 0",
            lambda p: (p * p.log()).sum(-1),
            f"{_SIGN} And {_ZERO}",
            "12, step 1",
        ),
        Mistake(
            "mean instead of sum",
            lambda p: entropy_reference(p) / p.shape[-1],
            _MEAN,
            "12, step 2",
        ),
        Mistake(
            "mean instead of sum, and 0 log 0",
            lambda p: -(p * p.log()).mean(-1),
            f"{_MEAN} And {_ZERO}",
            "12, step 2",
        ),
        Mistake(
            "sum over the batch, too",
            lambda p: entropy_reference(p).sum(),
            "You summed over every dimension. Only the last one holds the classes: use .sum(-1).",
            "12, step 2",
        ),
        Mistake(
            "sum over the first dimension",
            lambda p: -torch.special.xlogy(p, p).sum(0),
            "You summed over dimension 0, which is the batch. The classes are the last: .sum(-1).",
            "12, step 2",
        ),
        Mistake(
            "unweighted surprise",
            lambda p: -torch.where(p > 0, p, 1.0).log().sum(-1),
            "You added the surprises of the classes. The average weights each by how often it "
            "happens, p.",
            "12, step 2",
        ),
    ],
    hints=[
        "Entropy is the average of the surprise -log p. Which weights does the average use?",
        "(p * surprise).sum(-1). For p = 0 replace the number inside the log by 1 first "
        "(torch.where), or use torch.xlogy(p, p).",
    ],
)

# ---- KL of two categorical distributions -------------------------------------------------------


def kl_categorical_reference(p: Tensor, q: Tensor) -> Tensor:
    """KL(p || q) = sum p log(p / q). p, q: (..., K), rows sum to 1 -> (...), nats.

    Classes with p = 0 cost nothing; the value is inf where q = 0 < p.
    """
    happens = p > 0
    log_p = torch.where(happens, p, 1.0).log()
    log_q = torch.where(happens, q, 1.0).log()
    return (p * (log_p - log_q)).sum(-1)


def _never_happens(f, rng) -> str | None:
    got = float(f(_d(0.5, 0.5, 0.0), _d(0.25, 0.25, 0.5)))
    if not abs(got - math.log(2)) < 1e-6:
        return (
            f"p = [0.5, 0.5, 0], q = [0.25, 0.25, 0.5]: a class that p never draws costs nothing, "
            f"the answer is log 2 = 0.6931, you return {got:.4g}. (0 · log 0 counts as 0.)"
        )
    return None


def _forbidden(f, rng) -> str | None:
    got = float(f(_d(0.5, 0.5), _d(1.0, 0.0)))
    if got != math.inf:
        return (
            f"q = [1, 0] forbids what p = [0.5, 0.5] does: the answer is inf, you return {got:.4g}."
        )
    return None


def _kl_not_negative(f, rng) -> str | None:
    p, q = _simplex(rng, 200, 5), _simplex(rng, 200, 5)
    low = float(f(p, q).min())
    return f"on 200 random pairs your smallest value is {low:.4f} < 0." if low < -1e-9 else None


def _rows_sum(f):
    return lambda p, q: f(p, q).sum(-1)


kl_categorical = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=kl_categorical_reference,
    cases=lambda rng: [
        (_d(0.5, 0.3, 0.2), _d(0.1, 0.2, 0.7)),
        (_simplex(rng, 1, 4), _simplex(rng, 1, 4)),
        (_simplex(rng, 3, 5), _simplex(rng, 3, 5)),
        (_d(0.5, 0.5), _d(0.5, 0.5)),
    ],
    properties=[
        Property("never negative", _kl_not_negative),
        Property("a class that never happens costs nothing", _never_happens),
        Property("infinite where q forbids what p does", _forbidden),
    ],
    mistakes=[
        Mistake(
            "swapped arguments",
            lambda p, q: (q * (q / p).log()).sum(-1),
            "You computed KL(q‖p). The first argument is the distribution you average over, "
            "and the "
            "one on top of the ratio. (F.kl_div(log_q, p) takes them the other way round.)",
            "12, step 4",
        ),
        Mistake(
            "cross-entropy for KL",
            lambda p, q: -(p * q.log()).sum(-1),
            "You computed CE(p, q) = H(p) + KL(p‖q). Subtract the entropy of p: a divergence is 0 "
            "where p = q.",
            "12, step 3",
        ),
        Mistake(
            "base-2 logarithm",
            lambda p, q: (p * (p / q).log2()).sum(-1),
            _BASE_2,
            "12, step 2",
        ),
        Mistake(
            "absolute log ratio",
            lambda p, q: (p * (p / q).log().abs()).sum(-1),
            "You took the absolute value of each log ratio. Single terms may be negative; their "
            "p-weighted sum is not (Jensen), so no absolute value is needed.",
            "12, step 5",
        ),
        Mistake(
            "squared log ratio",
            lambda p, q: (p * (p / q).log() ** 2).sum(-1),
            "You squared the log ratio. KL is the mean of the log ratio itself.",
            "12, step 4",
        ),
        Mistake(
            "mean instead of sum",
            lambda p, q: (p * (p / q).log()).mean(-1),
            _MEAN,
            "12, step 2",
        ),
        Mistake(
            "sum over the batch, too",
            lambda p, q: (p * (p / q).log()).sum(),
            "You summed over every dimension; only the last one holds the classes. Keep one value "
            "per example.",
            "12, step 4",
        ),
        Mistake(
            "minus sign too many",
            lambda p, q: -(p * (p / q).log()).sum(-1),
            "Your value is -KL. Either the minus sign or the ratio is upside down: p on top, no "
            "minus.",
            "12, step 4",
        ),
        Mistake(
            "divided by the batch",
            lambda p, q: (p * (p / q).log()).sum() / len(p),
            'F.kl_div(..., reduction="batchmean") sums everything and divides by the first '
            'dimension. Use reduction="none" and .sum(-1), or write the sum yourself.',
            "12, step 4",
        ),
        Mistake(
            "unweighted log ratio",
            lambda p, q: (p / q).log().sum(-1),
            "You added the log ratios of the classes without the weights p.",
            "12, step 4",
        ),
    ],
    hints=[
        "KL is the average, over draws from p, of log p - log q.",
        "Write log p - log q first, weight it with p, sum over the last dimension. Where p = "
        "0 put 1 "
        "inside both logarithms (torch.where).",
    ],
)

# ---- KL of two Gaussians -----------------------------------------------------------------------


def kl_gaussian_reference(mu_q: Tensor, logvar_q: Tensor, mu_p: Tensor, logvar_p: Tensor) -> Tensor:
    """KL(q || p) of two diagonal Gaussians, summed over dimensions.

    mu_q, logvar_q, mu_p, logvar_p: (..., D), logvar = log sigma^2 -> (...), nats.
    """
    var_q, var_p = logvar_q.exp(), logvar_p.exp()
    per_dim = logvar_p - logvar_q + (var_q + (mu_q - mu_p) ** 2) / var_p - 1
    return 0.5 * per_dim.sum(-1)


def _zero_at_equal(f, rng) -> str | None:
    mu, logvar = _normal(rng, 3, 4), _normal(rng, 3, 4)
    worst = float(f(mu, logvar, mu, logvar).abs().max())
    return f"for q = p the KL is 0, you return {worst:.4g}." if not worst < 1e-9 else None


def _gaussian_not_negative(f, rng) -> str | None:
    low = float(f(*(_normal(rng, 200, 3) for _ in range(4))).min())
    return f"on 200 random pairs your smallest value is {low:.4f} < 0." if low < -1e-9 else None


def _same_under_shift(f, rng) -> str | None:
    a, b, c, d = (_normal(rng, 1, 3) for _ in range(4))
    before, after = float(f(a, b, c, d)), float(f(a + 7, b, c + 7, d))
    if not abs(before - after) < 1e-6:
        return f"moving q and p together by 7 changes your value from {before:.4f} to {after:.4f}."
    return None


def _per_dim(mu_q, logvar_q, mu_p, logvar_p):
    shift = (mu_q - mu_p) ** 2
    return logvar_p - logvar_q + (logvar_q.exp() + shift) / logvar_p.exp() - 1


_NO_HALF = "Your value is twice the KL: the 1/2 of the Gaussian exponent got lost while collecting."
_BATCH = (
    "You summed over the batch as well. Sum over the last dimension only: one value per example."
)
_DIMS = (
    "You averaged over the D dimensions. Independent dimensions add: the KL of a D-dimensional "
    "Gaussian is a sum, and a mean makes the regulariser of a VAE D times too weak."
)

kl_gaussian = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=8,
    reference=kl_gaussian_reference,
    cases=lambda rng: [
        (_d(1.0, 0.0), _d(0.0, -1.0), _d(0.0, 0.5), _d(1.0, 0.5)),
        tuple(_normal(rng, 1, 3) for _ in range(4)),
        tuple(_normal(rng, 3, 4) for _ in range(4)),
    ],
    properties=[
        Property("zero for q = p", _zero_at_equal),
        Property("never negative", _gaussian_not_negative),
        Property("unchanged when both move together", _same_under_shift),
    ],
    mistakes=[
        Mistake(
            "swapped arguments",
            lambda mu_q, logvar_q, mu_p, logvar_p: kl_gaussian_reference(
                mu_p, logvar_p, mu_q, logvar_q
            ),
            "You computed KL(p‖q). The variance of p, the second distribution, is the one in the "
            "denominator.",
            "12, line 5",
        ),
        Mistake("missing 1/2", lambda *a: _per_dim(*a).sum(-1), _NO_HALF, "12, line 5"),
        Mistake(
            "mean over the dimensions", lambda *a: 0.5 * _per_dim(*a).mean(-1), _DIMS, "12, line 7"
        ),
        Mistake(
            "sum over the batch, too", lambda *a: 0.5 * _per_dim(*a).sum(), _BATCH, "12, line 7"
        ),
        Mistake(
            "mean over everything",
            lambda *a: 0.5 * _per_dim(*a).mean(),
            f"{_DIMS} And the batch is not averaged here: return one value per example.",
            "12, line 7",
        ),
        Mistake(
            "1/2 on the log term only",
            lambda mu_q, logvar_q, mu_p, logvar_p: (
                0.5 * (logvar_p - logvar_q)
                + (logvar_q.exp() + (mu_q - mu_p) ** 2) / logvar_p.exp()
                - 1
            ).sum(-1),
            "You halved the log term only. Lines 2 and 4 are divided by 2 sigma², so the 1/2 "
            "stands in front of the whole bracket.",
            "12, line 5",
        ),
        Mistake(
            "no sum at all",
            lambda *a: 0.5 * _per_dim(*a),
            "Each dimension has its term; you return them all. Add them up with .sum(-1).",
            "12, line 7",
        ),
        Mistake(
            "logvar taken for the variance",
            lambda mu_q, logvar_q, mu_p, logvar_p: (
                0.5 * (logvar_p - logvar_q + (logvar_q + (mu_q - mu_p) ** 2) / logvar_p - 1).sum(-1)
            ),
            "You used logvar where the variance belongs. The variance is logvar.exp().",
            "12, line 6",
        ),
        Mistake(
            "standard deviation for the variance",
            lambda mu_q, logvar_q, mu_p, logvar_p: (
                0.5
                * (
                    logvar_p
                    - logvar_q
                    + ((0.5 * logvar_q).exp() + (mu_q - mu_p) ** 2) / (0.5 * logvar_p).exp()
                    - 1
                ).sum(-1)
            ),
            "exp(0.5 · logvar) is sigma. The ratio holds variances: exp(logvar).",
            "12, line 6",
        ),
        Mistake(
            "logvar taken for log sigma",
            lambda mu_q, logvar_q, mu_p, logvar_p: kl_gaussian_reference(
                mu_q, 2 * logvar_q, mu_p, 2 * logvar_p
            ),
            "You squared exp(logvar). logvar is already log sigma², so exp(logvar) is the "
            "variance.",
            "12, line 6",
        ),
        Mistake(
            "forgotten -1",
            lambda *a: 0.5 * (_per_dim(*a) + 1).sum(-1),
            "The -1 in each dimension is missing: it is what E[(x - mu_q)²]/var_q leaves "
            "behind, and "
            "it makes the KL 0 at q = p.",
            "12, line 5",
        ),
        Mistake(
            "shift not divided by the variance",
            lambda mu_q, logvar_q, mu_p, logvar_p: (
                0.5
                * (logvar_p - logvar_q + (logvar_q - logvar_p).exp() + (mu_q - mu_p) ** 2 - 1).sum(
                    -1
                )
            ),
            "(mu_q - mu_p)² must be divided by the variance of p: a shift of 1 is far for a "
            "narrow p "
            "and near for a wide one.",
            "12, line 4",
        ),
    ],
    hints=[
        "Write the KL of one dimension (line 6), then sum over the last dimension.",
        "var = logvar.exp(); inside the bracket: logvar_p - logvar_q + (var_q + shift²) / "
        "var_p - 1.",
    ],
)


def kl_std_normal_reference(mu: Tensor, logvar: Tensor) -> Tensor:
    """KL(N(mu, diag exp(logvar)) || N(0, I)). mu, logvar: (..., D) -> (...), nats."""
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(-1)


def _gradient_pulls_home(f, rng) -> str | None:
    mu = _d([2.0, -1.0]).requires_grad_()
    logvar = _d([1.0, -1.0]).requires_grad_()
    f(mu, logvar).sum().backward()
    if mu.grad is None or not torch.allclose(mu.grad, mu.detach()):
        got = None if mu.grad is None else [round(g, 3) for g in mu.grad.flatten().tolist()]
        return f"at mu = [2, -1] the gradient with respect to mu is [2, -1], yours is {got}."
    return None


def _home_is_zero(f, rng) -> str | None:
    got = float(f(torch.zeros(1, 3).double(), torch.zeros(1, 3).double()))
    return f"N(0, I) against itself is 0, you return {got:.4f}." if not abs(got) < 1e-9 else None


def _article_r75(mu: Tensor, logvar: Tensor) -> Tensor:
    sigma = (0.5 * logvar).exp()
    inside = -(sigma / math.sqrt(2 * math.pi)).log() - (mu**2 + sigma**2) / (2 * sigma**2)
    return inside.sum(-1)


kl_std_normal = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=4,
    reference=kl_std_normal_reference,
    cases=lambda rng: [
        (_d(1.0, 0.0), _d(0.0, -1.0)),
        (_normal(rng, 1, 3), _normal(rng, 1, 3)),
        (_normal(rng, 3, 4), _normal(rng, 3, 4)),
    ],
    properties=[
        Property("zero at N(0, I)", _home_is_zero),
        Property("its gradient pulls mu to 0", _gradient_pulls_home),
    ],
    mistakes=[
        Mistake(
            "one log density, not a ratio",
            _article_r75,
            "You return the mean of one (garbled) log density, -log(sigma/√2π) - z²/2sigma², "
            "as one "
            "article does. A KL compares two densities; this one is 0.419 at N(0, 1) and has no "
            "lower bound.",
            "12, find the bug 1",
        ),
        Mistake(
            "always zero",
            lambda mu, logvar: 0 * (mu + logvar).sum(-1),
            "Your value is 0 for every q: you subtracted a quantity from itself. It cannot "
            "regularise "
            "anything, its gradient is 0 everywhere.",
            "12, errata table",
        ),
        Mistake(
            "sign flipped",
            lambda mu, logvar: -kl_std_normal_reference(mu, logvar),
            "You return -KL. In code the usual form is -0.5 · (1 + logvar - mu² - var): the minus "
            "belongs to a bracket with the signs turned round.",
            "12, line 8",
        ),
        Mistake(
            "missing 1/2",
            lambda mu, logvar: 2 * kl_std_normal_reference(mu, logvar),
            _NO_HALF,
            "12, line 5",
        ),
        Mistake(
            "mean over the dimensions",
            lambda mu, logvar: kl_std_normal_reference(mu, logvar) / mu.shape[-1],
            _DIMS,
            "12, line 7",
        ),
        Mistake(
            "mean over everything",
            lambda mu, logvar: (kl_std_normal_reference(mu, logvar) / mu.shape[-1]).mean(),
            f"{_DIMS} And the batch is not averaged here: return one value per example.",
            "12, line 7",
        ),
        Mistake(
            "log(exp(sigma)) for log(sigma²)",
            lambda mu, logvar: 0.5 * (mu**2 + logvar.exp() - (0.5 * logvar).exp() - 1).sum(-1),
            "log(exp(sigma)) is just sigma. The formula holds log sigma², which is logvar itself.",
            "12, line 8",
        ),
        Mistake(
            "log(exp(sigma)) for log(sigma²), sign flipped",
            lambda mu, logvar: -0.5 * (mu**2 + logvar.exp() - (0.5 * logvar).exp() - 1).sum(-1),
            "log(exp(sigma)) is just sigma; the formula holds log sigma², which is logvar. And "
            "your bracket needs no minus sign in front.",
            "12, line 8",
        ),
        Mistake(
            "sum over the batch, too",
            lambda mu, logvar: kl_std_normal_reference(mu, logvar).sum(),
            _BATCH,
            "12, line 7",
        ),
        Mistake(
            "mean over the batch, too",
            lambda mu, logvar: kl_std_normal_reference(mu, logvar).mean(),
            "You averaged over the batch. Training code does that later; this function returns one "
            "value per example.",
            "12, line 7",
        ),
        Mistake(
            "swapped arguments",
            lambda mu, logvar: 0.5 * (logvar + (1 + mu**2) / logvar.exp() - 1).sum(-1),
            "You computed KL(N(0, I)‖q). Here q comes first; nothing is divided by its variance.",
            "12, line 8",
        ),
        Mistake(
            "logvar taken for log sigma",
            lambda mu, logvar: kl_std_normal_reference(mu, 2 * logvar),
            "You squared exp(logvar). logvar is log sigma², so exp(logvar) is already the "
            "variance.",
            "12, line 6",
        ),
        Mistake(
            "standard deviation for the variance",
            lambda mu, logvar: 0.5 * (mu**2 + (0.5 * logvar).exp() - 1 - logvar).sum(-1),
            "exp(0.5 · logvar) is sigma; the formula holds the variance, exp(logvar).",
            "12, line 6",
        ),
        Mistake(
            "forgotten -1",
            lambda mu, logvar: 0.5 * (mu**2 + logvar.exp() - logvar).sum(-1),
            "The -1 in each dimension is missing; without it the KL at N(0, I) is D/2, not 0.",
            "12, line 5",
        ),
    ],
    hints=[
        "Set mu_p = 0 and logvar_p = 0 in the formula of the two Gaussians.",
        "0.5 * (mu² + var - 1 - logvar), summed over the last dimension.",
    ],
)

# ---- Jensen-Shannon ----------------------------------------------------------------------------


def js_divergence_reference(p: Tensor, q: Tensor) -> Tensor:
    """Jensen-Shannon divergence. p, q: (..., K), rows sum to 1 -> (...), nats, at most log 2."""
    m = 0.5 * (p + q)  # the mixture: half the draws from p, half from q
    return 0.5 * kl_categorical_reference(p, m) + 0.5 * kl_categorical_reference(q, m)


def _js_symmetric(f, rng) -> str | None:
    p, q = _simplex(rng, 50, 4), _simplex(rng, 50, 4)
    gap = float((f(p, q) - f(q, p)).abs().max())
    return f"js(p, q) and js(q, p) differ by up to {gap:.4f}." if not gap < 1e-9 else None


def _js_disjoint(f, rng) -> str | None:
    got = float(f(_d(0.5, 0.5, 0.0, 0.0), _d(0.0, 0.0, 0.5, 0.5)))
    if not abs(got - math.log(2)) < 1e-6:
        return (
            f"for disjoint p = [.5, .5, 0, 0], q = [0, 0, .5, .5] it is log 2 = 0.6931, you return "
            f"{got:.4g}."
        )
    return None


_KL = kl_categorical_reference

js_divergence = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=js_divergence_reference,
    cases=lambda rng: [
        (_d(0.5, 0.3, 0.2), _d(0.1, 0.2, 0.7)),
        (_simplex(rng, 1, 4), _simplex(rng, 1, 4)),
        (_simplex(rng, 3, 5), _simplex(rng, 3, 5)),
    ],
    properties=[
        Property("symmetric", _js_symmetric),
        Property("log 2 for disjoint distributions", _js_disjoint),
    ],
    mistakes=[
        Mistake(
            "missing 1/2",
            lambda p, q: 2 * js_divergence_reference(p, q),
            "You added the two KLs; each counts one half, because the label is fake half of "
            "the time. "
            "Your maximum is 2 log 2.",
            "12, step 10",
        ),
        Mistake(
            "KL to each other, not to the mixture",
            lambda p, q: 0.5 * _KL(p, q) + 0.5 * _KL(q, p),
            "You averaged KL(p‖q) and KL(q‖p) (Jeffreys). JS compares each with the mixture "
            "m = (p + q)/2, which is why it stays finite.",
            "12, step 10",
        ),
        Mistake(
            "mixture without its 1/2",
            lambda p, q: (
                0.5 * ((p * (p / (p + q)).log()).sum(-1) + (q * (q / (p + q)).log()).sum(-1))
            ),
            "Your m = p + q sums to 2: it is no distribution, and your value is JS - log 2.",
            "12, step 10",
        ),
        Mistake(
            "base-2 logarithm",
            lambda p, q: js_divergence_reference(p, q) / math.log(2),
            _BASE_2,
            "12, step 2",
        ),
        Mistake(
            "swapped arguments",
            lambda p, q: 0.5 * _KL(0.5 * (p + q), p) + 0.5 * _KL(0.5 * (p + q), q),
            "You put the mixture first, KL(m‖p). p and q come first: the average is over "
            "their draws.",
            "12, step 10",
        ),
        Mistake(
            "one half of the sum only",
            lambda p, q: _KL(p, 0.5 * (p + q)),
            "You return KL(p‖m) alone. It is not symmetric; average it with KL(q‖m).",
            "12, step 10",
        ),
        Mistake(
            "the distance, not the divergence",
            lambda p, q: js_divergence_reference(p, q).sqrt(),
            "You took the square root. That is the Jensen-Shannon distance (SciPy's jensenshannon "
            "returns it); the divergence is its square.",
            "12, step 10",
        ),
    ],
    hints=[
        "Build the mixture m = (p + q) / 2 first. Which two KLs are averaged?",
        "0.5 * kl_categorical(p, m) + 0.5 * kl_categorical(q, m).",
    ],
)

# ---- Wasserstein -------------------------------------------------------------------------------


def wasserstein_sorted_reference(x: Tensor, y: Tensor) -> Tensor:
    """Wasserstein-1 distance of two samples of equal size. x, y: (N,) -> scalar, unit of x."""
    return (x.sort().values - y.sort().values).abs().mean()


def _order_does_not_matter(f, rng) -> str | None:
    x, y = _normal(rng, 30), _normal(rng, 30) + 1
    shuffled = x[torch.randperm(30, generator=rng)]
    a, b = float(f(x, y)), float(f(shuffled, y))
    if not abs(a - b) < 1e-9:
        return f"shuffling x changes your distance from {a:.4f} to {b:.4f}; a sample has no order."
    return None


def _shift_is_distance(f, rng) -> str | None:
    x = _normal(rng, 40)
    got = float(f(x, x + 3))
    return (
        f"moving a sample by 3 costs 3, you return {got:.4f}." if not abs(got - 3) < 1e-9 else None
    )


wasserstein_sorted = Exercise(
    lesson=LESSON,
    difficulty=1,
    minutes=3,
    reference=wasserstein_sorted_reference,
    cases=lambda rng: [
        (_d(0.0, 1.0, 5.0), _d(2.0, 0.0, 4.0)),
        (_d(1.5), _d(-1.0)),
        (_normal(rng, 20), 2 * _normal(rng, 20) + 0.3),
    ],
    properties=[
        Property("the order of a sample does not matter", _order_does_not_matter),
        Property("a shift by 3 costs 3", _shift_is_distance),
    ],
    mistakes=[
        Mistake(
            "pairs not sorted",
            lambda x, y: (x - y).abs().mean(),
            "You paired the points as they came. The cheapest transport on a line keeps the order: "
            "smallest to smallest.",
            "12, step 12",
        ),
        Mistake(
            "only one sample sorted",
            lambda x, y: (x.sort().values - y).abs().mean(),
            "You sorted x only. Both need it: smallest to smallest, largest to largest.",
            "12, step 12",
        ),
        Mistake(
            "sum instead of mean",
            lambda x, y: (x.sort().values - y.sort().values).abs().sum(),
            "Each of the N points carries mass 1/N: take the mean, or the distance grows with N.",
            "12, step 12",
        ),
        Mistake(
            "difference of the means",
            lambda x, y: (x.mean() - y.mean()).abs(),
            "You compared the means only: a narrow and a wide sample with one mean would be equal. "
            "The absolute value comes before the average.",
            "12, step 12",
        ),
        Mistake(
            "Wasserstein-2",
            lambda x, y: (x.sort().values - y.sort().values).square().mean().sqrt(),
            "You return the root mean square, which is W2. W1 averages the plain distances.",
            "12, step 12",
        ),
        Mistake(
            "squared distances",
            lambda x, y: (x.sort().values - y.sort().values).square().mean(),
            "You averaged squared distances; the unit of W1 is the unit of x, not its square.",
            "12, step 12",
        ),
        Mistake(
            "missing absolute value",
            lambda x, y: (x.sort().values - y.sort().values).mean(),
            "Moves to the left and to the right cancel. Transport costs both ways: take absolute "
            "values.",
            "12, step 12",
        ),
    ],
    hints=[
        "On a line the cheapest plan moves the smallest point of x to the smallest of y, and "
        "so on.",
        "x.sort().values and y.sort().values; then the mean of the absolute differences.",
    ],
)

# ---- Monte Carlo estimators of KL --------------------------------------------------------------


def kl_estimators_reference(log_q: Tensor, log_p: Tensor) -> Tensor:
    """Means of k1, k2, k3 for KL(q || p) from samples of q (Schulman 2020).

    log_q, log_p: (N,) log densities at x ~ q, nats -> (3,), nats.
    """
    log_r = log_p - log_q  # r = p / q: the model we compare with, over the one we drew from
    k1 = -log_r
    k2 = 0.5 * log_r**2
    k3 = log_r.exp() - 1 - log_r
    return torch.stack([k1.mean(), k2.mean(), k3.mean()])


def _estimator_cases(rng: torch.Generator) -> list[tuple]:
    x = _normal(rng, 30)
    return [
        (_d(-1.0, -2.0, -1.5), _d(-1.2, -1.9, -2.5)),
        (_d(-1.0), _d(-1.5)),
        (-0.5 * x**2, -0.5 * (x - 0.7) ** 2),
    ]


def _k3_not_negative(f, rng) -> str | None:
    values = torch.stack([f(_normal(rng, 1), _normal(rng, 1))[2].mean() for _ in range(200)])
    if values.min() < -1e-9:
        return f"k3 of a single sample is never negative, yours goes down to {values.min():.4f}."
    return None


def _k1_sign(f, rng) -> str | None:
    x = _normal(rng, 20_000)
    got = float(f(-0.5 * x**2, -0.5 * (x - 1) ** 2)[0].mean())
    if not 0.45 < got < 0.55:
        return f"for q = N(0, 1), p = N(1, 1) the KL is 0.5 nats, your k1 gives {got:.3f}."
    return None


kl_estimators = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=6,
    reference=kl_estimators_reference,
    cases=_estimator_cases,
    properties=[
        Property("k1 is right for two unit Gaussians", _k1_sign),
        Property("k3 is never negative", _k3_not_negative),
    ],
    mistakes=[
        Mistake(
            "ratio upside down",
            lambda log_q, log_p: kl_estimators_reference(log_p, log_q),
            "Your log r is log q - log p. The samples come from q, so r = p/q: log r = log_p "
            "- log_q. "
            "With the other ratio k1 is minus the KL and k3 estimates nothing.",
            "12, step 13",
        ),
        Mistake(
            "k2 without its 1/2",
            lambda log_q, log_p: kl_estimators_reference(log_q, log_p) * _d(1.0, 2.0, 1.0),
            "k2 is half the squared log ratio: near q = p the KL is half of E[(log r)²].",
            "12, step 13",
        ),
        Mistake(
            "k3 with the sign of log r flipped",
            lambda log_q, log_p: torch.stack(
                [
                    (log_q - log_p).mean(),
                    (0.5 * (log_p - log_q) ** 2).mean(),
                    ((log_p - log_q).exp() - 1 + (log_p - log_q)).mean(),
                ]
            ),
            "k3 = (r - 1) - log r. You added log r, so its mean is -KL.",
            "12, step 13",
        ),
        Mistake(
            "k3 without its -1",
            lambda log_q, log_p: kl_estimators_reference(log_q, log_p) + _d(0.0, 0.0, 1.0),
            "r has mean 1 under q, so r - 1 is the term that adds nothing on average; r "
            "alone adds 1.",
            "12, step 13",
        ),
        Mistake(
            "k1 with the wrong sign",
            lambda log_q, log_p: kl_estimators_reference(log_q, log_p) * _d(-1.0, 1.0, 1.0),
            "k1 = -log r = log q - log p; yours has the mean -KL.",
            "12, step 13",
        ),
        Mistake(
            "sum instead of mean",
            lambda log_q, log_p: kl_estimators_reference(log_q, log_p) * len(log_q),
            "You summed over the samples. An estimate is their mean; yours grows with N.",
            "12, step 13",
        ),
        Mistake(
            "samples weighted by q again",
            lambda log_q, log_p: torch.stack(
                [
                    (log_q.exp() * (log_q - log_p)).mean(),
                    (log_q.exp() * 0.5 * (log_p - log_q) ** 2).mean(),
                    (log_q.exp() * ((log_p - log_q).exp() - 1 - (log_p - log_q))).mean(),
                ]
            ),
            "You multiplied by q(x). The samples were drawn from q, so the plain mean "
            "already weights "
            "by q.",
            "12, step 13",
        ),
    ],
    hints=[
        "Start with log_r = log_p - log_q. The samples come from q.",
        "k1 = -log_r, k2 = log_r²/2, k3 = exp(log_r) - 1 - log_r; stack the three means.",
    ],
)

# ---- The multi-sample bound --------------------------------------------------------------------


def multi_sample_bound_reference(log_w: Tensor) -> Tensor:
    """log of the mean weight, a lower bound of log p(x) on average (Burda et al. 2015, eq. 8).

    log_w: (K, B), log p(x, z_k) - log q(z_k | x) for K draws -> (B,), nats.
    """
    return torch.logsumexp(log_w, dim=0) - math.log(len(log_w))


def _same_weights(f, rng) -> str | None:
    got = f(torch.full((50, 2), -3.0, dtype=torch.double))
    if not (got + 3).abs().max() < 1e-9:
        return f"50 equal log weights of -3 give the bound -3, you return {float(got[0]):.4f}."
    return None


def _survives_underflow(f, rng) -> str | None:
    got = float(f(torch.full((4, 1), -2000.0, dtype=torch.double)))
    if not abs(got + 2000) < 1e-6:
        return f"log weights of -2000 (usual for a picture) give -2000, you return {got:.4g}."
    return None


multi_sample_bound = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=5,
    reference=multi_sample_bound_reference,
    cases=lambda rng: [
        (_d([-1.0], [-2.0], [-4.0]),),
        (_normal(rng, 1, 3),),
        (3 * _normal(rng, 5, 3) - 40,),
    ],
    properties=[
        Property("equal weights", _same_weights),
        Property("no underflow", _survives_underflow),
    ],
    mistakes=[
        Mistake(
            "mean of the logs",
            lambda log_w: log_w.mean(0),
            "You averaged the log weights: that is the ELBO. The log goes outside the average.",
            "12, step 17",
        ),
        Mistake(
            "missing log K",
            lambda log_w: torch.logsumexp(log_w, dim=0),
            "logsumexp adds the weights; their mean needs - log K. Yours grows with K and is "
            "no bound.",
            "12, step 17",
        ),
        Mistake(
            "average over the batch",
            lambda log_w: torch.logsumexp(log_w, dim=1) - math.log(log_w.shape[1]),
            "You averaged over the examples. The K draws are dimension 0.",
            "12, step 17",
        ),
        Mistake(
            "mean weight without the log",
            lambda log_w: log_w.exp().mean(0),
            "You return the mean weight, an estimate of p(x). The bound is its logarithm.",
            "12, step 17",
        ),
        Mistake(
            "largest weight",
            lambda log_w: log_w.max(0).values,
            "You return the largest log weight. The others count, too, and all are divided by K.",
            "12, step 17",
        ),
    ],
    hints=[
        "The bound is log of (1/K · sum of w_k). Which function adds exponentials without "
        "underflow?",
        "torch.logsumexp(log_w, dim=0), then subtract log K with K = log_w.shape[0].",
    ],
)
