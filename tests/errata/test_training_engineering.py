"""Errata of the articles on training: the wrong form fails, the right form passes."""

import inspect

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

# R141: "mixed precision = float and half-float, needs less compute"


def after_small_updates(dtype: torch.dtype, n: int = 1000) -> float:
    """A weight of 1 after n updates of -1/n each, kept in one type throughout."""
    w = torch.ones((), dtype=dtype)
    for _ in range(n):
        w -= torch.tensor(1 / n, dtype=dtype)
    return w.item()


@pytest.mark.parametrize(
    ("dtype", "learns"), [(torch.bfloat16, False), (torch.float16, False), (torch.float32, True)]
)
def test_r141_only_float32_weights_take_small_updates(dtype, learns):
    steps = 1000 if dtype == torch.bfloat16 else 10_000
    assert (abs(after_small_updates(dtype, steps)) < 1e-2) == learns


@pytest.mark.parametrize(
    ("dtype", "scale", "survives"),
    [
        (torch.float16, 1.0, False),
        (torch.float16, 2.0**12, True),
        (torch.bfloat16, 1.0, True),
    ],
)
def test_r141_fp16_needs_a_loss_scale_and_bf16_does_not(dtype, scale, survives):
    grad = torch.tensor(2.0**-26 * scale).to(dtype).float() / scale
    assert (grad.item() == 2.0**-26) == survives


def operations(dtype: torch.dtype) -> int:
    """Products of a small net's training step, as PyTorch counts them."""
    torch.manual_seed(0)
    net, x = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 4)), torch.randn(5, 8)
    enabled = dtype == torch.bfloat16
    with FlopCounterMode(display=False) as counter:
        with torch.autocast("cpu", torch.bfloat16, enabled=enabled):
            loss = net(x).square().mean()
        loss.backward()
    return counter.get_total_flops()


def fewer_rows(rows: int) -> int:
    """The same count for a step that really computes less."""
    with FlopCounterMode(display=False) as counter:
        nn.Linear(8, 16)(torch.randn(rows, 8))
    return counter.get_total_flops()


def test_r141_mixed_precision_computes_as_much_as_before():
    assert operations(torch.bfloat16) == operations(torch.float32) > 0
    assert fewer_rows(2) < fewer_rows(5), "the count can tell less compute from as much"


def test_r141_autocast_keeps_the_weights_in_float32_and_half_does_not():
    net = nn.Linear(4, 4)
    with torch.autocast("cpu", torch.bfloat16):
        out = net(torch.randn(2, 4))
    assert out.dtype == torch.bfloat16
    assert {p.dtype for p in net.parameters()} == {torch.float32}
    assert {p.dtype for p in net.half().parameters()} == {torch.float16}


# R142: "EfficientNet, MobileNet speed up generators"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mobilenet_v3_small", "efficientnet_b0"])
def test_r142_they_return_class_scores_and_no_picture(name):
    models = pytest.importorskip("torchvision.models")
    x = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        scores = getattr(models, name)(weights=None).eval()(x)
    assert scores.shape == (1, 1000)
    assert scores.shape != x.shape
    generator = nn.Sequential(nn.ConvTranspose2d(8, 3, 4, 2, 1))
    assert generator(torch.randn(1, 8, 32, 32)).shape == x.shape, "a generator returns one"


def multiplications(block: nn.Module, channels: int) -> float:
    """Multiplications a pixel, as PyTorch counts them."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        block(torch.randn(2, channels, 6, 6))
    return counter.get_total_flops() / (2 * 2 * 36)


@pytest.mark.parametrize("c", [8, 64])
def test_r142_the_block_saves_operations_and_is_another_function(c):
    full = nn.Conv2d(c, c, 3, padding=1, bias=False)
    depthwise = nn.Conv2d(c, c, 3, padding=1, groups=c, bias=False)
    separable = nn.Sequential(depthwise, nn.Conv2d(c, c, 1, bias=False))
    assert multiplications(full, c) == 9 * c**2
    assert multiplications(separable, c) == 9 * c + c**2 < 9 * c**2
    weights = [sum(p.numel() for p in net.parameters()) for net in (full, separable)]
    assert weights[1] < weights[0], "a smaller model, which must be judged again"


# R196: "Python 3.8, cudatoolkit 11.1"

CUDA_11_1 = ["sm_37", "sm_50", "sm_60", "sm_70", "sm_75", "sm_80", "sm_86"]
CUDA_11_8 = [*CUDA_11_1, "sm_89", "sm_90"]


def has_code_for(arch_list: list[str], capability: tuple[int, int]) -> bool:
    """Machine code runs on cards of its own major version and a minor one not older."""
    pairs = [(int(a[3:-1]), int(a[-1])) for a in arch_list]
    return any(major == capability[0] and minor <= capability[1] for major, minor in pairs)


@pytest.mark.parametrize(("arch_list", "runs"), [(CUDA_11_1, False), (CUDA_11_8, True)])
def test_r196_an_h100_needs_sm_90(arch_list, runs):
    assert has_code_for(arch_list, (9, 0)) == runs
    assert has_code_for(arch_list, (8, 0)), "an A100 runs with both"


def test_r196_this_torch_has_code_for_current_cards_if_for_any():
    codes = [a for a in torch.cuda.get_arch_list() if a[3:].isdigit() and a.startswith("sm_")]
    assert not codes or has_code_for(codes, (9, 0))
    assert codes != CUDA_11_1


@pytest.mark.parametrize(("version", "allowed"), [("3.8", False), ("3.11", True)])
def test_r196_python_3_8_is_refused_by_the_installed_torch(version, allowed):
    from importlib import metadata

    from packaging.specifiers import SpecifierSet

    needs = SpecifierSet(metadata.metadata("torch")["Requires-Python"])
    assert (version in needs) == allowed


# R198: "TensorBoard only for TensorFlow", LeakyReLU(alpha=)


def test_r198_tensorboard_writes_without_tensorflow(tmp_path):
    import sys

    pytest.importorskip("tensorboard")
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(str(tmp_path)) as board:
        board.add_scalar("loss", 0.5, 3)
    assert list(tmp_path.glob("events.out.tfevents.*"))
    assert "tensorflow" not in sys.modules


@pytest.mark.parametrize(("keyword", "exists"), [("alpha", False), ("negative_slope", True)])
def test_r198_leaky_relu_calls_its_slope_negative_slope(keyword, exists):
    assert (keyword in inspect.signature(nn.LeakyReLU).parameters) == exists
    if exists:
        got = nn.LeakyReLU(**{keyword: 0.2})(torch.tensor([-1.0, 2.0]))
        assert torch.equal(got, F.leaky_relu(torch.tensor([-1.0, 2.0]), 0.2))
    else:
        with pytest.raises(TypeError, match=keyword):
            nn.LeakyReLU(**{keyword: 0.2})
