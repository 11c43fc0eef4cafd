"""A feed as a picture of characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from rich.text import Text

from . import _source, _status
from ._axis import Axis
from ._braille import Braille
from ._feed import Feed
from ._label import label
from ._run import Run
from ._view import XY, View

_STYLES = ("blue", "red", "green", "magenta", "cyan", "yellow")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_BEHIND = "bright_black"
_STATE_STYLES = {
    _source.LIVE: "bold green",
    _source.WAITING: "bold yellow",
    _source.ENDED: "bold",
    _source.FAILED: "bold red",
}
_MOST_CURVES = 26
_LEAST_COLUMNS, _LEAST_ROWS = 8, 3
_BETWEEN_LETTERS = 16


class _Curve:
    def __init__(self, run: Run, key: str, number: int, name: str) -> None:
        self.series = run.series[key]
        self.style = _STYLES[number % len(_STYLES)]
        self.letter = _LETTERS[number]
        self.name = name

    def value(self) -> str:
        last = self.series.last
        return "" if last is None else f" {last[1]:.6g}"


def chart(feed: Feed, view: View, width: int, height: int, is_colored: bool) -> list[Text]:
    """At most `height` lines. Without color, letters tell the curves apart."""
    runs = feed.runs
    wanted = [(run, key) for run in runs for key in feed.y_keys][-_MOST_CURVES:]
    curves = [
        _Curve(run, key, number, label(feed, run, key)) for number, (run, key) in enumerate(wanted)
    ]
    lines = [_states(feed), Text(printable(" · ".join(_status.counts(feed))), "bright_black")]
    lines += _legend(curves, width, is_colored or len(curves) == 1)
    room = height - len(lines)
    if any(curve.series.last is not None for curve in curves):
        lines += _plot(feed, view, curves, width, room, is_colored)
    for line in lines:
        line.truncate(width, overflow="ellipsis")
    return lines[: max(height, 1)]


def printable(text: str) -> str:
    """A name that came from elsewhere may not steer the terminal."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )


def _states(feed: Feed) -> Text:
    line = Text(no_wrap=True)
    for source in feed.sources:
        line.append("● ", _STATE_STYLES[source.state]).append(printable(source.name) + ": ")
        line.append(source.state, _STATE_STYLES[source.state])
        line.append(printable(f", {source.message}   " if source.message else "   "))
    return line


def _legend(curves: Sequence[_Curve], width: int, is_told_by_color: bool) -> list[Text]:
    """At most 3 lines."""
    lines = [Text(no_wrap=True)]
    for curve in curves:
        sign = "━━ " if is_told_by_color else f"{curve.letter} "
        entry = Text.assemble((sign, curve.style), printable(curve.name + curve.value()), "   ")
        if lines[-1] and lines[-1].cell_len + entry.cell_len > width:
            lines.append(Text(no_wrap=True))
        lines[-1].append_text(entry)
    return lines[:3]


def _plot(
    feed: Feed, view: View, curves: Sequence[_Curve], width: int, height: int, is_colored: bool
) -> list[Text]:
    rows = height - 2
    if rows < _LEAST_ROWS:
        return []
    view = view.of_all([curve.series for curve in curves])
    # The width is known once the labels of the y axis are; thinned for more, nothing is lost.
    view = replace(view, width=2 * width)
    lines = [(curve, view.line(curve.series), view.average(curve.series)) for curve in curves]
    y_axis = _y_axis([xy for _, *both in lines for xy in both], 4 * rows, view.log_y)
    y_ticks = {rows - 1 - dot // 4: text for dot, text in y_axis.ticks(max(rows // 3, 2))}
    margin = max(map(len, y_ticks.values()), default=0) + 1
    columns = width - margin - 1
    if columns < _LEAST_COLUMNS:
        return []
    grid = Braille(columns, rows)
    x_axis = Axis(view.left, view.right, 2 * columns, view.log_x)
    for curve, raw, average in lines:
        x, y = x_axis.places(raw[0]), y_axis.places(raw[1])
        if is_colored or not view.smoothing:
            grid.line(x, y, _BEHIND if view.smoothing else curve.style)
        if view.smoothing:
            x, y = x_axis.places(average[0]), y_axis.places(average[1])
            grid.line(x, y, curve.style)
        if len(curves) > 1 and not is_colored:
            _put_letters(grid, x, y, curve)
    for curve, *_ in lines:
        _put_marks(grid, x_axis, view.marks(curve.series), curve.style)
    picture = [_row(grid, number, y_ticks, margin) for number in range(rows)]
    return [*picture, *_x_axis(x_axis, columns, margin, feed.x_key or "entry")]


def _y_axis(lines: Sequence[XY], dots: int, is_log: bool) -> Axis:
    drawn = [y for _, y in lines if len(y)]
    low = min((float(y.min()) for y in drawn), default=1.0)
    high = max((float(y.max()) for y in drawn), default=1.0)
    return Axis(low, high, dots, is_log)


def _put_letters(grid: Braille, x: np.ndarray, y: np.ndarray, curve: _Curve) -> None:
    """Every so many columns, and at the end."""
    _, places = np.unique(x // (2 * _BETWEEN_LETTERS), return_index=True)
    for place in {*places.tolist(), *([len(x) - 1] if len(x) else [])}:
        grid.put(int(x[place]), int(y[place]), curve.letter, curve.style)


def _put_marks(grid: Braille, axis: Axis, marks: XY, style: str) -> None:
    """NaN and inf at the top, -inf and what a log axis has no place for at the bottom."""
    top = grid.dots[1] - 1
    for place, y in zip(axis.places(marks[0]).tolist(), marks[1].tolist(), strict=True):
        if np.isnan(y):
            grid.put(place, top, "\N{MULTIPLICATION SIGN}", style)
        else:
            grid.put(place, top if y > 0 else 0, "▲" if y > 0 else "▼", style)


def _row(grid: Braille, number: int, ticks: dict[int, str], margin: int) -> Text:
    tick = ticks.get(number)
    line = Text(f"{tick or '':>{margin - 1}} ", no_wrap=True).append("│" if tick is None else "┤")
    for text, style in grid.row(number):
        line.append(text, style)
    return line


def _x_axis(axis: Axis, columns: int, margin: int, name: str) -> list[Text]:
    line, below = ["─"] * columns, [" "] * (margin + 1 + columns)
    end = margin
    for dot, text in axis.ticks(max(columns // 12, 2)):
        column = dot // 2
        begin = min(max(margin + 1 + column - len(text) // 2, 0), len(below) - len(text))
        if begin <= end:
            continue
        line[column] = "┬"
        end = begin + len(text)
        below[begin:end] = text
    found = Text("".join(below), no_wrap=True)
    # The axis' name in the corner, as there is no line to spare.
    name = printable(name)[: margin + columns // 12]
    if not "".join(below[: len(name) + 1]).strip():
        found = Text.assemble((name, "bold"), found[len(name) :])
    elif len(below) - end > len(name):
        found = Text.assemble(found[: len(below) - len(name)], (name, "bold"))
    return [Text(" " * margin + "└" + "".join(line), no_wrap=True), found]
