"""torch beside a torchvision that may not fit it (tests/slow builds such a pair for real)."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from course_utils import vision

ROOT = Path(vision.__file__).resolve().parents[1]


def judge(torch_version, vision_version, problem=None):
    """Report on a made-up pair."""
    versions = {"torch": torch_version, "torchvision": vision_version}
    return vision.torchvision_pair(version=versions.get, load=lambda: problem)


def test_a_fitting_pair():
    report = judge("2.13.0", "0.28.0")
    assert (report.status, report.do) == ("ok", "")
    assert "2.13.0" in report.says


def test_a_mismatched_pair_is_named_with_its_cure():
    report = judge("2.13.0+cpu", "0.28.0", "libcudart.so.13: cannot open shared object file")
    assert report.status == "mismatched"
    assert "operator torchvision::nms does not exist" in report.says
    assert "torch==2.13.0 torchvision==0.28.0" in report.do  # the same build of both
    assert "import_torchvision" in report.do


@pytest.mark.parametrize(
    ("pair", "missing"),
    [
        ((None, None), "torch and torchvision"),
        (("2.13.0", None), "torchvision"),
        ((None, "0.28.0"), "torch"),
    ],
)
def test_a_missing_half_is_named(pair, missing):
    report = judge(*pair)
    assert report.status == "missing"
    assert report.says == f"{missing} not installed"
    assert "pip install" in report.do


def test_import_without_torchvision_says_how_to_get_it(monkeypatch):
    monkeypatch.delitem(sys.modules, "torchvision", raising=False)
    report = judge("2.13.0", None)
    monkeypatch.setattr(vision, "torchvision_pair", lambda: report)
    with pytest.raises(ImportError, match="pip install"):
        vision.import_torchvision()


def test_judging_the_real_pair_does_not_import_torchvision():
    code = (
        "import sys; from course_utils import vision; assert 'torch' not in sys.modules; "
        "print(vision.torchvision_pair().status, 'torchvision' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    status, imported = done.stdout.split()
    assert status in ("ok", "mismatched", "missing")
    assert imported == "False"


def brute_force_nms(boxes, scores, threshold):
    """The definition, pair by pair."""
    kept = []
    for i in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        if all(overlap(boxes[i], boxes[j]) <= threshold for j in kept):
            kept.append(i)
    return kept


def overlap(a, b):
    """Intersection over union of two boxes."""
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    area = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - width * height
    return width * height / area


@pytest.mark.parametrize("n_boxes", [0, 1, 3, 60])
@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.7, 1.0])
def test_nms_equals_brute_force(n_boxes, threshold):
    rng = torch.Generator().manual_seed(n_boxes)
    corner = 10 * torch.rand(n_boxes, 2, generator=rng, dtype=torch.float64)
    size = 0.5 + 4 * torch.rand(n_boxes, 2, generator=rng, dtype=torch.float64)
    boxes = torch.cat([corner, corner + size], dim=1)
    scores = torch.rand(n_boxes, generator=rng)
    kept = vision.nms(boxes, scores, threshold)
    assert kept.dtype == torch.long
    assert kept.tolist() == brute_force_nms(boxes.tolist(), scores.tolist(), threshold)


def test_nms_keeps_empty_boxes_and_breaks_ties_by_order():
    empty = torch.zeros(2, 4)  # 0/0 is no overlap
    assert vision.nms(empty, torch.tensor([0.1, 0.9]), 0.5).tolist() == [1, 0]
    same = torch.tensor([[0.0, 0.0, 2.0, 2.0]] * 2)
    assert vision.nms(same, torch.tensor([0.5, 0.5]), 0.5).tolist() == [0]
