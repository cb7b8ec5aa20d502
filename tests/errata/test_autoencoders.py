"""Errata of the articles on autoencoders and mixtures: the wrong form fails, the right passes."""

import math
from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn

from course_utils.checks.autoencoders_at_work.auc import auc
from course_utils.checks.mixtures_and_autoencoders.energy_distance import energy_distance
from course_utils.checks.mixtures_and_autoencoders.m_step import m_step
from course_utils.checks.mixtures_and_autoencoders.pca_reconstruction import pca_reconstruction
from course_utils.checks.mixtures_and_autoencoders.responsibilities import responsibilities
from course_utils.data import digits
from course_utils.maths import prob


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


# R86: encode, decode, compare is not a VAE, and decoding noise is not sampling


class Nets(nn.Module):
    def __init__(self, x_dim: int, z_dim: int, vae: bool, width: int = 128):
        super().__init__()
        self.z_dim, self.vae = z_dim, vae
        outputs = 2 * z_dim if vae else z_dim
        self.enc = nn.Sequential(nn.Linear(x_dim, width), nn.ReLU(), nn.Linear(width, outputs))
        self.dec = nn.Sequential(nn.Linear(z_dim, width), nn.ReLU(), nn.Linear(width, x_dim))

    def loss(self, x: Tensor, generator: torch.Generator) -> Tensor:
        if not self.vae:  # as the articles' listings have it
            return (self.dec(self.enc(x)) - x).square().sum(1).mean()
        mu, logvar = self.enc(x).chunk(2, -1)
        x_hat = self.dec(prob.reparameterize(mu, logvar, generator))
        error = (x_hat - x).square().sum(1) / (2 * 0.02)
        return (error + prob.kl_std_normal(mu, logvar)).mean()

    @torch.no_grad()
    def stretch(self, c: float) -> None:
        """Multiply all codes by c and let the decoder undo it."""
        self.enc[-1].weight[: self.z_dim] *= c
        self.enc[-1].bias[: self.z_dim] *= c
        if self.vae:  # log sigma^2 of a code that is c times as long
            self.enc[-1].bias[self.z_dim :] += 2 * math.log(c)
        self.dec[0].weight /= c


@pytest.mark.parametrize("c", [0.2, 3.0])
def test_r086_the_listings_loss_ignores_where_the_codes_lie_and_an_elbo_does_not(c):
    x = torch.rand(64, 10, generator=rng())
    changes = {}
    for vae in (False, True):
        torch.manual_seed(0)
        net = Nets(10, 3, vae)
        before = net.loss(x, rng(1)).item()
        net.stretch(c)
        changes[vae] = abs(net.loss(x, rng(1)).item() - before)
    assert changes[False] < 1e-5
    assert changes[True] > 0.5


def test_r086_noise_through_the_listings_decoder_misses_the_digits():
    data = digits(8)
    x, real = (t.flatten(1) - 0.3 for t in (data.x_train, data.x_test))
    noise = torch.randn(500, 8, generator=rng(2))
    distance = {}
    for vae in (False, True):
        torch.manual_seed(0)
        net, batch = Nets(64, 8, vae), rng(3)
        opt = torch.optim.Adam(net.parameters(), lr=5e-3)
        for _ in range(300):
            loss = net.loss(x[torch.randint(len(x), (128,), generator=batch)], batch)
            opt.zero_grad()
            loss.backward()
            opt.step()
        with torch.no_grad():
            distance[vae] = energy_distance(net.dec(noise), real).item()
    assert distance[True] < 0.2, "the form with a draw and a KL must come near the digits"
    assert distance[False] > 2 * distance[True], "the listing must be exposed"


def test_r086_noise_drawn_inside_training_teaches_an_encoder_nothing():
    net, x = Nets(10, 3, vae=False), torch.rand(8, 10, generator=rng())
    noise = torch.randn(8, 3, generator=rng())  # the listing's encoder.sample_noise()
    (net.dec(noise) - x).square().sum().backward()
    assert all(p.grad is None for p in net.enc.parameters())
    net.loss(x, rng()).backward()
    assert all(p.grad is not None for p in net.enc.parameters())


# R134: a mixture is no network, and an autoencoder is no distribution


def cloud() -> Tensor:
    at = torch.randint(2, (300,), generator=rng(4)).double()[:, None]
    noise = torch.randn(300, 2, generator=rng(5), dtype=torch.double)
    return (4 * at - 2) * torch.tensor([1.0, 0.5]).double() + 0.5 * noise


def log_densities(x: Tensor, mu: Tensor, cov: Tensor) -> Tensor:
    each = [prob.gaussian_full_log_prob(x, m, c) for m, c in zip(mu, cov, strict=True)]
    return torch.stack(each, 1)


def climb(m_step) -> list[float]:
    """Mean log likelihood at each of 40 EM steps from two points of the cloud."""
    x, path = cloud(), []
    r = (-torch.cdist(x, x[:2])).softmax(1)
    for _ in range(40):
        weights, mu, cov = m_step(x, r)
        log_density = log_densities(x, mu, cov)
        path.append(torch.logsumexp(log_density + weights.log(), 1).mean().item())
        r = responsibilities(log_density, weights)
    return path


def without_centring(x: Tensor, r: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    weights, mu, cov = m_step(x, r)
    return weights, mu, cov + mu[:, :, None] * mu[:, None]  # second moments


def test_r134_a_mixture_needs_no_network_and_no_gradient():
    with torch.no_grad():
        path, wrong = climb(m_step), climb(without_centring)
    assert all(b >= a - 1e-12 for a, b in pairwise(path))
    assert path[-1] > path[0] + 0.3  # two clouds found
    assert min(b - a for a, b in pairwise(wrong)) < -1e-6  # a wrong M-step goes down


def total_mass(log_density, half_width: float) -> float:
    """Integral of exp(log_density) over a square, by the trapezoidal rule."""
    line = torch.linspace(-half_width, half_width, 401, dtype=torch.double)
    height = log_density(torch.cartesian_prod(line, line)).exp().reshape(401, 401)
    return torch.trapezoid(torch.trapezoid(height, line), line).item()


def test_r134_a_mixture_is_a_density_and_a_reconstruction_error_is_none():
    x = cloud()
    weights, mu, cov = m_step(x, torch.ones(300, 1, dtype=torch.double))

    def mixture(points):
        return torch.logsumexp(log_densities(points, mu, cov) + weights.log(), 1)

    centre = x.mean(0)
    direction = torch.linalg.svd(x - centre, full_matrices=False)[2][:1]
    assert torch.allclose(centre + (x - centre) @ direction.T @ direction, pca_reconstruction(x, 1))

    def autoencoder(points):  # the best linear one: its error as a would-be log density
        copies = centre + (points - centre) @ direction.T @ direction
        return -(points - copies).square().sum(1)

    assert total_mass(mixture, 12) == pytest.approx(1, abs=1e-6)
    small, large = total_mass(autoencoder, 12), total_mass(autoencoder, 24)
    assert large > 1.9 * small  # every point of the line is as good: the mass has no end


# R165: an anomaly differs from its own copy, not from somebody else's


def both_aucs(held_out: int) -> tuple[float, float]:
    """AUC of the distance to a generated digit, and of the distance to the own copy (PCA, 8)."""
    data = digits(8)
    x = data.x_train.flatten(1)[data.y_train != held_out].double()
    new, y = data.x_test.flatten(1).double(), data.y_test
    centre = x.mean(0)
    top = torch.linalg.svd(x - centre, full_matrices=False)[2][:8]
    chol = torch.linalg.cholesky(torch.cov(((x - centre) @ top.T).T))
    z = torch.randn(len(new), 8, generator=rng(held_out), dtype=torch.double)
    generated = centre + z @ chol.T @ top
    copies = centre + (new - centre) @ top.T @ top
    scores = ((new - other).norm(dim=1) for other in (generated, copies))
    wrong, right = (auc(s[y != held_out], s[y == held_out]).item() for s in scores)
    return wrong, right


def test_r165_the_own_copy_finds_strangers_and_a_generated_digit_does_not():
    aucs = torch.tensor([both_aucs(c) for c in range(10)])
    wrong, right = aucs.mean(0).tolist()
    assert right > 0.75
    assert abs(wrong - 0.5) < 0.15
    assert right > wrong + 0.15
