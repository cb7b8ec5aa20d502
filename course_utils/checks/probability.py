"""Exercises of lessons 11 (densities, Monte Carlo, maps) and 11b (Bayes, likelihood, chain rule).

Each mistake is a wrong answer people really hand in; the engine recognises it by its numbers.
"""

import math

import torch
from torch import Tensor

from course_utils.exercises import Exercise, Mistake, Property

DENSITIES = "11_probability"
LEARNING = "11b_learning_from_data"


def _normal(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.float64)


# ---- 1. log density of a Gaussian -----------------------------------------------------------


def gaussian_log_prob_reference(x: Tensor, mu: float, sigma: float) -> Tensor:
    """Log density of N(mu, sigma^2). x: (B,), sigma > 0 a standard deviation -> (B,), nats."""
    z = (x - mu) / sigma
    return -0.5 * z**2 - math.log(sigma) - 0.5 * math.log(2 * math.pi)


def _gaussian_log_prob_cases(rng: torch.Generator) -> list[tuple]:
    return [
        (torch.tensor([0.5], dtype=torch.float64), 0.0, 2.0),
        (_normal(rng, 3), 0.3, 0.1),
        (100 * torch.ones(1, dtype=torch.float64), 0.0, 2.0),  # 50 sigma out: exp underflows
        (4 * _normal(rng, 8), -1.0, 3.0),
    ]


def _integrates_to_one(f, rng: torch.Generator) -> str | None:
    x = torch.linspace(-30, 30, 60_001, dtype=torch.float64)
    total = torch.trapezoid(f(x, 1.0, 2.0).exp(), x).item()
    if abs(total - 1) < 1e-6:
        return None
    return f"exp of your answer integrates to {total:.4g} for N(1, 2^2); a density integrates to 1"


gaussian_log_prob = Exercise(
    lesson=DENSITIES,
    difficulty=1,
    minutes=5,
    reference=gaussian_log_prob_reference,
    cases=_gaussian_log_prob_cases,
    properties=[Property("exp of it integrates to 1", _integrates_to_one)],
    mistakes=[
        Mistake(
            "the standard deviation used as a variance",
            lambda x, mu, sigma: (
                -0.5 * ((x - mu) ** 2 / sigma + math.log(sigma) + math.log(2 * math.pi))
            ),
            "You divide (x - mu)^2 by sigma. sigma is the standard deviation, in the unit of x; "
            "the variance sigma^2 belongs there. The two agree only for sigma = 1.",
            see="11, step 3",
        ),
        Mistake(
            "the 1/2 of the exponent is missing",
            lambda x, mu, sigma: (
                -(((x - mu) / sigma) ** 2) - math.log(sigma) - 0.5 * math.log(2 * math.pi)
            ),
            "Without the 1/2 in -(x - mu)^2 / (2 sigma^2) the bell is too narrow by the square "
            "root of 2, and it no longer integrates to 1.",
            see="11, step 3",
        ),
        Mistake(
            "the density instead of its logarithm",
            lambda x, mu, sigma: (
                torch.exp(-0.5 * ((x - mu) / sigma) ** 2) / (sigma * math.sqrt(2 * math.pi))
            ),
            "This is p(x); log p(x) is asked for. Far from the mean p underflows to 0 "
            "while log p is an ordinary number.",
            see="11, step 3",
        ),
        Mistake(
            "the logarithm taken after the density has underflowed",
            lambda x, mu, sigma: torch.log(
                torch.exp(-0.5 * ((x - mu) / sigma) ** 2) / (sigma * math.sqrt(2 * math.pi))
            ),
            "Right near the mean, but 50 sigma out exp(-1250) is 0 in double precision and its log "
            "is -inf. Simplify log(exp(...)) on paper and never build p itself.",
            see="11, step 3",
        ),
        Mistake(
            "bits instead of nats",
            lambda x, mu, sigma: gaussian_log_prob_reference(x, mu, sigma) / math.log(2),
            "You used log2. The course counts in nats (natural logarithm); "
            "divide by log 2 only when you report bits.",
            see="11, step 3",
        ),
        Mistake(
            "the normaliser is missing",
            lambda x, mu, sigma: -0.5 * ((x - mu) / sigma) ** 2,
            "Only the exponent is left. Without -log(sigma sqrt(2 pi)) it does not integrate to 1, "
            "and sigma could not be fitted: the wider the bell, the better every point would look.",
            see="11, step 3",
        ),
        Mistake(
            "2 pi outside the square root",
            lambda x, mu, sigma: (
                -0.5 * ((x - mu) / sigma) ** 2 - math.log(sigma) - math.log(2 * math.pi)
            ),
            "The normaliser is sigma times the square root of 2 pi; its log has half of log(2 pi).",
            see="11, step 3",
        ),
        Mistake(
            "summed over the batch",
            lambda x, mu, sigma: gaussian_log_prob_reference(x, mu, sigma).sum(),
            "You return one number for the whole batch. Keep one log density per point, (B,): "
            "who calls the function decides whether to add or to average.",
            see="11, step 3",
        ),
        Mistake(
            "the sign of a loss",
            lambda x, mu, sigma: -gaussian_log_prob_reference(x, mu, sigma),
            "This is the negative log-likelihood, the loss one minimises. The log density has the "
            "other sign: it is largest at the mean.",
            see="11, step 3",
        ),
        Mistake(
            "half of log sigma",
            lambda x, mu, sigma: (
                -0.5 * ((x - mu) / sigma) ** 2 - 0.5 * math.log(sigma) - 0.5 * math.log(2 * math.pi)
            ),
            "Half of log(sigma^2) is log(sigma). You took half of log(sigma), as if sigma were the "
            "variance in this term only.",
            see="11, step 3",
        ),
    ],
    hints=[
        "Write p(x) = exp(-(x - mu)^2 / (2 sigma^2)) / (sigma sqrt(2 pi)) and take the log on "
        "paper: a product becomes a sum of three terms.",
        "With z = (x - mu) / sigma the three terms are -z**2 / 2, -math.log(sigma) and "
        "-math.log(2 * math.pi) / 2.",
    ],
)


# ---- 2. Monte Carlo mean and its standard error ---------------------------------------------


def monte_carlo_reference(values: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and its standard error. values: (N,), N >= 2 -> (), (), unit of the values."""
    n = len(values)
    mean = values.mean()
    variance = ((values - mean) ** 2).sum() / (n - 1)  # n - 1: the mean was estimated, too
    return mean, (variance / n).sqrt()


def _monte_carlo_cases(rng: torch.Generator) -> list[tuple]:
    return [
        (torch.tensor([1.0, 2.0, 6.0], dtype=torch.float64),),
        (torch.tensor([-1.0, 3.0], dtype=torch.float64),),
        (5 + 2 * _normal(rng, 50),),
    ]


def _error_is_right_size(f, rng: torch.Generator) -> str | None:
    runs = [f(_normal(rng, 10)) for _ in range(300)]
    spread = torch.stack([torch.as_tensor(mean) for mean, _ in runs]).std().item()
    claimed = sum(float(error) for _, error in runs) / len(runs)
    if abs(claimed / spread - 1) < 0.2:
        return None
    return (
        f"300 repetitions with N = 10: the means scatter by {spread:.3f}, "
        f"your standard error says {claimed:.3f}"
    )


monte_carlo = Exercise(
    lesson=DENSITIES,
    difficulty=2,
    minutes=5,
    reference=monte_carlo_reference,
    cases=_monte_carlo_cases,
    properties=[Property("it says how far repeated means scatter", _error_is_right_size)],
    mistakes=[
        Mistake(
            "the spread of the values instead of the error of their mean",
            lambda values: (values.mean(), values.std()),
            "You return s, how far single values scatter; it does not shrink with more "
            "data. The mean of N independent values scatters by s / sqrt(N).",
            see="11, step 6",
        ),
        Mistake(
            "divided by n instead of its square root",
            lambda values: (values.mean(), values.std() / len(values)),
            "The variance of a mean is s^2 / N, so its standard deviation is s / sqrt(N). With "
            "s / N you would claim ten times too much precision at N = 100.",
            see="11, step 6",
        ),
        Mistake(
            "the variance of the mean instead of its root",
            lambda values: (values.mean(), values.var() / len(values)),
            "s^2 / N is a variance, in the squared unit of the values. Take its square root.",
            see="11, step 6",
        ),
        Mistake(
            "n instead of n - 1",
            lambda values: (values.mean(), values.std(correction=0) / math.sqrt(len(values))),
            "You measure the spread around the mean of the same values, which is the point nearest "
            "to them: too small on average. Dividing by N - 1 makes up for it; at N = 2 the "
            "difference is 41 percent.",
            see="11, step 6",
        ),
        Mistake(
            "the variance where the standard deviation belongs",
            lambda values: (values.mean(), values.var() / math.sqrt(len(values))),
            "s^2 / sqrt(N) is in the squared unit of the values; an error of the mean is in their "
            "own unit. The numerator is s, not s^2.",
            see="11, step 6",
        ),
        Mistake(
            "the sum instead of the mean",
            lambda values: (values.sum(), values.std() * math.sqrt(len(values))),
            "This is the sum of the values and the standard error of that sum; an expectation is "
            "estimated by the mean.",
            see="11, step 6",
        ),
    ],
    hints=[
        "Var(mean) = Var(one value) / N if the values are independent. A standard error is "
        "the square root of that.",
        "values.std() already divides by N - 1. What is left is a division by math.sqrt(N).",
    ],
)


# ---- 3. change of variables -----------------------------------------------------------------


def affine_log_prob_reference(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """Log density of x = shift + scale * z, z ~ N(0, I). x: (B, D), others (D,) -> (B,), nats.

    log p(x) = log p_z(z) - sum_d log |scale_d| with z = (x - shift) / scale.
    """
    z = (x - shift) / scale  # (B, D): back to where the density is known
    log_p_z = -0.5 * (z**2 + math.log(2 * math.pi)).sum(-1)  # (B,)
    return log_p_z - scale.abs().log().sum()


def _affine_cases(rng: torch.Generator) -> list[tuple]:
    def double(*values):
        return torch.tensor(values, dtype=torch.float64)

    return [
        (double([3.0]), double(1.0), double(4.0)),  # B = 1, D = 1
        (_normal(rng, 3, 2), double(0.5, -1.0), double(2.0, 0.3)),
        (_normal(rng, 4, 3), double(0.0, 1.0, 2.0), double(-0.5, 3.0, 1.5)),  # a flip
    ]


def _affine_mistake(log_det, z=lambda x, shift, scale: (x - shift) / scale):
    """A wrong answer: another log determinant, or another way back."""

    def answer(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
        base = -0.5 * (z(x, shift, scale) ** 2 + math.log(2 * math.pi)).sum(-1)
        return base - log_det(scale)

    return answer


def _right_log_det(scale: Tensor) -> Tensor:
    return scale.abs().log().sum()


def _total_mass(f, rng: torch.Generator) -> str | None:
    x = torch.linspace(-40, 40, 40_001, dtype=torch.float64)
    one = torch.ones(1, dtype=torch.float64)
    total = torch.trapezoid(f(x[:, None], one, -3 * one).exp(), x).item()
    if abs(total - 1) < 1e-6:
        return None
    return f"for x = 1 - 3 z your density integrates to {total:.4f} instead of 1"


affine_log_prob = Exercise(
    lesson=DENSITIES,
    difficulty=3,
    minutes=8,
    reference=affine_log_prob_reference,
    cases=_affine_cases,
    properties=[Property("the mass is still 1, also after a flip", _total_mass)],
    mistakes=[
        Mistake(
            "the Jacobian is forgotten",
            _affine_mistake(lambda scale: torch.zeros_like(scale).sum()),
            "You look up the density at z and stop. A stretch by 4 spreads the same mass over 4 "
            "times the length, so the density must fall to a quarter.",
            see="11, step 9",
        ),
        Mistake(
            "multiplied by the Jacobian instead of divided",
            _affine_mistake(lambda scale: -_right_log_det(scale)),
            "You add log|scale|: your density grows where space is stretched. The factor is "
            "|dz/dx| = 1 / |dx/dz|.",
            see="11, step 9",
        ),
        Mistake(
            "no absolute value",
            _affine_mistake(lambda scale: scale.log().sum()),
            "A negative scale mirrors the axis, and the log of a negative number is NaN. Lengths "
            "are positive: use log|scale|.",
            see="11, step 9",
        ),
        Mistake(
            "the base density at x instead of at z",
            _affine_mistake(_right_log_det, z=lambda x, shift, scale: x),
            "You evaluate N(0, I) at x. Go back first: z = (x - shift) / scale is the point "
            "that was mapped to x.",
            see="11, step 9",
        ),
        Mistake(
            "the map applied forwards instead of backwards",
            _affine_mistake(_right_log_det, z=lambda x, shift, scale: shift + scale * x),
            "You push x through the map once more. x is its output already: invert it, "
            "z = (x - shift) / scale.",
            see="11, step 9",
        ),
        Mistake(
            "the mean of the log scales instead of their sum",
            _affine_mistake(lambda scale: scale.abs().log().mean()),
            "A box stretched by 2 and by 3 has 6 times the volume: log scales add up over the D "
            "coordinates, they are not averaged.",
            see="11, step 9",
        ),
        Mistake(
            "summed over the batch, too",
            lambda x, shift, scale: affine_log_prob_reference(x, shift, scale).sum(),
            "Sum over the D coordinates of one point (dim=-1) and keep the batch: (B,).",
            see="11, step 9",
        ),
        Mistake(
            "log 2 pi is missing",
            lambda x, shift, scale: (
                -0.5 * (((x - shift) / scale) ** 2).sum(-1) - _right_log_det(scale)
            ),
            "The base N(0, I) needs its normaliser, too: log(2 pi) / 2 for each of D coordinates.",
            see="11, step 9",
        ),
        Mistake(
            "one value per coordinate",
            lambda x, shift, scale: (
                -0.5 * (((x - shift) / scale) ** 2 + math.log(2 * math.pi)) - scale.abs().log()
            ),
            "You return (B, D). The log density of a point is the sum over its coordinates, (B,).",
            see="11, step 9",
        ),
    ],
    hints=[
        "Two things happen to mass: it moves (so look the density up at z, not at x), and it is "
        "spread out (so correct by the stretch).",
        "log p(x) = log N(z | 0, I) - sum over d of log|scale_d|, with z = (x - shift) / scale.",
    ],
)


# ---- 4. chain rule: a sequence under a bigram model -----------------------------------------


def sequence_log_prob_reference(idx: Tensor, log_start: Tensor, log_next: Tensor) -> Tensor:
    """Log probability of symbol sequences under a bigram model.

    idx: (B, T) long, log_start: (V,), log_next: (V, V) as [previous, next] -> (B,), nats.
    log p(x_1 .. x_T) = log p(x_1) + sum_{t=2..T} log p(x_t | x_{t-1}).
    """
    first = log_start[idx[:, 0]]  # (B,)
    steps = log_next[idx[:, :-1], idx[:, 1:]]  # (B, T - 1)
    return first + steps.sum(-1)


def _tables(rng: torch.Generator, n_symbols: int) -> tuple[Tensor, Tensor]:
    log_start = torch.log_softmax(_normal(rng, n_symbols), -1)
    return log_start, torch.log_softmax(2 * _normal(rng, n_symbols, n_symbols), -1)


def _sequence_cases(rng: torch.Generator) -> list[tuple]:
    small, large = _tables(rng, 2), _tables(rng, 5)
    return [
        (torch.tensor([[0, 1, 1]]), *small),
        (torch.tensor([[1, 0], [0, 0], [0, 1]]), *small),
        (torch.randint(5, (3, 6), generator=rng), *large),
        (torch.tensor([[2], [0], [4]]), *large),  # T = 1: only the start
    ]


def _sums_to_one(f, rng: torch.Generator) -> str | None:
    log_start, log_next = _tables(rng, 4)
    every = torch.cartesian_prod(*[torch.arange(4)] * 3)  # (64, 3)
    total = f(every, log_start, log_next).exp().sum().item()
    if abs(total - 1) < 1e-9:
        return None
    return f"the probabilities of all 64 sequences of length 3 add up to {total:.4f} instead of 1"


def _last_conditional(idx: Tensor, log_start: Tensor, log_next: Tensor) -> Tensor:
    if idx.shape[1] == 1:
        return log_start[idx[:, 0]]
    return log_next[idx[:, -2], idx[:, -1]]


def _sum_of_probabilities(idx: Tensor, log_start: Tensor, log_next: Tensor) -> Tensor:
    steps = log_next[idx[:, :-1], idx[:, 1:]].exp().sum(-1)
    return (log_start[idx[:, 0]].exp() + steps).log()


sequence_log_prob = Exercise(
    lesson=LEARNING,
    difficulty=3,
    minutes=8,
    reference=sequence_log_prob_reference,
    cases=_sequence_cases,
    properties=[Property("all sequences of length 3 sum to 1", _sums_to_one)],
    mistakes=[
        Mistake(
            "the first symbol is forgotten",
            lambda idx, log_start, log_next: log_next[idx[:, :-1], idx[:, 1:]].sum(-1),
            "The product of the transitions is p(x_2 .. x_T | x_1), a conditional. The "
            "joint also pays for its first symbol, log_start[x_1].",
            see="11b, step 5",
        ),
        Mistake(
            "a conditional taken for the joint",
            _last_conditional,
            "You return log p(x_T | x_{T-1}), the last factor alone. That is the probability of "
            "the next symbol given the past; the sequence's is the product of all factors.",
            see="11b, find the bug",
        ),
        Mistake(
            "the table read the wrong way round",
            lambda idx, log_start, log_next: (
                log_start[idx[:, 0]] + log_next[idx[:, 1:], idx[:, :-1]].sum(-1)
            ),
            "log_next[previous, next]: you look up [next, previous]. In English 'qu' is near "
            "certain after q, while q after u is rare.",
            see="11b, step 5",
        ),
        Mistake(
            "off by one: a symbol predicted from itself",
            lambda idx, log_start, log_next: (
                log_start[idx[:, 0]] + log_next[idx[:, 1:], idx[:, 1:]].sum(-1)
            ),
            "Both indices are x_t. Shift them: x_{t-1} is idx[:, :-1], x_t is idx[:, 1:].",
            see="11b, step 5",
        ),
        Mistake(
            "probabilities added instead of log probabilities",
            _sum_of_probabilities,
            "The chain rule multiplies probabilities, so their logs add. You added the "
            "probabilities, which may exceed 1.",
            see="11b, step 5",
        ),
        Mistake(
            "averaged over the sequence",
            lambda idx, log_start, log_next: (
                sequence_log_prob_reference(idx, log_start, log_next) / idx.shape[1]
            ),
            "That is the log probability per symbol, fine for comparing lengths; the sequence's "
            "own is the sum.",
            see="11b, step 5",
        ),
        Mistake(
            "the sign of a loss",
            lambda idx, log_start, log_next: -sequence_log_prob_reference(idx, log_start, log_next),
            "This is the negative log-likelihood. A log probability is at most 0.",
            see="11b, step 5",
        ),
        Mistake(
            "every symbol drawn on its own",
            lambda idx, log_start, log_next: log_start[idx].sum(-1),
            "You used log_start for all symbols: the independent-letters model, which "
            "ignores order. From the second symbol on use log_next.",
            see="11b, step 5",
        ),
        Mistake(
            "the probability instead of its logarithm",
            lambda idx, log_start, log_next: sequence_log_prob_reference(
                idx, log_start, log_next
            ).exp(),
            "You take exp at the end. For a page of text that underflows to 0; stay with the log.",
            see="11b, step 5",
        ),
        Mistake(
            "log probabilities multiplied",
            lambda idx, log_start, log_next: (
                log_start[idx[:, 0]] * log_next[idx[:, :-1], idx[:, 1:]].prod(-1)
            ),
            "Probabilities multiply, their logs add: the product became a sum when you took logs.",
            see="11b, step 5",
        ),
    ],
    hints=[
        "p(x_1, x_2, x_3) = p(x_1) p(x_2 | x_1) p(x_3 | x_2). Take the log, count the terms: "
        "one start and T - 1 transitions.",
        "A table can be read at many places at once: log_next[idx[:, :-1], idx[:, 1:]] has shape "
        "(B, T - 1).",
    ],
)


# ---- 5. Bayes: posterior of a Gaussian mean -------------------------------------------------


def gaussian_posterior_reference(
    x: Tensor, sigma: float, mu_0: float, tau: float
) -> tuple[Tensor, Tensor]:
    """Posterior mean and standard deviation of mu, for x_i ~ N(mu, sigma^2), mu ~ N(mu_0, tau^2).

    x: (N,), N >= 0; sigma, tau > 0 standard deviations -> (), (), unit of x.
    Precisions (1 / variance) add; the mean is the average weighted by precision.
    """
    precision = len(x) / sigma**2 + 1 / tau**2
    mean = (x.sum() / sigma**2 + mu_0 / tau**2) / precision
    return mean, torch.ones_like(mean) / math.sqrt(precision)


def _posterior_cases(rng: torch.Generator) -> list[tuple]:
    return [
        (torch.tensor([3.0], dtype=torch.float64), 1.5, 0.5, 0.7),
        (2 + _normal(rng, 3), 0.8, -1.0, 2.0),
        (5 + 3 * _normal(rng, 20), 3.0, 4.0, 0.4),
    ]


def _no_data_no_change(f, rng: torch.Generator) -> str | None:
    mean, std = f(torch.zeros(0, dtype=torch.float64), 1.5, 0.5, 0.7)
    if abs(float(mean) - 0.5) < 1e-9 and abs(float(std) - 0.7) < 1e-9:
        return None
    return (
        "without any data the posterior is the prior N(0.5, 0.7^2); "
        f"you return mean {float(mean):.4g} and standard deviation {float(std):.4g} "
        "(x.mean() of nothing is NaN: use x.sum())"
    )


def _posterior(x, w_data, w_prior, mu_0, spread=lambda precision: precision**-0.5):
    """Posterior from precisions; `spread` turns the total precision into what is returned."""
    mean = (w_data * x.mean() + w_prior * mu_0) / (w_data + w_prior)
    return mean, torch.ones_like(mean) * spread(w_data + w_prior)


gaussian_posterior = Exercise(
    lesson=LEARNING,
    difficulty=3,
    minutes=8,
    reference=gaussian_posterior_reference,
    cases=_posterior_cases,
    properties=[Property("no data, no change", _no_data_no_change)],
    mistakes=[
        Mistake(
            "the prior is ignored",
            lambda x, sigma, mu_0, tau: (
                x.mean(),
                torch.ones_like(x.mean()) * sigma / math.sqrt(len(x)),
            ),
            "That is maximum likelihood with its standard error: right for many data or a vague "
            "prior. The prior adds the precision 1 / tau^2 and pulls the mean to mu_0.",
            see="11b, step 1",
        ),
        Mistake(
            "the weights the wrong way round",
            lambda x, sigma, mu_0, tau: _posterior(x, 1 / tau**2, len(x) / sigma**2, mu_0),
            "You weight each source by the precision of the other one. The sharper one (smaller "
            "variance) must count more.",
            see="11b, step 1",
        ),
        Mistake(
            "standard deviations where variances belong",
            lambda x, sigma, mu_0, tau: _posterior(x, len(x) / sigma, 1 / tau, mu_0),
            "A precision is 1 / variance = 1 / sigma^2. You used 1 / sigma, as if sigma were the "
            "variance.",
            see="11b, step 1",
        ),
        Mistake(
            "n is forgotten",
            lambda x, sigma, mu_0, tau: _posterior(x, 1 / sigma**2, 1 / tau**2, mu_0),
            "N data weigh N / sigma^2, not 1 / sigma^2. As you have it, a thousand images would "
            "teach as little as one.",
            see="11b, step 1",
        ),
        Mistake(
            "the variance instead of the standard deviation",
            lambda x, sigma, mu_0, tau: _posterior(
                x, len(x) / sigma**2, 1 / tau**2, mu_0, spread=lambda p: 1 / p
            ),
            "1 / precision is the posterior variance; its square root was asked for.",
            see="11b, step 1",
        ),
        Mistake(
            "variances added instead of precisions",
            lambda x, sigma, mu_0, tau: (
                _posterior(x, len(x) / sigma**2, 1 / tau**2, mu_0)[0],
                torch.ones_like(x.mean()) * math.sqrt(sigma**2 / len(x) + tau**2),
            ),
            "The mean is right, but adding variances makes the posterior wider than either "
            "source. Knowledge adds up in precisions: 1 / s^2 = N / sigma^2 + 1 / tau^2.",
            see="11b, step 1",
        ),
        Mistake(
            "the precision instead of the standard deviation",
            lambda x, sigma, mu_0, tau: _posterior(
                x, len(x) / sigma**2, 1 / tau**2, mu_0, spread=lambda p: p
            ),
            "Precision grows with the data; the standard deviation is one over its square root.",
            see="11b, step 1",
        ),
    ],
    hints=[
        "Add the exponents: -(sum (x_i - mu)^2) / (2 sigma^2) - (mu - mu_0)^2 / (2 tau^2) is a "
        "parabola in mu. Read off the coefficient of mu^2 and the place of its top.",
        "precision = N / sigma^2 + 1 / tau^2; "
        "mean = (x.sum() / sigma^2 + mu_0 / tau^2) / precision.",
    ],
)


# ---- 6. maximum likelihood ------------------------------------------------------------------


def gaussian_mle_reference(x: Tensor) -> tuple[Tensor, Tensor]:
    """Maximum likelihood of one Gaussian per column. x: (N, D) -> mu (D,), sigma (D,).

    sigma is a standard deviation; its square divides by N (not N - 1).
    """
    mu = x.mean(0)
    sigma = ((x - mu) ** 2).mean(0).sqrt()
    return mu, sigma


def _mle_cases(rng: torch.Generator) -> list[tuple]:
    return [
        (torch.tensor([[1.0], [2.0], [6.0]], dtype=torch.float64),),
        (3 + 2 * _normal(rng, 5, 2),),
        (torch.tensor([0.5, 4.0, -1.0]) + _normal(rng, 40, 3),),
    ]


def _nothing_beats_it(f, rng: torch.Generator) -> str | None:
    x = 2 + 3 * _normal(rng, 6, 1)
    mu, sigma = (float(v) for v in f(x))
    if not sigma > 0:
        return f"sigma must be positive, you return {sigma:.4g}"

    def score(m: float, s: float) -> float:
        return gaussian_log_prob_reference(x, m, s).mean().item()

    mine = score(mu, sigma)
    for d_mu, factor in ((0.05, 1.0), (-0.05, 1.0), (0.0, 1.02), (0.0, 0.98)):
        if score(mu + d_mu, sigma * factor) > mine + 1e-9:
            return (
                f"your ({mu:.3f}, {sigma:.3f}) has log-likelihood {mine:.4f} nats a point, but "
                f"({mu + d_mu:.3f}, {sigma * factor:.3f}) has more"
            )
    return None


gaussian_mle = Exercise(
    lesson=LEARNING,
    difficulty=2,
    minutes=5,
    reference=gaussian_mle_reference,
    cases=_mle_cases,
    properties=[Property("no neighbour has a higher likelihood", _nothing_beats_it)],
    mistakes=[
        Mistake(
            "n - 1 instead of n",
            lambda x: (x.mean(0), x.std(0)),
            "torch.std divides by N - 1 by default: unbiased for the variance, but not the maximum "
            "of the likelihood, which divides by N (correction=0).",
            see="11b, step 2",
        ),
        Mistake(
            "the variance instead of the standard deviation",
            lambda x: (x.mean(0), x.var(0, correction=0)),
            "You return sigma^2. The exercise asks for sigma, in the unit of x.",
            see="11b, step 2",
        ),
        Mistake(
            "the unbiased variance instead of the standard deviation",
            lambda x: (x.mean(0), x.var(0)),
            "Two steps apart: take the square root, and divide by N instead of N - 1.",
            see="11b, step 2",
        ),
        Mistake(
            "the sum instead of the mean",
            lambda x: (x.sum(0), ((x - x.mean(0)) ** 2).mean(0).sqrt()),
            "Setting the derivative sum_i (x_i - mu) / sigma^2 to zero gives N mu = sum_i x_i: "
            "divide by N.",
            see="11b, step 2",
        ),
        Mistake(
            "spread around zero instead of around the mean",
            lambda x: (x.mean(0), (x**2).mean(0).sqrt()),
            "sqrt(mean(x^2)) contains the mean itself, E[x^2] = sigma^2 + mu^2. Subtract mu first.",
            see="11b, step 2",
        ),
        Mistake(
            "one Gaussian for all columns together",
            lambda x: (x.mean(), x.std(correction=0)),
            "You averaged over rows and columns. Each column is a variable of its own: reduce over "
            "dim 0 and return (D,).",
            see="11b, step 2",
        ),
        Mistake(
            "the squares added, not averaged",
            lambda x: (x.mean(0), ((x - x.mean(0)) ** 2).sum(0).sqrt()),
            "Without the division by N the spread would grow with every new example.",
            see="11b, step 2",
        ),
        Mistake(
            "the mean absolute deviation",
            lambda x: (x.mean(0), (x - x.mean(0)).abs().mean(0)),
            "That is the best width of a Laplace distribution. The Gaussian has squares in its "
            "exponent, so squares are averaged.",
            see="11b, step 2",
        ),
    ],
    hints=[
        "Write the mean log-likelihood, differentiate with respect to mu, then with respect to "
        "sigma, and set both to zero.",
        "mu is the mean over dim 0; sigma is the root of the mean (not the sum) of (x - mu)^2.",
    ],
)
