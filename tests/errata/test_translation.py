"""Errata of the articles on translating pictures: the wrong form fails, the right form passes."""

import ast
import math

import pytest
import torch
import torch.nn.functional as F
from skimage.io import imread
from torch import nn
from torch.distributions import Normal

from course_utils.checks.paired_images.nearest_answers import nearest_answers
from course_utils.checks.unpaired_images.cycle_loss import cycle_loss
from course_utils.checks.unpaired_images.right_pairs import right_pairs
from course_utils.data.files import locate


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def small_net(n_in, n_out, seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(n_in, 8), nn.Tanh(), nn.Linear(8, n_out)).double()


# R29: nothing ties the output to the input


def test_r029_the_adversarial_loss_does_not_see_inputs_dealt_out_anew():
    gen, disc = small_net(4, 16), small_net(16, 1)
    low = torch.randn(32, 4, generator=rng(), dtype=torch.double)
    wanted = gen(low).detach() + 0.1  # true pictures, each near its own output
    straight, dealt = gen(low), gen(low.roll(1, 0))
    as_printed = [F.softplus(-disc(x)).mean().item() for x in (straight, dealt)]
    assert as_printed[0] == pytest.approx(as_printed[1], abs=1e-12)
    mended = [F.l1_loss(x, wanted).item() for x in (straight, dealt)]
    assert mended[0] == pytest.approx(0.1)
    assert mended[1] > 2 * mended[0]


def test_r029_without_a_real_picture_the_best_discriminator_is_blind():
    fakes, real = torch.full((64,), -30.0), torch.full((64,), -30.0)  # "fake", whatever it sees
    assert F.softplus(fakes).mean() < 1e-9  # no discriminator can do better by fakes alone
    assert F.softplus(-real).mean() > 29
    constants = torch.linspace(-5, 5, 101)
    right = F.softplus(-constants) + F.softplus(constants)
    assert right.min() >= 2 * math.log(2) - 1e-6  # with real ones a constant gains nothing


# R30: the way back is computed and not used

AS_IN_THE_ARTICLE = """
def generators_loss(a, b):
    fake_b, fake_a = to_b(a), to_a(b)
    recovered_a, recovered_b = to_a(fake_b), to_b(fake_a)
    return fooled(disc_b(fake_b)) + fooled(disc_a(fake_a))
"""
MENDED = AS_IN_THE_ARTICLE.rstrip() + " + 10 * (apart(recovered_a, a) + apart(recovered_b, b))\n"


def never_read(source):
    """Names that a function assigns and no line reads."""
    names = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
    stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    return stored - {node.id for node in names if isinstance(node.ctx, ast.Load)}


def test_r030_a_name_that_is_assigned_and_never_read():
    assert never_read(AS_IN_THE_ARTICLE) == {"recovered_a", "recovered_b"}
    assert never_read(MENDED) == set()


def turn(x, degrees):
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return x @ torch.tensor([[cos, sin], [-sin, cos]], dtype=x.dtype)


def test_r030_two_maps_fool_both_discriminators_and_do_not_undo_each_other():
    half = torch.randn(200, 2, generator=rng(), dtype=torch.double) + 1
    a = torch.cat([half, -half])  # half a turn leaves this heap as it was
    b = turn(a, 45)
    disc_a, disc_b = small_net(2, 1, seed=1), small_net(2, 1, seed=2)

    def fooled(to_a, to_b):
        return F.softplus(-disc_b(to_b(a))).mean() + F.softplus(-disc_a(to_a(b))).mean()

    there, back, wrong_back = (lambda x, k=k: turn(x, k) for k in (45, -45, 135))
    as_printed = [fooled(to_a, there).item() for to_a in (back, wrong_back)]
    assert as_printed[0] == pytest.approx(as_printed[1], abs=1e-12)
    assert cycle_loss(back, there, a, b) < 1e-12
    assert cycle_loss(wrong_back, there, a, b) > 1
    assert right_pairs(wrong_back(there(a)), a, 0.3) < 0.1


# R31: CycleGAN is no enlarger, and has two discriminators


def test_r031_one_discriminator_for_both_domains_is_fooled_by_no_translation():
    at_a, at_b = Normal(-2.0, 0.5), Normal(2.0, 0.5)  # two domains; nothing is translated
    untouched = at_a.sample((1000,))  # what should have become points of B
    log_a, log_b = at_a.log_prob(untouched), at_b.log_prob(untouched)
    log_real = torch.logaddexp(log_a, log_b)  # one discriminator: all that is real, of A and of B
    log_fake = torch.logaddexp(log_b, log_a)  # and the fakes of both: the same heap
    assert F.softplus(log_fake - log_real).mean().item() == pytest.approx(math.log(2))
    assert F.softplus(log_a - log_b).mean() > 10  # one for B alone is not fooled


def test_r031_both_losses_of_a_cyclegan_allow_an_enlarger_that_draws_negatives():
    half = torch.rand(50, 1, 16, 16, generator=rng())
    large = torch.cat([half, 1 - half])  # as many negatives as positives
    small = F.avg_pool2d(large, 2)

    def enlarge(x):
        return F.interpolate(x, scale_factor=2)

    for sign in (1, -1):  # -1: the negative of what is wanted
        there = enlarge(small) if sign == 1 else 1 - enlarge(small)
        back = F.avg_pool2d(there, 2) if sign == 1 else 1 - F.avg_pool2d(there, 2)
        assert (back - small).abs().max() < 1e-6  # the cycle is closed
        rows = there.flatten(1).sum(1).sort().values
        assert torch.allclose(rows, enlarge(small).flatten(1).sum(1).sort().values, atol=1e-3)
        error = (there - large).square().mean()
        assert (error > 0.08) == (sign == -1)


# R37: the target among the generator's inputs


def test_r037_a_copy_of_the_target_is_perfect_until_the_target_is_missing():
    y = torch.randint(2, (200, 8), generator=rng()).double()  # coins: nobody can know them

    def leaky(x, target):
        return target

    def honest(x):
        return 0 * x + 0.5

    x = torch.zeros(200, 8, dtype=torch.double)
    assert F.mse_loss(leaky(x, y), y) == 0
    assert F.mse_loss(honest(x), y).item() == pytest.approx(0.25)
    assert F.mse_loss(leaky(x, 0 * y), y) > 0.4  # what is left when nobody hands it the answer
    assert F.mse_loss(leaky(x, y.roll(1, 0)), y) > 0.4


# R38: a discriminator that does not see the question


def test_r038_only_a_discriminator_of_pairs_notices_pairs_dealt_out_anew():
    x = torch.randn(64, 5, generator=rng(), dtype=torch.double)
    y = 2 * x + 0.1  # the right answer to each
    disc = small_net(5, 1)

    def of_pairs(x, y):
        return 1 - (y - 2 * x).square().sum(1)

    def as_printed(x, y):
        return disc(y)

    for judge, notices in ((of_pairs, True), (as_printed, False)):
        matched, dealt = (F.softplus(-judge(z, y)).mean() for z in (x, x.roll(1, 0)))
        assert (dealt > matched + 1) == notices
    assert matched == dealt


# R153: EDSR has no discriminator


def photograph(name):
    pixels = torch.from_numpy(imread(locate(f"photo_{name}")).copy()).float() / 255
    light = pixels.mean(-1)[None, None, :256, :256].double()
    return F.interpolate(light, size=(128, 128), mode="bicubic", antialias=True)


def test_r153_an_enlarger_without_any_discriminator_beats_bicubic_interpolation():
    def question_and_answer(large):
        small = F.interpolate(large, size=(64, 64), mode="bicubic", antialias=True)
        patches = F.unfold(F.pad(small, [2] * 4, mode="replicate"), 5)[0].T  # (4096, 25)
        lacking = large - F.interpolate(small, scale_factor=2, mode="bicubic")
        return patches - patches[:, 12:13], F.pixel_unshuffle(lacking, 2)[0].flatten(1).T

    seen = ("astronaut", "chelsea", "china", "flower", "rocket")
    learnt = [question_and_answer(photograph(name)) for name in seen]
    x, lacking = (torch.cat(parts) for parts in zip(*learnt, strict=True))
    # By the pixels' error and nothing else; the patch's centre is always 0, so x lacks a rank.
    weights = torch.linalg.lstsq(x, lacking, driver="gelsd").solution
    x, lacking = question_and_answer(photograph("coffee"))  # a photograph that it has not seen
    assert (lacking - x @ weights).square().mean() < 0.9 * lacking.square().mean()


# R154: a classifier of colours


def test_r154_a_classifier_over_colours_answers_with_a_colour_without_a_discriminator():
    inks = torch.tensor([[1.0, 0.2, 0.2], [0.2, 1.0, 0.2], [0.2, 0.2, 1.0]]).double()
    probs = torch.tensor([0.5, 0.3, 0.2], dtype=torch.double)
    logits = torch.zeros(3, dtype=torch.double, requires_grad=True)
    for _ in range(300):  # cross-entropy alone
        (slope,) = torch.autograd.grad(-(probs * logits.log_softmax(0)).sum(), logits)
        logits = (logits - slope).detach().requires_grad_()
    found = logits.softmax(0).detach()
    assert torch.allclose(found, probs, atol=1e-4)
    answer = inks[found.argmax()]
    regressed = torch.stack([nearest_answers(channel, probs)[0] for channel in inks.T])
    assert (inks - answer).abs().sum(1).min() == 0
    assert (inks - regressed).abs().sum(1).min() > 0.5
