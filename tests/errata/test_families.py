"""Errata of the articles on VAE against GAN: the wrong form fails, the right form passes."""

import torch
import torch.nn.functional as F
from torch.utils.flop_counter import FlopCounterMode

from course_utils.data import digits
from course_utils.maths.prob import bernoulli_nll, kl_std_normal
from course_utils.models.dcgan import Discriminator, Generator
from course_utils.models.vae import VAE

KERNEL = torch.tensor([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])[None, None]


def sharpness(x):
    """Variance of the Laplacian inside each image. x: (N, 1, S, S) -> (N,)."""
    return F.conv2d(x, KERNEL).flatten(1).var(1)


# R87: "VAEs excel at high-resolution images" / "VAEs are worse than GANs"


def best_decoder_mean(x, n_alike):
    """What the best mean decoder draws for a code that stands for n_alike images: their mean."""
    return x.unflatten(0, (-1, n_alike)).mean(1)


def test_r087_the_mean_of_what_a_code_stands_for_is_softer_than_each_of_it():
    data = digits(16)
    threes = data.x_train[data.y_train == 3][:320]
    real = sharpness(threes)
    for n_alike in (2, 4, 16):
        soft = sharpness(best_decoder_mean(threes, n_alike))
        assert soft.mean() < 0.8 * real.mean(), n_alike
    assert torch.equal(best_decoder_mean(threes, 1), threes)  # a code for one image loses nothing


def test_r087_the_measure_of_blur_sees_blur_and_nothing_else():
    x = digits(16).x_train[:200]
    blurred = F.avg_pool2d(x, 3, 1, 1)
    assert (sharpness(blurred) < sharpness(x)).float().mean() > 0.99
    brighter = sharpness(0.5 * x + 0.3)
    assert torch.allclose(brighter, 0.25 * sharpness(x), atol=1e-5)  # contrast counts, paper not


def test_r087_sixteen_latents_of_a_linear_vae_redraw_held_out_digits_softly():
    """The linear Gaussian VAE is PCA (lesson 15): its best decoder in closed form."""
    data = digits(16)
    x, held = data.x_train.flatten(1), data.x_test.flatten(1)
    mean = x.mean(0)
    axes = torch.linalg.svd(x - mean, full_matrices=False).Vh

    def redrawn(n_latents):
        top = axes[:n_latents]
        return (mean + (held - mean) @ top.T @ top).view_as(data.x_test)

    real = sharpness(data.x_test)
    assert (sharpness(redrawn(16)) < real).float().mean() > 0.95
    assert torch.allclose(sharpness(redrawn(256)), real, atol=1e-3)  # blur is the bottleneck's


# R146: "longer training" / "low cost"


def flops_of_a_step(family, batch_size=64):
    """Floating-point operations of one update of the package's VAE or DCGAN."""
    x = torch.rand(batch_size, 1, 16, 16)
    with FlopCounterMode(display=False) as counter:
        if family == "vae":
            net = VAE()
            mu, logvar = net.encode(x)
            nll = bernoulli_nll(net.decode(mu), x.flatten(1))
            (nll + kl_std_normal(mu, logvar)).mean().backward()
        else:
            gen, disc = Generator(), Discriminator()
            fake = gen(torch.randn(batch_size, 32))
            (F.softplus(-disc(x)).mean() + F.softplus(disc(fake.detach())).mean()).backward()
            F.softplus(-disc(fake)).mean().backward()
    return counter.get_total_flops()


def longer(a, b, unit):
    """Is training a longer than b? Each is (steps, operations a step); unit: steps or work."""
    return {"steps": a[0] > b[0], "work": a[0] * a[1] > b[0] * b[1]}[unit]


def test_r146_longer_in_steps_is_cheaper_in_work():
    vae, gan = (1500, flops_of_a_step("vae")), (400, flops_of_a_step("gan"))
    assert longer(vae, gan, "steps")  # "needs longer training"
    assert not longer(vae, gan, "work")  # "low cost"


def test_r146_counting_steps_alone_misjudges_the_cost():
    ratio = flops_of_a_step("gan") / flops_of_a_step("vae")
    assert ratio > 5, "one step of the GAN must cost several of the VAE's"
    by_steps, by_work = 1500 / 400, 1500 / (400 * ratio)
    assert by_steps > 1 > by_work  # the order of the two families turns round
