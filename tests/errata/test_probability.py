"""Errata of lesson 11: for each, the wrong form fails and the right form passes."""

import itertools
import math

import pytest
import torch

from course_utils.maths import prob


def generator_of(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_r023_generator_is_a_map_not_a_distribution():
    rng = generator_of()
    first = torch.randn(8, 2, generator=rng, dtype=torch.float64)
    second = torch.randn(64, 8, generator=rng, dtype=torch.float64)

    def generator(z):
        return torch.sigmoid(second @ torch.tanh(first @ z))

    def as_a_distribution(z):  # the wrong reading: G(z) is a draw from N(mu, sigma^2)
        return torch.normal(generator(z), 0.1, generator=rng)

    z = torch.randn(2, generator=rng, dtype=torch.float64)
    assert not torch.equal(as_a_distribution(z), as_a_distribution(z))
    assert torch.equal(generator(z), generator(z))
    # two latent numbers cannot fill 64 pixels: the volume factor of a density would be zero
    jacobian = torch.autograd.functional.jacobian(generator, z)
    assert torch.linalg.matrix_rank(jacobian) == 2
    assert torch.linalg.det(jacobian @ jacobian.T).abs() < 1e-12


def test_r077_distance_to_a_random_point_is_distance_to_its_mean_plus_spread():
    rng = generator_of()
    x = torch.randn(5, generator=rng, dtype=torch.float64)
    z = 2.0 + torch.randn(4000, 5, generator=rng, dtype=torch.float64)
    mean = z.mean(0)
    to_mean = ((x - mean) ** 2).sum()
    to_cloud = ((x - z) ** 2).sum(1).mean()

    wrong = to_cloud + (z**2).sum(1).mean()
    right = to_cloud - ((z - mean) ** 2).sum(1).mean()
    assert abs(wrong - to_mean) > 1
    assert abs(right - to_mean) < 1e-10


def test_r077_the_added_term_has_no_gradient():
    k, n = 3, 200_000
    z = torch.randn(n, k, generator=generator_of(), dtype=torch.float64)
    half_norm = 0.5 * (z**2).sum(1)
    assert abs(half_norm.mean() - k / 2) < 4 * half_norm.std() / math.sqrt(n)
    weight = torch.ones(k, dtype=torch.float64, requires_grad=True)  # any parameter of a network
    term = half_norm.mean() + 0 * weight.sum()
    (grad,) = torch.autograd.grad(term, weight)
    assert torch.equal(grad, torch.zeros(k, dtype=torch.float64))


START = torch.tensor([0.5, 0.5], dtype=torch.float64)
NEXT = torch.tensor([[0.4, 0.6], [0.7, 0.3]], dtype=torch.float64)  # [previous, next]


def conditional_as_the_article_has_it(prefix: list[int]) -> torch.Tensor:
    past = math.prod(float(NEXT[a, b]) for a, b in itertools.pairwise(prefix))
    return past * NEXT[prefix[-1]]


def joint(sequence: list[int]) -> float:
    steps = itertools.pairwise(sequence)
    return float(START[sequence[0]]) * math.prod(float(NEXT[a, b]) for a, b in steps)


def test_r098_conditional_is_not_joint():
    prefix = [0, 1]
    wrong = conditional_as_the_article_has_it(prefix)
    assert wrong.sum().item() == pytest.approx(0.6)  # a distribution would give 1
    right = torch.tensor([joint([*prefix, c]) / joint(prefix) for c in (0, 1)])
    assert right.sum().item() == pytest.approx(1.0)
    assert right.tolist() == pytest.approx(NEXT[1].tolist())


@pytest.mark.parametrize("length", [1, 2, 3, 5])
def test_r098_the_product_with_its_first_factor_is_a_joint(length):
    every = torch.cartesian_prod(*[torch.arange(2)] * length).reshape(-1, length).tolist()
    assert sum(joint(s) for s in every) == pytest.approx(1.0)


def test_r126_a_mass_is_not_a_density():
    peak = prob.gaussian_log_prob(torch.zeros(1, dtype=torch.float64), 0.0, 2 * math.log(0.1)).exp()
    assert peak.item() == pytest.approx(3.9894, abs=1e-4)  # a density may exceed 1
    p = 0.45
    mass = torch.tensor([1 - p, p], dtype=torch.float64)
    assert mass.max() <= 1
    assert mass.sum().item() == pytest.approx(1.0)  # right: a mass is summed

    x = torch.linspace(-1, 2, 30_001, dtype=torch.float64)
    as_density = torch.where(x.abs() < 1e-9, 1 - p, 0.0) + torch.where((x - 1).abs() < 1e-9, p, 0.0)
    assert torch.trapezoid(as_density, x) < 1e-3  # wrong: as a density it integrates to nothing


def test_r132_a_machine_of_1948_is_a_generative_model():
    # the wrong claim says nothing generated before 2014; Shannon's bigram passes the definition
    book = "the cat sat on the mat and the rat ran at the cat that sat on the hat " * 8
    letters = sorted(set(book))
    idx = torch.tensor([letters.index(c) for c in book])
    train, unseen = idx[: len(idx) // 2], idx[len(idx) // 2 :]
    n = len(letters)

    pairs = torch.bincount(n * train[:-1] + train[1:], minlength=n * n).view(n, n).double() + 0.1
    table = pairs / pairs.sum(1, keepdim=True)
    alone = torch.bincount(train, minlength=n).double() + 0.1
    alone = alone / alone.sum()

    every = alone[:, None, None] * table[:, :, None] * table[None]  # all sequences of length 3
    assert every.sum().item() == pytest.approx(1.0)  # 1: sums to 1
    written = [0]
    for _ in range(50):  # 2: it samples
        written.append(torch.multinomial(table[written[-1]], 1, generator=generator_of(1)).item())
    assert set(written) <= set(range(n))
    nll_bigram = -table[unseen[:-1], unseen[1:]].log().mean()
    nll_alone = -alone[unseen[1:]].log().mean()
    assert nll_bigram < nll_alone < math.log(n)  # 3: unseen text is likelier than by ignorance
