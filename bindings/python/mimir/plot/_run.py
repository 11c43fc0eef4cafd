"""One run of a training program: a series for each key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ._series import Floats, Series
from ._values import MISSING, getter, numbers


class Run:
    """One thread adds entries, any number read."""

    def __init__(self, name: str, x_key: str | None, y_keys: Sequence[str], place: int = 0) -> None:
        self.name = name
        self.place = place
        """That of its source among the sources."""
        self.x_key = x_key
        self.series = {key: Series(key) for key in y_keys}
        self.entries = 0
        """How many entries have come."""
        self.missed = 0
        """How many could not be had any more."""
        self.unreadable = 0
        """Lines that are no entries."""
        self.without_x = 0
        """Entries that were left out because their x is missing or no finite number."""
        self.counts = True
        """No entry has had the x key: x is the number of the entry."""
        self._get_x = None if x_key is None else getter(x_key)
        self._get_y = {key: getter(key) for key in y_keys}

    def add(self, entries: Sequence[Mapping[str, Any]], first: int | None = None) -> None:
        """`first`: the number of the first one; None: they follow those before."""
        if not entries:
            return
        start = self.entries + 1 if first is None else first
        x = self._x(entries, start)
        self.entries += len(entries)
        usable = np.isfinite(x)
        self.without_x += len(x) - int(np.count_nonzero(usable))
        for key, series in self.series.items():
            y, places, ignored = numbers(self._get_y[key](entries))
            series.ignored += ignored
            own_x, own_usable = (x, usable) if places is None else (x[places], usable[places])
            series.append(own_x[own_usable], y[own_usable])

    def keep_last(self, count: int) -> None:
        for series in self.series.values():
            series.keep_last(count)

    def _x(self, entries: Sequence[Mapping[str, Any]], start: int) -> Floats:
        """NaN where there is none."""
        if self._get_x is not None:
            values = self._get_x(entries)
            if self.counts and any(value is not MISSING for value in values):
                self._begin_with_x()
            if not self.counts:
                x = np.full(len(entries), np.nan)
                found, places, _ = numbers(values)
                x[slice(None) if places is None else places] = found
                return x
        return np.arange(start, start + len(entries), dtype=np.float64)

    def _begin_with_x(self) -> None:
        """Entry numbers and the x key's values don't go on one axis: what came without is left out
        from now on."""
        self.counts = False
        self.without_x += self.entries
        self.series = {key: Series(key) for key in self.series}
