"""What the course may use of torchvision, tried out; run as a script in the Python under test.

    python tests/slow/pair_checks.py EXPECTED_STATUS

Needs torch, torchvision, numpy and pillow, and course_utils on the path. Prints one line a check.
"""

import sys
import tempfile
from pathlib import Path

import torch

from course_utils import vision


def check_plain_import(expected: str) -> None:
    """In a mismatched pair a plain import fails, and import_torchvision mends what it left."""
    problem = ""
    try:
        import torchvision  # noqa: F401
    except RuntimeError as error:
        problem = str(error)
    assert bool(problem) == (expected == "mismatched"), problem
    assert expected == "ok" or "operator torchvision::nms does not exist" in problem, problem


def check_report(expected: str) -> None:
    """The pair is judged as what it is."""
    report = vision.torchvision_pair()
    assert report.status == expected, report
    assert bool(report.do) == (expected != "ok"), report


def check_import_twice(expected: str) -> None:
    """The import works, again too, and compiled operators are left alone where they load."""
    assert vision.import_torchvision() is vision.import_torchvision()
    from torchvision.extension import _has_ops

    assert _has_ops() == (expected == "ok")
    assert bool(vision._KEPT) == (expected != "ok")


def check_nms(expected: str) -> None:
    """ops.nms and ops.batched_nms equal the definition, written as a loop over pairs."""
    from torchvision.ops import batched_nms, box_iou, nms

    rng = torch.Generator().manual_seed(0)
    corner, size = 20 * torch.rand(80, 2, generator=rng), 1 + 8 * torch.rand(80, 2, generator=rng)
    boxes, scores = torch.cat([corner, corner + size], 1), torch.rand(80, generator=rng)
    classes = torch.randint(3, (80,), generator=rng)
    iou = box_iou(boxes, boxes)
    for threshold in (0.1, 0.5, 0.9):
        for same in (torch.ones(80, 80, dtype=torch.bool), classes[:, None] == classes):
            kept = []
            for i in scores.argsort(descending=True).tolist():
                if not any(iou[i, j] > threshold and same[i, j] for j in kept):
                    kept.append(i)
            alone = bool(same.all())
            found = nms(boxes, scores, threshold) if alone else None
            found = batched_nms(boxes, scores, classes, threshold) if found is None else found
            assert found.tolist() == kept, (threshold, alone)


def check_roi_align(expected: str) -> None:
    """Forward gives a linear picture's values at the cell centres; backward its sum rule."""
    from torchvision.ops import roi_align

    column = torch.arange(16, dtype=torch.float64).expand(1, 1, 16, 16).clone().requires_grad_()
    box = torch.tensor([[0, 2.0, 2.0, 10.0, 10.0]], dtype=torch.float64)
    found = roi_align(column, box, (4, 4), sampling_ratio=2, aligned=True)
    centres = torch.tensor([2.5, 4.5, 6.5, 8.5], dtype=torch.float64)
    assert torch.allclose(found, centres.expand(1, 1, 4, 4)), found
    found.sum().backward()
    assert torch.isclose(column.grad.sum(), torch.tensor(16.0, dtype=torch.float64))
    assert torch.isfinite(roi_align(column, box, 3)).all()  # adaptive sampling


def check_transforms(expected: str) -> None:
    """v2 transforms work on tensors, PIL pictures and boxes."""
    from PIL import Image
    from torchvision import tv_tensors
    from torchvision.transforms import v2

    picture = Image.new("RGB", (20, 10), (255, 0, 0))
    steps = [v2.ToImage(), v2.Resize((8, 16)), v2.ToDtype(torch.float32, scale=True)]
    out = v2.Compose([*steps, v2.Normalize([0.5] * 3, [0.5] * 3)])(picture)
    assert out.shape == (3, 8, 16)
    assert torch.equal(out[:, 0, 0], torch.tensor([1.0, -1.0, -1.0]))
    boxes = tv_tensors.BoundingBoxes([[1, 2, 5, 6]], format="XYXY", canvas_size=(10, 20))
    _, flipped = v2.RandomHorizontalFlip(p=1.0)(picture, boxes)
    assert flipped.tolist() == [[15, 2, 19, 6]]
    grown = v2.RandomResizedCrop(8)(torch.rand(2, 3, 12, 12))
    assert v2.ColorJitter(0.2)(v2.RandomRotation(20)(grown)).shape == (2, 3, 8, 8)


def check_utils(expected: str) -> None:
    """A grid is made, and saved so that PIL reads it back."""
    from PIL import Image
    from torchvision.utils import draw_bounding_boxes, make_grid, save_image

    grid = make_grid(torch.rand(5, 1, 8, 8), nrow=3, padding=1)
    assert grid.shape == (3, 19, 28)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "grid.png"
        save_image(grid, path)
        with Image.open(path) as picture:
            assert picture.size == (28, 19)
    black = torch.zeros(3, 9, 9, dtype=torch.uint8)
    box = torch.tensor([[1.0, 1.0, 5.0, 5.0]])
    assert draw_bounding_boxes(black, box, colors="white").any()


def check_datasets(expected: str) -> None:
    """Data sets can be named, and FakeData read, without a network."""
    from torchvision import datasets

    assert all(hasattr(datasets, name) for name in ("MNIST", "FashionMNIST", "CIFAR10", "CelebA"))
    picture, label = datasets.FakeData(size=2, image_size=(3, 8, 8), num_classes=4)[0]
    assert picture.size == (8, 8)
    assert 0 <= int(label) < 4


def check_models(expected: str) -> None:
    """A classifier trains for a step; a detector finds boxes and computes its losses."""
    from torchvision import models

    classifier = models.resnet18(weights=None, num_classes=10)
    logits = classifier(torch.rand(2, 3, 64, 64))
    assert logits.shape == (2, 10)
    logits.sum().backward()
    build = models.detection.fasterrcnn_mobilenet_v3_large_320_fpn
    detector = build(weights=None, weights_backbone=None, box_score_thresh=0.0).eval()
    with torch.no_grad():
        [found] = detector([torch.rand(3, 96, 96)])
    n = len(found["boxes"])
    assert n > 0
    assert found["boxes"].shape == (n, 4)
    assert len(found["scores"]) == len(found["labels"]) == n
    target = {"boxes": torch.tensor([[8.0, 8.0, 60.0, 60.0]]), "labels": torch.tensor([1])}
    losses = detector.train()([torch.rand(3, 96, 96)] * 2, [target] * 2)
    total = sum(losses.values())
    assert torch.isfinite(total)
    total.backward()


if __name__ == "__main__":
    torch.manual_seed(0)
    for name, check in list(globals().items()):
        if name.startswith("check_"):
            check(sys.argv[1])
            print("holds:", name)
    print("all hold, torch", torch.__version__)
