"""Errata of the articles on information theory: the wrong form fails, the right form passes."""

import math
import re
from pathlib import Path

import pytest
import torch
from torch import Tensor

from course_utils.maths import prob

LESSON = Path(__file__).parents[2] / "notebooks" / "1_foundations" / "12b_distances.ipynb"


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def gaussians(n=500, d=4):
    mu, logvar = torch.randn(2, n, d, generator=rng(), dtype=torch.double)
    return mu, logvar


def simplex(*shape, seed=0):
    return torch.randn(*shape, generator=rng(seed), dtype=torch.double).softmax(-1)


# R11: unbalanced brackets in the GAN value


def unclosed(formula: str) -> str:
    """The brackets of a LaTeX formula that do not match, in order; empty if all do."""
    stack, closes = [], {")": "(", "]": "[", "}": "{"}
    for c in formula:
        if c in closes and stack and stack[-1] == closes[c]:
            stack.pop()
        elif c in "([{)]}":
            stack.append(c)
    return "".join(stack)


def test_r011_bracket_counter_catches_the_printed_formula():
    printed = r"\mathbb{E}_{\epsilon}[\log(1-D(G(\epsilon)))"
    assert unclosed(printed) == "["
    assert unclosed(printed + "]") == ""
    assert unclosed(r"\log(1-D(G(\epsilon)))]") == "]"


def test_r011_the_lesson_itself_closes_its_brackets():
    if not LESSON.exists():
        pytest.skip("the lesson is not built yet")
    import json

    cells = json.loads(LESSON.read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    displayed = re.findall(r"\$\$(.+?)\$\$", text, flags=re.S)
    assert len(displayed) > 5
    assert [f for f in displayed if unclosed(f)] == []


# R75: one log density is not a divergence


def article_kl(mu: Tensor, logvar: Tensor) -> Tensor:
    sigma = (0.5 * logvar).exp()
    return (-(sigma / math.sqrt(2 * math.pi)).log() - (mu**2 + sigma**2) / (2 * sigma**2)).sum(-1)


@pytest.mark.parametrize(
    ("mu", "sigma", "true", "wrong"),
    [(0.0, 1.0, 0.0, 0.419), (0.0, 10.0, 47.2, -1.88), (2.0, 0.3, 2.75, -20.6)],
)
def test_r075_three_pairs_expose_the_formula(mu, sigma, true, wrong):
    args = (
        torch.tensor([mu], dtype=torch.double),
        torch.tensor([2 * math.log(sigma)], dtype=torch.double),
    )
    assert prob.kl_std_normal(*args).item() == pytest.approx(true, abs=1e-12, rel=2e-3)
    assert article_kl(*args).item() == pytest.approx(wrong, rel=2e-3)


def test_r075_only_the_right_form_is_never_negative_and_zero_at_home():
    mu, logvar = gaussians()
    assert (article_kl(mu, logvar) < 0).any()
    assert (prob.kl_std_normal(mu, logvar) >= 0).all()
    home = torch.zeros(1, 4).double()
    assert article_kl(home, home).item() != pytest.approx(0.0, abs=0.1)
    assert prob.kl_std_normal(home, home).item() == 0.0


def test_r075_descent_on_the_wrong_form_runs_away():
    ends = {}
    for name, loss in (("right", prob.kl_std_normal), ("wrong", article_kl)):
        params = torch.tensor([0.5, 0.0], dtype=torch.double).requires_grad_()
        for _ in range(22):
            (grad,) = torch.autograd.grad(loss(params[:1], params[1:]), params)
            params = (params - 0.1 * grad).detach().requires_grad_()
        ends[name] = params[0].item()
    assert abs(ends["right"]) < 0.1
    assert abs(ends["wrong"]) > 2


# R76: a "KL" that is zero for every q


def test_r076_the_difference_of_one_integral_with_itself_is_no_regulariser():
    mu, logvar = (t.requires_grad_() for t in gaussians())
    z = prob.reparameterize(mu.expand(500, *mu.shape), logvar, torch.Generator().manual_seed(0))
    norms, squares = torch.linalg.vector_norm(z, dim=-1) ** 2, (z * z).sum(-1)
    wrong = 0.5 * norms.mean(0) - 0.5 * squares.mean(0)  # the two integrals, written as printed
    assert wrong.abs().max() < 1e-10
    grads = torch.autograd.grad(wrong.sum(), (mu, logvar))
    assert all(g.abs().max() < 1e-10 for g in grads)
    right = prob.kl_std_normal(mu, logvar)
    assert right.min() > 0.1
    grads = torch.autograd.grad(right.sum(), (mu, logvar))
    assert all(g.abs().max() > 0.1 for g in grads)


# R123: low entropy is collapse, not diversity


def test_r123_low_entropy_is_mode_collapse():
    uniform = torch.ones(10).double() / 10
    collapsed = torch.tensor([0.97] + [0.03 / 9] * 9, dtype=torch.double)
    assert prob.categorical_entropy(uniform).item() == pytest.approx(2.303, abs=1e-3)
    assert prob.categorical_entropy(collapsed).item() == pytest.approx(0.201, abs=1e-3)


def test_r123_entropy_rises_with_the_number_of_modes():
    entropies = [prob.categorical_entropy(torch.ones(k).double() / k).item() for k in range(1, 9)]
    assert entropies == sorted(entropies)  # the article's "lower is better" would reverse this


def test_r123_equal_entropy_is_not_enough():
    q = torch.tensor([0.7, 0.1, 0.1, 0.1], dtype=torch.double)
    p = q.roll(1)
    assert prob.categorical_entropy(p).item() == pytest.approx(prob.categorical_entropy(q).item())
    assert prob.kl_categorical(q, p) > 1


# R124: mutual information of x and the label "real or fake" is the Jensen-Shannon divergence

P3 = torch.tensor([0.5, 0.3, 0.2], dtype=torch.double)
Q3 = torch.tensor([0.1, 0.2, 0.7], dtype=torch.double)


def test_r124_information_about_the_label_is_js():
    joint = 0.5 * torch.stack([P3, Q3])
    independent = joint.sum(0, keepdim=True) * joint.sum(1, keepdim=True)
    information = (joint * (joint / independent).log()).sum()
    js = prob.js_categorical(P3, Q3)
    assert information.item() == pytest.approx(js.item(), abs=1e-12)
    assert js.item() == pytest.approx(0.15136, abs=1e-5)


def test_r124_value_of_the_best_discriminator():
    d = P3 / (P3 + Q3)
    value = (P3 * d.log()).sum() + (Q3 * (1 - d).log()).sum()
    right = -2 * math.log(2) + 2 * prob.js_categorical(P3, Q3)
    assert value.item() == pytest.approx(right.item(), abs=1e-12)
    assert value.item() == pytest.approx(-1.08358, abs=1e-5)


def test_r124_generator_and_discriminator_outputs_carry_no_mutual_information_by_themselves():
    """The article's pair: D(x) and G(z) of independent draws are independent, whatever the JS."""
    independent = P3[:, None] * Q3[None, :]
    marginals = independent.sum(1, keepdim=True) * independent.sum(0, keepdim=True)
    wrong = (independent * (independent / marginals).log()).sum()
    assert abs(wrong.item()) < 1e-12
    assert prob.js_categorical(P3, Q3) > 0.1


# R125: cross-entropy is not a difference


def test_r125_cross_entropy_of_a_distribution_with_itself_is_its_entropy():
    assert prob.cross_entropy(P3, P3).item() == pytest.approx(1.030, abs=1e-3)
    assert prob.kl_categorical(P3, P3).item() == 0.0


def test_r125_kl_is_the_difference_and_has_a_direction():
    assert prob.kl_categorical(P3, Q3).item() == pytest.approx(0.676, abs=1e-3)
    assert prob.kl_categorical(Q3, P3).item() == pytest.approx(0.635, abs=1e-3)
    p, q = simplex(200, 6), simplex(200, 6, seed=1)
    gap = prob.cross_entropy(p, q) - prob.categorical_entropy(p) - prob.kl_categorical(p, q)
    assert gap.abs().max() < 1e-12


def test_r125_cross_entropy_may_call_an_identical_pair_farther_apart():
    flat = torch.ones(6).double() / 6
    a = torch.tensor([0.9, 0.02, 0.02, 0.02, 0.02, 0.02], dtype=torch.double)
    b = torch.tensor([0.8, 0.04, 0.04, 0.04, 0.04, 0.04], dtype=torch.double)
    assert prob.cross_entropy(flat, flat) > prob.cross_entropy(a, b)
    assert prob.kl_categorical(flat, flat) < prob.kl_categorical(a, b)
