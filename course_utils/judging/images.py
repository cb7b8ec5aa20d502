"""Scores of a picture against the one picture it should be: PSNR and SSIM.

They need a pair. Between unpaired pictures they say nothing (lesson 16 shows how little).
"""

import torch
import torch.nn.functional as F
from torch import Tensor

WINDOW, SIGMA = 11, 1.5  # Wang et al. 2004, sec. III-C
K1, K2 = 0.01, 0.03


def _pairs(x: Tensor, y: Tensor, data_range: float) -> tuple[Tensor, Tensor]:
    for name, image in (("x", x), ("y", y)):
        if not isinstance(image, Tensor) or image.ndim != 4 or len(image) == 0:
            got = tuple(image.shape) if isinstance(image, Tensor) else type(image).__name__
            raise ValueError(f"{name} must hold images (N, C, H, W) with N >= 1, got {got}")
        if not image.is_floating_point():
            raise ValueError(
                f"{name} holds {image.dtype}: bytes wrap around when subtracted; use "
                "x.float() / 255 with data_range=1.0"
            )
        if not torch.isfinite(image).all():
            raise ValueError(f"{name} holds NaN or infinity: find out why")
    if x.shape != y.shape:
        raise ValueError(
            f"PSNR and SSIM compare pictures pair by pair, got {tuple(x.shape)} and "
            f"{tuple(y.shape)}"
        )
    if not data_range > 0:
        raise ValueError(f"data_range is largest minus smallest possible value, got {data_range}")
    x, y = x.detach().double(), y.detach().double()
    span = max(x.max(), y.max()) - min(x.min(), y.min())
    if span > data_range * (1 + 1e-3):
        raise ValueError(
            f"the values span {span.item():.4g}, more than data_range = {data_range:g}: pass the "
            "true range (1 for [0, 1], 2 for [-1, 1], 255 for bytes as floats)"
        )
    return x, y


def psnr(x: Tensor, y: Tensor, *, data_range: float = 1.0) -> Tensor:
    """Return the peak signal-to-noise ratio of each pair, 10 log10(data_range^2 / MSE). (N,), dB.

    x, y: (N, C, H, W) floats; inf where a pair is equal. Raises ValueError for other input.
    """
    x, y = _pairs(x, y, data_range)
    return 10 * torch.log10(data_range**2 / (x - y).square().mean((1, 2, 3)))


def ssim(x: Tensor, y: Tensor, *, data_range: float = 1.0) -> Tensor:
    """Return the structural similarity of each pair, at most 1. (N,)

    x, y: (N, C, H, W) floats, H and W >= 11. Mean over channels and the positions where the whole
    11 x 11 Gaussian window (sigma 1.5) fits (Wang et al. 2004, IEEE Trans. Image Process. 13,
    eq. 13). Raises ValueError for other input.
    """
    x, y = _pairs(x, y, data_range)
    if min(x.shape[-2:]) < WINDOW:
        raise ValueError(
            f"SSIM looks through a window of {WINDOW} x {WINDOW} pixels, the pictures have only "
            f"{tuple(x.shape[-2:])}"
        )
    at = torch.arange(WINDOW, dtype=torch.double, device=x.device) - WINDOW // 2
    line = (-(at**2) / (2 * SIGMA**2)).exp()
    line = line / line.sum()

    def local_mean(image: Tensor) -> Tensor:
        n, c = image.shape[:2]
        flat = image.reshape(n * c, 1, *image.shape[2:])
        blurred = F.conv2d(F.conv2d(flat, line.view(1, 1, -1, 1)), line.view(1, 1, 1, -1))
        return blurred.reshape(n, c, *blurred.shape[2:])

    mu_x, mu_y = local_mean(x), local_mean(y)
    var_x = local_mean(x * x) - mu_x**2
    var_y = local_mean(y * y) - mu_y**2
    cov = local_mean(x * y) - mu_x * mu_y
    c1, c2 = (K1 * data_range) ** 2, (K2 * data_range) ** 2
    luminance = (2 * mu_x * mu_y + c1) / (mu_x**2 + mu_y**2 + c1)
    structure = (2 * cov + c2) / (var_x + var_y + c2)
    return (luminance * structure).mean((1, 2, 3))
