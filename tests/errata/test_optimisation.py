"""Errata of the articles on optimisation: the wrong form fails, the right form passes."""

import math

import pytest
import torch
import torch.nn.functional as F

from course_utils.checks.optimisation.softmax_gradient import softmax_gradient
from course_utils.training import cosine_warmup


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def toy_data(n=400):
    """Three classes in the plane, clearly apart. x: (n, 3) with a constant 1, y: (n,)."""
    g = rng()
    y = torch.randint(3, (n,), generator=g)
    centres = torch.tensor([[0.0, 2.0], [-2.0, -1.0], [2.0, -1.0]], dtype=torch.double)
    x = centres[y] + 0.7 * torch.randn(n, 2, generator=g, dtype=torch.double)
    return torch.cat([x, torch.ones(n, 1, dtype=torch.double)], 1), y


def nll(w, x, y):
    return F.cross_entropy(x @ w.T, y).item()


# R39: the loop's arrow leads back to "initialise the parameters"


def losses_of_loop(n_steps, arrow):
    x, y = toy_data()
    w, losses = None, []
    for _ in range(n_steps):
        if w is None or arrow == "initialise":
            w = torch.zeros(3, 3, dtype=torch.double)
        w = w - 0.3 * softmax_gradient(w, x, y)
        losses.append(nll(w, x, y))
    return losses


def test_r039_a_loop_that_initialises_again_never_gets_below_its_first_step():
    wrong = losses_of_loop(50, "initialise")
    assert min(wrong) == wrong[0] == max(wrong)  # fifty times the same first step
    right = losses_of_loop(50, "data")
    assert right[0] == wrong[0]
    assert right[-1] < 0.5 * right[0]


# R65: the discriminator "descends" the objective it should maximise


def value(phi, real, fake):
    """V = E log D(real) + E log(1 - D(fake)) for D(x) = sigmoid(phi[0] x + phi[1])."""
    on_real, on_fake = phi[0] * real + phi[1], phi[0] * fake + phi[1]
    return F.logsigmoid(on_real).mean() + F.logsigmoid(-on_fake).mean()


def train_discriminator(sign, n_steps):
    g = rng()
    real = 1 + torch.randn(1000, generator=g, dtype=torch.double)
    fake = -1 + torch.randn(1000, generator=g, dtype=torch.double)
    phi, values = torch.zeros(2, dtype=torch.double), []
    for _ in range(n_steps + 1):
        values.append(value(phi, real, fake).item())
        phi = phi + sign * 0.3 * torch.func.grad(value)(phi, real, fake)
    right = torch.cat([phi[0] * real + phi[1] > 0, phi[0] * fake + phi[1] < 0])
    return values, right.double().mean().item()


def test_r065_one_step_must_raise_the_discriminators_objective():
    wrong, _ = train_discriminator(-1, 1)
    right, _ = train_discriminator(1, 1)
    assert wrong[0] == right[0] == pytest.approx(-2 * math.log(2))
    assert not wrong[1] > wrong[0]
    assert right[1] > right[0]


def test_r065_descent_trains_an_expert_in_being_wrong():
    assert train_discriminator(-1, 40)[1] < 0.25
    assert train_discriminator(1, 40)[1] > 0.75


# R127: "mini-batch" in words, one example in the formula


def gradient_noise(batch_size, estimator, n_draws=1000):
    """Mean squared distance of an estimator of the gradient from the full gradient."""
    x, y = toy_data()
    w = torch.full((3, 3), 0.1, dtype=torch.double)
    full, g = softmax_gradient(w, x, y), rng(1)
    rows = torch.randint(len(x), (n_draws, batch_size), generator=g)
    draws = torch.stack([estimator(w, x[r], y[r]) for r in rows])
    return (draws - full).square().sum((1, 2)).mean().item(), (draws.mean(0) - full).abs().max()


def one_example(w, x, y):
    """The printed formula: the gradient of L(x^(i)), whatever the size of the batch."""
    return softmax_gradient(w, x[:1], y[:1])


def slope_against_batch_size(estimator):
    sizes = torch.tensor([1.0, 4.0, 16.0, 64.0])
    noise = torch.tensor([gradient_noise(int(b), estimator)[0] for b in sizes])
    log_b = sizes.log() - sizes.log().mean()
    return float((noise.log() * log_b).sum() / log_b.square().sum())


def test_r127_both_are_unbiased():
    for estimator in (one_example, softmax_gradient):
        noise, bias = gradient_noise(16, estimator)
        assert bias < 4 * math.sqrt(noise / 1000)


def test_r127_only_the_mean_over_the_batch_calms_the_noise():
    assert slope_against_batch_size(softmax_gradient) == pytest.approx(-1, abs=0.1)
    assert slope_against_batch_size(one_example) == pytest.approx(0, abs=0.1)


# R136: "generative AI uses adversarial training, traditional AI gradient descent"


def swirl(field, params):
    """|J - J^T| / |J| of an update field: 0 if it descends one loss, up to 2 if it rotates."""
    jacobian = torch.func.jacrev(field)(params)
    return ((jacobian - jacobian.T).norm() / jacobian.norm()).item()


def update_fields():
    """{model: (generative?, field, start)}; every field is made of gradients."""
    x, y = toy_data(60)
    g = rng(2)
    letters = torch.randint(3, (200,), generator=g)
    z = torch.randn(200, generator=g, dtype=torch.double)
    real = 1 + torch.randn(200, generator=g, dtype=torch.double)
    signs = torch.tensor([-1.0, -1.0, 1.0, 1.0], dtype=torch.double)

    def classify(p):
        return F.cross_entropy(x @ p.view(3, 3).T, y)

    def bigram(p):
        return F.cross_entropy(p.view(3, 3)[letters[:-1]], letters[1:])

    def gan(p):
        return value(p[2:], real, p[0] + p[1].exp() * z)

    start = torch.randn(9, generator=g, dtype=torch.double)
    return {
        "classifier": (False, lambda p: -torch.func.grad(classify)(p), start),
        "bigram": (True, lambda p: -torch.func.grad(bigram)(p), start),
        "gan": (True, lambda p: signs * torch.func.grad(gan)(p), start[:4]),
    }


def article_says_adversarial(name, generative):
    return generative


def one_loss_or_several_players(name, generative):
    return name == "gan"


def is_right(rule):
    """Does a rule name exactly the models whose training is no minimisation of one loss?"""
    return all(
        rule(name, generative) == (swirl(field, start) > 1e-6)
        for name, (generative, field, start) in update_fields().items()
    )


def test_r136_the_border_is_not_between_generative_and_traditional():
    assert not is_right(article_says_adversarial)
    assert is_right(one_loss_or_several_players)


def test_r136_a_generative_model_is_fitted_by_plain_gradient_descent():
    """A bigram model descends to the exact maximum of its likelihood: the table of shares."""
    letters = torch.randint(3, (400,), generator=rng(3)).cumsum(0) % 3
    now, then = letters[:-1], letters[1:]
    logits = torch.zeros(3, 3, dtype=torch.double)
    for _ in range(500):
        step = torch.func.grad(lambda p: F.cross_entropy(p[now], then))(logits)
        logits = logits - 3.0 * step
    counts = torch.zeros(3, 3, dtype=torch.double)
    counts.index_put_((now, then), torch.ones(len(now), dtype=torch.double), accumulate=True)
    assert torch.allclose(logits.softmax(-1), counts / counts.sum(1, keepdim=True), atol=1e-6)


# R139: "gradually increase the learning rate"

N_STEPS = 400
RIGHT = {"right": lambda k: cosine_warmup(k, n_steps=N_STEPS, warmup=N_STEPS // 5)}
WRONG = {"article": lambda k: (k + 1) / N_STEPS}
CONSTANT = {"constant": lambda k: 1.0}


def expected_loss(schedule, peak, curvature=lambda k: 1.0):
    """Exact mean loss of SGD on 0.5 c w^2 with gradient noise of variance 1, after N_STEPS."""
    square = 25.0  # E[w^2]
    for k in range(N_STEPS):
        lr, c = peak * schedule(k), curvature(k)
        square = (1 - lr * c) ** 2 * square + lr**2
    return 0.5 * curvature(N_STEPS) * square


def test_r139_a_growing_rate_ends_in_its_own_noise():
    (article,), (constant,), (right,) = WRONG.values(), CONSTANT.values(), RIGHT.values()
    for peak in (0.2, 0.5, 1.0):
        assert expected_loss(article, peak) > 0.9 * expected_loss(constant, peak)  # no gain
        assert expected_loss(right, peak) < 0.1 * expected_loss(article, peak)


def test_r139_warm_up_is_for_a_start_that_is_steeper_than_the_rest():
    """Curvature 4 at first, then 1: a rate of 1 breaks at once, unless it starts small."""
    (constant,), (right,) = CONSTANT.values(), RIGHT.values()

    def settling(k):
        return 1 + 3 * math.exp(-k / 20)

    assert expected_loss(constant, 1.0, settling) > 0.4
    worst = {}
    for name, schedule in (("constant", constant), ("right", right)):
        square, seen = 25.0, []
        for k in range(N_STEPS):
            square = (1 - schedule(k) * settling(k)) ** 2 * square + schedule(k) ** 2
            seen.append(square)
        worst[name] = max(seen)
    assert worst["constant"] > 1000  # it was thrown far away before it could settle
    assert worst["right"] < 26
    assert expected_loss(right, 1.0, settling) < 0.01
