"""Fewer points for the same picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ._series import Floats

Places = NDArray[np.intp]

_SEGMENTS_PER_COLUMN = 8


def thin(
    x: Floats,
    y: Floats,
    left: float,
    right: float,
    width: int,
    *,
    is_sorted: bool,
    log_x: bool = False,
    log_y: bool = False,
) -> Places:
    """The places of the points to draw between left and right on `width` pixels: of each pixel
    column that has any, the first, the last, the lowest and the highest one. So no spike is lost,
    and a line through them covers the same pixels as one through all.

    With them comes the next point on either side, to which the line goes on. The points are finite,
    and in the order in which they came. On a log axis numbers up to 0 have no place and are left
    out; left must be more than 0 then.
    """
    if is_sorted:
        first = int(np.searchsorted(x, left, "left"))
        end = int(np.searchsorted(x, right, "right"))
        first, end = max(first - 1, 0), min(end + 1, len(x))
        candidates: Places | None = None
        x, y = x[first:end], y[first:end]
    else:
        first = 0
        inside = (x >= left) & (x <= right)
        around = inside.copy()
        around[1:] |= inside[:-1]
        around[:-1] |= inside[1:]
        candidates = None if around.all() else np.flatnonzero(around)
        if candidates is not None:
            x, y = x[candidates], y[candidates]
    drawable = _drawable(x, y, log_x, log_y)
    if drawable is not None:
        candidates = drawable if candidates is None else candidates[drawable]
        x, y = x[drawable], y[drawable]
    if len(x) <= 4 * width:
        found = np.arange(len(x))
    elif is_sorted:
        found = _of_segments(y, np.searchsorted(x, _borders(left, right, width, log_x)))
    else:
        found = _unsorted(x, y, left, right, width, log_x)
    return (found if candidates is None else candidates[found]) + first


def _drawable(x: Floats, y: Floats, log_x: bool, log_y: bool) -> Places | None:
    """None: all."""
    mask = np.ones(len(x), dtype=bool)
    if log_x:
        mask &= x > 0
    if log_y:
        mask &= y > 0
    return None if mask.all() else np.flatnonzero(mask)


def _borders(left: float, right: float, width: int, log_x: bool) -> Floats:
    """A column has its left border, and the last one both."""
    space = np.geomspace if log_x else np.linspace
    borders: Floats = space(left, right, width + 1)
    borders[0], borders[-1] = left, np.nextafter(right, np.inf)
    return borders


def _columns(x: Floats, left: float, right: float, width: int, log_x: bool) -> NDArray[np.int16]:
    """From 1 on; 0 and width + 1 are what lies outside."""
    # Small numbers are sorted several times as fast.
    kind = np.int16 if width < 30_000 else np.intp
    return np.searchsorted(_borders(left, right, width, log_x), x, "right").astype(kind)


def _of_segments(y: Floats, cuts: Places) -> Places:
    """Of each stretch between the cuts the places of first, last, lowest and highest point."""
    cuts = np.unique(np.concatenate(([0], cuts, [len(y)])))
    found: list[int] = []
    for begin, end in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        if end - begin < 5:
            found.extend(range(begin, end))
            continue
        part = y[begin:end]
        low, high = begin + int(part.argmin()), begin + int(part.argmax())
        found.extend(sorted({begin, low, high, end - 1}))
    return np.array(found, dtype=np.intp)


def _unsorted(x: Floats, y: Floats, left: float, right: float, width: int, log_x: bool) -> Places:
    """In the order in which they came, as a run that goes back to a checkpoint draws its line; x
    that jumps all over has too many stretches for that, and its points go by column."""
    column = _columns(x, left, right, width, log_x)
    cuts = np.flatnonzero(column[1:] != column[:-1]) + 1
    if len(cuts) <= _SEGMENTS_PER_COLUMN * width:
        return _of_segments(y, cuts)
    order = np.argsort(column, kind="stable")
    cuts = np.searchsorted(column[order], np.arange(width + 3))
    return np.sort(order[_of_segments(y[order], cuts)])


def thin_marks(
    x: Floats, y: Floats, left: float, right: float, width: int, *, log_x: bool = False
) -> Places:
    """The places of the marks to draw: of each pixel column the first NaN, inf and -inf."""
    inside = np.flatnonzero((x >= left) & (x <= right) & ((x > 0) | (not log_x)))
    column = _columns(x[inside], left, right, width, log_x).astype(np.intp)
    kind = np.where(np.isnan(y[inside]), 1, np.where(y[inside] > 0, 2, 0))
    _, firsts = np.unique(column * 3 + kind, return_index=True)
    return np.sort(inside[firsts])
