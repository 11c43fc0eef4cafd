"""Entries become series."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from mimir.plot._parse import entries
from mimir.plot._run import Run


def run_of(*logged: dict[str, Any], x: str | None = "i", keys: tuple[str, ...] = ("v",)) -> Run:
    run = Run("run", x, keys)
    # In two parts, as they come from a live source.
    run.add(logged[: len(logged) // 2])
    run.add(logged[len(logged) // 2 :])
    return run


def points(run: Run, key: str = "v") -> list[tuple[float, float]]:
    x, y = run.series[key].points()
    return list(zip(x.tolist(), y.tolist(), strict=True))


def marks(run: Run, key: str = "v") -> list[tuple[float, str]]:
    x, y = run.series[key].marks()
    return [(place, str(value)) for place, value in zip(x.tolist(), y.tolist(), strict=True)]


def test_keys_of_some_entries() -> None:
    run = run_of({"i": 1}, {"i": 2, "w": 3}, {"i": 3, "v": 4}, {"v": 9, "i": 4, "w": 5})
    assert points(run) == [(3, 4), (4, 9)]
    run = run_of({"i": 1}, {"i": 2, "w": 3}, {"i": 4, "w": 5, "v": 1}, keys=("v", "w"))
    assert points(run, "w") == [(2, 3), (4, 5)]
    assert points(run) == [(4, 1)]
    assert run.series["w"].ignored == 0


def test_nested_keys() -> None:
    logged: list[dict[str, Any]] = [
        {"i": 1, "a": {"b": 2, "c": [7, 8]}},
        {"i": 2, "a.b": 3},
        {"i": 3, "a": 4},
    ]
    run = run_of(*logged, keys=("a.b", "a.c.1", "a.c.2", "a.c.x"))
    assert points(run, "a.b") == [(1, 2), (2, 3)]
    assert points(run, "a.c.1") == [(1, 8)]
    assert points(run, "a.c.2") == points(run, "a.c.x") == []
    assert points(run_of({"t": {"i": 5}, "v": 6}, x="t.i")) == [(5, 6)]


def test_what_is_no_number_is_counted() -> None:
    values = ["text", True, [1], {"a": 1}, 10**400, 2, 2.5]
    run = run_of(*({"i": i, "v": value} for i, value in enumerate(values)))
    assert points(run) == [(5, 2), (6, 2.5)]
    assert run.series["v"].ignored == 5
    assert run.entries == 7


def test_nan_and_infinities_are_marks() -> None:
    """null is what stands for them in a log by default, and the tokens with nonfinite='string'."""
    values = [1, math.nan, math.inf, -math.inf, None, "NaN", "Infinity", "-Infinity", 2]
    run = run_of(*({"i": i, "v": value} for i, value in enumerate(values)))
    assert points(run) == [(0, 1), (8, 2)]
    assert marks(run) == [
        (1, "nan"), (2, "inf"), (3, "-inf"), (4, "nan"), (5, "nan"), (6, "inf"), (7, "-inf"),
    ]  # fmt: skip
    assert run.series["v"].last == (8, 2)


def test_x_that_is_missing_or_no_number() -> None:
    run = run_of(
        {"i": 1, "v": 1}, {"v": 2}, {"i": None, "v": 3}, {"i": "x", "v": 4}, {"i": 5, "v": 5}
    )
    assert points(run) == [(1, 1), (5, 5)]
    assert run.without_x == 3


def test_the_entrys_number_in_the_place_of_x() -> None:
    logged = [{"v": 7}, {"w": 1}, {"v": 8}]
    assert points(run_of(*logged, x=None)) == [(1, 7), (3, 8)]
    run = run_of(*logged)
    assert points(run) == [(1, 7), (3, 8)]
    assert run.counts
    # The numbers that a stream gives.
    run = Run("run", None, ["v"])
    run.add(logged, 41)
    assert points(run) == [(41, 7), (43, 8)]


def test_x_that_comes_late_takes_the_place_of_numbers() -> None:
    run = run_of({"v": 7}, {"v": 8}, {"i": 100, "v": 9}, {"i": 101, "v": 10})
    assert points(run) == [(100, 9), (101, 10)]
    assert run.without_x == 2


def test_x_that_goes_back() -> None:
    run = run_of({"i": 1, "v": 1}, {"i": 2, "v": 1})
    assert run.series["v"].is_sorted
    run.add([{"i": 1, "v": 2}])
    assert not run.series["v"].is_sorted
    assert run.series["v"].x_bounds == (1, 2)
    run = run_of({"i": 2, "v": 1}, {"i": 1, "v": 1})
    assert not run.series["v"].is_sorted


def test_the_last_ones() -> None:
    run = run_of(*({"i": i, "v": i if i % 10 else None} for i in range(100)))
    run.keep_last(10)
    assert points(run) == [(i, i) for i in range(89, 100) if i != 90]
    assert marks(run) == [(90, "nan")]
    assert run.series["v"].x_bounds == (89, 99)
    run.keep_last(0)
    assert points(run) == []


def test_what_was_given_stays_while_more_comes() -> None:
    run = run_of({"i": 0, "v": 0.0})
    x, y = run.series["v"].points()
    for i in range(1, 1000):
        run.add([{"i": i, "v": float(i)}])
    assert (x.tolist(), y.tolist()) == ([0], [0])
    with pytest.raises(ValueError, match="read-only"):
        y[0] = 1
    assert np.array_equal(run.series["v"].points()[1], np.arange(1000))


def test_lines_become_entries() -> None:
    good, nan, tagged = b'{"a":1}', b'{"a":NaN}', b'{"a":null,"__nonfinite__":{"/a":"Infinity"}}'
    assert entries([good, b"", b"  ", good]) == ([{"a": 1}] * 2, 0)
    assert entries([tagged]) == ([{"a": math.inf}], 0)
    found, bad = entries([good, b"[1]", b'{"a":1', b'"b":2}', nan, b"\xff", b"[" * 100_000])
    assert (len(found), bad) == (2, 5)
    # Two on one line, and none on another: as many as there are lines.
    assert entries([b'{"a":1},{"a":2}', b"[]"]) == ([], 2)
    assert entries([]) == ([], 0)
