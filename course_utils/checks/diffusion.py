"""Exercises of lesson 41: the closed form, the posterior, the bound's weights, loss, sampling."""

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises import Exercise, Mistake, Property

LESSON = "41_diffusion"


def _normal(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.double)


def _betas(n: int = 6) -> Tensor:
    return torch.linspace(0.05, 0.6, n, dtype=torch.double)


def _bars(n: int = 6) -> Tensor:
    return (1 - _betas(n)).cumprod(0)


def _per_image(values: Tensor, x: Tensor) -> Tensor:
    return values.view(-1, *[1] * (x.ndim - 1))


def _far(mine: Tensor, right: Tensor, tol: float = 1e-6) -> bool:
    return mine.shape != right.shape or not bool(((mine - right).abs() <= tol).all())


# ---- the closed form ---------------------------------------------------------------------------


def q_sample_reference(x_0: Tensor, t: Tensor, eps: Tensor, alpha_bars: Tensor) -> Tensor:
    """Jump from data to timestep t: sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) eps.

    x_0, eps: (B, ...), t: (B,) long, alpha_bars: (n_timesteps,) -> x_t (B, ...).
    """
    alpha_bar = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))  # (B, 1, ..., 1)
    return alpha_bar.sqrt() * x_0 + (1 - alpha_bar).sqrt() * eps


def _variance_stays(f, rng) -> str | None:
    n = 4000
    x_0, eps, t = _normal(rng, n, 1), _normal(rng, n, 1), torch.full((n,), 3)
    got = float(f(x_0, t, eps, _bars()).var())
    if not abs(got - 1) < 0.12:
        return (
            f"data of variance 1 and noise of variance 1 must mix to variance 1 (the squares of "
            f"the two factors add to 1); yours has {got:.3f}."
        )
    return None


def _own_time(f, rng) -> str | None:
    x_0, t = torch.ones(3, 2, dtype=torch.double), torch.tensor([0, 2, 5])
    got = f(x_0, t, torch.zeros_like(x_0), _bars())
    if _far(got, _bars()[t].sqrt()[:, None].expand(3, 2)):
        return (
            "with x_0 = 1, eps = 0 and t = [0, 2, 5] each row must show its own "
            f"sqrt(alpha_bar_t) = {_bars()[t].sqrt().tolist()}."
        )
    return None


def _mix(signal, noise):
    """A wrong q_sample: signal(alpha_bar) x_0 + noise(alpha_bar) eps."""

    def wrong(x_0, t, eps, alpha_bars):
        a = _per_image(alpha_bars[t], x_0)
        return signal(a) * x_0 + noise(a) * eps

    return wrong


q_sample = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=q_sample_reference,
    cases=lambda rng: [
        (_normal(rng, 1, 1), torch.tensor([2]), _normal(rng, 1, 1), _bars(4)),
        (_normal(rng, 3, 2), torch.tensor([0, 2, 5]), _normal(rng, 3, 2), _bars()),
        (_normal(rng, 2, 1, 2, 2), torch.tensor([5, 1]), _normal(rng, 2, 1, 2, 2), _bars()),
    ],
    properties=[
        Property("variance 1 stays variance 1", _variance_stays),
        Property("every row has its own t", _own_time),
    ],
    mistakes=[
        Mistake(
            "no square roots",
            _mix(lambda a: a, lambda a: 1 - a),
            "You mixed with alpha_bar and 1 - alpha_bar. Those are shares of the variance; a "
            "variable is scaled by the square root of its share.",
            "41, step 2",
        ),
        Mistake(
            "signal and noise exchanged",
            _mix(lambda a: (1 - a).sqrt(), lambda a: a.sqrt()),
            "alpha_bar is the share that is left of the data. You gave it to the noise: your "
            "chain begins as noise and becomes data.",
            "41, step 2",
        ),
        Mistake(
            "the data is not shrunk",
            _mix(torch.ones_like, lambda a: (1 - a).sqrt()),
            "You added noise but kept all of x_0: the variance grows beyond 1, and the end of "
            "the chain is not N(0, 1). (A chain of that kind exists, with other formulas.)",
            "41, step 1",
        ),
        Mistake(
            "1 minus the root instead of the root of 1 minus",
            _mix(lambda a: a.sqrt(), lambda a: 1 - a.sqrt()),
            "You took 1 - sqrt(alpha_bar) as the factor of the noise. Variances add to 1, not "
            "standard deviations: the factor is sqrt(1 - alpha_bar).",
            "41, step 2",
        ),
        Mistake(
            "the root of the noise forgotten",
            _mix(lambda a: a.sqrt(), lambda a: 1 - a),
            "The factor of the data has its root, that of the noise has not.",
            "41, step 2",
        ),
        Mistake(
            "the first image's t for all",
            lambda x_0, t, eps, alpha_bars: q_sample_reference(
                x_0, t[:1].expand(len(t)), eps, alpha_bars
            ),
            "Every image gets the noise level of the first one. t has one entry an image: "
            "alpha_bars[t] has shape (B,), reshaped to (B, 1, ..., 1).",
            "41, step 2",
        ),
        Mistake(
            "one step too early",
            lambda x_0, t, eps, alpha_bars: q_sample_reference(x_0, t - 1, eps, alpha_bars),
            "You read alpha_bars[t - 1]. Timesteps count from 0 here: alpha_bars[t] is what is "
            "left after step t. (And alpha_bars[-1], which you read at t = 0, is the last entry.)",
            "41, step 2",
        ),
    ],
    hints=[
        "alpha_bars[t] has shape (B,). To multiply images (B, C, H, W) it must be "
        "(B, 1, 1, 1): .view(-1, *[1] * (x_0.ndim - 1)).",
        "a.sqrt() * x_0 + (1 - a).sqrt() * eps, with the reshaped a.",
    ],
)

# ---- the posterior -----------------------------------------------------------------------------


def posterior_mean_reference(x_0: Tensor, x_t: Tensor, t: int, betas: Tensor) -> Tensor:
    """Mean of q(x_{t-1} | x_t, x_0). x_0, x_t: (B, ...), betas: (n_timesteps,) -> (B, ...).

    sqrt(alpha_bar_{t-1}) beta_t x_0 + sqrt(alpha_t) (1 - alpha_bar_{t-1}) x_t, divided by
    1 - alpha_bar_t; with alpha_bar = 1 before the first step.
    """
    alpha_bars = (1 - betas).cumprod(0)
    before = alpha_bars[t - 1] if t > 0 else torch.ones_like(alpha_bars[0])
    of_x_0 = before.sqrt() * betas[t] / (1 - alpha_bars[t])
    of_x_t = (1 - betas[t]).sqrt() * (1 - before) / (1 - alpha_bars[t])
    return of_x_0 * x_0 + of_x_t * x_t


def _first_step_is_x_0(f, rng) -> str | None:
    x_0, x_t = _normal(rng, 3, 2), _normal(rng, 3, 2)
    got = f(x_0, x_t, 0, _betas())
    if _far(got, x_0):
        return (
            "at t = 0 the step before is the data itself, so the mean must be x_0 whatever x_t is; "
            f"yours is off by up to {float((got - x_0).abs().max()):.3f}."
        )
    return None


def _on_the_mean_path(f, rng) -> str | None:
    x_0, bars = _normal(rng, 3, 2), _bars()
    got = f(x_0, bars[3].sqrt() * x_0, 3, _betas())
    if _far(got, bars[2].sqrt() * x_0):
        return (
            "where x_t is exactly its mean sqrt(alpha_bar_t) x_0, the step before must be exactly "
            "its own mean sqrt(alpha_bar_{t-1}) x_0; yours is not."
        )
    return None


def _parts(t: int, betas: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """(alpha_bar before, alpha_bar, alpha, beta) at t."""
    bars = (1 - betas).cumprod(0)
    before = bars[t - 1] if t > 0 else torch.ones_like(bars[0])
    return before, bars[t], 1 - betas[t], betas[t]


def _mean_swapped(x_0, x_t, t, betas):
    return posterior_mean_reference(x_t, x_0, t, betas)


def _mean_same_bar(x_0, x_t, t, betas):
    _, bar, alpha, beta = _parts(t, betas)
    return (bar.sqrt() * beta * x_0 + alpha.sqrt() * (1 - bar) * x_t) / (1 - bar)


def _mean_wraps(x_0, x_t, t, betas):
    _, bar, alpha, beta = _parts(t, betas)
    before = (1 - betas).cumprod(0)[t - 1]
    return (before.sqrt() * beta * x_0 + alpha.sqrt() * (1 - before) * x_t) / (1 - bar)


def _mean_no_roots(x_0, x_t, t, betas):
    before, bar, alpha, beta = _parts(t, betas)
    return (before * beta * x_0 + alpha * (1 - before) * x_t) / (1 - bar)


def _mean_not_divided(x_0, x_t, t, betas):
    before, _, alpha, beta = _parts(t, betas)
    return before.sqrt() * beta * x_0 + alpha.sqrt() * (1 - before) * x_t


posterior_mean = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=8,
    reference=posterior_mean_reference,
    cases=lambda rng: [
        (_normal(rng, 1, 1), _normal(rng, 1, 1), 2, _betas(4)),
        (_normal(rng, 3, 2), _normal(rng, 3, 2), 0, _betas()),
        (_normal(rng, 2, 1, 2, 2), _normal(rng, 2, 1, 2, 2), 5, _betas()),
    ],
    properties=[
        Property("x_0 itself at t = 0", _first_step_is_x_0),
        Property("from mean to mean", _on_the_mean_path),
    ],
    mistakes=[
        Mistake(
            "the two factors exchanged",
            _mean_swapped,
            "The factor with beta_t belongs to x_0, the one with 1 - alpha_bar_{t-1} to x_t. "
            "Yours are exchanged.",
            "41, step 3",
        ),
        Mistake(
            "alpha_bar of t instead of t - 1",
            _mean_same_bar,
            "The two factors hold alpha_bar one step earlier; only the denominator has that of t.",
            "41, step 3",
        ),
        Mistake(
            "alpha_bars[t - 1] at t = 0",
            _mean_wraps,
            "At t = 0 you read alpha_bars[-1], which in Python is the last entry: almost pure "
            "noise. Before the first step alpha_bar is 1. A sampler with this bug ruins its "
            "last step without an error message.",
            "41, step 3",
        ),
        Mistake(
            "no square roots",
            _mean_no_roots,
            "The factors of x_0 and x_t need sqrt(alpha_bar_{t-1}) and sqrt(alpha_t).",
            "41, step 3",
        ),
        Mistake(
            "not divided by 1 - alpha_bar_t",
            _mean_not_divided,
            "You left the denominator out. The mean is a sum of precisions times values divided "
            "by the total precision.",
            "41, step 3",
        ),
        Mistake(
            "the forward mean",
            lambda x_0, x_t, t, betas: (1 - betas[t]).sqrt() * x_t,
            "sqrt(1 - beta) x is the mean of the next, noisier step. You need the step before, "
            "given both ends.",
            "41, step 3",
        ),
        Mistake(
            "x_0 at every step",
            lambda x_0, x_t, t, betas: x_0.clone(),
            "You jump to the data at once. That is right at t = 0 only; before that x_t counts.",
            "41, step 3",
        ),
    ],
    hints=[
        "alpha_bars = (1 - betas).cumprod(0). What is alpha_bar before the first step? Mind t = 0, "
        "where alpha_bars[t - 1] would be the last entry.",
        "before = alpha_bars[t - 1] if t > 0 else 1. Then (sqrt(before) beta_t x_0 + sqrt(alpha_t) "
        "(1 - before) x_t) / (1 - alpha_bars[t]).",
    ],
)

# ---- the weights of the bound ------------------------------------------------------------------


def bound_weights_reference(betas: Tensor) -> Tensor:
    """Factor of |eps - eps_hat|^2 in the bound, in nats, for t = 1 .. n_timesteps - 1.

    beta_t^2 / (2 var_t alpha_t (1 - alpha_bar_t)) with the posterior variance var_t =
    beta_t (1 - alpha_bar_{t-1}) / (1 - alpha_bar_t). betas: (n,) -> (n - 1,).
    """
    alphas = 1 - betas
    alpha_bars = alphas.cumprod(0)
    beta, alpha, left, before = betas[1:], alphas[1:], alpha_bars[1:], alpha_bars[:-1]
    variance = beta * (1 - before) / (1 - left)
    return beta**2 / (2 * variance * alpha * (1 - left))


def _snr_identity(f, rng) -> str | None:
    bars = _bars()
    snr = bars / (1 - bars)
    in_x_0 = f(_betas()) * snr[1:]  # |eps - eps_hat|^2 = SNR_t |x_0 - x_0_hat|^2
    right = (snr[:-1] - snr[1:]) / 2
    if _far(in_x_0, right, 1e-9):
        return (
            "times SNR_t = alpha_bar_t / (1 - alpha_bar_t) the weights must be half the drop of "
            f"the SNR, {right[:2].tolist()} ...; yours give {in_x_0.flatten()[:2].tolist()} ..."
        )
    return None


def _weights_with(power: int = 2, half: float = 0.5, posterior: bool = True, alpha_in: bool = True):
    def wrong(betas):
        bars = (1 - betas).cumprod(0)
        beta, alpha, left, before = betas[1:], 1 - betas[1:], bars[1:], bars[:-1]
        variance = beta * (1 - before) / (1 - left) if posterior else beta
        return half * beta**power / (variance * (alpha if alpha_in else 1) * (1 - left))

    return wrong


bound_weights = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=6,
    reference=bound_weights_reference,
    cases=lambda rng: [
        (_betas(3),),
        (torch.tensor([0.1, 0.4], dtype=torch.double),),
        (0.05 + 0.5 * torch.rand(8, generator=rng, dtype=torch.double),),
    ],
    properties=[Property("half the drop of the signal-to-noise ratio", _snr_identity)],
    mistakes=[
        Mistake(
            "beta not squared",
            _weights_with(power=1),
            "The distance of the two means is beta/(...) times the error, and the bound holds its "
            "square: beta_t^2.",
            "41, line 4",
        ),
        Mistake(
            "one half forgotten",
            _weights_with(half=1.0),
            "The KL of two Gaussians of equal variance is the squared distance over TWICE the "
            "variance.",
            "41, line 3",
        ),
        Mistake(
            "beta as the variance",
            _weights_with(posterior=False),
            "You divided by beta_t. The posterior is narrower: beta_t (1 - alpha_bar_{t-1}) / "
            "(1 - alpha_bar_t).",
            "41, step 3",
        ),
        Mistake(
            "alpha left out",
            _weights_with(alpha_in=False),
            "The mean holds 1 / sqrt(alpha_t), so its square holds 1 / alpha_t.",
            "41, line 4",
        ),
        Mistake(
            "weights of the x_0 error",
            lambda betas: (
                bound_weights_reference(betas) * (1 / (1 / (1 - betas).cumprod(0) - 1))[1:]
            ),
            "Those are the weights of |x_0 - x_0_hat|^2, half the drop of the SNR. For the error "
            "of the noise divide by the SNR.",
            "41, line 4",
        ),
        Mistake(
            "all weights 1",
            lambda betas: torch.ones_like(betas[1:]),
            "That is the simple loss, which drops the weights. Here the bound's own are asked.",
            "41, line 5",
        ),
    ],
    hints=[
        "Line 3 divides the squared distance of the means by 2 var_t; line 4 says that distance in "
        "eps: beta_t / sqrt(alpha_t (1 - alpha_bar_t)) times the error.",
        "alpha_bars[1:] is alpha_bar_t, alpha_bars[:-1] is alpha_bar_{t-1}; betas[1:] fits both.",
    ],
)

# ---- the loss ----------------------------------------------------------------------------------


def simple_loss_reference(net, x_0: Tensor, t: Tensor, eps: Tensor, alpha_bars: Tensor) -> Tensor:
    """Mean squared error of the predicted noise. x_0, eps: (B, ...), t: (B,) long -> scalar.

    net(x_t, t) -> eps_hat (B, ...); alpha_bars: (n_timesteps,). The mean runs over everything.
    """
    alpha_bar = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))
    x_t = alpha_bar.sqrt() * x_0 + (1 - alpha_bar).sqrt() * eps
    return ((net(x_t, t) - eps) ** 2).mean()


def _toy_net(x_t: Tensor, t: Tensor) -> Tensor:
    """Some function of both arguments."""
    return 0.3 * x_t + 0.1 * _per_image(t.to(x_t.dtype), x_t)


def _other_net(x_t: Tensor, t: Tensor) -> Tensor:
    """Another one."""
    return x_t.sin() * _per_image(1 / (1 + t.to(x_t.dtype)), x_t)


def _knowing_net_has_no_loss(f, rng) -> str | None:
    x_0, eps, t, bars = _normal(rng, 3, 2), _normal(rng, 3, 2), torch.tensor([0, 2, 5]), _bars()

    def knows(x_t, t):
        a = bars[t][:, None]
        return (x_t - a.sqrt() * x_0) / (1 - a).sqrt()

    got = float(f(knows, x_0, t, eps, bars))
    if not abs(got) < 1e-9:
        return f"a net that finds the noise exactly must have loss 0; yours gives it {got:.4g}."
    return None


def _silent_net_costs_the_noise(f, rng) -> str | None:
    x_0, eps, t = _normal(rng, 3, 2), _normal(rng, 3, 2), torch.tensor([0, 2, 5])
    got = float(f(lambda x_t, t: torch.zeros_like(x_t), x_0, t, eps, _bars()))
    right = float((eps**2).mean())
    if not abs(got - right) < 1e-9:
        return (
            f"a net that answers 0 costs the mean square of the noise, here {right:.4f}; "
            f"yours gives {got:.4f}."
        )
    return None


def _loss_of(what):
    """A wrong loss: what(net, x_0, x_t, t, eps)."""

    def wrong(net, x_0, t, eps, alpha_bars):
        return what(net, x_0, q_sample_reference(x_0, t, eps, alpha_bars), t, eps)

    return wrong


def _loss_without_roots(net, x_0, t, eps, alpha_bars):
    a = _per_image(alpha_bars[t], x_0)
    return F.mse_loss(net(a * x_0 + (1 - a) * eps, t), eps)


_BCE = F.binary_cross_entropy_with_logits

simple_loss = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=simple_loss_reference,
    cases=lambda rng: [
        (_toy_net, _normal(rng, 1, 2), torch.tensor([2]), _normal(rng, 1, 2), _bars(4)),
        (_toy_net, _normal(rng, 3, 4), torch.tensor([0, 2, 5]), _normal(rng, 3, 4), _bars()),
        (
            _other_net,
            _normal(rng, 2, 1, 2, 2),
            torch.tensor([5, 1]),
            _normal(rng, 2, 1, 2, 2),
            _bars(),
        ),
    ],
    properties=[
        Property("0 for a net that finds the noise", _knowing_net_has_no_loss),
        Property(
            "the mean square of the noise for a net that answers 0", _silent_net_costs_the_noise
        ),
    ],
    mistakes=[
        Mistake(
            "the image as the target",
            _loss_of(lambda net, x_0, x_t, t, eps: F.mse_loss(net(x_t, t), x_0)),
            "Your net learns to predict x_0. That works too, but the sampler of this lesson "
            "subtracts a predicted noise: the target is eps.",
            "41, line 5",
        ),
        Mistake(
            "no noise in the input",
            _loss_of(lambda net, x_0, x_t, t, eps: F.mse_loss(net(x_0, t), eps)),
            "The net sees the clean image and must guess noise that is not in it. Its input is "
            "x_t (erratum R93).",
            "41, find the bug 2",
        ),
        Mistake(
            "an auto-encoder",
            _loss_of(lambda net, x_0, x_t, t, eps: F.mse_loss(net(x_0, t), x_0)),
            "Clean image in, clean image out: the identity wins, and nothing was learnt about "
            "noise (erratum R93).",
            "41, find the bug 2",
        ),
        Mistake(
            "cross-entropy of the noise",
            _loss_of(lambda net, x_0, x_t, t, eps: _BCE(net(x_t, t), eps)),
            "Cross-entropy is for targets in [0, 1]. Noise is Gaussian: beyond 1 the loss falls "
            "without end (erratum R92). Use the squared error.",
            "41, find the bug 2",
        ),
        Mistake(
            "sum instead of mean",
            _loss_of(lambda net, x_0, x_t, t, eps: ((net(x_t, t) - eps) ** 2).sum()),
            "You summed over everything: the step size of training then depends on the batch and "
            "the image size. Take the mean.",
            "41, line 5",
        ),
        Mistake(
            "summed over pixels",
            _loss_of(
                lambda net, x_0, x_t, t, eps: ((net(x_t, t) - eps) ** 2).flatten(1).sum(1).mean()
            ),
            "You summed over the pixels and averaged over the batch, as the bound does. The simple "
            "loss here is a mean over everything.",
            "41, line 5",
        ),
        Mistake(
            "the net is not told t",
            _loss_of(lambda net, x_0, x_t, t, eps: F.mse_loss(net(x_t, 0 * t), eps)),
            "You hand the net t = 0 whatever the noise level. It must know how much noise to "
            "look for.",
            "41, step 5",
        ),
        Mistake(
            "no square roots",
            _loss_without_roots,
            "x_t was mixed with alpha_bar and 1 - alpha_bar instead of their square roots.",
            "41, step 2",
        ),
        Mistake(
            "absolute instead of squared error",
            _loss_of(lambda net, x_0, x_t, t, eps: F.l1_loss(net(x_t, t), eps)),
            "The absolute error leads to a median; the derivation, and the sampler, want the mean "
            "of the noise given x_t, which the squared error finds.",
            "41, line 3",
        ),
    ],
    hints=[
        "First make x_t with the closed form (q_sample). What does the net get, what should it "
        "find?",
        "((net(x_t, t) - eps) ** 2).mean()",
    ],
)

# ---- one step back -----------------------------------------------------------------------------


def ancestral_step_reference(
    x_t: Tensor, t: int, eps_hat: Tensor, z: Tensor, betas: Tensor
) -> Tensor:
    """One step back from x_t to x_{t-1} (Ho et al. 2020, algorithm 2, posterior variance).

    [x_t - beta_t / sqrt(1 - alpha_bar_t) eps_hat] / sqrt(alpha_t) + sqrt(var_t) z, where
    var_t = beta_t (1 - alpha_bar_{t-1}) / (1 - alpha_bar_t) for t > 0, and 0 at t = 0.
    x_t, eps_hat, z: (B, ...), t: int, betas: (n_timesteps,) -> (B, ...).
    """
    alpha_bars = (1 - betas).cumprod(0)
    beta, alpha, left = betas[t], 1 - betas[t], alpha_bars[t]
    mean = (x_t - beta / (1 - left).sqrt() * eps_hat) / alpha.sqrt()
    if t == 0:
        return mean  # this is the sample: no noise any more
    variance = beta * (1 - alpha_bars[t - 1]) / (1 - left)
    return mean + variance.sqrt() * z


def _last_step_is_quiet(f, rng) -> str | None:
    x, e = _normal(rng, 3, 2), _normal(rng, 3, 2)
    a, b = (f(x, 0, e, _normal(rng, 3, 2), _betas()) for _ in range(2))
    if _far(a, b):
        return (
            "at t = 0 two different z must give the same result, the sample; yours differ by up to "
            f"{float((a - b).abs().max()):.3f}."
        )
    return None


def _true_noise_leads_home(f, rng) -> str | None:
    x_0, eps, bars = _normal(rng, 3, 2), _normal(rng, 3, 2), _bars()
    x_1 = bars[0].sqrt() * x_0 + (1 - bars[0]).sqrt() * eps
    got = f(x_1, 0, eps, torch.zeros_like(eps), _betas())
    if _far(got, x_0):
        return (
            "told the true noise, the last step must return x_0 exactly; yours is off by up to "
            f"{float((got - x_0).abs().max()):.3f}."
        )
    return None


def _step(mean=None, variance=None, always: bool = False):
    """A wrong step: other mean(x, e, beta, alpha, bar) or variance(beta, before, bar)."""

    def wrong(x_t, t, eps_hat, z, betas):
        bars = (1 - betas).cumprod(0)
        beta, alpha, bar = betas[t], 1 - betas[t], bars[t]
        if mean is None:
            m = (x_t - beta / (1 - bar).sqrt() * eps_hat) / alpha.sqrt()
        else:
            m = mean(x_t, eps_hat, beta, alpha, bar)
        if t == 0 and not always:
            return m
        before = bars[t - 1]
        v = beta * (1 - before) / (1 - bar) if variance is None else variance(beta, before, bar)
        return m + v.sqrt() * z

    return wrong


ancestral_step = Exercise(
    lesson=LESSON,
    difficulty=4,
    minutes=10,
    reference=ancestral_step_reference,
    cases=lambda rng: [
        (_normal(rng, 1, 1), 2, _normal(rng, 1, 1), _normal(rng, 1, 1), _betas(4)),
        (_normal(rng, 3, 2), 0, _normal(rng, 3, 2), _normal(rng, 3, 2), _betas()),
        (
            _normal(rng, 2, 1, 2, 2),
            5,
            _normal(rng, 2, 1, 2, 2),
            _normal(rng, 2, 1, 2, 2),
            _betas(),
        ),
    ],
    properties=[
        Property("no noise at the last step", _last_step_is_quiet),
        Property("the true noise leads home", _true_noise_leads_home),
    ],
    mistakes=[
        Mistake(
            "noise at the last step, too",
            _step(variance=lambda beta, before, bar: beta, always=True),
            "You add noise of variance beta at every step, t = 0 included. What leaves step 0 is "
            "the sample: noise there is never removed again.",
            "41, step 6",
        ),
        Mistake(
            "alpha_bars[t - 1] at t = 0",
            _step(always=True),
            "At t = 0 you read alpha_bars[-1], the last entry, and so add noise to the finished "
            "sample. Before the first step alpha_bar is 1, and the variance 0.",
            "41, step 6",
        ),
        Mistake(
            "beta as the variance",
            _step(variance=lambda beta, before, bar: beta),
            "sigma^2 = beta_t is the other choice of Ho et al. (right for data of variance 1). The "
            "posterior variance is asked: beta_t (1 - alpha_bar_{t-1}) / (1 - alpha_bar_t).",
            "41, step 3",
        ),
        Mistake(
            "the forward step once more",
            lambda x_t, t, eps_hat, z, betas: (1 - betas[t]).sqrt() * x_t + betas[t].sqrt() * z,
            "That is the noising step: it shrinks x and adds noise, and the net is not asked at "
            "all. Repeated a thousand times it stays noise (erratum R91).",
            "41, find the bug 1",
        ),
        Mistake(
            "variance instead of standard deviation",
            _step(variance=lambda beta, before, bar: (beta * (1 - before) / (1 - bar)) ** 2),
            "z is multiplied by the standard deviation: take the root of the variance.",
            "41, step 6",
        ),
        Mistake(
            "the root of alpha_bar instead of alpha",
            _step(
                mean=lambda x, e, beta, alpha, bar: (x - beta / (1 - bar).sqrt() * e) / bar.sqrt()
            ),
            "You divided by sqrt(alpha_bar_t), which undoes all steps at once. One step back "
            "divides by sqrt(alpha_t).",
            "41, step 6",
        ),
        Mistake(
            "not divided by the root of alpha",
            _step(mean=lambda x, e, beta, alpha, bar: x - beta / (1 - bar).sqrt() * e),
            "The noising step shrank x by sqrt(alpha_t); going back, divide by it.",
            "41, step 6",
        ),
        Mistake(
            "noise added instead of removed",
            _step(
                mean=lambda x, e, beta, alpha, bar: (x + beta / (1 - bar).sqrt() * e) / alpha.sqrt()
            ),
            "You added the predicted noise. Generation removes it (erratum R89).",
            "41, step 6",
        ),
        Mistake(
            "all of the noise removed at once",
            _step(mean=lambda x, e, beta, alpha, bar: (x - (1 - bar).sqrt() * e) / bar.sqrt()),
            "That is the predicted x_0. One step back removes only the share beta_t / "
            "sqrt(1 - alpha_bar_t) of the predicted noise.",
            "41, step 6",
        ),
        Mistake(
            "no noise at all",
            lambda x_t, t, eps_hat, z, betas: ancestral_step_reference(
                x_t, t, eps_hat, 0 * z, betas
            ),
            "Without z every step returns the mean, and the samples are too alike. Add "
            "sqrt(var_t) z for t > 0.",
            "41, step 6",
        ),
    ],
    hints=[
        "Write the mean first: subtract beta_t / sqrt(1 - alpha_bar_t) times eps_hat, then divide "
        "by sqrt(alpha_t). t is a plain int, so `if t == 0` works.",
        "var_t = beta_t (1 - alpha_bars[t - 1]) / (1 - alpha_bars[t]) for t > 0; at t = 0 return "
        "the mean alone.",
    ],
)
