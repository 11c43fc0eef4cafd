from __future__ import annotations

import numpy as np
import pytest

from mimir.plot._series import Floats, Series
from mimir.plot._smooth import ema, smoothed

RANDOM = np.random.default_rng(3)
WEIGHTS = [1e-9, 1e-3, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999]


def one_by_one(y: Floats, weight: float) -> Floats:
    found, average = [], 0.0
    for count, value in enumerate(y.tolist(), 1):
        average = weight * average + (1 - weight) * value
        found.append(average / (1 - weight**count))
    return np.array(found)


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("count", [1, 2, 100, 20_001])
def test_it_is_the_recursion(weight: float, count: int) -> None:
    y = RANDOM.normal(size=count) + 3
    np.testing.assert_allclose(ema(y, weight)[0], one_by_one(y, weight), rtol=1e-8)


@pytest.mark.parametrize("weight", WEIGHTS)
def test_it_goes_on_where_it_ended(weight: float) -> None:
    series = Series("y")
    y = RANDOM.normal(size=5000) + 3
    begin = 0
    for end in (1, 2, 700, 700, 4999, 5000):
        series.append(np.arange(begin, end, dtype=np.float64), y[begin:end])
        begin = end
        x, found = smoothed(series, weight)
        assert x.tolist() == list(range(end))
        np.testing.assert_allclose(found, one_by_one(y[:end], weight), rtol=1e-8)


def test_a_constant_stays_what_it_is() -> None:
    """That is what the correction of the bias is for."""
    np.testing.assert_allclose(ema(np.full(1000, 7.0), 0.99)[0], 7.0, rtol=1e-9)


def test_large_and_small_numbers() -> None:
    y = np.array([1e300, 1e-300] * 1000)
    np.testing.assert_allclose(ema(y, 0.9)[0], one_by_one(y, 0.9), rtol=1e-8)
