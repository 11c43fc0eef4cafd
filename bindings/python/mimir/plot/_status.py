"""What is going on, in words: the state line and the table of last values."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from bokeh.models import ColumnDataSource
from bokeh.models.widgets import DataTable, TableColumn

from . import _source
from ._feed import Feed
from ._run import Run

if TYPE_CHECKING:
    from ._curve import Curve

_COLORS = {
    _source.LIVE: "#2a2",
    _source.WAITING: "#c80",
    _source.ENDED: "#888",
    _source.FAILED: "#c22",
}
_TITLES = ("run", "key", "x", "last", "lowest", "highest", "points", "left out")


def line(feed: Feed) -> str:
    """HTML."""
    parts = []
    for source in feed.sources:
        dot = f'<span style="color:{_COLORS[source.state]}">●</span>'
        text = f"{dot} {escape(source.name)}: <b>{source.state}</b>"
        parts.append(f"{text}, {escape(source.message)}" if source.message else text)
    notes = [*counts(feed)]
    return " &nbsp; ".join(parts) + ("<br>" + escape(" · ".join(notes)) if notes else "")


def counts(feed: Feed) -> list[str]:
    """What a person should know about the entries, as text."""
    runs = feed.runs
    told = [
        (sum(run.entries for run in runs), "entries"),
        (sum(run.missed for run in runs), "entries missed"),
        (sum(run.without_x for run in runs), f"entries without a number in {feed.x_key}"),
        (sum(run.unreadable for run in runs), "lines that are no entries"),
    ]
    notes = [f"{count:,} {what}" for count, what in told if count]
    if feed.x_key is not None and any(run.counts and run.entries for run in runs):
        notes.append(f"no {feed.x_key} yet: the entry's number in its place")
    for key in feed.y_keys:
        if runs and not any(run.series[key].last or run.series[key].ignored for run in runs):
            notes.append(f"no {key} yet")
    return notes


def table(curves: Iterable[Curve]) -> dict[str, list[str]]:
    rows = [_row(curve.run, curve.key) for curve in curves]
    return {title: [row[place] for row in rows] for place, title in enumerate(_TITLES)}


def _row(run: Run, key: str) -> tuple[str, ...]:
    series = run.series[key]
    x, last = (
        ("", "") if series.last is None else (f"{series.last[0]:.10g}", f"{series.last[1]:.6g}")
    )
    low, high = ("", "") if series.y_bounds is None else map("{:.6g}".format, series.y_bounds)
    left_out = []
    if series.mark_count:
        left_out.append(f"{series.mark_count:,} NaN or infinite")
    if series.ignored:
        left_out.append(f"{series.ignored:,} no number")
    return run.name, key, x, last, low, high, f"{len(series):,}", ", ".join(left_out)


def make_table(rows: ColumnDataSource) -> Any:
    columns = [TableColumn(field=title, title=title, sortable=False) for title in _TITLES]
    return DataTable(
        source=rows,
        columns=columns,
        index_position=None,
        autosize_mode="force_fit",
        sizing_mode="stretch_width",
        height=150,
        selectable=False,
    )
