"""An axis of characters: where numbers lie on it, and which are written beside it."""

from __future__ import annotations

import math
import sys

import numpy as np
from numpy.typing import NDArray

from ._series import Floats

_LARGEST = sys.float_info.max
_STEPS = (1, 2, 2.5, 5, 10)


class Axis:
    """From `low` to `high` on `dots` dots. Where there is nothing between them, some is made."""

    def __init__(self, low: float, high: float, dots: int, is_log: bool) -> None:
        self.is_log = is_log and low > 0
        self.dots = dots
        if not self._scaled(low) < self._scaled(high):
            low, high = _around(low, self.is_log)
        self.low, self.high = low, high
        self._from, self._to = self._scaled(low), self._scaled(high)

    def places(self, values: Floats) -> NDArray[np.intp]:
        """The dots of finite values; of those that lie outside the nearest one."""
        part = (self._scale(values) - self._from) / (self._to - self._from)
        return np.rint(np.clip(part, 0, 1) * (self.dots - 1)).astype(np.intp)

    def place(self, value: float) -> int:
        return int(self.places(np.array([value]))[0])

    def ticks(self, most: int) -> list[tuple[int, str]]:
        """Dots and what is written there, at most so many if that is more than 1."""
        values = self._decades(most) if self.is_log else []
        if len(values) < 2:
            values = _round_numbers(self.low, self.high, max(most, 2))
        texts = _texts(values)
        return [(self.place(value), text) for value, text in zip(values, texts, strict=True)]

    def _scaled(self, value: float) -> float:
        return float(self._scale(np.array([value]))[0])

    def _scale(self, values: Floats) -> Floats:
        # Halves, so that the distance of two numbers is one, however large they are.
        return np.log10(values) if self.is_log else values / 2

    def _decades(self, most: int) -> list[float]:
        first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
        step = max(math.ceil((last - first + 1) / max(most, 2)), 1)
        return [10.0**power for power in range(first, last + 1, step)]


def _around(value: float, is_log: bool) -> tuple[float, float]:
    if is_log:
        return value / 2 or value, min(value * 2, _LARGEST)
    room = abs(value) / 10 or 1.0
    return max(value - room, -_LARGEST), min(value + room, _LARGEST)


def _round_numbers(low: float, high: float, most: int) -> list[float]:
    rough = high / most - low / most
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 1e-300 else 0
    step = next((power * step for step in _STEPS if power * step >= rough), 0)
    first, last = (math.ceil(low / step), math.floor(high / step)) if step else (0, 0)
    if not 0 < last - first < 1000:
        return [low, high]
    found = [number * step for number in range(first, last + 1)]
    # Between neighbours among floating point numbers there are none.
    return found if len(set(found)) == len(found) else [low, high]


def _texts(values: list[float]) -> list[str]:
    """As short as they can be while they differ."""
    for digits in range(6, 18):
        found = [f"{value:.{digits}g}" for value in values]
        if len(set(found)) == len(found):
            break
    return found
