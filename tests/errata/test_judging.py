"""Errata of the articles on judging generators: the wrong form fails, the right form passes."""

import ast
import math

import pytest
import torch
import torch.nn.functional as F
from skimage.metrics import structural_similarity

from course_utils import judging
from course_utils.checks.attacks_on_scores.psnr import psnr
from course_utils.checks.logs_losses_and_people.smallest_loss_d import smallest_loss_d
from course_utils.data import digits
from course_utils.judging.reader import load_judge


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def data():
    """500 studied and 500 fresh digits (16 x 16), their features, and the judge."""
    d, judge = digits(16), load_judge(16)
    studied, fresh = d.x_train[:500], d.x_test[:500]
    return judge, studied, fresh


def blur(x):
    return F.avg_pool2d(x, 3, stride=1, padding=1)


# R07: a printed log, and a program that prints none


def printed(source):
    """The texts of all calls in a program that show something."""
    calls = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call)]
    return [ast.unparse(c) for c in calls if ast.unparse(c.func) in ("print", "log.info")]


AS_IN_THE_ARTICLE = """
for epoch in range(100):
    for x in batches:
        loss_d, loss_g = step(x)
print("Training finished.")
"""
LOGGED = AS_IN_THE_ARTICLE.replace(
    "step(x)\n", "step(x)\n        print(f'Loss_D {loss_d:.4f} Loss_G {loss_g:.4f}')\n"
)


def test_r007_the_log_cannot_come_from_a_program_that_prints_no_loss():
    assert printed(AS_IN_THE_ARTICLE) == ["print('Training finished.')"]
    assert not any("loss" in text for text in printed(AS_IN_THE_ARTICLE))
    assert any("loss_d" in text and "loss_g" in text for text in printed(LOGGED))


# R08: L_D = 0.4551 with L_G = 0.6802


def discriminators(n=2000):
    """Logits of n random discriminators for 64 fakes, and their best losses (reals cost 0)."""
    spread = 3 * torch.rand(n, 1, generator=rng(), dtype=torch.double)
    centre = 2 * torch.randn(n, 1, generator=rng(1), dtype=torch.double)
    logits = centre + spread * torch.randn(n, 64, generator=rng(2), dtype=torch.double)
    return F.softplus(-logits).mean(1), F.softplus(logits).mean(1)


def test_r008_the_printed_line_lies_below_the_bound_and_the_equilibrium_above():
    bound = smallest_loss_d(torch.tensor([0.6802, math.log(2)], dtype=torch.double))
    assert bound[0].item() == pytest.approx(0.706, abs=1e-3)
    assert bound[0] > 0.4551  # the printed line: impossible
    assert bound[1] <= 2 * math.log(2)  # the equilibrium: possible


def test_r008_no_discriminator_passes_the_bound_and_some_reach_it():
    loss_g, least_loss_d = discriminators()
    bound = smallest_loss_d(loss_g)
    assert (least_loss_d >= bound - 1e-12).all()
    assert (least_loss_d - bound).min() < 1e-3  # tight: D says the same to every fake
    too_high = 1.1 * bound + 0.05  # a "bound" that real discriminators would break
    assert (least_loss_d < too_high).any()


def test_r008_caveats():
    """A mean of the two terms would be possible; a generator with label 0 would not."""
    bound = smallest_loss_d(torch.tensor([0.6802], dtype=torch.double)).item()
    assert bound / 2 < 0.4551
    d = torch.rand(2000, 64, generator=rng(), dtype=torch.double).clamp(1e-6, 1 - 1e-6)
    label_0 = -(1 - d).log().mean(1)  # that code's L_G is the fake term ...
    loss_d = label_0 - d[:, :8].log().mean(1)  # ... a part of L_D
    assert (loss_d >= label_0).all()
    assert not (loss_d[(label_0 - 0.6802).abs() < 0.05] <= 0.4551).any()
    assert ((label_0 - 0.6802).abs() < 0.05).any()


# R09: both losses fall, so the quality rises


def test_r009_losses_stand_still_at_the_equilibrium_whatever_the_samples():
    """The best D of a perfect generator, and a D that knows nothing before a bad one: equal losses,
    different MMD."""
    half = torch.zeros(400)  # logits
    losses = (F.softplus(-half) + F.softplus(half)).mean(), F.softplus(-half).mean()
    assert losses[0].item() == pytest.approx(1.386, abs=1e-3)
    assert losses[1].item() == pytest.approx(0.693, abs=1e-3)
    real, good, bad = torch.randn(3, 400, 2, generator=rng())
    bad = 3 + bad
    assert judging.mmd2(real, good, bandwidth=1.0) < 0.01
    assert judging.mmd2(real, bad, bandwidth=1.0) > 0.5  # the same two losses, if D is untrained


def test_r009_a_falling_loss_of_d_goes_with_falling_quality():
    """The best discriminator's loss falls as the generator moves AWAY from the data."""
    x = torch.randn(20_000, generator=rng(), dtype=torch.double)
    losses, distances = [], []
    for shift in (0.0, 0.5, 1.0, 2.0, 3.0):
        fake = x.flip(0) + shift
        logit_real, logit_fake = (shift**2 / 2 - shift * s for s in (x, fake))  # log p / q
        losses.append((F.softplus(-logit_real).mean() + F.softplus(logit_fake).mean()).item())
        distances.append(judging.mmd2(x[:500, None], fake[:500, None], bandwidth=1.0))
    assert losses == sorted(losses, reverse=True)
    assert distances == sorted(distances)
    assert losses[0] == pytest.approx(2 * math.log(2), abs=1e-3)


# R57: "trained on MNIST", and no cell reads data


def reads_data(cells):
    """Does any cell call something that loads data, or use torch's data loader?"""
    words = ("load", "read", "open", "mnist", "digits", "dataset")
    calls = [n for cell in cells for n in ast.walk(ast.parse(cell)) if isinstance(n, ast.Call)]
    return any(word in ast.unparse(c.func).lower() for c in calls for word in words)


def test_r057_provenance_no_cell_reads_data():
    without = ["import torch", "x = torch.randn(64, 784)", "train(net, x)"]
    with_data = ["from torchvision.datasets import MNIST", "x = MNIST('data')", "train(net, x)"]
    assert not reads_data(without)
    assert reads_data(with_data)
    assert reads_data(["x = digits(16).x_train"])


# R119: references made by the model itself


def test_r119_against_its_own_samples_every_generator_is_perfect(data):
    judge, studied, fresh = data
    one, two = judge.features(blur(fresh[:250])), judge.features(blur(fresh[250:]))
    real = judge.features(studied)
    floor = judging.frechet_distance(judge.features(studied[:250]), judge.features(fresh[:250]))
    on_itself, honest = judging.frechet_distance(one, two), judging.frechet_distance(real, one)
    assert on_itself < 2 * floor  # the wrong reference praises it
    assert honest > 10 * floor  # the right one does not
    assert judging.frechet_distance(one, one) < 1e-6
    assert judging.frechet_distance(real, one) == honest  # a second "epoch" says the same


# R147: PSNR and SSIM without a pair


def ssim(x, y):
    """The library's SSIM of each pair, with the window of Wang et al. 2004."""
    settings = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    pairs = zip(x[:, 0].double().numpy(), y[:, 0].double().numpy(), strict=True)
    found = [structural_similarity(a, b, data_range=1, **settings) for a, b in pairs]
    return torch.tensor(found)


def test_r147_unpaired_psnr_calls_two_real_digits_as_good_as_a_perfect_generator(data):
    _, studied, fresh = data
    perfect = psnr(fresh, studied, 1.0).mean()
    two_reals = psnr(studied.roll(1, 0), studied, 1.0).mean()
    smudge = studied.mean(0).expand_as(studied)
    assert abs(perfect - two_reals) < 0.5  # dB: it cannot tell
    assert psnr(smudge, studied, 1.0).mean() > perfect + 2  # and prefers a smudge
    assert ssim(smudge, studied).mean() > ssim(fresh, studied).mean()
    restored = (studied + 0.01 * torch.randn(studied.shape, generator=rng())).clamp(0, 1)
    assert psnr(restored, studied, 1.0).mean() > perfect + 20  # with a pair it works


def test_r147_scores_of_sets_get_the_order_right(data):
    judge, studied, fresh = data
    real = judge.features(studied)
    perfect = judging.frechet_distance(real, judge.features(fresh))
    smudge = judge.features(studied.mean(0, keepdim=True).expand(500, -1, -1, -1))
    assert judging.frechet_distance(real, smudge) > 20 * perfect


# R148: the accuracy of D as quality


def test_r148_an_untrained_or_weak_d_calls_bad_samples_perfect(data):
    from sklearn.linear_model import RidgeClassifier

    judge, studied, fresh = data
    real, bad = judge.features(studied), judge.features(blur(fresh))
    weights = torch.randn(64, generator=rng())  # an in-game D before its first step
    threshold = torch.cat([real, bad]).matmul(weights).median()
    untrained = (real @ weights > threshold).double().mean() + (
        bad @ weights <= threshold
    ).double().mean()
    fresh_test = judging.c2st(real, bad, classifier=RidgeClassifier())
    assert fresh_test.interval[0] > 0.9  # a fresh classifier sees the blur
    assert untrained / 2 < fresh_test.interval[0] - 0.1  # that D, on the same samples, does not
    good = judging.c2st(real, judge.features(fresh), classifier=RidgeClassifier())
    assert good.interval[0] < 0.5  # and it finds nothing where nothing is wrong
