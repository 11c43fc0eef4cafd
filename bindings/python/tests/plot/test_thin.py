"""Thinning against brute force: no first, last, lowest or highest of a pixel column is lost."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from mimir.plot._series import Floats
from mimir.plot._thin import Places, thin, thin_marks

RANDOM = np.random.default_rng(7)


def columns(x: Floats, left: float, right: float, width: int, log_x: bool) -> list[int]:
    """The pixel column of each point."""
    borders = np.geomspace if log_x else np.linspace
    edges = borders(left, right, width + 1)
    edges[0] = left  # which geomspace may miss by a bit
    return [min(int((edges <= one).sum()), width) for one in x]


def must_stay(x: Floats, y: Floats, left: float, right: float, width: int, log: bool) -> set[int]:
    """Of each column the places of the first and last point, and one each of the lowest and the
    highest, by looking at every point."""
    found: dict[int, list[int]] = {}
    for place, column in enumerate(columns(x, left, right, width, log)):
        if left <= x[place] <= right:
            found.setdefault(column, []).append(place)
    kept: set[int] = set()
    for places in found.values():
        kept |= {places[0], places[-1]}
        kept |= {min(places, key=lambda at: y[at]), max(places, key=lambda at: y[at])}
    return kept


def values(y: Floats, places: Places | set[int]) -> set[float]:
    return {float(y[place]) for place in places}


def sorted_x(count: int) -> Floats:
    """With equal ones and jumps."""
    steps = RANDOM.choice([0.0, 0.001, 1.0, 30.0], count, p=[0.2, 0.5, 0.2, 0.1])
    return np.cumsum(steps) + 1


def series(count: int, kind: str) -> tuple[Floats, Floats]:
    y = RANDOM.normal(size=count)
    y[RANDOM.integers(count)] = 1000
    y[RANDOM.integers(count)] = -1000
    if kind == "sorted":
        return sorted_x(count), y
    if kind == "rewinds":
        return np.concatenate(
            [np.arange(1.0, count // 2 + 1), np.arange(5.0, 5 + count - count // 2)]
        ), y
    return RANDOM.uniform(1, count, count), y


@pytest.mark.parametrize("log_x", [False, True])
@pytest.mark.parametrize("kind", ["sorted", "rewinds", "random"])
@pytest.mark.parametrize("count", [1, 2, 30, 1000, 4000])
@pytest.mark.parametrize("width", [1, 7, 40])
def test_nothing_that_shows_is_lost(count: int, width: int, kind: str, log_x: bool) -> None:
    x, y = series(count, kind)
    is_sorted = bool((np.diff(x) >= 0).all())
    lowest, highest = float(x.min()), float(x.max())
    ranges = [(lowest, highest), (lowest - 1, highest + 5), (highest + 1, highest + 2)]
    ranges += [tuple(sorted(RANDOM.uniform(lowest, highest, 2))) for _ in range(5)]
    for left, right in ranges:
        if log_x:
            left, right = max(left, 0.5), max(right, 0.6)
        places = thin(x, y, left, right, width, is_sorted=is_sorted, log_x=log_x)
        needed = must_stay(x, y, left, right, width, log_x)
        # Points as they are, in their order, each once.
        assert all(before < after for before, after in pairwise(places.tolist()))
        assert values(y, needed) <= values(y, places)
        # Few, whatever there is to draw.
        if is_sorted:
            assert len(places) <= 4 * (width + 2) + 4
        assert len(places) <= max(4 * 8 * width + 4, 4 * width + 20)


def test_the_line_goes_on_beyond_both_edges() -> None:
    x = np.arange(100.0)
    for is_sorted in (True, False):
        places = thin(x, x, 10.5, 11.4, 100, is_sorted=is_sorted)
        assert places.tolist() == [10, 11, 12]
        # Also where no point lies between the edges.
        assert thin(x, x, 10.2, 10.4, 100, is_sorted=True).tolist() == [10, 11]


def test_a_spike_among_a_million() -> None:
    y = np.zeros(1_000_000)
    y[654_321] = 1
    x = np.arange(1_000_000.0)
    for is_sorted in (True, False):
        places = thin(x, y, 0, 999_999, 800, is_sorted=is_sorted)
        assert 654_321 in places.tolist()
        assert {0, 999_999} <= set(places.tolist())
        assert len(places) < 4000


def test_log_axes_leave_out_what_has_no_place() -> None:
    """What takes its place is the lowest that has one."""
    x = np.arange(-500.0, 5000.0)
    y = np.where(np.arange(5500) % 2, np.arange(5500) + 1.0, -1.0)
    places = thin(x, y, 1, 5000, 50, is_sorted=True, log_x=True, log_y=True)
    assert (y[places] > 0).all()
    assert (x[places] > 0).all()
    drawable = np.flatnonzero((x > 0) & (y > 0))
    kept = must_stay(x[drawable], y[drawable], 1, 5000, 50, True)
    assert values(y[drawable], kept) <= values(y, places)


def test_marks_keep_the_first_of_each_kind_in_each_column() -> None:
    x = np.repeat(np.arange(1000.0), 3)
    y = np.tile([np.nan, np.inf, -np.inf], 1000)
    places = thin_marks(x, y, 0, 999, 10)
    assert len(places) == 3 * 10
    assert places[:3].tolist() == [0, 1, 2]
    kinds = y[places]
    assert np.isnan(kinds).sum() == (kinds == np.inf).sum() == (kinds == -np.inf).sum() == 10
    assert len(thin_marks(x, y, 2000, 3000, 10)) == 0
