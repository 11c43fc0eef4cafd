"""One key of one run in a figure of Bokeh."""

from __future__ import annotations

from typing import Any

import numpy as np
from bokeh.core.properties import value
from bokeh.models import ColumnDataSource
from bokeh.models.annotations import LegendItem
from bokeh.plotting import figure

from ._moment import Moment
from ._run import Run
from ._series import Floats
from ._view import XY, View

EDGE = "edge"
"""The name of a y range from 0 to 1, bottom to top, whatever part of the plot is seen."""

_FEW = 60
"""Up to so many points are drawn as dots, too: a line through one point is nothing."""


class Curve:
    """Its data sources get the points of a view, never all. The same are drawn in one figure after
    another."""

    def __init__(self, run: Run, key: str, color: str) -> None:
        self.run, self.key, self.color = run, key, color
        self.take()
        none = np.empty(0)
        self._raw = ColumnDataSource(_xy((none, none)), name="raw")
        self._average = ColumnDataSource(_xy((none, none)), name="average")
        self._marks = ColumnDataSource(_mark_data(none, none), name="marks")
        self._glyphs: tuple[Any, Any] | None = None
        self._raw_line: Any = None
        self._item: LegendItem | None = None

    def draw(self, plot: figure, label: str) -> tuple[LegendItem, Any]:
        """Adds it to a figure. Returns its item in the legend, and the line to point at."""
        raw = plot.line("x", "y", source=self._raw, color=self.color, line_width=1.5, name=label)
        dots = plot.scatter("x", "y", source=self._raw, color=self.color, size=0)
        average = plot.line("x", "y", source=self._average, color=self.color, line_width=2)
        marks = plot.scatter(
            "x",
            "y",
            marker="marker",
            size=9,
            source=self._marks,
            color=self.color,
            y_range_name=EDGE,
            line_width=1.5,
        )
        self._glyphs = raw.glyph, dots.glyph
        self._raw_line = raw
        parts: list[Any] = [raw, dots, average, marks]
        self._item = LegendItem(label=value(label), renderers=parts)
        return self._item, raw

    def label(self, text: str) -> None:
        if self._raw_line is not None and self._item is not None and self._raw_line.name != text:
            self._raw_line.name = text
            self._item.label = value(text)

    def take(self) -> None:
        """What has come: it is what is drawn from now on."""
        self.moment = Moment(self.run.series[self.key])

    def update(self, view: View) -> None:
        series = self.moment
        raw = view.line(series)
        self._raw.data = _xy(raw)
        average = view.average(series)
        if len(average[0]) or len(self._average.data["x"]):
            self._average.data = _xy(average)
        marks = view.marks(series)
        if len(marks[0]) or len(self._marks.data["x"]):
            self._marks.data = _mark_data(*marks)
        if self._glyphs is not None:
            line, dots = self._glyphs
            _set(line, "line_alpha", 0.3 if view.smoothing else 1.0)
            _set(dots, "size", 5 if len(raw[0]) <= _FEW else 0)
            _set(dots, "fill_alpha", 0.3 if view.smoothing else 1.0)


def _xy(points: XY) -> dict[str, Any]:
    return {"x": points[0], "y": points[1]}


def _mark_data(x: Floats, y: Floats) -> dict[str, Any]:
    """NaN and inf at the top, -inf and what a log axis has no place for at the bottom."""
    kinds = np.where(np.isnan(y), "x", np.where(y > 0, "triangle", "inverted_triangle"))
    return {"x": x, "y": np.where(y < 0, 0.015, 0.985), "marker": kinds.tolist()}


def _set(model: Any, name: str, value: float) -> None:
    """Only a change is sent to the browser."""
    if getattr(model, name) != value:
        setattr(model, name, value)
