"""Lesson 12: Means of k1, k2, k3 for KL(q || p) from samples of q (Schulman 2020)."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="12, step 13", difficulty=3, minutes=6)
HINTS = (
    "Start with log_r = log_p - log_q. The samples come from q.",
    "k1 = -log_r, k2 = log_r²/2, k3 = exp(log_r) - 1 - log_r; stack the three means.",
)


def kl_estimators(log_q: Tensor, log_p: Tensor) -> Tensor:
    """Means of k1, k2, k3 for KL(q || p) from samples of q (Schulman 2020).

    log_q, log_p: (N,) log densities at x ~ q, nats -> (3,), nats.
    """
    log_r = log_p - log_q  # r = p / q: the model we compare with, over the one we drew from
    k1 = -log_r
    k2 = 0.5 * log_r**2
    k3 = log_r.exp() - 1 - log_r
    return torch.stack([k1.mean(), k2.mean(), k3.mean()])


def cases(rng: torch.Generator) -> list[tuple]:
    x = normal(rng, 30)
    return [
        (d(-1.0, -2.0, -1.5), d(-1.2, -1.9, -2.5)),
        (d(-1.0), d(-1.5)),
        (-0.5 * x**2, -0.5 * (x - 0.7) ** 2),
    ]


class Properties:
    def k1_is_right_for_two_unit_Gaussians(f, rng):
        x = normal(rng, 20_000)
        got = float(f(-0.5 * x**2, -0.5 * (x - 1) ** 2)[0].mean())
        if not 0.45 < got < 0.55:
            raise Fails(
                f"for q = N(0, 1), p = N(1, 1) the KL is 0.5 nats, your k1 gives {got:.3f}."
            )

    def k3_is_never_negative(f, rng):
        values = torch.stack([f(normal(rng, 1), normal(rng, 1))[2].mean() for _ in range(200)])
        if values.min() < -1e-9:
            raise Fails(
                f"k3 of a single sample is never negative, yours goes down to {values.min():.4f}."
            )


class Mistakes:
    def ratio_upside_down(log_q, log_p):
        """Your log r is log q - log p. The samples come from q, so r = p/q: log r = log_p - log_q.
        With the other ratio k1 is minus the KL and k3 estimates nothing."""
        return kl_estimators(log_p, log_q)

    @named("k2 without its 1/2")
    def k2_without_its_half(log_q, log_p):
        """k2 is half the squared log ratio: near q = p the KL is half of E[(log r)²]."""
        return kl_estimators(log_q, log_p) * d(1.0, 2.0, 1.0)

    def k3_with_the_sign_of_log_r_flipped(log_q, log_p):
        """k3 = (r - 1) - log r. You added log r, so its mean is -KL."""
        return torch.stack(
            [
                (log_q - log_p).mean(),
                (0.5 * (log_p - log_q) ** 2).mean(),
                ((log_p - log_q).exp() - 1 + (log_p - log_q)).mean(),
            ]
        )

    @named("k3 without its -1")
    def k3_without_its_1(log_q, log_p):
        """r has mean 1 under q, so r - 1 is the term that adds nothing on average; r alone adds 1."""
        return kl_estimators(log_q, log_p) + d(0.0, 0.0, 1.0)

    def k1_with_the_wrong_sign(log_q, log_p):
        """k1 = -log r = log q - log p; yours has the mean -KL."""
        return kl_estimators(log_q, log_p) * d(-1.0, 1.0, 1.0)

    def sum_instead_of_mean(log_q, log_p):
        """You summed over the samples. An estimate is their mean; yours grows with N."""
        return kl_estimators(log_q, log_p) * len(log_q)

    def samples_weighted_by_q_again(log_q, log_p):
        """You multiplied by q(x). The samples were drawn from q, so the plain mean already weights
        by q."""
        return torch.stack(
            [
                (log_q.exp() * (log_q - log_p)).mean(),
                (log_q.exp() * 0.5 * (log_p - log_q) ** 2).mean(),
                (log_q.exp() * ((log_p - log_q).exp() - 1 - (log_p - log_q))).mean(),
            ]
        )
