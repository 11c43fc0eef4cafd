"""The points of one key in one run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Column:
    """A growing array. What was given out stays as it is while more is appended."""

    def __init__(self) -> None:
        self._buffer: Floats = np.empty(64)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, values: Floats) -> None:
        end = self._count + len(values)
        if end > len(self._buffer):
            larger = np.empty(max(end, len(self._buffer) * 3 // 2))
            larger[: self._count] = self._buffer[: self._count]
            self._buffer = larger
        self._buffer[self._count : end] = values
        self._count = end

    def values(self, count: int) -> Floats:
        """The first `count`, read-only."""
        view = self._buffer[:count]
        view.flags.writeable = False
        return view

    def last(self) -> float:
        return float(self._buffer[self._count - 1])


class Series:
    """Points of finite numbers, and apart from them marks: NaN and infinities, which no line can go
    through. One thread appends, any number read."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.is_sorted = True
        """Each point's x is at least that of the one before."""
        self.ignored = 0
        """Values that are no numbers."""
        self._x, self._y = Column(), Column()
        self._mark_x, self._mark_y = Column(), Column()
        self._count = 0
        self._mark_count = 0
        self.last: tuple[float, float] | None = None
        """The newest x and y, also when y is NaN or infinite."""
        self.x_bounds: tuple[float, float] | None = None
        """The least and the greatest x, of points and marks."""
        self.y_bounds: tuple[float, float] | None = None
        """The least and the greatest y of points."""

    def __len__(self) -> int:
        return self._count

    @property
    def mark_count(self) -> int:
        return self._mark_count

    def append(self, x: Floats, y: Floats) -> None:
        """Every x is finite."""
        if not len(x):
            return
        self.last = float(x[-1]), float(y[-1])
        self.x_bounds = _widened(self.x_bounds, x)
        finite = np.isfinite(y)
        if not finite.all():
            self._mark_x.append(x[~finite])
            self._mark_y.append(y[~finite])
            self._mark_count = len(self._mark_x)
            x, y = x[finite], y[finite]
        if self.is_sorted and len(x):
            follows = not self._count or bool(x[0] >= self._x.last())
            self.is_sorted = follows and bool((x[1:] >= x[:-1]).all())
        self._x.append(x)
        self._y.append(y)
        self.y_bounds = _widened(self.y_bounds, y)
        # Last, so that a reader in another thread sees both columns up to here.
        self._count = len(self._y)

    def points(self) -> tuple[Floats, Floats]:
        """x and y as they are now, without copying."""
        count = self._count
        return self._x.values(count), self._y.values(count)

    def marks(self) -> tuple[Floats, Floats]:
        """x, and y which is NaN, inf or -inf."""
        count = self._mark_count
        return self._mark_x.values(count), self._mark_y.values(count)

    def keep_last(self, count: int) -> None:
        """Forgets all but the last points. Not to be called once others read."""
        x, y = self.points()
        marks = self.marks()
        self._x, self._y = Column(), Column()
        self._mark_x, self._mark_y = Column(), Column()
        self._count = self._mark_count = 0
        self.is_sorted = True
        self.x_bounds = self.y_bounds = None
        last = self.last
        first = max(len(x) - count, 0)
        self.append(x[first:], y[first:])
        if first < len(x):
            recent = marks[0] >= x[first:].min()
            marks = marks[0][recent], marks[1][recent]
        first = max(len(marks[0]) - count, 0)
        self.append(marks[0][first:], marks[1][first:])
        self.last = last


def _widened(bounds: tuple[float, float] | None, values: Floats) -> tuple[float, float] | None:
    if not len(values):
        return bounds
    low, high = float(values.min()), float(values.max())
    return (low, high) if bounds is None else (min(low, bounds[0]), max(high, bounds[1]))
