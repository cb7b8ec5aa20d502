import pytest
import torch
import torch.nn.functional as F
from torch import nn

from course_utils.models.classifier import Classifier, ClassifierConfig
from course_utils.training import eval_mode

SMALL = ClassifierConfig(img_size=8, widths=(4, 6, 8), n_features=5, n_classes=3)


def build(config: ClassifierConfig, seed: int = 0) -> Classifier:
    torch.manual_seed(seed)
    return Classifier(config)


def images(config: ClassifierConfig, n: int, seed: int = 0):
    rng = torch.Generator().manual_seed(seed)
    return torch.rand(n, 1, config.img_size, config.img_size, generator=rng)


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("config", [SMALL, ClassifierConfig(), ClassifierConfig(img_size=28)])
def test_logits_and_features_have_their_shapes(config, n):
    net, x = build(config).eval(), images(config, n)
    assert net(x).shape == (n, config.n_classes)
    assert net.features(x).shape == (n, config.n_features)
    assert net.features(x).min() >= 0


def test_without_a_config_it_is_the_judges_size():
    assert Classifier().config == ClassifierConfig(img_size=16, widths=(32, 64, 64))


def test_the_logits_are_a_linear_map_of_the_features():
    net, x = build(SMALL).eval(), images(SMALL, 3)
    by_hand = net.features(x) @ net.head.weight.T + net.head.bias
    torch.testing.assert_close(net(x), by_hand)


def test_it_is_the_network_the_docstring_describes():
    """Layer by layer, with functions instead of modules."""
    net, x = build(SMALL).eval(), images(SMALL, 3)
    convs = [m for m in net.body if isinstance(m, nn.Conv2d)]
    norms = [m for m in net.body if isinstance(m, nn.BatchNorm2d)]
    assert [c.out_channels for c in convs] == list(SMALL.widths)
    assert all(c.bias is None for c in convs)
    for norm in norms:
        nn.init.normal_(norm.running_mean)
        nn.init.uniform_(norm.running_var, 0.5, 2)
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)
    h = x
    for k, (conv, norm) in enumerate(zip(convs, norms, strict=True)):
        h = F.conv2d(h, conv.weight, padding=1)
        h = (h - norm.running_mean[:, None, None]) / (norm.running_var[:, None, None] + 1e-5).sqrt()
        h = (norm.weight[:, None, None] * h + norm.bias[:, None, None]).relu()
        if k < 2:
            h = F.max_pool2d(h, 2)
    hidden = next(m for m in net.body if isinstance(m, nn.Linear))
    h = F.linear(h.flatten(1), hidden.weight, hidden.bias).relu()
    torch.testing.assert_close(net.features(x), h, rtol=1e-4, atol=1e-5)


def test_gradients_reach_every_weight():
    net = build(SMALL)
    x = images(SMALL, 12)
    F.cross_entropy(net(x), torch.arange(12) % 3).backward()
    silent = [k for k, p in net.named_parameters() if p.grad is None or not p.grad.any()]
    assert not silent


def test_it_learns_a_handful_by_heart():
    net, x, y = build(SMALL), images(SMALL, 12), torch.arange(12) % 3
    opt = torch.optim.Adam(net.parameters(), lr=0.02)
    for _ in range(80):
        loss = F.cross_entropy(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    assert loss.item() < 0.1
    assert (net(x).argmax(-1) == y).all()


def test_in_evaluation_images_do_not_see_each_other_and_in_training_they_do():
    net, x = build(SMALL), images(SMALL, 3)
    with eval_mode(net):
        alone = torch.cat([net(x[k : k + 1]) for k in range(3)])
        torch.testing.assert_close(net(x), alone, rtol=1e-4, atol=1e-5)
    assert not torch.allclose(net(x)[:1], net(x[:1]), atol=1e-4)


def test_weights_survive_saving():
    net, other, x = build(SMALL, seed=0).eval(), build(SMALL, seed=1).eval(), images(SMALL, 2)
    assert not torch.allclose(net(x), other(x))
    other.load_state_dict(net.state_dict())
    assert torch.equal(net(x), other(x))


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"img_size": 0}, "multiple of 4 .*, got 0"),
        ({"img_size": 18}, "multiple of 4 .*, got 18"),
        ({"img_size": -4}, "multiple of 4 .*, got -4"),
        ({"widths": (8, 8)}, "three channel counts"),
        ({"widths": (8, 0, 8)}, "three channel counts"),
        ({"n_features": 0}, "n_features must be >= 1"),
        ({"n_classes": 1}, "n_classes >= 2"),
    ],
)
def test_impossible_sizes_get_a_sentence(bad, words):
    with pytest.raises(ValueError, match=words):
        ClassifierConfig(**bad)
