"""What is going on, in words: the state line and the table of last values."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from time import strftime
from typing import TYPE_CHECKING

from . import _source
from ._feed import Feed

if TYPE_CHECKING:
    from ._curve import Curve

_COLORS = {
    _source.LIVE: "#2a2",
    _source.WAITING: "#c80",
    _source.ENDED: "#888",
    _source.FAILED: "#c22",
}
_TITLES = ("key", "run", "last x", "last", "lowest", "highest", "points", "not on the line")
_STYLE = """\
<style>
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: normal; color: #777; }
th, td { padding: 0.15em 2em 0.15em 0; border-bottom: 1px solid #ddd; }
</style>
"""


def line(feed: Feed, drawn: int, is_live: bool) -> str:
    """HTML. `drawn`: how many curves are drawn."""
    told = counts(feed)
    curves = len(feed.runs) * len(feed.y_keys)
    if curves > drawn:
        told.append(f"the last {drawn} of {curves} curves are drawn")
    notes = " · ".join(told)
    if not is_live:
        return escape(f"saved {strftime('%Y-%m-%d %H:%M')} · {notes}")
    parts = []
    for source in feed.sources:
        dot = f'<span style="color:{_COLORS[source.state]}">●</span>'
        text = f"{dot} {escape(source.name)}: <b>{source.state}</b>"
        parts.append(f"{text}, {escape(source.message)}" if source.message else text)
    return " &nbsp; ".join(parts) + "<br>" + escape(notes)


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
        notes.append(f"{feed.x_key}: in no entry yet, the entry's number is in its place")
    for key in feed.y_keys:
        if runs and not any(run.series[key].last or run.series[key].ignored for run in runs):
            notes.append(f"{key}: in no entry yet")
    return notes


def table(curves: Iterable[Curve]) -> str:
    """The last values, as HTML."""
    head = "".join(f"<th>{title}</th>" for title in _TITLES)
    rows = "".join(_row(curve) for curve in curves)
    return f"{_STYLE}<table><tr>{head}</tr>{rows}</table>"


def _row(curve: Curve) -> str:
    series = curve.run.series[curve.key]
    last = ("", "") if series.last is None else (f"{series.last[0]:.10g}", _short(series.last[1]))
    bounds = ("", "") if series.y_bounds is None else map(_short, series.y_bounds)
    left_out = []
    if series.mark_count:
        left_out.append(f"{series.mark_count:,} NaN or infinite")
    if series.ignored:
        left_out.append(f"{series.ignored:,} no number")
    cells = (*last, *bounds, f"{len(series):,}", ", ".join(left_out))
    color = f'<td><span style="color:{curve.color}">▬</span> {escape(curve.key)}</td>'
    rest = "".join(f"<td>{cell}</td>" for cell in cells)
    return f"<tr>{color}<td>{escape(curve.run.name)}</td>{rest}</tr>"


def _short(number: float) -> str:
    return f"{number:.6g}"
