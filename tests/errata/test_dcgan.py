"""Errata of the articles on the convolutional GAN: the wrong form fails, the right form passes."""

import ast
import copy
import re

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from course_utils.checks.dcgan.layer_sizes import layer_sizes
from course_utils.checks.dcgan.prepare import prepare
from course_utils.models.dcgan import DCGANConfig, Discriminator, Generator


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def nets(side=16, z_dim=8, width=4, **how):
    torch.manual_seed(0)
    config = DCGANConfig(img_size=side, z_dim=z_dim, width=width, **how)
    return Generator(config), Discriminator(config)


def noise(n=16, z_dim=8, seed=0):
    return torch.randn(n, z_dim, generator=rng(seed))


def pixels(n=32, side=16):
    return torch.randint(256, (n, side, side), generator=rng()).to(torch.uint8)


def largest_move(before, net):
    pairs = zip(before.parameters(), net.parameters(), strict=True)
    return max((p - q).abs().max().item() for p, q in pairs)


# R02, R03: targets of BCE


def test_r002_an_integer_target_is_refused_a_float_one_is_not():
    p = torch.full((4,), 0.5)
    with pytest.raises(RuntimeError, match="Long"):
        F.binary_cross_entropy(p, torch.full((4,), 1))
    assert F.binary_cross_entropy(p, torch.full((4,), 1.0)).item() == pytest.approx(
        0.6931, abs=1e-4
    )


def test_r003_logits_of_four_dimensions_do_not_fit_labels_of_one():
    gen, disc = nets()
    x, labels = gen(noise()), torch.ones(16)
    raw = disc.body(x)  # what a convolution leaves
    assert raw.shape == (16, 1, 1, 1)
    with pytest.raises(ValueError, match="size"):
        F.binary_cross_entropy_with_logits(raw, labels)
    flat = F.binary_cross_entropy_with_logits(raw.view(-1), labels)
    assert flat.item() == pytest.approx(F.softplus(-disc(x)).mean().item(), abs=1e-6)


# R04: no Resize, no CenterCrop


def test_r004_mixed_sizes_cannot_be_batched_and_a_larger_size_goes_through_silently():
    halve = ("conv", 4, 2, 1)
    disc = nets(side=32)[1].eval()
    with pytest.raises(RuntimeError, match="ernel size"):
        disc.body(torch.zeros(2, 1, 28, 28))
    plan = [halve, halve, halve, ("conv", 4, 1, 0)]
    assert disc.body(torch.zeros(2, 1, 64, 64)).shape == (2, 1, 5, 5)  # 25 logits an image
    assert layer_sizes(64, plan)[-1] == 5
    assert layer_sizes(32, plan)[-1] == 1
    mixed = [torch.zeros(1, 28, 28), torch.zeros(1, 40, 31)]
    with pytest.raises(RuntimeError, match="equal size"):
        torch.stack(mixed)


def resize_and_crop(x, side):
    """Shorter side to ``side``, then the middle. x: (C, H, W) -> (C, side, side)."""
    scale = side / min(x.shape[-2:])
    h, w = (max(side, round(n * scale)) for n in x.shape[-2:])
    x = F.interpolate(x[None], size=(h, w), mode="bilinear", antialias=True)[0]
    top, left = (h - side) // 2, (w - side) // 2
    return x[:, top : top + side, left : left + side]


def test_r004_resize_and_centre_crop_mend_it():
    mixed = [torch.rand(1, 28, 28), torch.rand(1, 40, 31), torch.rand(1, 64, 64)]
    batch = torch.stack([resize_and_crop(x, 32) for x in mixed])
    assert nets(side=32)[1].eval()(batch).shape == (3,)


# R05: names that nobody defines


def undefined(source):
    """Names a module reads at its top level or in functions, and never binds."""
    import builtins

    tree = ast.parse(source)
    names = [n for n in ast.walk(tree) if isinstance(n, ast.Name)]
    bound = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    return {n.id for n in names if isinstance(n.ctx, ast.Load)} - bound - set(dir(builtins))


AS_IN_THE_ARTICLE = "for epoch in range(num_epochs):\n    print(epoch)\n"


def test_r005_a_listing_reads_a_name_it_never_binds():
    assert undefined(AS_IN_THE_ARTICLE) == {"num_epochs"}
    with pytest.raises(NameError, match="num_epochs"):
        exec(AS_IN_THE_ARTICLE, {})
    mended = "num_epochs = 2\n" + AS_IN_THE_ARTICLE
    assert undefined(mended) == set()
    exec(mended, {"print": lambda *_: None})


# R06: one file an epoch, new noise each time


def save_all(folder, pattern, steps=4):
    for step in range(steps):
        (folder / pattern.format(epoch=0, step=step)).write_bytes(bytes([step]))
    return len(list(folder.iterdir()))


def test_r006_a_name_without_the_step_keeps_one_file_of_four(tmp_path):
    (tmp_path / "wrong").mkdir()
    (tmp_path / "right").mkdir()
    assert save_all(tmp_path / "wrong", "epoch_{epoch}.png") == 1
    assert save_all(tmp_path / "right", "epoch_{epoch}_step_{step}.png") == 4


def test_r006_only_with_fixed_noise_does_an_unchanged_net_draw_the_same():
    gen = nets()[0].eval()
    fixed = noise()
    assert torch.equal(gen(fixed), gen(fixed))
    assert not torch.allclose(gen(noise(seed=1)), gen(noise(seed=2)))


# R19: the noise's shape


def test_r019_a_transposed_convolution_wants_four_dimensions():
    layer = nn.ConvTranspose2d(100, 8, 4)
    z = torch.randn(5, 100, generator=rng())
    with pytest.raises(RuntimeError, match="4D"):
        layer(z)
    assert layer(z[:, :, None, None]).shape == (5, 8, 4, 4)


# R44: images in [0, 1], a generator in [-1, 1]


def told_apart(real, fake):
    """Accuracy of the rule 'a pixel below 0 means fake'."""
    calls = (real.amin((1, 2, 3)) >= 0).double().mean(), (fake.amin((1, 2, 3)) < 0).double().mean()
    return (sum(calls) / 2).item()


def test_r044_a_sign_tells_real_from_fake_unless_the_ranges_agree():
    gen = nets()[0]
    gen.body[-2].bias.data.zero_()  # as Keras starts
    fake = gen(noise(64)).detach()
    assert 0.3 < (fake < 0).double().mean() < 0.7
    assert told_apart(pixels()[:, None] / 255, fake) > 0.99
    assert told_apart(prepare(pixels()), fake) == pytest.approx(0.5, abs=0.05)


# R47: D is not frozen in G's step


def g_step(gen, disc, *, freeze):
    players = [gen] if freeze else [gen, disc]
    opt = torch.optim.Adam([p for net in players for p in net.parameters()], lr=1e-3)
    loss = F.softplus(-disc(gen(noise()))).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()


@pytest.mark.parametrize("freeze", [True, False])
def test_r047_a_combined_model_moves_the_discriminator_unless_it_is_frozen(freeze):
    gen, disc = nets()
    before = copy.deepcopy(disc)
    g_step(gen, disc, freeze=freeze)
    assert (largest_move(before, disc) == 0) is freeze


def test_r047_a_thawed_discriminator_learns_to_call_the_old_fakes_real():
    old = nets()[0](noise()).detach()
    said = {}
    for freeze in (True, False):
        gen, disc = nets()
        for _ in range(10):
            g_step(gen, disc, freeze=freeze)
        with torch.no_grad():
            said[freeze] = disc(old).mean().item() - nets()[1](old).mean().item()
    assert said[False] > 0.3  # bribed
    assert abs(said[True]) < 1e-6


# R48: one image for a batch


def test_r048_an_array_yields_single_images_a_loader_yields_batches():
    images = prepare(pixels())
    batch = next(iter(images[:, 0]))  # one picture, 16 rows
    with pytest.raises(ValueError, match="unpack"):
        x, _ = batch
    data = torch.utils.data.TensorDataset(images)
    (x,) = next(iter(torch.utils.data.DataLoader(data, batch_size=8)))
    assert x.shape == (8, 1, 16, 16)


# R49: prepared twice


def test_r049_preparing_twice_leaves_a_black_picture_with_an_axis_too_many():
    once = pixels()[..., None] / 255
    twice = once[..., None] / 255
    assert twice.max() < 0.004
    assert twice.ndim == 5
    right = prepare(pixels())
    assert right.max() == 1
    assert right.min() == -1
    assert right.ndim == 4


# R50: an accuracy nobody asked for


def test_r050_a_loss_is_one_number_and_has_no_second_entry():
    _, disc = nets()
    logits = disc(prepare(pixels()))
    loss = F.softplus(-logits).mean()
    with pytest.raises(IndexError):
        loss[1]
    accuracy = (logits > 0).double().mean()  # counted
    assert 0 <= accuracy <= 1


# R51: an optimiser nobody steps


def after_a_round(own_lr, used_lr):
    gen, disc = nets()
    torch.optim.Adam(gen.parameters(), lr=own_lr)  # "compiled", never stepped
    opt = torch.optim.Adam(gen.parameters(), lr=used_lr)
    F.softplus(-disc(gen(noise()))).mean().backward()
    opt.step()
    return gen


def test_r051_the_generators_own_learning_rate_changes_nothing():
    assert largest_move(after_a_round(1e-4, 2e-4), after_a_round(0.0, 2e-4)) == 0
    assert largest_move(after_a_round(1e-4, 2e-4), after_a_round(1e-4, 1e-4)) > 0


# R52: two sizes of the noise


def test_r052_a_hard_wired_noise_size_works_for_one_size_only():
    wired = lambda z_dim: nn.ConvTranspose2d(100, 4, 4)  # noqa: E731  ignores its argument
    given = lambda z_dim: nn.ConvTranspose2d(z_dim, 4, 4)  # noqa: E731
    for z_dim, works in ((100, True), (64, False)):
        z = torch.zeros(2, z_dim, 1, 1)
        assert given(z_dim)(z).shape == (2, 4, 4, 4)
        if works:
            assert wired(z_dim)(z).shape == (2, 4, 4, 4)
        else:
            with pytest.raises(RuntimeError, match="channels"):
                wired(z_dim)(z)


# R53: "both nets are fully connected"; "G's step trains the discriminator"


def kinds(net):
    return {re.sub(r"\d.*", "", type(m).__name__) for m in net.modules() if not list(m.children())}


def test_r053_the_nets_are_convolutional():
    dense = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 256), nn.Tanh())
    assert "Linear" in kinds(dense)
    assert "ConvTranspose" not in kinds(dense)
    gen, disc = nets()
    assert "ConvTranspose" in kinds(gen)
    assert "Conv" in kinds(disc)
    assert "Linear" not in kinds(gen) | kinds(disc)


def test_r053_a_generator_step_trains_the_generator():
    gen, disc = nets()
    start = copy.deepcopy(gen)
    g_step(gen, disc, freeze=True)
    assert largest_move(start, gen) > 0
    assert largest_move(nets()[1], disc) == 0


# R60: no output activation


def test_r060_without_tanh_pixels_leave_the_range():
    gen = nets()[0]
    gen.body[-2].weight.data.mul_(300)
    open_end = gen.body[:-1]
    z = noise()[:, :, None, None]
    assert (open_end(z).abs() > 1).any()
    assert not (gen.body(z).abs() > 1).any()
