"""A figure of Bokeh without content: axes, tools, legend."""

from __future__ import annotations

from typing import Any, NamedTuple

from bokeh.models import CustomJS, HoverTool, LinearScale, Range1d, WheelZoomTool
from bokeh.models.annotations import Legend
from bokeh.plotting import figure

from ._curve import EDGE

_WIDTH = 1000
_KEEP = CustomJS(code="cb_obj.setv({start: 0, end: 1})")


class Canvas(NamedTuple):
    plot: figure
    legend: Legend
    hover: HoverTool

    def width(self) -> int:
        """Pixels between the axes, once a browser has told."""
        try:
            return int(self.plot.inner_width)
        except ValueError:
            return _WIDTH


def make_figure(x_label: str, y_label: str, log_x: bool, log_y: bool, height: int) -> Canvas:
    options: dict[str, Any] = {
        "height": height,
        "sizing_mode": "stretch_width",
        "x_axis_label": x_label,
        "y_axis_label": y_label,
        "x_axis_type": "log" if log_x else "linear",
        "y_axis_type": "log" if log_y else "linear",
        "tools": "pan,box_zoom,reset,save",
        "active_drag": "pan",
    }
    plot = figure(**options)
    # They follow the points in the browser; what comes back from there would pin them.
    plot.x_range.syncable = plot.y_range.syncable = False
    wheel = WheelZoomTool(maintain_focus=False)
    plot.add_tools(wheel)
    plot.toolbar.active_scroll = wheel
    plot.toolbar.logo = None
    hover = HoverTool(
        renderers=[],
        tooltips=[("", "$name"), (x_label, "@x{%.10g}"), ("value", "@y{%.6g}")],
        formatters={"@x": "printf", "@y": "printf"},
    )
    plot.add_tools(hover)
    _add_edge(plot)
    legend = Legend(items=[], click_policy="hide", visible=False)
    plot.add_layout(legend, "right")
    return Canvas(plot, legend, hover)


def _add_edge(plot: figure) -> None:
    """Tools pan and zoom every range of a plot, so this one is put back."""
    edge = Range1d(start=0, end=1)
    edge.js_on_change("start", _KEEP.clone())
    edge.js_on_change("end", _KEEP.clone())
    plot.extra_y_ranges = {EDGE: edge}
    plot.extra_y_scales = {EDGE: LinearScale()}
