"""Exercises of lesson 31: drawing codes, the ELBO, the KL of a unit, two gradients, IWAE, noise."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises import Exercise, Mistake, Property

LESSON = "31_vae"


def _normal(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.double)


def _d(*values) -> Tensor:
    return torch.tensor(values, dtype=torch.double)


# ---- the reparameterised draw ------------------------------------------------------------------


def reparameterize_reference(mu: Tensor, logvar: Tensor, eps: Tensor) -> Tensor:
    """Turn standard normal noise into draws of N(mu, exp(logvar)); differentiable.

    mu, logvar = log sigma^2, eps: (B, Z) -> z (B, Z).
    """
    sigma = torch.exp(0.5 * logvar)
    return mu + sigma * eps


def _slopes(f, rng) -> str | None:
    mu, logvar = _d([0.3, -1.0]).requires_grad_(), _d([1.0, -0.5]).requires_grad_()
    eps = _d([2.0, -1.0])
    z = f(mu, logvar, eps)
    if not isinstance(z, Tensor) or not z.requires_grad:
        return "no gradient flows back to mu and logvar: is the draw detached or made by .sample()?"
    g_mu, g_logvar = torch.autograd.grad(z.sum(), (mu, logvar), allow_unused=True)
    if g_mu is None or not (g_mu - 1).abs().max() < 1e-9:
        return "dz/dmu should be 1 for every unit; in yours it is not."
    right = (0.5 * (0.5 * logvar).exp() * eps).detach()
    if g_logvar is None:
        return "dz/dlogvar is None: the width of the draw does not reach z."
    if not (g_logvar - right).abs().max() < 1e-9:
        return (
            f"dz/dlogvar should be sigma · eps / 2 = {float(right[0, 0]):.4f} for the first unit, "
            f"yours is {float(g_logvar[0, 0]):.4f}."
        )
    return None


def _spread(f, rng) -> str | None:
    eps = _normal(rng, 4000, 1)
    z = f(torch.zeros_like(eps), torch.full_like(eps, math.log(4.0)), eps)
    ratio = float(z.std() / eps.std())
    if not abs(ratio - 2) < 1e-6:
        return (
            f"for logvar = log 4 the draws should have sd 2 (times that of eps), not {ratio:.4f}."
        )
    return None


reparameterize = Exercise(
    lesson=LESSON,
    difficulty=1,
    minutes=4,
    reference=reparameterize_reference,
    cases=lambda rng: [
        (_d([1.0, 0.0]), _d([0.0, 2.0]), _d([0.5, -1.0])),
        (_normal(rng, 1, 3), _normal(rng, 1, 3), _normal(rng, 1, 3)),
        (_normal(rng, 3, 4), _normal(rng, 3, 4), _normal(rng, 3, 4)),
    ],
    properties=[
        Property("gradients reach mu and logvar", _slopes),
        Property("sd 2 for logvar = log 4", _spread),
    ],
    mistakes=[
        Mistake(
            "variance for the standard deviation",
            lambda mu, logvar, eps: mu + logvar.exp() * eps,
            "exp(logvar) is sigma². The noise is multiplied by sigma, exp(logvar / 2).",
            "31, step 5",
        ),
        Mistake(
            "logvar for the standard deviation",
            lambda mu, logvar, eps: mu + logvar * eps,
            "You multiplied by logvar itself, which may be negative. sigma = exp(logvar / 2).",
            "31, step 5",
        ),
        Mistake(
            "sigma read as a variance",
            lambda mu, logvar, eps: mu + (0.25 * logvar).exp() * eps,
            "You took the root twice: exp(logvar / 2) is already the standard deviation (R72).",
            "31, step 5",
        ),
        Mistake(
            "no noise",
            lambda mu, logvar, eps: mu.clone(),
            "You return the mean. Then nothing depends on logvar, and the code is a point: a "
            "plain autoencoder (lesson 15, bug 1).",
            "31, step 5",
        ),
        Mistake(
            "one noise for the whole batch",
            lambda mu, logvar, eps: mu + (0.5 * logvar).exp() * eps[:1],
            "All examples share the noise of the first one. Their errors then add up instead of "
            "averaging out: every example needs its own draw.",
            "31, step 5",
        ),
        Mistake(
            "one noise for all units",
            lambda mu, logvar, eps: mu + (0.5 * logvar).exp() * eps[:, :1],
            "All units of an example share one noise. q(z|x) has a diagonal covariance: its units "
            "are independent.",
            "31, step 5",
        ),
        Mistake(
            "mean scaled as well",
            lambda mu, logvar, eps: (mu + eps) * (0.5 * logvar).exp(),
            "You multiplied the mean by sigma, too. Scale the noise first, then shift.",
            "31, step 5",
        ),
    ],
    hints=[
        "Lesson 11: if eps is N(0, 1), which numbers a and b make a + b · eps an N(mu, sigma²)?",
        "sigma = torch.exp(0.5 * logvar); return mu + sigma * eps.",
    ],
)

# ---- the score-function gradient ---------------------------------------------------------------


def score_gradient_reference(values: Tensor, z: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """Score-function (REINFORCE) estimate of the gradient of E[f(z)] with respect to mu.

    values: (N,) f at each draw; z: (N, Z) draws of N(mu, exp(logvar)); mu, logvar: (Z,) -> (Z,).
    """
    score = (z - mu) / logvar.exp()  # (N, Z): gradient of log q(z) with respect to mu
    return (values[:, None] * score).mean(0)


def _two_draws(power: int, right: float):
    def check(f, rng) -> str | None:
        mu, sigma = 1.5, 2.0
        z = _d([mu - sigma], [mu + sigma])
        got = float(f(z[:, 0] ** power, z, _d(mu), _d(2 * math.log(sigma))).flatten()[0])
        if not abs(got - right) < 1e-9:
            name = "z" if power == 1 else "z²"
            return (
                f"f(z) = {name}, mu = 1.5, sigma = 2, two draws at mu ± sigma: the estimate is "
                f"exactly {right:g}, you return {got:.4f}."
            )
        return None

    return check


def _score_cases(rng: torch.Generator) -> list[tuple]:
    def one(n: int, z_dim: int) -> tuple:
        mu, logvar = _normal(rng, z_dim), _normal(rng, z_dim)
        z = mu + (0.5 * logvar).exp() * _normal(rng, n, z_dim)
        return z.square().sum(1) - 1, z, mu, logvar

    return [
        (_d(2.0, -1.0), _d([1.5], [0.0]), _d(0.5), _d(1.0)),
        one(1, 3),
        one(3, 2),
        one(50, 3),
    ]


score_gradient = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=8,
    reference=score_gradient_reference,
    cases=_score_cases,
    properties=[
        Property("slope 1 for f(z) = z", _two_draws(1, 1.0)),
        Property("slope 2 mu for f(z) = z²", _two_draws(2, 3.0)),
    ],
    mistakes=[
        Mistake(
            "divided by sigma, not by its square",
            lambda values, z, mu, logvar: (values[:, None] * (z - mu) / (0.5 * logvar).exp()).mean(
                0
            ),
            "log q holds (z - mu)² / (2 sigma²); its slope is (z - mu) / sigma².",
            "31, step 6",
        ),
        Mistake(
            "not divided by the variance",
            lambda values, z, mu, logvar: (values[:, None] * (z - mu)).mean(0),
            "The score is (z - mu) / sigma². You left out the variance.",
            "31, step 6",
        ),
        Mistake(
            "logvar for the variance",
            lambda values, z, mu, logvar: (values[:, None] * (z - mu) / logvar).mean(0),
            "You divided by logvar. The variance is exp(logvar).",
            "31, step 6",
        ),
        Mistake(
            "wrong sign",
            lambda values, z, mu, logvar: -(values[:, None] * (z - mu) / logvar.exp()).mean(0),
            "The slope of -(z - mu)² / (2 sigma²) with respect to mu is +(z - mu) / sigma²: the "
            "inner derivative brings a second minus.",
            "31, step 6",
        ),
        Mistake(
            "sum over the draws",
            lambda values, z, mu, logvar: (values[:, None] * (z - mu) / logvar.exp()).sum(0),
            "An expectation is estimated by the mean over the draws. Yours grows with N.",
            "31, step 6",
        ),
        Mistake(
            "score without the values",
            lambda values, z, mu, logvar: ((z - mu) / logvar.exp()).mean(0),
            "That is the mean score, which is 0 whatever f is. Weight each draw with its f(z).",
            "31, step 6",
        ),
        Mistake(
            "product of two means",
            lambda values, z, mu, logvar: values.mean() * ((z - mu) / logvar.exp()).mean(0),
            "You multiplied two averages. Each draw's score goes with its own value: multiply "
            "first, then average.",
            "31, step 6",
        ),
        Mistake(
            "averaged over the units",
            lambda values, z, mu, logvar: (values[:, None] * (z - mu) / logvar.exp()).mean(1),
            "You averaged over dimension 1, the units. The draws are dimension 0.",
            "31, step 6",
        ),
    ],
    hints=[
        "grad E_q[f] = E_q[f(z) · grad log q(z)]. What is the slope of log N(z | mu, sigma²) in "
        "mu?",
        "score = (z - mu) / logvar.exp(); then (values[:, None] * score).mean(0).",
    ],
)

# ---- the importance-weighted bound -------------------------------------------------------------


def iwae_bound_reference(log_lik: Tensor, log_prior: Tensor, log_q: Tensor) -> Tensor:
    """Importance-weighted bound log (1/K sum_k p(x|z_k) p(z_k) / q(z_k|x)), K draws of q.

    log_lik = log p(x|z), log_prior = log p(z), log_q = log q(z|x): (K, B) -> (B,), nats.
    """
    log_w = log_lik + log_prior - log_q  # (K, B)
    return torch.logsumexp(log_w, dim=0) - math.log(log_w.shape[0])


def _one_draw_is_elbo(f, rng) -> str | None:
    a, b, c = (_normal(rng, 1, 4) for _ in range(3))
    got, right = f(a, b, c).flatten(), (a + b - c)[0]
    if not (got[:4] - right).abs().max() < 1e-9:
        return (
            "with K = 1 the bound is log p(x|z) + log p(z) - log q(z|x) = "
            f"{float(right[0]):.4f}, you return {float(got[0]):.4f}."
        )
    return None


def _exact_posterior(f, rng) -> str | None:
    lik, prior = _normal(rng, 5, 3), _normal(rng, 5, 3)
    got = f(lik, prior, lik + prior + 2.0).flatten()  # q = the posterior: every weight is p(x)
    if not (got + 2).abs().max() < 1e-9:
        return (
            "if q is the exact posterior, every weight is p(x), here exp(-2), and the bound is "
            f"-2; you return {float(got[0]):.4f}."
        )
    return None


def _no_underflow(f, rng) -> str | None:
    small = _normal(rng, 4, 2) - 2000
    got = f(small, torch.zeros_like(small), torch.zeros_like(small)).flatten()
    if not torch.isfinite(got).all():
        return (
            f"log p(x|z) near -2000 (usual for a picture) makes yours {float(got[0])}: exp(-2000) "
            "is 0 for a computer. Use logsumexp."
        )
    return None


def _iwae_cases(rng: torch.Generator) -> list[tuple]:
    def three(k: int, b: int) -> tuple:
        return _normal(rng, k, b) - 3, _normal(rng, k, b) - 1, _normal(rng, k, b) - 1

    first = _d([-2.0], [-3.0]), _d([-1.0], [-2.0]), _d([-1.5], [-0.5])
    lik, prior, q = three(3, 2)
    return [first, three(4, 1), three(5, 3), (lik - 2000, prior, q)]  # a picture's size, at last


def _log_w(log_lik, log_prior, log_q):
    return log_lik + log_prior - log_q


iwae_bound = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=7,
    reference=iwae_bound_reference,
    cases=_iwae_cases,
    properties=[
        Property("one draw: the ELBO's estimate", _one_draw_is_elbo),
        Property("exact for the exact posterior", _exact_posterior),
        Property("no underflow", _no_underflow),
    ],
    mistakes=[
        Mistake(
            "mean of the logs",
            lambda log_lik, log_prior, log_q: _log_w(log_lik, log_prior, log_q).mean(0),
            "You averaged the logarithms: that is the ELBO, for any K. The mean goes inside.",
            "31, step 7",
        ),
        Mistake(
            "log q added",
            lambda log_lik, log_prior, log_q: (
                torch.logsumexp(log_lik + log_prior + log_q, 0) - math.log(len(log_q))
            ),
            "You multiplied by q. The draws come from q, so the weight divides by it.",
            "31, step 7",
        ),
        Mistake(
            "q left out",
            lambda log_lik, log_prior, log_q: (
                torch.logsumexp(log_lik + log_prior, 0) - math.log(len(log_q))
            ),
            "Without - log q the average is not p(x): draws of q would have to be uniform.",
            "31, step 7",
        ),
        Mistake(
            "prior left out",
            lambda log_lik, log_prior, log_q: (
                torch.logsumexp(log_lik - log_q, 0) - math.log(len(log_q))
            ),
            "The weight is p(x, z) / q(z|x), and p(x, z) = p(x|z) p(z). The prior is missing.",
            "31, step 7",
        ),
        Mistake(
            "missing log K",
            lambda log_lik, log_prior, log_q: torch.logsumexp(_log_w(log_lik, log_prior, log_q), 0),
            "logsumexp adds the weights; a mean needs - log K. Yours grows with K and is no bound.",
            "31, step 7",
        ),
        Mistake(
            "average over the batch",
            lambda log_lik, log_prior, log_q: (
                torch.logsumexp(_log_w(log_lik, log_prior, log_q), 1) - math.log(log_q.shape[1])
            ),
            "You averaged over the examples. The K draws are dimension 0.",
            "31, step 7",
        ),
        Mistake(
            "mean weight without the log",
            lambda log_lik, log_prior, log_q: _log_w(log_lik, log_prior, log_q).exp().mean(0),
            "You return an estimate of p(x). The bound is its logarithm.",
            "31, step 7",
        ),
        Mistake(
            "exp that underflows",
            lambda log_lik, log_prior, log_q: _log_w(log_lik, log_prior, log_q).exp().mean(0).log(),
            "Right on paper. But exp(-2000) is 0 for a computer, and log 0 is -inf: logsumexp "
            "subtracts the largest weight first.",
            "31, step 7",
        ),
        Mistake(
            "as a loss",
            lambda log_lik, log_prior, log_q: (
                math.log(len(log_q)) - torch.logsumexp(_log_w(log_lik, log_prior, log_q), 0)
            ),
            "That is the bound with a minus, to be minimised. Asked is the bound itself.",
            "31, step 7",
        ),
    ],
    hints=[
        "First the log weight of every draw, log p(x|z) + log p(z) - log q(z|x).",
        "torch.logsumexp(log_w, dim=0) - math.log(K), with K = log_w.shape[0].",
    ],
)

# ---- the ELBO of binary pictures ---------------------------------------------------------------


def bernoulli_elbo_reference(x: Tensor, logits: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """ELBO = log p(x|z) - KL(q(z|x) || N(0, I)) with one draw z; pixels are independent coins.

    x: (B, D) in {0, 1}, logits: (B, D) of p(x=1|z), mu, logvar = log sigma^2: (B, Z) -> (B,), nats.
    """
    log_lik = (x * logits - F.softplus(logits)).sum(-1)  # (B,): sum over pixels
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(-1)  # (B,): sum over units
    return log_lik - kl


def _log_lik(x, logits):
    return (x * logits - F.softplus(logits)).sum(-1)


def _kl(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(-1)


def _fair_coins(f, rng) -> str | None:
    zero = torch.zeros(1, 6, dtype=torch.double)
    got = float(f(zero, zero, zero[:, :2], zero[:, :2]).flatten()[0])
    if not abs(got + 6 * math.log(2)) < 1e-9:
        return (
            "six fair coins (logits 0) and q = the prior: -6 log 2 = -4.1589 nats, you return "
            f"{got:.4f}."
        )
    return None


def _leaving_costs(f, rng) -> str | None:
    x, logits = _d([1.0, 0.0]), _d([0.3, -0.7])
    home, away = _d([0.0]), _d([2.0])
    cost = float((f(x, logits, home, home) - f(x, logits, away, home)).flatten()[0])
    if not abs(cost - 2) < 1e-9:
        return f"moving mu from 0 to 2 costs mu²/2 = 2 nats; in yours the ELBO falls by {cost:.4f}."
    return None


def _never_positive(f, rng) -> str | None:
    x = (_normal(rng, 50, 5) > 0).double()
    top = float(f(x, 3 * _normal(rng, 50, 5), _normal(rng, 50, 3), _normal(rng, 50, 3)).max())
    if not top <= 1e-9:
        return f"a log probability minus a KL is never above 0; yours reaches {top:.4f}."
    return None


def _elbo_cases(rng: torch.Generator) -> list[tuple]:
    def case(b: int, d: int, z: int) -> tuple:
        x = (_normal(rng, b, d) > 0).double()
        return x, 2 * _normal(rng, b, d), _normal(rng, b, z), _normal(rng, b, z)

    return [
        (_d([1.0, 0.0, 1.0]), _d([2.0, -1.0, 0.0]), _d([1.0, 0.0]), _d([0.0, -1.0])),
        case(1, 5, 2),
        case(3, 6, 4),
    ]


def _article_kl(mu, logvar):
    sigma = (0.5 * logvar).exp()
    return -0.5 * (mu**2 + sigma**2 - sigma.exp().log() - 1).sum(-1)


bernoulli_elbo = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=8,
    reference=bernoulli_elbo_reference,
    cases=_elbo_cases,
    properties=[
        Property("fair coins, q = prior: -D log 2", _fair_coins),
        Property("leaving the prior costs", _leaving_costs),
        Property("never above 0", _never_positive),
    ],
    mistakes=[
        Mistake(
            "mean over the pixels, sum over the units",
            lambda x, logits, mu, logvar: _log_lik(x, logits) / x.shape[-1] - _kl(mu, logvar),
            "You averaged over pixels but summed over units: the reconstruction is D times too "
            "weak, and the cheapest thing to do is to ignore z (R83).",
            "31, bug 1",
        ),
        Mistake(
            "KL added",
            lambda x, logits, mu, logvar: _log_lik(x, logits) + _kl(mu, logvar),
            "You rewarded the KL. Then q runs away from the prior without end (R68, R85).",
            "31, bug 2",
        ),
        Mistake(
            "KL halved once more",
            lambda x, logits, mu, logvar: _log_lik(x, logits) - 0.5 * _kl(mu, logvar),
            "The Gaussian KL has its 1/2 already. A second one makes it a beta-VAE with beta = "
            "0.5, and the result is no bound (R68, R69).",
            "31, step 3",
        ),
        Mistake(
            "missing 1/2 in the KL",
            lambda x, logits, mu, logvar: _log_lik(x, logits) - 2 * _kl(mu, logvar),
            "Your KL is twice the true one: 1/2 · sum(mu² + sigma² - 1 - log sigma²).",
            "31, step 3",
        ),
        Mistake(
            "as a loss",
            lambda x, logits, mu, logvar: _kl(mu, logvar) - _log_lik(x, logits),
            "That is the loss, -ELBO. Asked is the bound on log p(x) itself: it is negative.",
            "31, step 8",
        ),
        Mistake(
            "KL with a flipped sign and log(exp(sigma))",
            lambda x, logits, mu, logvar: _log_lik(x, logits) - _article_kl(mu, logvar),
            "log(exp(sigma)) is sigma, not log sigma², and the bracket's sign is flipped (R80). "
            "Test a KL at mu = 0, sigma = 1: it must be 0.",
            "31, errata",
        ),
        Mistake(
            "mean over the units",
            lambda x, logits, mu, logvar: _log_lik(x, logits) - _kl(mu, logvar) / mu.shape[-1],
            "You averaged the KL over units. Independent units add: it is Z times too weak.",
            "31, step 3",
        ),
        Mistake(
            "no KL",
            lambda x, logits, mu, logvar: _log_lik(x, logits),
            "You return the reconstruction alone: an autoencoder. Nothing ties the codes to the "
            "prior you will draw from (lesson 15, bug 1).",
            "31, step 3",
        ),
        Mistake(
            "sigmoid applied twice",
            lambda x, logits, mu, logvar: _log_lik(x, logits.sigmoid()) - _kl(mu, logvar),
            "You passed probabilities where logits belong. The log likelihood of a logit l is "
            "x · l - softplus(l).",
            "31, step 8",
        ),
        Mistake(
            "squared error for the coins",
            lambda x, logits, mu, logvar: (
                -(logits.sigmoid() - x).square().sum(-1) - _kl(mu, logvar)
            ),
            "A squared error is a Gaussian's log likelihood. These pixels are coins: "
            "x log p + (1 - x) log(1 - p).",
            "31, step 8",
        ),
        Mistake(
            "average over the batch",
            lambda x, logits, mu, logvar: (_log_lik(x, logits) - _kl(mu, logvar)).mean(),
            "Keep one value per example; average where you use it.",
            "31, step 8",
        ),
    ],
    hints=[
        "Two terms: log p(x|z) of all pixels, summed, minus the KL of all units, summed.",
        "log p(x|z) = (x * logits - F.softplus(logits)).sum(-1); "
        "KL = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(-1).",
    ],
)

# ---- which units carry information -------------------------------------------------------------


def kl_per_unit_reference(mu: Tensor, logvar: Tensor) -> Tensor:
    """KL of q(z_j|x) from N(0, 1) for each latent unit j, averaged over the examples.

    mu, logvar = log sigma^2: (B, Z) -> (Z,), nats. Near 0: the unit is not used.
    """
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar)  # (B, Z)
    return kl.mean(0)


def _unit_terms(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar)


def _dead_unit(f, rng) -> str | None:
    mu, logvar = _normal(rng, 5, 3), _normal(rng, 5, 3)
    mu[:, 1], logvar[:, 1] = 0.0, 0.0
    got = f(mu, logvar).flatten()
    if len(got) < 2 or not abs(float(got[1])) < 1e-9:
        return "a unit that is N(0, 1) for every example carries nothing: its KL should be 0."
    return None


def _units_add_up(f, rng) -> str | None:
    mu, logvar = _normal(rng, 6, 4), _normal(rng, 6, 4)
    got = float(f(mu, logvar).sum())
    right = float(_unit_terms(mu, logvar).sum(-1).mean())
    if not abs(got - right) < 1e-9:
        return f"your units add up to {got:.4f}; the KL of an example is {right:.4f} on average."
    return None


kl_per_unit = Exercise(
    lesson=LESSON,
    difficulty=1,
    minutes=4,
    reference=kl_per_unit_reference,
    cases=lambda rng: [
        (_d([1.0, 0.0], [-1.0, 0.0]), _d([-1.0, 0.0], [-2.0, 0.5])),
        (_normal(rng, 1, 3), _normal(rng, 1, 3)),
        (_normal(rng, 3, 4), _normal(rng, 3, 4)),
    ],
    properties=[
        Property("0 for an unused unit", _dead_unit),
        Property("the units add up to the KL of an example", _units_add_up),
    ],
    mistakes=[
        Mistake(
            "averaged over the units",
            lambda mu, logvar: _unit_terms(mu, logvar).mean(1),
            "You averaged over dimension 1: one number per example. Asked is one per unit.",
            "31, step 9",
        ),
        Mistake(
            "sum over the batch",
            lambda mu, logvar: _unit_terms(mu, logvar).sum(0),
            "Yours grows with the number of examples. Average over them.",
            "31, step 9",
        ),
        Mistake(
            "missing 1/2",
            lambda mu, logvar: 2 * _unit_terms(mu, logvar).mean(0),
            "Twice the KL: the 1/2 of the Gaussian exponent is missing.",
            "31, step 9",
        ),
        Mistake(
            "sign flipped",
            lambda mu, logvar: -_unit_terms(mu, logvar).mean(0),
            "A KL is never negative; yours is never positive (R68, R80).",
            "31, step 9",
        ),
        Mistake(
            "mean code first, KL afterwards",
            lambda mu, logvar: 0.5 * (mu.mean(0) ** 2 + logvar.mean(0).exp() - 1 - logvar.mean(0)),
            "You averaged mu and logvar and then took the KL. Examples on both sides of 0 cancel, "
            "and a busy unit looks dead. KL first, mean last.",
            "31, step 9",
        ),
        Mistake(
            "sigma read as a variance",
            lambda mu, logvar: 0.5 * (mu**2 + (0.5 * logvar).exp() - 1 - 0.5 * logvar).mean(0),
            "You used sigma where sigma² belongs: for sigma = 2 that gives 0.153 instead of 0.807 "
            "(R72).",
            "31, step 9",
        ),
        Mistake(
            "logvar taken for log sigma",
            lambda mu, logvar: 0.5 * (mu**2 + (2 * logvar).exp() - 1 - 2 * logvar).mean(0),
            "logvar is already log sigma²: do not square exp(logvar) again.",
            "31, step 9",
        ),
        Mistake(
            "summed over everything",
            lambda mu, logvar: _unit_terms(mu, logvar).sum(-1).mean(),
            "That is the mean KL of an example, all units together. Keep the units apart.",
            "31, step 9",
        ),
    ],
    hints=[
        "The KL of lesson 12, line 8, without the sum over units.",
        "(0.5 * (mu**2 + logvar.exp() - 1 - logvar)).mean(0)",
    ],
)

# ---- Gaussian pixels with the best noise -------------------------------------------------------


def best_noise_nll_reference(x: Tensor, x_hat: Tensor) -> Tensor:
    """-log N(x | x_hat, v I) per example, with the one variance v that makes it smallest.

    x, x_hat: (B, D) -> scalar, nats: sum over pixels, mean over examples. v is the mean squared
    error over all pixels of all examples.
    """
    d = x.shape[-1]
    v = (x - x_hat).square().mean()
    return 0.5 * d * (torch.log(2 * math.pi * v) + 1)


def _no_better_noise(f, rng) -> str | None:
    x, x_hat = _normal(rng, 4, 5), _normal(rng, 4, 5)
    got, best = float(f(x, x_hat)), math.inf
    for v in torch.linspace(0.2, 6, 2001, dtype=torch.double):
        log_prob = -0.5 * ((x - x_hat) ** 2 / v + torch.log(2 * math.pi * v)).sum(-1)
        best = min(best, float(-log_prob.mean()))
    if not abs(got - best) < 1e-3:
        return f"trying 2,001 variances, the smallest NLL is {best:.4f} nats; you return {got:.4f}."
    return None


def _double_errors(f, rng) -> str | None:
    x, x_hat = _normal(rng, 3, 7), _normal(rng, 3, 7)
    gain = float(f(2 * x, 2 * x_hat) - f(x, x_hat))
    if not abs(gain - 7 * math.log(2)) < 1e-9:
        return f"errors twice as large cost D log 2 = 4.852 nats more; in yours {gain:.4f}."
    return None


def _with(form):
    """A mistake that differs in what is done with D and the mean squared error."""
    return lambda x, x_hat: form(x.shape[-1], (x - x_hat).square().mean())


best_noise_nll = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=8,
    reference=best_noise_nll_reference,
    cases=lambda rng: [
        (_d([1.0, 0.0, 0.5]), _d([0.5, 0.2, 0.1])),
        (_normal(rng, 1, 4), _normal(rng, 1, 4)),
        (_normal(rng, 3, 5), _normal(rng, 3, 5)),
    ],
    properties=[
        Property("no other variance does better", _no_better_noise),
        Property("errors twice as large cost D log 2", _double_errors),
    ],
    mistakes=[
        Mistake(
            "per pixel, not per picture",
            _with(lambda d, v: 0.5 * (torch.log(2 * math.pi * v) + 1)),
            "You return nats per pixel. Beside a KL summed over units that is D times too weak: "
            "R83 in a new dress.",
            "31, step 13",
        ),
        Mistake(
            "missing 2 pi",
            _with(lambda d, v: 0.5 * d * (torch.log(v) + 1)),
            "The density has 1 / sqrt(2 pi v) in front. (Its gradient does not mind, its nats do.)",
            "31, step 13",
        ),
        Mistake(
            "missing 1/2",
            _with(lambda d, v: d * (torch.log(2 * math.pi * v) + 1)),
            "Both parts of -log N carry a 1/2.",
            "31, step 13",
        ),
        Mistake(
            "standard deviation for the variance",
            _with(lambda d, v: 0.5 * d * (torch.log(2 * math.pi * v.sqrt()) + 1)),
            "You took the root of the mean squared error: that is sigma, and the logarithm asks "
            "for sigma².",
            "31, step 13",
        ),
        Mistake(
            "squared error left out",
            _with(lambda d, v: 0.5 * d * torch.log(2 * math.pi * v)),
            "At the best variance the squared errors divided by v add up to D, so they leave D/2.",
            "31, step 13",
        ),
        Mistake(
            "variance 1",
            _with(lambda d, v: 0.5 * d * (v + math.log(2 * math.pi))),
            "That is the NLL with v = 1: noise as large as the whole range of a pixel. Put the "
            "best v in.",
            "31, step 13",
        ),
        Mistake(
            "a variance for each example",
            lambda x, x_hat: (
                0.5
                * x.shape[-1]
                * (torch.log(2 * math.pi * (x - x_hat).square().mean(-1)) + 1).mean()
            ),
            "You gave every example its own variance. Asked is one for all: average first, take "
            "the logarithm afterwards.",
            "31, step 13",
        ),
        Mistake(
            "sum over the batch",
            lambda x, x_hat: len(x) * best_noise_nll_reference(x, x_hat),
            "Yours grows with the batch: average over examples.",
            "31, step 13",
        ),
        Mistake(
            "mean squared error",
            _with(lambda d, v: v),
            "That is v itself. The NLL is D/2 · (log(2 pi v) + 1).",
            "31, step 13",
        ),
    ],
    hints=[
        "Write -log N summed over D pixels with variance v, and set its slope in v to zero.",
        "The best v is the mean squared error; put it back: D/2 · (log(2 pi v) + 1).",
    ],
)
