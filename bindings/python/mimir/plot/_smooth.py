"""The exponential moving average, over all points, before any are thinned out."""

from __future__ import annotations

import math
from collections import OrderedDict
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np

from ._series import Column, Floats, Series

_SMALLEST = 1e-12
"""What the weights within a block go down to."""


def ema(y: Floats, weight: float, before: float = 0.0, count: int = 0) -> tuple[Floats, float]:
    """s[i] = weight * s[i-1] + (1 - weight) * y[i], corrected for the bias towards its start at 0:
    s[i] / (1 - weight ** (i + 1)). `before` and `count` go on where that many points ended; the
    second result is the next `before`."""
    if not len(y):
        return y, before
    if not 0 < weight < 1:
        raise ValueError(f"the weight is {weight}; it must be more than 0 and less than 1")
    sums = _recursion((1 - weight) * y, weight, before)
    numbers: Floats = np.arange(count + 1, count + 1 + len(y), dtype=np.float64)
    corrected: Floats = sums / -np.expm1(numbers * math.log(weight))
    return corrected, float(sums[-1])


def _recursion(terms: Floats, weight: float, before: float) -> Floats:
    """s[i] = weight * s[i-1] + terms[i], block by block, so that no loop goes over points."""
    length = int(math.log(_SMALLEST) / math.log(weight))
    if length < 2:
        # What is two places back weighs next to nothing.
        found: Floats = terms.copy()
        found[1:] += weight * terms[:-1]
        found[0] += weight * before
        return found
    length = min(length, len(terms), 4096)
    padded = np.zeros(-(-len(terms) // length) * length)
    padded[: len(terms)] = terms
    blocks = padded.reshape(-1, length)
    scale = weight ** np.arange(length - 1, -1, -1, dtype=np.float64)
    inner = np.cumsum(blocks * scale, axis=1) / scale
    if len(blocks) == 1:
        carried = np.array([before])
    else:
        ends = _recursion(inner[:-1, -1], weight**length, before)
        carried = np.concatenate(([before], ends))
    inner += carried[:, None] * weight ** np.arange(1, length + 1, dtype=np.float64)
    result: Floats = inner.reshape(-1)[: len(terms)]
    return result


class _Average:
    def __init__(self, weight: float) -> None:
        self.weight = weight
        self.values = Column()
        self.before = 0.0

    def extend(self, y: Floats) -> Floats:
        count = len(self.values)
        more, self.before = ema(y[count:], self.weight, self.before, count)
        self.values.append(more)
        return self.values.values(len(y))


_KEPT = 2
_averages: WeakKeyDictionary[Series, OrderedDict[float, _Average]] = WeakKeyDictionary()
_lock = Lock()


def smoothed(series: Series, weight: float) -> tuple[Floats, Floats]:
    """x and the average, as far as the points go now. The averages of the weights that were asked
    for last are kept, and only extended."""
    x, y = series.points()
    with _lock:
        averages = _averages.setdefault(series, OrderedDict())
        average = averages.pop(weight, None) or _Average(weight)
        averages[weight] = average
        while len(averages) > _KEPT:
            averages.popitem(last=False)
        # Another thread may have come further in the meantime.
        count = max(len(y), len(average.values))
        x, y = series.points()
        return x[:count], average.extend(y[:count])
