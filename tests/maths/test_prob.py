"""course_utils.maths.prob: closed form = torch.distributions = Monte Carlo, properties, errors."""

import math

import pytest
import torch
import torch.distributions as td
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from course_utils.maths import prob

N = 200_000  # Monte Carlo samples; checks allow 4 standard errors


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=rng(seed), dtype=torch.double)


def simplex(*shape, seed=0):
    return normal(*shape, seed=seed).softmax(-1)


def covariance(*shape, seed=0):
    a = normal(*shape, shape[-1], seed=seed)
    return a @ a.mT + 0.3 * torch.eye(shape[-1], dtype=torch.double)


def same(a, b, tol=1e-12):
    torch.testing.assert_close(a, b, rtol=tol, atol=tol)


def within_4_se(samples, exact):
    se = samples.std() / len(samples) ** 0.5
    assert abs(samples.mean() - exact) < 4 * se, f"{samples.mean():.5f} vs {exact:.5f}, se {se:.5f}"


# densities


@pytest.mark.parametrize("batch", [(), (1,), (3,), (2, 3)])
def test_gaussian_log_prob_is_the_sum_over_dimensions(batch):
    x, mu, logvar = (normal(*batch, 4, seed=k) for k in range(3))
    same(
        prob.gaussian_log_prob(x, mu, logvar),
        td.Normal(mu, (0.5 * logvar).exp()).log_prob(x).sum(-1),
    )
    same(prob.std_normal_log_prob(x), prob.gaussian_log_prob(x, 0.0, 0.0))
    full = prob.gaussian_full_log_prob(x, mu, torch.diag_embed(logvar.exp()))
    same(full, prob.gaussian_log_prob(x, mu, logvar))


def test_gaussian_full_log_prob_is_torch_distributions():
    x, mu, cov = normal(5, 3), normal(5, 3, seed=1), covariance(5, 3)
    same(prob.gaussian_full_log_prob(x, mu, cov), td.MultivariateNormal(mu, cov).log_prob(x), 1e-10)


def test_gaussian_mixture_log_prob_is_torch_distributions_and_integrates_to_one():
    w, mu, logvar = simplex(3), normal(3, 2), normal(3, 2, seed=1)
    x = normal(7, 2, seed=2)
    parts = td.Independent(td.Normal(mu, (0.5 * logvar).exp()), 1)
    oracle = td.MixtureSameFamily(td.Categorical(w), parts)
    same(prob.gaussian_mixture_log_prob(x, w, mu, logvar), oracle.log_prob(x))
    line = torch.linspace(-40, 40, 80_001, dtype=torch.double)[:, None]
    density = prob.gaussian_mixture_log_prob(line, w, mu[:, :1], logvar[:, :1]).exp()
    same(torch.trapezoid(density, line[:, 0]), torch.tensor(1.0, dtype=torch.double), 1e-9)


def test_bernoulli_nll_is_torch_distributions_and_finite_at_100():
    logits, x = normal(5, 6), (normal(5, 6, seed=1) > 0).double()
    same(prob.bernoulli_nll(logits, x), -td.Bernoulli(logits=logits).log_prob(x).sum(-1))
    extreme = prob.bernoulli_nll(torch.tensor([[100.0, -100.0]]), torch.tensor([[0.0, 1.0]]))
    assert extreme.item() == pytest.approx(200.0)
    same(prob.bernoulli_nll(logits, x.long()), prob.bernoulli_nll(logits, x))


def test_bernoulli_nll_of_samples_averages_to_the_entropy():
    p = torch.tensor([0.1, 0.5, 0.7], dtype=torch.double)
    x = torch.bernoulli(p.expand(N, 3), generator=rng())
    within_4_se(prob.bernoulli_nll(p.logit(), x), prob.bernoulli_entropy(p))


def test_reparameterize_has_the_right_moments_gradients_and_repeats_with_a_seed():
    mu, logvar = torch.tensor([1.0, -2.0]).double(), torch.tensor([0.0, 2 * math.log(3)]).double()
    z = prob.reparameterize(mu.expand(N, 2), logvar, rng())
    for d in range(2):
        within_4_se(z[:, d], mu[d])
        within_4_se((z[:, d] - mu[d]) ** 2, logvar[d].exp())
    assert torch.equal(z, prob.reparameterize(mu.expand(N, 2), logvar, rng()))
    m, lv = normal(3, 2).requires_grad_(), normal(3, 2, seed=1).requires_grad_()
    out = prob.reparameterize(m, lv, rng())
    out.sum().backward()
    same(m.grad, torch.ones_like(m))
    same(lv.grad, 0.5 * (out - m).detach())  # d(sigma eps)/d logvar = sigma eps / 2


# entropies


def test_entropies_are_torch_distributions():
    p, u, logvar = (
        simplex(4, 5),
        torch.rand(4, 5, generator=rng(), dtype=torch.double),
        normal(4, 5),
    )
    same(prob.categorical_entropy(p), td.Categorical(probs=p).entropy())
    same(prob.bernoulli_entropy(u), td.Bernoulli(probs=u).entropy().sum(-1), 1e-6)
    same(prob.gaussian_entropy(logvar), td.Normal(0.0, (0.5 * logvar).exp()).entropy().sum(-1))


def test_entropy_bounds_and_zero_log_zero():
    same(prob.categorical_entropy(torch.ones(10).double() / 10), torch.tensor(10.0).double().log())
    sure = torch.tensor([0.0, 1.0, 0.0], requires_grad=True)
    prob.categorical_entropy(sure).backward()
    assert prob.categorical_entropy(sure).item() == 0.0
    assert torch.isfinite(sure.grad).all()
    assert prob.bernoulli_entropy(torch.tensor([0.0, 1.0])).item() == 0.0


def test_cross_entropy_is_entropy_plus_kl():
    p, q = simplex(50, 6), simplex(50, 6, seed=1)
    same(prob.cross_entropy(p, q), prob.categorical_entropy(p) + prob.kl_categorical(p, q))
    same(prob.cross_entropy(p, p), prob.categorical_entropy(p))
    assert prob.cross_entropy(torch.tensor([0.5, 0.5]), torch.tensor([1.0, 0.0])).item() == math.inf


# divergences


def test_kls_are_torch_distributions():
    p, q = simplex(4, 5), simplex(4, 5, seed=1)
    same(prob.kl_categorical(p, q), td.kl_divergence(td.Categorical(p), td.Categorical(q)))
    a, b = p[:, :3], q[:, :3]  # any numbers in (0, 1)
    same(prob.kl_bernoulli(a, b), td.kl_divergence(td.Bernoulli(a), td.Bernoulli(b)).sum(-1), 1e-9)
    m1, l1, m2, l2 = (normal(4, 5, seed=k) for k in range(4))
    d1, d2 = td.Normal(m1, (0.5 * l1).exp()), td.Normal(m2, (0.5 * l2).exp())
    same(prob.kl_gaussian(m1, l1, m2, l2), td.kl_divergence(d1, d2).sum(-1))
    same(prob.kl_std_normal(m1, l1), td.kl_divergence(d1, td.Normal(0.0, 1.0)).sum(-1))
    same(prob.kl_std_normal(m1, l1), prob.kl_gaussian(m1, l1, 0.0, 0.0))
    c1, c2 = covariance(4, 5), covariance(4, 5, seed=9)
    oracle = td.kl_divergence(td.MultivariateNormal(m1, c1), td.MultivariateNormal(m2, c2))
    same(prob.kl_gaussian_full(m1, c1, m2, c2), oracle, 1e-9)


def test_full_kl_with_diagonal_covariances_is_the_diagonal_kl():
    m1, l1, m2, l2 = (normal(3, 4, seed=k) for k in range(4))
    full = prob.kl_gaussian_full(m1, torch.diag_embed(l1.exp()), m2, torch.diag_embed(l2.exp()))
    same(full, prob.kl_gaussian(m1, l1, m2, l2), 1e-10)


def test_gaussian_kl_is_monte_carlo():
    m1, l1, m2, l2 = (normal(3, seed=k) for k in range(4))
    x = prob.reparameterize(m1.expand(N, 3), l1, rng(5))
    log_ratio = prob.gaussian_log_prob(x, m1, l1) - prob.gaussian_log_prob(x, m2, l2)
    within_4_se(log_ratio, prob.kl_gaussian(m1, l1, m2, l2))
    c1, c2 = covariance(3), covariance(3, seed=4)
    x = m1 + normal(N, 3, seed=6) @ torch.linalg.cholesky(c1).mT
    log_ratio = prob.gaussian_full_log_prob(x, m1, c1) - prob.gaussian_full_log_prob(x, m2, c2)
    within_4_se(log_ratio, prob.kl_gaussian_full(m1, c1, m2, c2))


def test_categorical_kl_is_monte_carlo():
    p, q = simplex(6), simplex(6, seed=1)
    k = torch.multinomial(p, N, replacement=True, generator=rng(2))
    within_4_se((p / q).log()[k], prob.kl_categorical(p, q))


def test_gaussian_kl_gradient_is_the_analytic_one():
    mu, logvar = normal(3, 4).requires_grad_(), normal(3, 4, seed=1).requires_grad_()
    prob.kl_std_normal(mu, logvar).sum().backward()
    same(mu.grad, mu.detach())
    same(logvar.grad, 0.5 * (logvar.detach().exp() - 1))


def test_gaussian_kl_keeps_its_digits_near_zero():
    logvar = torch.tensor([1e-3])  # float32; the KL is logvar^2 / 4 to leading order
    assert prob.kl_std_normal(torch.zeros(1), logvar).item() == pytest.approx(2.5e-7, rel=2e-3)


def test_kl_at_zero_probabilities():
    p, q = torch.tensor([0.5, 0.5, 0.0]), torch.tensor([0.25, 0.25, 0.5])
    assert prob.kl_categorical(p, q).item() == pytest.approx(math.log(2))
    assert prob.kl_categorical(q, p).item() == math.inf
    assert prob.kl_categorical(p, p).item() == 0.0
    learned = torch.tensor([0.25, 0.75, 0.0], requires_grad=True)
    prob.kl_categorical(p, learned).backward()
    assert torch.isfinite(learned.grad).all()
    assert prob.kl_bernoulli(torch.tensor([0.0]), torch.tensor([0.5])).item() == pytest.approx(
        math.log(2)
    )
    assert prob.kl_bernoulli(torch.tensor([0.5]), torch.tensor([0.0])).item() == math.inf


probabilities = st.lists(st.floats(0.0, 5.0), min_size=4, max_size=4).filter(lambda v: sum(v) > 0.1)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(probabilities, probabilities)
@example([0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 1.0, 5e-324])
def test_divergences_hold_their_bounds_for_any_pair(a, b):
    p, q = (torch.tensor(v, dtype=torch.double) / sum(v) for v in (a, b))
    kl, js = prob.kl_categorical(p, q), prob.js_categorical(p, q)
    assert kl >= -1e-12
    assert not kl.isnan()
    assert -1e-12 <= js <= math.log(2) + 1e-12
    same(js, prob.js_categorical(q, p))
    if kl < 1e-12:
        assert (p - q).abs().max() < 1e-5
    assert (p - q).abs().sum() ** 2 / 2 <= kl + 1e-12  # Pinsker


def test_js_is_log_2_for_disjoint_and_0_for_equal():
    p, q = torch.tensor([1.0, 0.0]).double(), torch.tensor([0.0, 1.0]).double()
    assert prob.js_categorical(p, q).item() == pytest.approx(math.log(2))
    assert prob.js_categorical(p, p).item() == 0.0


@pytest.mark.parametrize(("n", "m"), [(1, 1), (50, 50), (50, 31), (1, 7)])
def test_wasserstein_is_scipy_and_moves_with_a_shift(n, m):
    x, y = normal(n), normal(m, seed=1)
    assert prob.wasserstein_1d(x, y).item() == pytest.approx(
        wasserstein_distance(x.numpy(), y.numpy()), abs=1e-12
    )
    same(prob.wasserstein_1d(x, x + 3), torch.tensor(3.0).double())
    same(prob.wasserstein_1d(x, y), prob.wasserstein_1d(y, x))


@pytest.mark.parametrize("m", [20, 13])
def test_wasserstein_has_a_gradient_that_moves_the_sample(m):
    x = normal(20).requires_grad_()
    prob.wasserstein_1d(x, normal(m, seed=1) + 100).backward()
    same(x.grad, torch.full((20,), -1 / 20, dtype=torch.double))


@pytest.mark.parametrize("batch", [1, 3])
def test_one_value_per_example(batch):
    p, mu, cov = simplex(batch, 4), normal(batch, 4), covariance(batch, 4)
    for value in (
        prob.gaussian_log_prob(mu, mu, mu),
        prob.std_normal_log_prob(mu),
        prob.bernoulli_nll(mu, p),
        prob.categorical_entropy(p),
        prob.bernoulli_entropy(p),
        prob.gaussian_entropy(mu),
        prob.cross_entropy(p, p),
        prob.kl_categorical(p, p),
        prob.kl_bernoulli(p, p),
        prob.kl_gaussian(mu, mu, mu, mu),
        prob.kl_std_normal(mu, mu),
        prob.kl_gaussian_full(mu, cov, mu, cov),
        prob.js_categorical(p, p),
    ):
        assert value.shape == (batch,)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: prob.categorical_entropy(torch.tensor([0.5, 0.6])), "sum to 1.*0.1.*softmax"),
        (lambda: prob.categorical_entropy(torch.tensor([1.5, -0.5])), ">= 0.*-0.5"),
        (lambda: prob.categorical_entropy(torch.tensor([math.nan, 1.0])), ">= 0.*nan"),
        (lambda: prob.categorical_entropy(torch.tensor([0, 1])), "floating-point.*int64"),
        (lambda: prob.categorical_entropy(torch.tensor(1.0)), r"\(\.\.\., K\).*shape \(\)"),
        (lambda: prob.kl_categorical(simplex(3), simplex(4)), r"\(3,\).*\(4,\).*last dimension"),
        (lambda: prob.kl_categorical(torch.ones(3) / 3, torch.ones(3)), "q must be .*off by 2"),
        (lambda: prob.kl_bernoulli(torch.tensor([1.2]), torch.tensor([0.5])), "1.2.*sigmoid"),
        (lambda: prob.bernoulli_nll(torch.zeros(2), torch.tensor([-1.0, 1.0])), "-1 to 1.*rescale"),
        (lambda: prob.gaussian_log_prob(normal(8, 4), normal(8, 1), 0.0), r"\(8, 1\)"),
        (lambda: prob.gaussian_log_prob(normal(8, 4), normal(3, 4), 0.0), r"\(3, 4\)"),
        (lambda: prob.kl_std_normal(normal(2, 3), normal(2, 2)), r"logvar \(2, 2\)"),
        (lambda: prob.reparameterize(normal(2, 3), normal(2, 2)), r"logvar \(2, 2\)"),
        (
            lambda: prob.kl_gaussian_full(
                normal(2), -torch.eye(2).double(), normal(2), covariance(2)
            ),
            "cov_q must be symmetric and positive definite.*-1",
        ),
        (
            lambda: prob.gaussian_full_log_prob(normal(2), normal(2), covariance(3)),
            r"2, 2\).*\(3, 3\)",
        ),
        (
            lambda: prob.gaussian_full_log_prob(
                normal(2), normal(2), torch.tensor([[1.0, 0.9], [0.0, 1.0]]).double()
            ),
            "asymmetry of 0.9",
        ),
        (
            lambda: prob.gaussian_mixture_log_prob(
                normal(5, 2), simplex(3), normal(2, 2), normal(2, 2)
            ),
            "3 weights",
        ),
        (lambda: prob.wasserstein_1d(normal(3, 2), normal(3)), r"\(3, 2\)"),
        (lambda: prob.wasserstein_1d(normal(0), normal(3)), "non-empty"),
    ],
)
def test_bad_input_gets_one_clear_sentence(call, words):
    with pytest.raises(ValueError, match=words) as error:
        call()
    assert "\n" not in str(error.value)


def test_prob_is_open_to_vmap_and_grad():
    """The Gaussian functions hold no data-dependent branch."""
    mu, logvar = normal(4, 3), normal(4, 3, seed=1)
    each = torch.func.vmap(torch.func.grad(prob.kl_std_normal))(mu, logvar)
    same(each, mu)


def test_imports_nothing_from_the_package():
    with open(prob.__file__) as f:
        assert "course_utils" not in f.read().replace('"""', "")
