import math

import pytest

from course_utils import judging


def test_a_uniform_over_256_values_costs_8_bits():
    n_dims = 3 * 32 * 32
    assert judging.bits_per_dim(n_dims * math.log(256), n_dims) == pytest.approx(8)


def test_a_uniform_density_on_the_unit_interval_costs_8_bits_too():
    assert judging.bits_per_dim(0.0, 10, bin_width=1 / 256) == pytest.approx(8)
    # the same density in units of 0..255
    assert judging.bits_per_dim(10 * math.log(256), 10) == pytest.approx(8)


@pytest.mark.parametrize(
    ("nll", "dims", "width"), [(1.0, 0, 1.0), (1.0, 3, 0.0), (math.nan, 3, 1.0)]
)
def test_bits_per_dim_refuses_nonsense(nll, dims, width):
    with pytest.raises(ValueError, match=r"nll_nats|n_dims"):
        judging.bits_per_dim(nll, dims, bin_width=width)
