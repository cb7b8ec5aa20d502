import pytest
import torch

from course_utils import judging


def test_accuracy_counts():
    assert judging.accuracy(torch.tensor([1, 2, 3, 3]), torch.tensor([1, 2, 0, 3])) == 0.75


def test_confusion_is_sklearns():
    from sklearn.metrics import confusion_matrix

    rng = torch.Generator().manual_seed(0)
    y, y_hat = torch.randint(4, (2, 50), generator=rng)
    ours = judging.confusion_matrix(y_hat, y, 4)
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
        judging.accuracy(y_hat, y)


def test_labels_out_of_range_get_a_sentence():
    with pytest.raises(ValueError, match=r"0\.\.2"):
        judging.confusion_matrix(torch.tensor([3]), torch.tensor([0]), 3)
