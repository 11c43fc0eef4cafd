"""A feed as a picture in Bokeh: the figure, the state line, the table of last values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bokeh.layouts import column
from bokeh.models import Column
from bokeh.models.widgets import Div
from bokeh.palettes import Category10_10, Dark2_8
from bokeh.plotting import figure

from . import _status
from ._curve import Curve
from ._feed import Feed
from ._figure import Canvas, make_figure
from ._label import label
from ._run import Run
from ._view import View

_MOST_CURVES = 40
_HEIGHT = 480
_COLORS = [*Category10_10, *Dark2_8]


class Picture:
    """`layout` is what to show. update() brings it up to date; it belongs to one thread, that of
    the document it is in."""

    def __init__(self, feed: Feed, view: View, is_live: bool = True) -> None:
        self.feed = feed
        self._is_live = is_live
        self.view = view
        self.is_zoomed = False
        """The view is what was asked for, not all there is."""
        self.canvas = self._make_canvas()
        self.on_new_figure: list[Callable[[figure], object]] = []
        self._curves: list[Curve] = []
        self._runs = self._made = 0
        self._status = Div(text="", name="state", sizing_mode="stretch_width")
        self._table = Div(text="", name="table", sizing_mode="stretch_width")
        self._figure_place = column(self.canvas.plot, sizing_mode="stretch_width")
        self.layout: Column = column(
            self._status,
            self._figure_place,
            self._table,
            sizing_mode="stretch_width",
        )

    def update(self, is_held: bool = False) -> None:
        """`is_held`: what has come since is not drawn, only the view may be another one."""
        if not is_held:
            self._add_curves()
            for curve in self._curves:
                curve.take()
            _set_text(self._status, _status.line(self.feed, len(self._curves), self._is_live))
            _set_text(self._table, _status.table(self._curves))
        view = self.view
        if self.is_zoomed:
            view = view.widened()
        else:
            view = view.of_all([curve.moment for curve in self._curves])
        for curve in self._curves:
            curve.update(view)

    def set_axes(self, log_x: bool, log_y: bool) -> None:
        """In a new figure: one that exists can't change the kind of its axes."""
        self.view = replace(self.view, log_x=log_x, log_y=log_y)
        self._new_figure()

    def _make_canvas(self) -> Canvas:
        keys = self.feed.y_keys
        x_label = self.feed.x_key or "entry"
        view = self.view
        return make_figure(x_label, ", ".join(keys), view.log_x, view.log_y, _HEIGHT)

    def _add_curves(self) -> None:
        """Of more runs than can be told apart, the newest are drawn."""
        runs = self.feed.runs
        if len(runs) == self._runs:
            return
        self._runs = len(runs)
        wanted = [(run, key) for run in runs for key in self.feed.y_keys][-_MOST_CURVES:]
        have = [(curve.run, curve.key) for curve in self._curves]
        if wanted[: len(have)] == have:
            new = [self._curve(*pair) for pair in wanted[len(have) :]]
            self._curves += new
            self._draw(new)
        else:
            kept = dict(zip(have, self._curves, strict=True))
            self._curves = [kept.get(pair) or self._curve(*pair) for pair in wanted]
            self._new_figure()
        for curve in self._curves:
            curve.label(label(self.feed, curve.run, curve.key))

    def _curve(self, run: Run, key: str) -> Curve:
        self._made += 1
        return Curve(run, key, _COLORS[(self._made - 1) % len(_COLORS)])

    def _new_figure(self) -> None:
        self.is_zoomed = False
        self.canvas = self._make_canvas()
        self._draw(self._curves)
        self._figure_place.children = [self.canvas.plot]
        for use in self.on_new_figure:
            use(self.canvas.plot)

    def _draw(self, curves: Sequence[Curve]) -> None:
        plot, legend, hover = self.canvas
        drawn = [curve.draw(plot, label(self.feed, curve.run, curve.key)) for curve in curves]
        legend.items = [*legend.items, *(item for item, _ in drawn)]
        legend.visible = len(legend.items) > 1
        hover.renderers = [*hover.renderers, *(line for _, line in drawn)]


def _set_text(div: Div, text: str) -> None:
    """Only a change is sent to the browser."""
    if div.text != text:
        div.text = text
