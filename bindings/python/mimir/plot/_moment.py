"""A series as it was at one moment, while it goes on."""

from __future__ import annotations

from ._series import Floats, Series


class Moment:
    """Has what is drawn of a series. Nothing is copied."""

    def __init__(self, series: Series) -> None:
        self.series = series
        # In this order: what comes meanwhile is then in none of them, or in the later ones only.
        self._points = series.points()
        self._marks = series.marks()
        self.is_sorted = series.is_sorted
        self.x_bounds = series.x_bounds
        self.y_bounds = series.y_bounds

    def points(self) -> tuple[Floats, Floats]:
        return self._points

    def marks(self) -> tuple[Floats, Floats]:
        return self._marks
