"""Errata of the articles on VAEs: the wrong form fails, the right form passes."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.exercises.desk import find
from course_utils.maths import prob


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def gaussians(n=500, d=4):
    mu, logvar = torch.randn(2, n, d, generator=rng(), dtype=torch.double)
    return mu, logvar


class Linear:
    """z ~ N(0, I), x = W z + noise: log p(x), posterior and ELBO are exact."""

    def __init__(self, d=6, z_dim=2, var=0.3):
        g = rng(1)
        self.W, self.var = torch.randn(d, z_dim, generator=g, dtype=torch.double), var
        eye_z, eye_d = torch.eye(z_dim).double(), torch.eye(d).double()
        self.cov_x = self.W @ self.W.T + var * eye_d
        self.cov_z = torch.linalg.inv(eye_z + self.W.T @ self.W / var)
        noise = torch.randn(d, generator=g, dtype=torch.double)
        self.x = self.W @ torch.ones(z_dim).double() + math.sqrt(var) * noise
        self.mu_z = self.cov_z @ self.W.T @ self.x / var
        self.log_px = prob.gaussian_full_log_prob(self.x, torch.zeros(d).double(), self.cov_x)

    def recon(self, mu: Tensor, logvar: Tensor) -> Tensor:
        """E_q[log p(x|z)] in closed form."""
        spread = (self.W**2 * logvar.exp()).sum()
        misfit = (self.x - self.W @ mu).square().sum() + spread
        return -0.5 * misfit / self.var - 0.5 * len(self.x) * math.log(2 * math.pi * self.var)


def descend(loss, n_steps=200, lr=0.02):
    """Gradient descent on mu and logvar of one example -> both."""
    mu, logvar = (torch.full((2,), v, dtype=torch.double).requires_grad_() for v in (0.5, 0.1))
    for _ in range(n_steps):
        grads = torch.autograd.grad(loss(mu, logvar), (mu, logvar))
        mu, logvar = (
            (p - lr * g).detach().clamp(-1e6, 50).requires_grad_()
            for p, g in zip((mu, logvar), grads, strict=True)
        )
    return mu.detach(), logvar.detach()


# R68: minus the KL, and halved once more


def article_loss(model: Linear):
    return lambda mu, logvar: -model.recon(mu, logvar) - 0.5 * prob.kl_std_normal(mu, logvar)


def right_loss(model: Linear):
    return lambda mu, logvar: -model.recon(mu, logvar) + prob.kl_std_normal(mu, logvar)


def test_r068_minus_the_kl_is_no_bound():
    model = Linear()
    mu, logvar = (6 * torch.ones(2).double(), torch.zeros(2).double())
    away = model.mu_z + mu
    assert -right_loss(model)(away, logvar) <= model.log_px
    # far from the prior in a direction the data do not see, the wrong "bound" exceeds log p(x)
    blind = Linear()
    blind.W = torch.zeros_like(blind.W)
    log_px = blind.recon(torch.zeros(2).double(), torch.zeros(2).double())
    assert -right_loss(blind)(mu, logvar) <= log_px
    assert -article_loss(blind)(mu, logvar) > log_px + 10


def test_r068_a_unit_the_decoder_does_not_need_runs_away():
    model = Linear(var=4.0)
    model.W[:, 1] = 0.0
    right, wrong = descend(right_loss(model)), descend(article_loss(model), n_steps=400)
    assert prob.kl_std_normal(*right) < 3
    assert prob.kl_std_normal(*wrong) > 100


def test_r068_the_checker_calls_it_by_its_name():
    from course_utils.exercises import judge

    added = next(m for m in find("bernoulli_elbo").mistakes if m.name == "KL added")
    verdict = judge(find("bernoulli_elbo"), added.answer)
    assert verdict.mistake is added


# R69: separate encoder and decoder losses


class Tiny(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.enc, self.dec = nn.Linear(6, 4).double(), nn.Linear(2, 6).double()


def tiny_losses(net: Tiny, x: Tensor, eps: Tensor, *, cut: bool):
    mu, logvar = net.enc(x).chunk(2, -1)
    z = mu + (0.5 * logvar).exp() * eps
    x_hat = net.dec(z.detach() if cut else z)
    return 10 * (x_hat - x).square().sum(-1).mean(), prob.kl_std_normal(mu, logvar).mean()


@pytest.mark.parametrize("cut", [True, False])
def test_r069_the_encoder_must_receive_the_reconstruction_gradient(cut):
    net, x = Tiny(), torch.randn(200, 6, generator=rng()).double()
    recon, _ = tiny_losses(net, x, torch.randn(200, 2, generator=rng(1)).double(), cut=cut)
    (grad,) = torch.autograd.grad(recon, net.enc.weight, allow_unused=True)
    assert (grad is None) == cut


def test_r069_trained_apart_the_code_carries_nothing():
    kls = {}
    for cut in (True, False):
        net, g = Tiny(), rng(2)
        opt = torch.optim.Adam(net.parameters(), lr=0.02)
        for _ in range(200):
            x = torch.randn(64, 2, generator=g).double() @ torch.ones(2, 6).double()
            recon, kl = tiny_losses(net, x, torch.randn(64, 2, generator=g).double(), cut=cut)
            opt.zero_grad()
            (recon + kl).backward()
            opt.step()
        kls[cut] = kl.item()
    assert kls[True] < 0.1
    assert kls[False] > 1


# R70: which of three distributions is which


def test_r070_the_gap_is_measured_from_the_true_posterior_not_from_the_prior():
    model = Linear()
    mu, logvar = model.mu_z + 0.2, (2 * model.cov_z.diag()).log()
    gap = model.log_px - (model.recon(mu, logvar) - prob.kl_std_normal(mu, logvar))
    to_posterior = prob.kl_gaussian_full(mu, logvar.exp().diag(), model.mu_z, model.cov_z)
    to_prior = prob.kl_std_normal(mu, logvar)
    assert gap.item() == pytest.approx(to_posterior.item(), abs=1e-9)
    assert abs(gap - to_prior) > 0.5


# R71: no reparameterisation, no gradient


def test_r071_a_plain_draw_passes_no_gradient_on():
    mu, logvar = torch.zeros(3, requires_grad=True), torch.zeros(3, requires_grad=True)
    drawn = torch.distributions.Normal(mu, (0.5 * logvar).exp()).sample()
    assert not drawn.requires_grad
    z = prob.reparameterize(mu, logvar, rng())
    grads = torch.autograd.grad(z.sum(), (mu, logvar))
    assert all(g.abs().sum() > 0 for g in grads)


# R72: sigma is not the variance


def test_r072_sigma_2_tells_the_two_readings_apart():
    sigma, mu = torch.tensor([2.0]).double(), torch.zeros(1).double()
    right = prob.kl_std_normal(mu, 2 * sigma.log()).item()
    as_variance = prob.kl_std_normal(mu, sigma.log()).item()
    by_torch = torch.distributions.kl_divergence(
        torch.distributions.Normal(mu, sigma), torch.distributions.Normal(0.0, 1.0)
    ).item()
    assert right == pytest.approx(by_torch)
    assert right == pytest.approx(0.807, abs=1e-3)
    assert as_variance == pytest.approx(0.153, abs=1e-3)


# R74: a picture cannot be compared with its code


def test_r074_the_code_has_another_shape_than_the_picture():
    x, enc, dec = torch.rand(5, 784), nn.Linear(784, 20), nn.Linear(20, 784)
    with pytest.raises(RuntimeError, match="784"):
        0.5 * (x - enc(x)).square().sum(-1)
    assert (0.5 * (x - dec(enc(x))).square().sum(-1)).shape == (5,)


# R78 and R79: statistics across units are no parameters


def article_code(h: Tensor, g: torch.Generator) -> Tensor:
    mean, std = h.mean(dim=1), h.std(dim=1)
    return mean + std * torch.randn(mean.shape, generator=g)


def test_r078_one_number_an_example_is_left():
    h = torch.randn(64, 2, generator=rng())
    assert article_code(h, rng()).shape == (64,)
    assert article_code(h, rng()).shape != (64, 2)
    mu, logvar = nn.Linear(16, 2 * 2)(torch.randn(64, 16)).chunk(2, -1)
    assert prob.reparameterize(mu, logvar).shape == (64, 2)


def test_r078_swapping_two_units_changes_nothing():
    h = torch.randn(8, 2, generator=rng())
    assert torch.equal(article_code(h, rng()), article_code(h.flip(1), rng()))
    mu, logvar = torch.randn(2, 8, 2, generator=rng())
    same_noise = [prob.reparameterize(m, logvar, rng()) for m in (mu, mu.flip(1))]
    assert not torch.allclose(*same_noise)


def test_r079_the_decoder_stops_unless_the_batch_is_as_large_as_the_code():
    dec = nn.Linear(2, 784)
    with pytest.raises(RuntimeError):
        dec(article_code(torch.randn(64, 2), rng()))
    silent = dec(article_code(torch.randn(2, 2), rng()))
    assert silent.shape == (784,)  # one picture for two inputs, and no error
    assert dec(torch.randn(2, 2)).shape == (2, 784)


# R80: the KL with a flipped sign and log(exp(sigma))


def article_kl(mu: Tensor, sigma: Tensor) -> Tensor:
    return -0.5 * (mu**2 + sigma**2 - sigma.exp().log() - 1)


@pytest.mark.parametrize(("sigma", "wrong", "right"), [(1.0, 0.5, 0.0), (10.0, -44.5, 47.2)])
def test_r080_two_pairs_expose_the_formula(sigma, wrong, right):
    mu, sigma = torch.zeros(1).double(), torch.tensor([sigma]).double()
    assert article_kl(mu, sigma).item() == pytest.approx(wrong)
    assert prob.kl_std_normal(mu, 2 * sigma.log()).item() == pytest.approx(right, abs=0.01)


def test_r080_only_the_right_form_is_never_negative():
    mu, logvar = gaussians()
    assert (article_kl(mu, (0.5 * logvar).exp()) < 0).any()
    assert (prob.kl_std_normal(mu, logvar) >= 0).all()


# R81: a loss is one number


def test_r081_a_vector_cannot_be_differentiated():
    mu, logvar = (p.requires_grad_() for p in gaussians(8, 2))
    with pytest.raises(RuntimeError, match="scalar outputs"):
        prob.kl_std_normal(mu, logvar).backward()
    prob.kl_std_normal(mu, logvar).mean().backward()
    assert mu.grad is not None


# R82: pictures of one shape


def test_r082_a_flat_picture_does_not_fit_a_square_one():
    x_hat, x = torch.rand(64, 28, 28), torch.rand(64, 784)
    with pytest.raises(RuntimeError, match="28"), pytest.warns(UserWarning, match="target size"):
        F.mse_loss(x_hat, x)
    assert F.mse_loss(x_hat.flatten(1), x).ndim == 0


# R83: mean over pixels beside a sum over units


def small_digits() -> Tensor:
    from course_utils.data import digits

    return digits(8).x_train.flatten(1)


def test_r083_the_loss_is_that_of_a_decoder_with_variance_d_half():
    x, x_hat = torch.rand(2, 9, 64, generator=rng()).double()
    mu, logvar = gaussians(9, 3)
    kl = prob.kl_std_normal(mu, logvar).mean()
    listing = F.mse_loss(x_hat, x) + kl
    for var, same in ((32.0, True), (1.0, False)):  # D / 2 = 32
        nll = -prob.gaussian_log_prob(x, x_hat, math.log(var)).mean()
        constant = 32 * math.log(2 * math.pi * var)
        assert ((listing - (nll - constant + kl)).abs() < 1e-9) == same


def test_r083_no_direction_of_the_digits_is_worth_that_price():
    x = small_digits().double()
    largest = torch.linalg.eigvalsh(torch.cov(x.T)).max()
    assert largest < 32  # so even the best linear VAE uses no unit at all
    assert largest > 0.5  # a calibrated noise of 0.02 leaves many


def test_r083_posterior_collapse_and_its_cure():
    from course_utils.models.vae import VAE, VAEConfig

    x_all, kl_at_end, error = small_digits(), {}, {}
    for name, weight in (("listing", 1 / 64), ("sum over pixels", 1 / (2 * 0.02))):
        torch.manual_seed(0)
        net, g = VAE(VAEConfig(x_dim=64, z_dim=4, d_hidden=64)), rng(3)
        opt = torch.optim.Adam(net.parameters(), lr=3e-3)
        for _ in range(400):
            x = x_all[torch.randint(len(x_all), (64,), generator=g)]
            mu, logvar = net.encode(x)
            squared = (net.decode(prob.reparameterize(mu, logvar, g)) - x).square().sum(-1)
            kl = prob.kl_std_normal(mu, logvar)
            opt.zero_grad()
            (weight * squared + kl).mean().backward()
            opt.step()
        with torch.no_grad():
            mu, logvar = net.encode(x_all)
            kl_at_end[name] = prob.kl_std_normal(mu, logvar).mean().item()
            error[name] = (net.decode(mu) - x_all).square().mean().item()
    variance = x_all.var(0).mean().item()
    assert kl_at_end["listing"] < 0.05
    assert error["listing"] > 0.9 * variance
    assert kl_at_end["sum over pixels"] > 3
    assert error["sum over pixels"] < 0.6 * variance


# R85: the same signs in another article, with arguments that are no distributions


def test_r085_the_sign_decides_where_the_code_goes():
    model = Linear()
    right = descend(right_loss(model), n_steps=2000, lr=0.01)
    assert right[0].sub(model.mu_z).abs().max() < 1e-3
    lam = 20.0  # the article weighs the other term; divided by it, the reconstruction is weak
    wrong = descend(
        lambda mu, logvar: -model.recon(mu, logvar) / lam - 0.5 * prob.kl_std_normal(mu, logvar),
        n_steps=1000,
    )
    assert prob.kl_std_normal(*right) < 3
    assert prob.kl_std_normal(*wrong) > 100


def test_r085_a_mean_and_a_variance_are_no_pair_of_distributions():
    from torch.distributions import Normal, kl_divergence

    mu, var = torch.tensor([0.3]), torch.tensor([0.5])
    with pytest.raises(NotImplementedError):
        kl_divergence(mu, var)
    by_torch = kl_divergence(Normal(mu, var.sqrt()), Normal(0.0, 1.0))
    assert by_torch.item() == pytest.approx(prob.kl_std_normal(mu, var.log()).item())
