import pytest
import torch

from course_utils import metrics


def test_accuracy_counts():
    assert metrics.accuracy(torch.tensor([1, 2, 3, 3]), torch.tensor([1, 2, 0, 3])) == 0.75


def test_confusion_is_sklearns():
    from sklearn.metrics import confusion_matrix

    rng = torch.Generator().manual_seed(0)
    y, y_hat = torch.randint(4, (2, 50), generator=rng)
    ours = metrics.confusion_matrix(y_hat, y, 4)
    assert (ours.numpy() == confusion_matrix(y, y_hat, labels=range(4))).all()


@pytest.mark.parametrize(
    ("y_hat", "y"),
    [
        (torch.zeros(3, dtype=torch.long), torch.zeros(2, dtype=torch.long)),
        (torch.zeros(0, dtype=torch.long), torch.zeros(0, dtype=torch.long)),
        (torch.rand(3), torch.zeros(3, dtype=torch.long)),
        (torch.zeros(3, 10), torch.zeros(3, dtype=torch.long)),
    ],
)
def test_what_is_no_list_of_labels_gets_a_sentence(y_hat, y):
    with pytest.raises(ValueError, match="argmax"):
        metrics.accuracy(y_hat, y)


def test_labels_out_of_range_get_a_sentence():
    with pytest.raises(ValueError, match=r"0\.\.2"):
        metrics.confusion_matrix(torch.tensor([3]), torch.tensor([0]), 3)


def test_nearest_distance_by_brute_force():
    rng = torch.Generator().manual_seed(0)
    x, reference = torch.rand(5, 1, 3, 3, generator=rng), torch.rand(7, 1, 3, 3, generator=rng)
    distance, index = metrics.nearest_distance(x, reference)
    for k in range(5):
        all_distances = [(x[k] - r).square().sum().sqrt().item() for r in reference]
        assert distance[k].item() == pytest.approx(min(all_distances), rel=1e-5)
        assert index[k].item() == all_distances.index(min(all_distances))


def test_a_copy_has_distance_zero():
    x = torch.rand(4, 6)
    distance, index = metrics.nearest_distance(x, x)
    assert distance.max() < 1e-3
    assert index.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("x", "reference"),
    [
        (torch.rand(0, 3), torch.rand(2, 3)),
        (torch.rand(2, 3), torch.rand(2, 4)),
        (torch.full((1, 3), torch.nan), torch.rand(2, 3)),
    ],
)
def test_useless_points_get_a_sentence(x, reference):
    with pytest.raises(ValueError, match="points"):
        metrics.nearest_distance(x, reference)
