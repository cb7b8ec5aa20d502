"""Errata of the articles on DALL-E: the wrong form fails, the right form passes."""

import torch
import torch.nn.functional as F

from course_utils.models.gpt import GPT, GPTConfig

N_TEXT, N_CODES, PLACES = 4, 3, 3  # words, codes, patches of a picture

# R189: DALL-E is "Google Brain's of 2020", "Facebook's, by meta-learning", and "image-to-image, a
# VAE and a GAN". It is OpenAI's of 2021: text to image, a discrete VAE and a Transformer.


def writer():
    """A tiny Transformer over words and codes; sharp, so that what it reads matters."""
    torch.manual_seed(0)
    net = GPT(GPTConfig(N_TEXT + N_CODES, 2 + PLACES, 2, 2, 16, 32)).double()
    with torch.no_grad():
        for weight in net.parameters():
            weight.mul_(8)
    return net


def picture_prices(net, captions, pictures):
    """Nats of the codes, told a caption. captions: (B, 2), pictures: (B, PLACES) -> (B,)."""
    stream = torch.cat([captions, pictures + N_TEXT], 1)
    logits = net(stream)[:, 1:-1, N_TEXT:]
    nats = F.cross_entropy(logits.flatten(0, 1), pictures.flatten(), reduction="none")
    return nats.view_as(pictures).sum(1)


@torch.no_grad()
def test_r189_words_decide_and_no_image_goes_in():
    net = writer()
    picture = torch.tensor([[2, 0, 1]])
    told = [picture_prices(net, torch.tensor([c]), picture) for c in ([0, 1], [1, 0], [2, 3])]
    assert max(told) - min(told) > 0.1

    def image_to_image(caption, picture):
        """What the articles say goes in: another image; the words are not read."""
        return picture_prices(net, torch.tensor([[0, 0]]), picture)

    blind = [image_to_image(torch.tensor([c]), picture) for c in ([0, 1], [1, 0], [2, 3])]
    assert max(blind) == min(blind)


@torch.no_grad()
def test_r189_a_transformer_over_codes_has_an_exact_probability():
    every = torch.cartesian_prod(*[torch.arange(N_CODES)] * PLACES)
    for caption in ([0, 1], [3, 2]):
        captions = torch.tensor([caption]).expand(len(every), 2)
        p = picture_prices(writer(), captions, every).neg().exp()
        assert torch.isclose(p.sum(), torch.tensor(1.0).double(), atol=1e-9)


def test_r189_likelihood_trains_the_writer_and_a_discriminator_could_not():
    net = writer()
    captions, picture = torch.tensor([[0, 1]]), torch.tensor([[2, 0, 1]])
    picture_prices(net, captions, picture).sum().backward()
    assert all(weight.grad is not None for weight in net.parameters())

    logits = net(torch.cat([captions, picture + N_TEXT], 1))[:, 1:-1, N_TEXT:]
    drawn = torch.multinomial(logits.softmax(-1).flatten(0, 1), 1)  # what a discriminator would see
    assert logits.requires_grad
    assert not drawn.requires_grad  # its gradient would end at the codes
