"""Lesson 41: Mean squared error of the predicted noise. x_0, eps: (B, ...), t: (B,) long ->"""

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.checks.diffusion.shared import _bars, _per_image, q_sample_reference
from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(see="41, line 5", difficulty=2, minutes=5)
HINTS = (
    "First make x_t with the closed form (q_sample). What does the net get, what should it find?",
    "((net(x_t, t) - eps) ** 2).mean()",
)


def simple_loss(net, x_0: Tensor, t: Tensor, eps: Tensor, alpha_bars: Tensor) -> Tensor:
    """Mean squared error of the predicted noise. x_0, eps: (B, ...), t: (B,) long -> scalar.

    net(x_t, t) -> eps_hat (B, ...); alpha_bars: (n_timesteps,). The mean runs over everything.
    """
    alpha_bar = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))
    x_t = alpha_bar.sqrt() * x_0 + (1 - alpha_bar).sqrt() * eps
    return ((net(x_t, t) - eps) ** 2).mean()


def cases(rng):
    return [
        (_toy_net, normal(rng, 1, 2), torch.tensor([2]), normal(rng, 1, 2), _bars(4)),
        (_toy_net, normal(rng, 3, 4), torch.tensor([0, 2, 5]), normal(rng, 3, 4), _bars()),
        (
            _other_net,
            normal(rng, 2, 1, 2, 2),
            torch.tensor([5, 1]),
            normal(rng, 2, 1, 2, 2),
            _bars(),
        ),
    ]


def _toy_net(x_t: Tensor, t: Tensor) -> Tensor:
    """Some function of both arguments."""
    return 0.3 * x_t + 0.1 * _per_image(t.to(x_t.dtype), x_t)


def _other_net(x_t: Tensor, t: Tensor) -> Tensor:
    """Another one."""
    return x_t.sin() * _per_image(1 / (1 + t.to(x_t.dtype)), x_t)


def _loss_of(what):
    """A wrong loss: what(net, x_0, x_t, t, eps)."""

    def wrong(net, x_0, t, eps, alpha_bars):
        return what(net, x_0, q_sample_reference(x_0, t, eps, alpha_bars), t, eps)

    return wrong


_BCE = F.binary_cross_entropy_with_logits


class Properties:
    @named("0 for a net that finds the noise")
    def is_0_for_a_net_that_finds_the_noise(f, rng):
        x_0, eps, t, bars = normal(rng, 3, 2), normal(rng, 3, 2), torch.tensor([0, 2, 5]), _bars()

        def knows(x_t, t):
            a = bars[t][:, None]
            return (x_t - a.sqrt() * x_0) / (1 - a).sqrt()

        got = float(f(knows, x_0, t, eps, bars))
        if not abs(got) < 1e-9:
            raise Fails(
                f"a net that finds the noise exactly must have loss 0; yours gives it {got:.4g}."
            )

    def the_mean_square_of_the_noise_for_a_net_that_answers_0(f, rng):
        x_0, eps, t = normal(rng, 3, 2), normal(rng, 3, 2), torch.tensor([0, 2, 5])
        got = float(f(lambda x_t, t: torch.zeros_like(x_t), x_0, t, eps, _bars()))
        right = float((eps**2).mean())
        if not abs(got - right) < 1e-9:
            raise Fails(
                f"a net that answers 0 costs the mean square of the noise, here {right:.4f}; "
                f"yours gives {got:.4f}."
            )


class Mistakes:
    def the_image_as_the_target(net, x_0, t, eps, alpha_bars):
        """Your net learns to predict x_0. That works too, but the sampler of this lesson subtracts
        a predicted noise: the target is eps."""
        return (_loss_of(lambda net, x_0, x_t, t, eps: F.mse_loss(net(x_t, t), x_0)))(
            net, x_0, t, eps, alpha_bars
        )

    @named("no noise in the input", see="41, find the bug 2")
    def no_noise_in_the_input(net, x_0, t, eps, alpha_bars):
        """The net sees the clean image and must guess noise that is not in it. Its input is x_t
        (erratum R93)."""
        return (_loss_of(lambda net, x_0, x_t, t, eps: F.mse_loss(net(x_0, t), eps)))(
            net, x_0, t, eps, alpha_bars
        )

    @named("an auto-encoder", see="41, find the bug 2")
    def an_auto_encoder(net, x_0, t, eps, alpha_bars):
        """Clean image in, clean image out: the identity wins, and nothing was learnt about noise
        (erratum R93)."""
        return (_loss_of(lambda net, x_0, x_t, t, eps: F.mse_loss(net(x_0, t), x_0)))(
            net, x_0, t, eps, alpha_bars
        )

    @named("cross-entropy of the noise", see="41, find the bug 2")
    def cross_entropy_of_the_noise(net, x_0, t, eps, alpha_bars):
        """Cross-entropy is for targets in [0, 1]. Noise is Gaussian: beyond 1 the loss falls
        without end (erratum R92). Use the squared error."""
        return (_loss_of(lambda net, x_0, x_t, t, eps: _BCE(net(x_t, t), eps)))(
            net, x_0, t, eps, alpha_bars
        )

    def sum_instead_of_mean(net, x_0, t, eps, alpha_bars):
        """You summed over everything: the step size of training then depends on the batch and the
        image size. Take the mean."""
        return (_loss_of(lambda net, x_0, x_t, t, eps: ((net(x_t, t) - eps) ** 2).sum()))(
            net, x_0, t, eps, alpha_bars
        )

    def summed_over_pixels(net, x_0, t, eps, alpha_bars):
        """You summed over the pixels and averaged over the batch, as the bound does. The simple
        loss here is a mean over everything."""
        return (
            _loss_of(
                lambda net, x_0, x_t, t, eps: ((net(x_t, t) - eps) ** 2).flatten(1).sum(1).mean()
            )
        )(net, x_0, t, eps, alpha_bars)

    @named("the net is not told t", see="41, step 5")
    def the_net_is_not_told_t(net, x_0, t, eps, alpha_bars):
        """You hand the net t = 0 whatever the noise level. It must know how much noise to look for."""
        return (_loss_of(lambda net, x_0, x_t, t, eps: F.mse_loss(net(x_t, 0 * t), eps)))(
            net, x_0, t, eps, alpha_bars
        )

    @named("no square roots", see="41, step 2")
    def no_square_roots(net, x_0, t, eps, alpha_bars):
        """x_t was mixed with alpha_bar and 1 - alpha_bar instead of their square roots."""
        a = _per_image(alpha_bars[t], x_0)
        return F.mse_loss(net(a * x_0 + (1 - a) * eps, t), eps)

    @named("absolute instead of squared error", see="41, line 3")
    def absolute_instead_of_squared_error(net, x_0, t, eps, alpha_bars):
        """The absolute error leads to a median; the derivation, and the sampler, want the mean of
        the noise given x_t, which the squared error finds."""
        return (_loss_of(lambda net, x_0, x_t, t, eps: F.l1_loss(net(x_t, t), eps)))(
            net, x_0, t, eps, alpha_bars
        )
