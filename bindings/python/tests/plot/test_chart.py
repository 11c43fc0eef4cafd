"""Pictures of characters, and the axes beside them."""

from __future__ import annotations

import random
import sys

import numpy as np
import pytest

from mimir.plot._axis import Axis
from mimir.plot._braille import Braille
from mimir.plot._chart import chart
from mimir.plot._feed import Feed
from mimir.plot._source import Source
from mimir.plot._view import View

LARGEST, LEAST = sys.float_info.max, 5e-324


def text(grid: Braille) -> list[str]:
    return ["".join(piece for piece, _ in grid.row(row)) for row in range(grid.rows)]


def test_a_line_takes_all_dots_between_its_points() -> None:
    grid = Braille(2, 2)
    grid.line(np.array([0, 3]), np.array([0, 7]), "red")
    assert text(grid) == [" ⡜", "⡜ "]
    grid = Braille(2, 1)
    grid.line(np.array([0, 3]), np.array([0, 0]), "red")
    assert text(grid) == ["⣀⣀"]
    grid.line(np.array([1, 1, 1]), np.array([0, 3, 1]), "blue")
    assert grid.row(0) == [("⣸", "blue"), ("⣀", "red")]


def test_a_mark_takes_the_place_of_dots() -> None:
    grid = Braille(3, 1)
    grid.line(np.array([0, 5]), np.array([0, 0]), "red")
    grid.put(3, 3, "x", "blue")
    assert grid.row(0) == [("⣀", "red"), ("x", "blue"), ("⣀", "red")]


def test_no_point_and_one() -> None:
    grid = Braille(1, 1)
    grid.line(np.array([], dtype=np.intp), np.array([], dtype=np.intp), "red")
    assert text(grid) == [" "]
    grid.line(np.array([1]), np.array([3]), "red")
    assert text(grid) == ["⠈"]


@pytest.mark.parametrize(
    ("low", "high", "is_log", "texts"),
    [
        (0, 10_000, False, ["0", "2500", "5000", "7500", "10000"]),
        (0.1, 0.42, False, ["0.1", "0.2", "0.3", "0.4"]),
        (-1, 1, False, ["-1", "-0.5", "0", "0.5", "1"]),
        (1e9, 1e9 + 4, False, ["1000000000", "1000000001", "1000000002", "1000000003"]),
        (0.001, 1000, True, ["0.001", "0.1", "10", "1000"]),
        (2, 8, True, ["2", "4", "6", "8"]),
    ],
)
def test_round_numbers(low: float, high: float, is_log: bool, texts: list[str]) -> None:
    found = [text for _, text in Axis(low, high, 200, is_log).ticks(4)]
    assert found[: len(texts)] == texts


@pytest.mark.parametrize("is_log", [False, True])
def test_any_numbers_have_an_axis(is_log: bool) -> None:
    chosen = random.Random(4)
    values = [0.0, LEAST, 2 * LEAST, 1e-308, 1.0, 1 + 2**-52, 1e16, LARGEST / 2, LARGEST]
    values += [10 ** chosen.uniform(-300, 300) for _ in range(20)]
    values += [-value for value in values]
    for low in values:
        for high in values:
            if low > high:
                continue
            axis = Axis(low, high, 80, is_log)
            first, last = axis.places(np.array([low, high])).tolist()
            assert 0 <= first <= last < 80
            # Numbers next to 0 fall together when they are halved.
            if high - low > max(abs(high) / 2, 1e-300):
                assert (first, last) == (0, 79)
            ticks = axis.ticks(5)
            assert len(ticks) >= 2
            assert len({text for _, text in ticks}) == len(ticks) <= 12
            assert [dot for dot, _ in ticks] == sorted(dot for dot, _ in ticks)


def feed_of(columns: dict[str, list[float]], name: str = "run") -> Feed:
    feed = Feed("i", list(columns), [Source(name)])
    run = feed.make_run(feed.sources[0])
    rows = zip(*columns.values(), strict=True)
    run.add([{"i": i, **dict(zip(columns, row, strict=True))} for i, row in enumerate(rows)])
    feed.show(run)
    return feed


def drawn(feed: Feed, width: int = 40, height: int = 16, **view: bool) -> list[str]:
    return [line.plain for line in chart(feed, View(**view), width, height, is_colored=False)]


def test_the_picture_fits_and_has_all_parts() -> None:
    lines = drawn(feed_of({"loss": [2.0, 1.0, 0.5], "test": [2.0, 2.0, 2.0]}))
    assert len(lines) == 16
    assert max(map(len, lines)) <= 40
    assert lines[0].startswith("● run: waiting")
    assert lines[1] == "3 entries"
    assert lines[2].startswith("a loss 0.5   b test 2")
    assert lines[3].startswith("  2 ┤b")
    assert lines[-2].startswith("    └┬")
    assert [word for word in lines[-1].split() if word != "i"] == ["0", "1", "2"]
    assert lines[-3].rstrip().endswith("a")


def test_what_is_no_number_is_marked_in_its_column() -> None:
    nan, inf = float("nan"), float("inf")
    lines = drawn(feed_of({"loss": [1.0, nan, 2.0, inf, 1.0, -inf, 1.0]}))
    top, bottom = lines[3], lines[-3]
    assert top.index("×") < top.index("▲")  # noqa: RUF001
    assert bottom.index("▼") > top.index("▲")


def test_a_logarithmic_axis_marks_what_it_has_no_place_for() -> None:
    lines = drawn(feed_of({"loss": [100.0, 10.0, 1.0, 0.0]}), log_y=True)
    assert [line.split()[0] for line in lines if "┤" in line] == ["100", "10", "1"]
    assert lines[-3].rstrip().endswith("▼")


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (20, 8), (9, 30), (300, 5)])
def test_any_size(size: tuple[int, int]) -> None:
    lines = drawn(feed_of({"a name that is long": [1.0, 2.0], "b": [3.0, 4.0]}), *size)
    assert 1 <= len(lines) <= size[1]
    assert max(map(len, lines)) <= size[0]


def test_a_name_does_not_steer_the_terminal() -> None:
    lines = drawn(feed_of({"\x1b[2Jloss\n": [1.0, 2.0]}, "\x1b]0;title\x07"))
    assert "\x1b" not in "".join(lines)
    assert "\x07" not in "".join(lines)
    assert "[2Jloss" in "".join(lines)


def test_without_points_there_is_still_a_state() -> None:
    lines = drawn(Feed("i", ["loss"], [Source("host:5557")]))
    assert lines[0].startswith("● host:5557: waiting")
