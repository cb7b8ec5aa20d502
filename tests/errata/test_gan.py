"""Errata of the articles on GANs: the wrong form fails, the right form passes."""

import ast
import inspect
import io
import math
import tokenize

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from course_utils.checks.gan.discriminator_loss import discriminator_loss
from course_utils.checks.gan.generator_loss import generator_loss
from course_utils.checks.gan.loss_slopes import loss_slopes
from course_utils.checks.gan.optimal_discriminator import optimal_discriminator
from course_utils.data import digits

sp = F.softplus


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=rng(seed), dtype=torch.double)


REAL, FAKE = 1 + normal(500, seed=1), -1 + normal(500, seed=2)  # best accuracy: 0.84


def trained(loss, n_steps=300, lr=0.05):
    """A discriminator sigmoid(a x + c), trained with a loss of (real logits, fake logits)."""
    w = torch.zeros(2, dtype=torch.double, requires_grad=True)
    opt = torch.optim.Adam([w], lr)
    for _ in range(n_steps):
        opt.zero_grad()
        loss(w[0] * REAL + w[1], w[0] * FAKE + w[1]).backward()
        opt.step()
    a, c = w.tolist()
    return a * REAL + c, a * FAKE + c


def accuracy(logits):
    real, fake = logits
    return ((real > 0).double().mean() + (fake <= 0).double().mean()).item() / 2


def right_accuracy():
    return accuracy(trained(discriminator_loss))


def moved(loss_g, n_steps=50):
    """Mean answer (logit) of a fixed D to a shift generator, before and after its training."""
    shift = torch.zeros((), dtype=torch.double, requires_grad=True)
    opt = torch.optim.SGD([shift], 0.1)
    for _ in range(n_steps):
        opt.zero_grad()
        loss_g(2 * (FAKE + shift)).backward()
        opt.step()
    return (2 * FAKE).mean().item(), (2 * (FAKE + shift)).mean().item()


# R01: the generator's step with label 0


def bce(logits, label):
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, label))


def test_r001_label_0_lowers_the_loss_and_drives_the_samples_away():
    before, after = moved(lambda logits: bce(logits, 0.0))
    assert after < before - 1  # less real than ever ...
    fakes = 2 * FAKE
    assert bce(fakes + after - before, 0.0) < bce(fakes, 0.0)  # ... and the loss has fallen
    before, after = moved(lambda logits: bce(logits, 1.0))
    assert after > before + 1


# R10: one total loss


def test_r010_the_total_loss_pays_d_for_not_knowing():
    def total(real, fake):
        return discriminator_loss(real, fake) + generator_loss(fake)

    half = trained(total)[1].sigmoid().mean()
    honest = trained(discriminator_loss)[1].sigmoid().mean()
    assert honest < 0.3 < 0.4 < half  # D's mean answer to fakes
    logit = torch.zeros(1, dtype=torch.double, requires_grad=True)
    (sp(logit) + sp(-logit)).sum().backward()
    assert logit.grad.item() == 0  # the two fake terms rest at D = 1/2


# R12, R13, R21: D's fake term


def test_r012_the_turned_sign_runs_away_and_tells_nobody_apart():
    logits = trained(lambda r, f: sp(-r).mean() - sp(f).mean(), n_steps=600)
    assert accuracy(logits) < 0.6 < 0.8 < right_accuracy()
    flat = torch.full((3,), 50.0, dtype=torch.double)
    assert (sp(-flat) - sp(flat)).mean() < -49  # no floor
    assert discriminator_loss(flat, flat) > 0


def test_r013_the_next_line_is_another_loss_and_labels_fakes_real():
    logit = torch.tensor(0.7, dtype=torch.double)
    right, line_1 = sp(logit).item(), torch.log(1 - logit.sigmoid()).item()
    line_2 = torch.log(1 + torch.exp(-logit)).item()
    assert (right, line_1, line_2) == pytest.approx((1.103, -1.103, 0.403), abs=1e-3)
    assert line_2 == pytest.approx(-logit.sigmoid().log().item(), abs=1e-12)
    assert accuracy(trained(lambda r, f: sp(-r).mean() + sp(-f).mean())) < 0.6
    assert right_accuracy() > 0.8


def test_r021_calling_everything_real_is_optimal():
    def article(real, fake):
        return sp(-real).mean() + sp(-fake).mean()

    yes = torch.full((4,), 30.0, dtype=torch.double)
    assert article(yes, yes) < 1e-9  # perfect, knowing nothing
    assert discriminator_loss(yes, yes) > 29
    assert (torch.stack(trained(article)).sigmoid() > 0.5).all()


# R14: a probability, taken for a logit


def test_r014_a_sigmoid_of_a_sigmoid_never_leaves_a_narrow_band():
    logits = torch.linspace(-60, 60, 101, dtype=torch.double)
    twice = logits.sigmoid().sigmoid()
    assert 0.5 <= twice.min() <= twice.max() <= 1 / (1 + math.exp(-1)) + 1e-12
    assert logits.sigmoid().min() < 1e-9
    assert logits.sigmoid().max() > 1 - 1e-9
    log_p, log_q = torch.tensor([-9.0, 0.0]), torch.tensor([0.0, -9.0])
    assert optimal_discriminator(log_p, log_q).diff().item() > 0.99


# R15, R16: one optimiser and one loss; swapped labels


def slopes_on_fakes(loss_d, loss_g):
    """Slope of both players' losses by a fake's logit."""
    logit = torch.tensor([0.3], dtype=torch.double, requires_grad=True)
    return [torch.autograd.grad(loss(logit), logit)[0].item() for loss in (loss_d, loss_g)]


def test_r015_with_one_summed_loss_nobody_is_the_opponent():
    def one(fake):
        return discriminator_loss(torch.zeros(1, dtype=torch.double), fake)

    down, also_down = slopes_on_fakes(one, one)
    assert down * also_down > 0  # D and G push fakes the same way: friends
    down, up = slopes_on_fakes(one, generator_loss)
    assert down * up < 0  # opponents


def optimisers(source):
    """How many optimisers a listing builds."""
    calls = [ast.unparse(n.func) for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call)]
    return sum("Adam" in name or "SGD" in name for name in calls)


def test_r015_count_the_optimisers():
    both = "optimizer = Adam([*gen.parameters(), *disc.parameters()])"
    assert optimisers(both) < 2
    assert optimisers("opt_d = Adam(disc.parameters())\nopt_g = Adam(gen.parameters())") == 2


def test_r016_swapped_labels_train_the_opposite():
    wrong = accuracy(trained(lambda r, f: discriminator_loss(f, r)))
    assert wrong < 0.25 < 0.75 < right_accuracy()


# R17: a label used as an image, an image as a target


def test_r017_a_truth_value_has_no_view_and_an_image_is_no_label():
    with pytest.raises(AttributeError, match="view"):
        True.view(-1, 1, 28, 28)
    image = digits(16).x_test[:4].flatten(1)
    logits = normal(4, 256).float()
    as_target = F.binary_cross_entropy_with_logits(logits, image)
    as_reals, as_fakes = bce(logits, 1.0), bce(logits, 0.0)
    assert as_reals != as_fakes  # the listing's two losses were the same expression
    assert as_target not in (as_reals, as_fakes)


# R20, R22: the generator gets D's loss


def test_r020_minimising_ds_loss_lowers_ds_answer():
    real = 2 * REAL
    before, after = moved(lambda fake: discriminator_loss(real, fake))
    assert after < before
    before, after = moved(generator_loss)
    assert after > before


def test_r022_a_step_of_g_must_raise_ds_loss():
    real, fakes = 2 * REAL, 2 * FAKE
    now = discriminator_loss(real, fakes)
    before, after = moved(generator_loss, n_steps=1)
    assert discriminator_loss(real, fakes + after - before) > now
    before, after = moved(lambda fake: discriminator_loss(real, fake), n_steps=1)
    assert discriminator_loss(real, fakes + after - before) < now  # no game: they agree


# R35: D's loss without a real image


def test_r035_without_reals_a_constant_is_optimal():
    def article(real, fake):
        return fake.sigmoid().mean()

    real, fake = trained(article, n_steps=600, lr=0.1)
    assert fake.sigmoid().mean() < 0.05
    assert real.sigmoid().mean() < 0.5
    assert trained(discriminator_loss)[0].sigmoid().mean() > 0.7
    assert article(REAL, FAKE) == article(REAL + 5, FAKE)  # reals play no part
    assert discriminator_loss(REAL, FAKE) != discriminator_loss(REAL + 5, FAKE)


# R40, R135: what the generator sees


def nets():
    torch.manual_seed(0)
    return nn.Linear(2, 2), nn.Linear(2, 1)


def test_r040_real_scores_have_no_slope_by_the_generator():
    gen, disc = nets()
    x, z = normal(8, 2).float(), normal(8, 2, seed=3).float()

    def slope(scores):
        return torch.autograd.grad(scores.mean(), gen.weight, allow_unused=True)[0]

    assert slope(disc(x)) is None
    assert slope(disc(gen(z))).abs().max() > 0


def test_r040_a_stale_batch_of_fakes_belongs_to_another_generator():
    gen, disc = nets()
    z = normal(8, 2).float()
    stale = disc(gen(z))
    with torch.no_grad():
        gen.weight += 1.0
    assert not torch.allclose(stale, disc(gen(z)))


def test_r135_without_ds_slope_the_generator_learns_nothing():
    gen, disc = nets()
    z = normal(8, 2).float()

    def pull():
        return torch.autograd.grad(sp(-disc(gen(z))).mean(), gen.weight)[0].abs().max()

    assert pull() > 0
    for p in disc.parameters():
        nn.init.zeros_(p)
    assert pull() == 0  # whatever the real data are


# R41, R42: listings that cannot run


def parses(source):
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def test_r041_two_names_in_a_row():
    assert not parses("real_data = real_data Distribution()")
    assert parses("real_data = distribution()")


def unbound(source):
    """Names a listing reads but never binds."""
    names = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name)]
    bound = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    return {n.id for n in names if isinstance(n.ctx, ast.Load)} - bound


def test_r042_the_noise_is_undefined_and_must_not_come_from_the_data():
    article = "noise = augmented_data_noise\nfake = gen(noise)"
    mended = "noise = torch.randn(64, 100)\nfake = gen(noise)"
    assert "augmented_data_noise" in unbound(article)
    assert unbound(mended) == {"gen", "torch"}
    x = normal(2000)
    assert torch.corrcoef(torch.stack([x, x + 0.5 * normal(2000, seed=1)]))[0, 1] > 0.8
    assert torch.corrcoef(torch.stack([x, normal(2000, seed=1)]))[0, 1].abs() < 0.1


# R46, R55: real and fake in one breath


@pytest.mark.parametrize("weight", [1.0, 0.5], ids=["r046", "r055"])
def test_r046_r055_both_labels_rest_at_one_half(weight):
    d = torch.linspace(0.001, 0.999, 999, dtype=torch.double)
    both = -weight * (d.log() + (1 - d).log())
    assert d[both.argmin()].item() == pytest.approx(0.5, abs=1e-9)
    assert both.min().item() == pytest.approx(weight * 2 * math.log(2), abs=1e-9)
    assert d[(-d.log()).argmin()] == d[-1]  # one label, 1: ever more real


def test_r055_no_pull_at_one_half():
    logit = torch.zeros(1, dtype=torch.double, requires_grad=True)
    (slope,) = torch.autograd.grad(((sp(-logit) + sp(logit)) / 2).sum(), logit)
    assert slope.item() == 0
    (slope,) = torch.autograd.grad(generator_loss(logit), logit)
    assert slope.item() == -0.5


# R54: a linear output with BCELoss


def test_r054_bce_of_a_linear_output():
    logits, ones = torch.tensor([2.5, -1.0]), torch.ones(2)
    with pytest.raises(RuntimeError, match="between 0 and 1"):
        nn.BCELoss()(logits, ones)
    assert nn.BCEWithLogitsLoss()(logits, ones).item() == pytest.approx(sp(-logits).mean().item())


# R56, R57: noise as data, and pictures that cannot come from it


def test_r056_noise_has_the_mean_and_spread_of_noise_not_of_digits():
    noise, x = normal(2000, 256), digits(16).x_train[:2000].flatten(1).double()
    ink = x.mean(0)
    assert ink.max() > 0.3  # digits: bright in the middle, dark at the rim
    assert ink.min() < 0.01
    assert noise.mean(0).abs().max() < 0.15
    assert torch.linalg.eigvalsh(torch.cov(x.T))[-1] > 10 * torch.cov(x.T).trace() / 256
    assert torch.linalg.eigvalsh(torch.cov(noise.T))[-1] < 3 * torch.cov(noise.T).trace() / 256


def reads_data(source):
    """Does any call of a listing load something?"""
    calls = [ast.unparse(n.func) for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call)]
    return any(w in c.lower() for c in calls for w in ("load", "read", "mnist", "digits"))


def test_r057_pictures_of_digits_need_a_line_that_reads_digits():
    article = "real_images = torch.randn(batch_size, 784)\nstep(real_images)"
    assert not reads_data(article)
    assert reads_data("real_images = digits(16).x_train[rows]\nstep(real_images)")


# R58: not detached


def second_backward(detach):
    gen, disc = nets()
    fake = gen(normal(8, 2).float())
    sp(-disc(fake)).mean().backward()
    sp(disc(fake.detach() if detach else fake)).mean().backward()


def test_r058_the_graph_is_gone_after_the_first_backward():
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        second_backward(detach=False)
    second_backward(detach=True)


# R59: train() keeps its networks to itself


def train_and_lose(gen, n_epochs):
    gen = nn.Linear(2, 2)  # a new one
    opt, n_updates = torch.optim.SGD(gen.parameters(), 0.1), 0
    for _epoch in range(n_epochs):
        for _epoch in range(5):
            opt.zero_grad()
            gen(torch.ones(1, 2)).square().sum().backward()
            opt.step()
            n_updates += 1
    return n_updates


def train_and_keep(gen, n_epochs, n_rows=40, batch_size=4):
    opt, n_updates = torch.optim.SGD(gen.parameters(), 0.1), 0
    for _epoch in range(n_epochs):
        for _batch in range(n_rows // batch_size):
            opt.zero_grad()
            gen(torch.ones(1, 2)).square().sum().backward()
            opt.step()
            n_updates += 1
    return n_updates


def test_r059_the_networks_outside_are_untouched_and_an_epoch_is_a_pass():
    gen, _ = nets()
    before = gen.weight.detach().clone()
    assert train_and_lose(gen, 3) == 15  # "100 epochs" would be 500 updates
    assert torch.equal(gen.weight, before)
    assert train_and_keep(gen, 3) == 30
    assert not torch.equal(gen.weight, before)


# R61: what the text names and the code does not hold


def words(source):
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {t.string for t in tokens if t.type == tokenize.NAME}


def test_r061_the_code_holds_neither_adamw_nor_tensorboard():
    article = "import cv2\nopt = torch.optim.Adam(net.parameters(), lr=1e-3)\nopt.step()\n"
    assert not {"AdamW", "SummaryWriter", "add_scalar"} & words(article)
    assert article.count("cv2") == 1  # imported, never used
    as_told = "opt = torch.optim.AdamW(p)\nlog = SummaryWriter()\nlog.add_scalar('d', 1.0, 0)\n"
    assert {"AdamW", "SummaryWriter", "add_scalar"} <= words(as_told)


# R62: D takes one example


class Disc(nn.Module):
    def forward(self, x):
        return x.sum(-1)


def test_r062_a_discriminator_takes_one_sample():
    takes = list(inspect.signature(Disc.forward).parameters)[1:]
    assert takes == ["x"]
    real, fake = normal(2, 4, 2)
    with pytest.raises(TypeError):
        Disc()(fake, real)
    assert Disc()(fake).shape == (4,)


# R63, R64: the saturating slope


def test_r063_minimising_log_1_minus_d_raises_d():
    before, after = moved(lambda logits: F.logsigmoid(-logits).mean())
    assert after > before
    before, after = moved(lambda logits: logits.sigmoid().mean())  # "minimise D's output"
    assert after < before


def test_r064_the_factor_of_the_log():
    logit = torch.tensor([-3.0], dtype=torch.double, requires_grad=True)
    d = logit.sigmoid()
    (right,) = torch.autograd.grad(torch.log(1 - d).sum(), logit, retain_graph=True)
    (article,) = torch.autograd.grad(-d.sum(), logit)
    assert right.item() == pytest.approx(-0.0474, abs=1e-4)
    assert article.item() == pytest.approx(-0.0452, abs=1e-4)
    assert (right / article).item() == pytest.approx(1 / (1 - d.item()), abs=1e-9)
    slopes = loss_slopes(logit.detach())[:, 0]
    assert slopes[0].item() == pytest.approx(right.item(), abs=1e-12)
    assert slopes[0].item() != pytest.approx(article.item(), abs=1e-3)
    assert slopes[1].item() == pytest.approx(-0.953, abs=1e-3)


# R128, R129: architecture, objective, discriminator


def n_parameters(net):
    return sum(p.numel() for p in net.parameters())


def test_r128_one_architecture_serves_several_objectives():
    """The same network, a classifier p(y | x) or a GAN's discriminator: only the targets differ."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))
    x = torch.cat([REAL, FAKE]).float()[:, None]
    parity = (x[:, 0] * 3).long().remainder(2).float()  # a label of the data
    is_real = torch.cat([torch.ones(500), torch.zeros(500)])  # whose sample is it?
    losses = [F.binary_cross_entropy_with_logits(net(x)[:, 0], y) for y in (parity, is_real)]
    slopes = [torch.autograd.grad(v, net[0].weight, retain_graph=True)[0] for v in losses]
    cosine = F.cosine_similarity(*(s.flatten() for s in slopes), dim=0)
    assert n_parameters(net) == 25
    assert cosine < 0.9  # the same network is pulled elsewhere: the objective makes the difference


def test_r129_other_generators_have_no_discriminator():
    from course_utils.models import dcgan, gpt, unet, vae

    def discriminators(module):
        return [name for name in vars(module) if "discriminator" in name.lower()]

    assert discriminators(dcgan)
    assert not any(discriminators(m) for m in (gpt, unet, vae))
