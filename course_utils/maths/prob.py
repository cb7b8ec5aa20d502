"""Densities, entropies and divergences: their one home in the course.

Everything is in nats and *per example*: the last dimension holds the D components of one example
(or the K classes of one distribution) and is summed; the dimensions before it are batch and are
kept, so (B, D) -> (B,). Average over the batch where you use the value, not here. Flatten pictures
first: `x.flatten(1)`. A Python number stands for a value shared by all components.

Lessons 11 and 12 derive each function; `show(kl_gaussian)` prints its source. C&T below is Cover &
Thomas, "Elements of Information Theory", 2nd edition, chapters 2 (discrete) and 8 (densities).
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

LOG_2PI = math.log(2 * math.pi)


def gaussian_log_prob(x: Tensor, mu: Tensor | float, logvar: Tensor | float) -> Tensor:
    """log N(x | mu, diag exp(logvar)). x, mu, logvar: (..., D) -> (...), nats.

    A log density may be positive: a density is not a probability.
    """
    x, mu, logvar = _same_last(x=x, mu=mu, logvar=logvar)
    return -0.5 * ((x - mu) ** 2 * torch.exp(-logvar) + logvar + LOG_2PI).sum(-1)


def std_normal_log_prob(x: Tensor) -> Tensor:
    """log N(x | 0, I). x: (..., D) -> (...), nats."""
    return -0.5 * (x**2 + LOG_2PI).sum(-1)


def gaussian_full_log_prob(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    """log N(x | mu, cov). x, mu: (..., D), cov: (..., D, D) -> (...), nats."""
    x, mu = _same_last(x=x, mu=mu)
    chol = _cholesky(cov, x.shape[-1], "cov")
    white = _solve(chol, (x - mu).unsqueeze(-1)).squeeze(-1)  # (..., D): N(0, I) if x is N(mu, cov)
    return std_normal_log_prob(white) - 0.5 * _logdet(chol)


def gaussian_mixture_log_prob(x: Tensor, weights: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """log sum_k w_k N(x | mu_k, diag exp(logvar_k)), in nats.

    x: (..., D), weights: (K,) summing to 1, mu, logvar: (K, D) -> (...).
    """
    _check_probabilities(weights, "weights")
    if mu.ndim != 2 or len(mu) != len(weights):
        raise ValueError(
            f"mu must be (K, D) with one row for each of the {len(weights)} weights, got "
            f"{tuple(mu.shape)}; stack the component means with torch.stack."
        )
    log_each = gaussian_log_prob(x.unsqueeze(-2), mu, logvar)  # (..., K)
    return torch.logsumexp(log_each + weights.log(), dim=-1)


def bernoulli_nll(logits: Tensor, x: Tensor) -> Tensor:
    """-log p(x) under independent Bernoulli(sigmoid(logits)). logits, x: (..., D) -> (...), nats.

    x may be any value in [0, 1] (grey pixels: then this is a cross-entropy, not a likelihood).
    Works on logits, so it stays finite at +-100. The range of x is checked on the CPU only; on a
    GPU the check would make every training step wait for the device.
    """
    logits, x = _same_last(logits=logits, x=x)
    if x.device.type == "cpu" and not torch.compiler.is_compiling():
        _check_unit_interval(x, "x", "rescale pictures to [0, 1] before a Bernoulli likelihood")
    logits, x = torch.broadcast_tensors(logits, x.to(logits.dtype))
    return F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)


def reparameterize(
    mu: Tensor, logvar: Tensor | float, generator: torch.Generator | None = None
) -> Tensor:
    """Draw mu + sigma * eps with eps ~ N(0, I), so that gradients reach mu and logvar.

    mu, logvar: (..., D) -> (..., D). Kingma & Welling 2013 (arXiv 1312.6114), section 2.4. A CPU
    generator also serves tensors on a GPU: the noise is then drawn on the CPU and moved.
    """
    mu, logvar = torch.broadcast_tensors(*_same_last(mu=mu, logvar=logvar))
    device = mu.device if generator is None else generator.device
    eps = torch.randn(mu.shape, generator=generator, dtype=mu.dtype, device=device)
    return mu + torch.exp(0.5 * logvar) * eps.to(mu.device)


def categorical_entropy(p: Tensor) -> Tensor:
    """H(p) = -sum p log p, 0 log 0 = 0. p: (..., K) summing to 1 -> (...), nats. C&T 2.1."""
    _check_probabilities(p, "p")
    return -(p * _log_where(p, p > 0)).sum(-1)


def bernoulli_entropy(p: Tensor) -> Tensor:
    """Entropy of D independent coins, summed. p: (..., D) in [0, 1] -> (...), nats. C&T 2.1."""
    return categorical_entropy(_coins(p, "p")).sum(-1)


def gaussian_entropy(logvar: Tensor) -> Tensor:
    """Differential entropy of N(., diag exp(logvar)). logvar: (..., D) -> (...), nats. C&T 8.1.

    Unlike the entropy of classes it may be negative, and it moves when x is rescaled.
    """
    return 0.5 * (1 + LOG_2PI + logvar).sum(-1)


def cross_entropy(p: Tensor, q: Tensor) -> Tensor:
    """CE(p, q) = -sum p log q = H(p) + KL(p || q). p, q: (..., K) summing to 1 -> (...), nats.

    inf where q forbids (q = 0) what p does (p > 0). CE(p, p) = H(p), which is not 0.
    """
    _check_pair(p, q)
    return -(p * _log_where(q, p > 0)).sum(-1)


def kl_categorical(p: Tensor, q: Tensor) -> Tensor:
    """KL(p || q) = sum p log(p / q) >= 0. p, q: (..., K) summing to 1 -> (...), nats. C&T 2.3.

    0 log(0 / q) = 0; inf where q = 0 < p. Not symmetric: the average is taken over the first.
    """
    _check_pair(p, q)
    return (p * (_log_where(p, p > 0) - _log_where(q, p > 0))).sum(-1)


def kl_bernoulli(p: Tensor, q: Tensor) -> Tensor:
    """KL between D independent coins, summed over D. p, q: (..., D) in [0, 1] -> (...), nats."""
    p, q = _same_last(p=p, q=q)
    return kl_categorical(_coins(p, "p"), _coins(q, "q")).sum(-1)


def kl_gaussian(
    mu_q: Tensor, logvar_q: Tensor | float, mu_p: Tensor | float, logvar_p: Tensor | float
) -> Tensor:
    """KL(N(mu_q, diag exp(logvar_q)) || N(mu_p, diag exp(logvar_p))). All (..., D) -> (...), nats.

    1/2 sum_d [ log(var_p / var_q) + (var_q + (mu_q - mu_p)^2) / var_p - 1 ], derived in lesson 12.
    expm1 keeps the digits where the two variances nearly agree.
    """
    mu_q, logvar_q, mu_p, logvar_p = _same_last(
        mu_q=mu_q, logvar_q=logvar_q, mu_p=mu_p, logvar_p=logvar_p
    )
    log_ratio = logvar_q - logvar_p
    shift = (mu_q - mu_p) ** 2 * torch.exp(-logvar_p)
    return 0.5 * (torch.expm1(log_ratio) - log_ratio + shift).sum(-1)


def kl_std_normal(mu: Tensor, logvar: Tensor | float) -> Tensor:
    """KL(N(mu, diag exp(logvar)) || N(0, I)). mu, logvar: (..., D) -> (...), nats.

    1/2 sum_d [ mu^2 + var - 1 - log var ], the regulariser of a VAE (arXiv 1312.6114, appendix B).
    """
    mu, logvar = _same_last(mu=mu, logvar=logvar)
    return 0.5 * (mu**2 + torch.expm1(logvar) - logvar).sum(-1)


def kl_gaussian_full(mu_q: Tensor, cov_q: Tensor, mu_p: Tensor, cov_p: Tensor) -> Tensor:
    """KL(N(mu_q, cov_q) || N(mu_p, cov_p)). mu: (..., D), cov: (..., D, D) -> (...), nats.

    1/2 [ log det cov_p - log det cov_q + tr(cov_p^-1 cov_q) + shift - D ], where shift is
    (mu_q - mu_p)^T cov_p^-1 (mu_q - mu_p); both come from one triangular solve.
    """
    mu_q, mu_p = _same_last(mu_q=mu_q, mu_p=mu_p)
    d = mu_q.shape[-1]
    chol_q, chol_p = _cholesky(cov_q, d, "cov_q"), _cholesky(cov_p, d, "cov_p")
    trace = _solve(chol_p, chol_q).square().sum((-2, -1))
    shift = _solve(chol_p, (mu_q - mu_p).unsqueeze(-1)).square().sum((-2, -1))
    return 0.5 * (_logdet(chol_p) - _logdet(chol_q) + trace + shift - d)


def js_categorical(p: Tensor, q: Tensor) -> Tensor:
    """Jensen-Shannon divergence, 1/2 KL(p || m) + 1/2 KL(q || m) with m = (p + q) / 2.

    p, q: (..., K) summing to 1 -> (...), nats; symmetric, between 0 and log 2. Lin 1991.
    """
    _check_pair(p, q)
    m = 0.5 * (p + q)
    m = torch.where(m > 0, m, p + q)  # half of the smallest float there is would be 0
    return 0.5 * (kl_categorical(p, m) + kl_categorical(q, m))


def wasserstein_1d(x: Tensor, y: Tensor) -> Tensor:
    """Wasserstein-1 distance of two samples on the line. x: (N,), y: (M,) -> scalar, unit of x.

    The area between the two empirical distribution functions; for N = M that is the mean distance
    of the sorted samples. Peyre & Cuturi 2019 (arXiv 1803.00567), chapter 2, "1-D case".
    """
    if x.ndim != 1 or y.ndim != 1 or len(x) == 0 or len(y) == 0:
        raise ValueError(
            f"x and y must be non-empty samples (N,) and (M,), got {tuple(x.shape)} and "
            f"{tuple(y.shape)}; pass one column at a time."
        )
    x, y = x.sort().values, y.sort().values
    if len(x) == len(y):
        return (x - y).abs().mean()
    grid = torch.cat([x, y]).sort().values
    left = grid[:-1].detach()  # the distribution functions are constant from here to the next point
    cdf_x = torch.searchsorted(x.detach(), left, right=True).to(grid.dtype) / len(x)
    cdf_y = torch.searchsorted(y.detach(), left, right=True).to(grid.dtype) / len(y)
    return ((cdf_x - cdf_y).abs() * grid.diff()).sum()


def _same_last(**given: Tensor | float) -> list[Tensor]:
    """Numbers become tensors like the first one; shapes that broadcast by accident are refused.

    Batch dimensions may broadcast; the last one must agree, because (B, 1) against (B, D) is nearly
    always a mistake.
    """
    like = next(iter(given.values()))
    values = [v if isinstance(v, Tensor) else like.new_tensor(v) for v in given.values()]
    shapes = [tuple(v.shape) for v in values]
    try:
        torch.broadcast_shapes(*shapes)
        if len({shape[-1] for shape in shapes if shape}) <= 1:
            return values
    except RuntimeError:
        pass
    got = ", ".join(f"{name} {shape}" for name, shape in zip(given, shapes, strict=True))
    raise ValueError(
        f"shapes do not fit, got {got}; the last dimension (the components of one example) must be "
        "the same for all, the dimensions before it must broadcast."
    )


def _check_unit_interval(p: Tensor, name: str, cure: str) -> None:
    if not ((p >= 0) & (p <= 1)).all():  # also catches NaN
        low, high = p.min().item(), p.max().item()
        raise ValueError(
            f"{name} must lie in [0, 1], got values from {low:.4g} to {high:.4g}; {cure}."
        )


def _check_probabilities(p: Tensor, name: str) -> None:
    if p.ndim == 0 or p.shape[-1] == 0 or not p.is_floating_point():
        raise ValueError(
            f"{name} must be a floating-point tensor (..., K) of class probabilities, got "
            f"{p.dtype} of shape {tuple(p.shape)}; pass e.g. torch.tensor([0.5, 0.5])."
        )
    tol = 1e-5 if torch.finfo(p.dtype).eps < 1e-6 else 1e-2  # float32 and up; else half precision
    off = (p.sum(-1) - 1).abs()
    if not ((p >= 0).all() and (off <= tol).all()):  # also catches NaN
        raise ValueError(
            f"{name} must be >= 0 and sum to 1 over the last dimension, got a smallest value of "
            f"{p.min().item():.4g} and a sum that is off by {off.max().item():.3g}; divide counts "
            "by their sum, turn logits into probabilities with softmax(-1)."
        )


def _check_pair(p: Tensor, q: Tensor) -> None:
    _same_last(p=p, q=q)
    _check_probabilities(p, "p")
    _check_probabilities(q, "q")


def _coins(p: Tensor, name: str) -> Tensor:
    """(..., D) -> (..., D, 2): both probabilities of each coin."""
    _check_unit_interval(p, name, "turn logits into probabilities with sigmoid")
    return torch.stack([p, 1 - p], dim=-1)


def _log_where(p: Tensor, mask: Tensor) -> Tensor:
    """log p where mask holds, else 0, with no NaN in the gradient of the masked entries."""
    return torch.where(mask, p, torch.ones_like(p)).log()


def _cholesky(cov: Tensor, d: int, name: str) -> Tensor:
    if cov.ndim < 2 or cov.shape[-2:] != (d, d):
        raise ValueError(
            f"{name} must be (..., {d}, {d}) to fit vectors of length {d}, got {tuple(cov.shape)}; "
            "use torch.diag_embed(logvar.exp()) for a diagonal one."
        )
    asymmetry = (cov - cov.mT).abs().max()
    chol, info = torch.linalg.cholesky_ex(cov)
    if not ((info == 0).all() and asymmetry <= 1e-4 * cov.abs().max()):
        raise ValueError(
            f"{name} must be symmetric and positive definite, got a diagonal down to "
            f"{cov.diagonal(dim1=-2, dim2=-1).min().item():.3g} and an asymmetry of "
            f"{asymmetry.item():.3g}; symmetrise it and add a small multiple of the identity."
        )
    return chol


def _solve(chol: Tensor, b: Tensor) -> Tensor:
    return torch.linalg.solve_triangular(chol, b, upper=False)


def _logdet(chol: Tensor) -> Tensor:
    return 2 * chol.diagonal(dim1=-2, dim2=-1).log().sum(-1)
