import math

import pytest
import torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from course_utils import judging


def images(n=3, c=1, size=16, seed=0):
    return torch.rand(n, c, size, size, generator=torch.Generator().manual_seed(seed)).double()


def noisy(x, amount=0.2):
    noise = torch.rand(x.shape, generator=torch.Generator().manual_seed(9)).double()
    return (x + amount * (noise - 0.5)).clamp(0, 1)


@pytest.mark.parametrize("scale", [1.0, 2.0, 255.0])
def test_psnr_is_skimages(scale):
    x = images()
    y = noisy(x)
    ours = judging.psnr(scale * x, scale * y, data_range=scale)
    theirs = [
        peak_signal_noise_ratio(scale * a.numpy(), scale * b.numpy(), data_range=scale)
        for a, b in zip(x, y, strict=True)
    ]
    assert ours.tolist() == pytest.approx(theirs)


def test_psnr_of_equal_pictures_is_infinite():
    x = images()
    assert (judging.psnr(x, x) == math.inf).all()


@pytest.mark.parametrize(("size", "c"), [(11, 1), (16, 1), (28, 3)])
def test_ssim_is_skimages(size, c):
    x = images(c=c, size=size)
    y = noisy(x, 0.5)
    theirs = [
        structural_similarity(
            a.numpy(),
            b.numpy(),
            data_range=1.0,
            channel_axis=0,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
        )
        for a, b in zip(x, y, strict=True)
    ]
    assert judging.ssim(x, y).tolist() == pytest.approx(theirs, abs=1e-12)


def test_ssim_is_torchmetrics_where_the_window_fits():
    from torchmetrics.functional.image import structural_similarity_index_measure

    x = images(c=2, size=20)
    y = noisy(x, 0.7)
    _mean, everywhere = structural_similarity_index_measure(
        x, y, data_range=1.0, reduction="none", return_full_image=True
    )
    inside = everywhere[..., 5:-5, 5:-5]  # the library also averages over mirrored borders
    assert judging.ssim(x, y).tolist() == pytest.approx(inside.mean((1, 2, 3)).tolist(), abs=1e-10)


def test_ssim_is_one_for_equal_pictures_and_below_for_others():
    x = images()
    assert judging.ssim(x, x).tolist() == pytest.approx([1, 1, 1])
    assert (judging.ssim(x, noisy(x)) < 1).all()
    assert (judging.ssim(x, 1 - x) < 0).all()  # an inverted picture is anti-correlated


BAD = {
    "bytes": ((255 * images()).byte(), images(), 1.0, "wrap around"),
    "wrong range": (255 * images(), 255 * images(seed=1), 1.0, "data_range"),
    "unpaired": (images(3), images(4), 1.0, "pair by pair"),
    "one picture without its axis": (images()[0], images()[0], 1.0, r"\(N, C, H, W\)"),
    "none": (images(0), images(0), 1.0, "N >= 1"),
    "nan": (images() * math.nan, images(), 1.0, "NaN"),
    "range 0": (images(), images(), 0.0, "data_range"),
}


@pytest.mark.parametrize("metric", [judging.psnr, judging.ssim])
@pytest.mark.parametrize(("x", "y", "span", "sentence"), BAD.values(), ids=BAD.keys())
def test_bad_pictures_get_a_sentence(metric, x, y, span, sentence):
    with pytest.raises(ValueError, match=sentence):
        metric(x, y, data_range=span)


def test_ssim_needs_room_for_its_window():
    with pytest.raises(ValueError, match="11 x 11"):
        judging.ssim(images(size=8), images(size=8))
