import pytest
import torch

from course_utils.data import DataError, files, icons


@pytest.fixture(scope="module")
def small():
    return icons(16)


def test_shapes_ranges_and_names(small):
    assert small.size == 16
    n, m = len(small.x_train), len(small.x_test)
    assert 5000 < n < 7367
    assert 0.05 < m / n < 0.2
    assert small.x_train.shape == (n, 1, 16, 16)
    assert (len(small.names_train), len(small.names_test)) == (n, m)
    assert small.x_train.dtype == torch.float32
    assert 0 == small.x_train.min() < small.x_train.max() <= 1


def test_families_stay_together(small):
    families = [
        {name.split("-")[0] for name in side} for side in (small.names_train, small.names_test)
    ]
    assert not families[0] & families[1]


def test_no_picture_is_empty_or_there_twice(small):
    both = torch.cat([small.x_train, small.x_test])
    assert (both.flatten(1).sum(1) > 0).all()
    assert len({row.numpy().tobytes() for row in both}) == len(both)


def test_the_ink_keeps_off_the_border():
    at_64 = icons(64)
    border = torch.cat([at_64.x_train[..., 0, :], at_64.x_train[..., :, 0]], dim=-1)
    assert (border.amax((1, 2)) > 0).float().mean() < 0.01
    assert set(at_64.names_train[:50]) <= set(icons(64).names_train)


@pytest.mark.parametrize("size", [0, 7, 257, "16", 16.0, True])
def test_another_size_gets_a_sentence(size):
    with pytest.raises(ValueError, match="8 to 256"):
        icons(size)


def test_a_missing_font_gets_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "package_folder", lambda name: tmp_path)
    with pytest.raises(DataError, match=r"pip install .*qtawesome"):
        icons(16)
