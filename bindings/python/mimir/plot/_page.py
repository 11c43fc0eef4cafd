"""The page in the browser: a picture that is kept up to date, and its controls."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import Any

from bokeh.document import Document
from bokeh.events import Event, RangesUpdate, Reset
from bokeh.layouts import column, row
from bokeh.models.widgets import CheckboxButtonGroup, Slider, Toggle
from bokeh.plotting import figure
from jinja2 import Template

from ._feed import Feed
from ._picture import Picture
from ._view import MOST_SMOOTHING, View

_TICK = 100
"""Milliseconds between looks whether there is something new."""
_SHARE = 5
"""At most one part in so many of the time goes into drawing, however long a run is."""
_NARROWEST, _WIDEST = 200, 4000

# The icon: none, or the browser asks for one and the server logs that it has none.
TEMPLATE = Template("""\
{% extends base %}
{% block preamble %}
<link rel="icon" href="data:,">
<style>body { margin: 1em auto; max-width: 1400px; font-family: sans-serif; }</style>
{% endblock %}
""")


class Page:
    """One browser tab's."""

    def __init__(self, document: Document, feed: Feed, view: View, title: str) -> None:
        self._feed = feed
        self._picture = Picture(feed, view)
        self._shown: tuple[Any, ...] | None = None
        self._not_before = 0.0
        self._pause = Toggle(label="Pause", name="pause", width=80)
        axes = [place for place, is_log in enumerate((view.log_x, view.log_y)) if is_log]
        self._axes = CheckboxButtonGroup(labels=["log x", "log y"], active=axes, name="axes")
        self._smoothing = Slider(
            title="smoothing",
            name="smoothing",
            start=0,
            end=MOST_SMOOTHING,
            step=0.001,
            value=view.smoothing,
            width=300,
        )
        self._axes.on_change("active", self._set_axes)
        self._picture.on_new_figure.append(self._listen)
        self._listen(self._picture.canvas.plot)
        controls = row(self._pause, self._axes, self._smoothing)
        self.tick()
        document.title = title
        document.template = TEMPLATE
        document.add_root(
            column(controls, self._picture.layout, sizing_mode="stretch_width", name="page")
        )
        document.add_periodic_callback(self.tick, _TICK)

    def tick(self, at_once: bool = False) -> None:
        """Does nothing, and sends nothing, when nothing has changed."""
        now = monotonic()
        if not at_once and now < self._not_before:
            return
        is_held = bool(self._pause.active)
        picture = self._picture
        width = min(max(picture.canvas.width(), _NARROWEST), _WIDEST)
        picture.view = replace(picture.view, width=width, smoothing=float(self._smoothing.value))
        version = None if is_held else self._feed.version
        shown = version, picture.view, picture.is_zoomed
        if shown == self._shown:
            return
        self._shown = shown
        picture.update(is_held)
        done = monotonic()
        self._not_before = done + (done - now) * _SHARE

    def show_all(self) -> None:
        """As a view that is new begins."""
        self._picture.is_zoomed = False

    def _set_axes(self, name: str, old: list[int], new: list[int]) -> None:
        self._picture.set_axes(0 in new, 1 in new)
        self._shown = None

    def _listen(self, plot: figure) -> None:
        plot.on_event(RangesUpdate, self._zoom)
        plot.on_event(Reset, self._reset)

    def _zoom(self, event: Event) -> None:
        assert isinstance(event, RangesUpdate)
        view = self._picture.view
        left, right = event.x0, event.x1
        if left is None or right is None or not left < right or (view.log_x and left <= 0):
            return
        self._picture.view = replace(view, left=float(left), right=float(right))
        self._picture.is_zoomed = True

    def _reset(self, event: Event) -> None:
        self.show_all()
