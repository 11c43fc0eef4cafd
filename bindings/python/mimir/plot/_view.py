"""What of a plot is seen, and the points that this takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ._moment import Moment
from ._series import Floats, Series
from ._smooth import smoothed
from ._thin import thin, thin_marks

XY = tuple[Floats, Floats]
Drawn = Series | Moment

MOST_SMOOTHING = 0.999
_SMALLEST, _LARGEST = 1e-300, 8e307


@dataclass(frozen=True)
class View:
    left: float = 0
    right: float = 1
    width: int = 1000
    """Pixel columns between them."""
    log_x: bool = False
    log_y: bool = False
    smoothing: float = 0
    """The weight of the exponential moving average; 0: none."""

    @classmethod
    def starting(cls, log_x: bool, log_y: bool, smoothing: float, width: int = 1000) -> View:
        """Checks what a user gave."""
        if not 0 <= smoothing <= MOST_SMOOTHING:
            raise ValueError(f"smoothing is {smoothing}; it can be from 0 to {MOST_SMOOTHING}")
        return cls(width=width, log_x=bool(log_x), log_y=bool(log_y), smoothing=float(smoothing))

    def of_all(self, series: Iterable[Drawn]) -> View:
        """All that there is."""
        series = list(series)
        bounds = [one.x_bounds for one in series if one.x_bounds is not None]
        left = min((low for low, _ in bounds), default=0.0)
        right = max((high for _, high in bounds), default=1.0)
        if self.log_x and left <= 0:
            left = min((_least_positive(one) for one in series), default=right)
        return self._at(left, max(left, right))

    def widened(self) -> View:
        """As much again on either side, so that there is something to see while it is dragged."""
        wider = replace(self, width=3 * self.width)
        if self.log_x:
            ratio = self.right / self.left
            return wider._at(self.left / ratio, self.right * ratio)
        span = self.right - self.left
        return wider._at(self.left - span, self.right + span)

    def _at(self, left: float, right: float) -> View:
        """As far as there are numbers for its width, too."""
        least = _SMALLEST if self.log_x else -_LARGEST
        return replace(self, left=max(left, least), right=max(min(right, _LARGEST), least))

    def line(self, series: Drawn) -> XY:
        return self._thinned(series, *series.points())

    def average(self, series: Drawn) -> XY:
        """Without smoothing it is empty."""
        if not self.smoothing:
            return np.empty(0), np.empty(0)
        count = len(series.points()[0])
        whole = series.series if isinstance(series, Moment) else series
        x, y = smoothed(whole, self.smoothing)
        return self._thinned(series, x[:count], y[:count])

    def marks(self, series: Drawn) -> XY:
        """NaN and infinities, and on a log axis -inf for what is not more than 0."""
        x, y = series.marks()
        places = self._thin_marks(x, y)
        found = x[places], y[places]
        if self.log_y and series.y_bounds is not None and series.y_bounds[0] <= 0:
            x, y = series.points()
            low = np.flatnonzero(y <= 0)
            x = x[low]
            x = x[self._thin_marks(x, np.full(len(x), -np.inf))]
            found = (
                np.concatenate([found[0], x]),
                np.concatenate([found[1], np.full(len(x), -np.inf)]),
            )
        return found

    def _thinned(self, series: Drawn, x: Floats, y: Floats) -> XY:
        places = thin(
            x,
            y,
            self.left,
            self.right,
            self.width,
            is_sorted=series.is_sorted,
            log_x=self.log_x,
            log_y=self.log_y,
        )
        return x[places], y[places]

    def _thin_marks(self, x: Floats, y: Floats) -> NDArray[np.intp]:
        return thin_marks(x, y, self.left, self.right, self.width, log_x=self.log_x)


def _least_positive(series: Drawn) -> float:
    x = np.concatenate([series.points()[0], series.marks()[0]])
    positive = x[x > 0]
    return float(positive.min()) if len(positive) else 1.0
