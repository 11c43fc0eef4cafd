"""Numbers out of entries."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._series import Floats

Entry = Mapping[str, Any]
Places = NDArray[np.intp]

MISSING: Any = object()
NOT_A_NUMBER: Any = object()

# What nonfinite='string' writes. null is what 'null' writes, the default: some nonfinite number.
_TOKENS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def getter(key: str) -> Callable[[Sequence[Entry]], list[Any]]:
    """What gives the values of entries, MISSING where there is none. A key with dots may also lead
    into what is nested: 'loss.train' is entry['loss.train'] or else entry['loss']['train']."""
    path = key.split(".")
    quick = itemgetter(key)

    def get(entry: Entry) -> Any:
        return entry[key] if key in entry else _follow(entry, path)

    def values(entries: Sequence[Entry]) -> list[Any]:
        try:
            return list(map(quick, entries))
        except KeyError:
            return list(map(get, entries))

    return values


def _follow(value: Any, path: Sequence[str]) -> Any:
    for name in path:
        if isinstance(value, Mapping):
            value = value.get(name, MISSING)
        elif isinstance(value, list) and name.isascii() and name.isdigit() and len(name) < 10:
            value = value[int(name)] if int(name) < len(value) else MISSING
        else:
            return MISSING
    return value


def number(value: Any) -> Any:
    """A float, or NOT_A_NUMBER: also true and false are none."""
    if type(value) is float:
        return value
    if type(value) is int:
        try:
            return float(value)
        except OverflowError:
            return NOT_A_NUMBER
    if value is None:
        return math.nan
    return _TOKENS.get(value, NOT_A_NUMBER) if type(value) is str else NOT_A_NUMBER


def numbers(values: list[Any]) -> tuple[Floats, Places | None, int]:
    """The numbers among values, their places (None: all), and how many others there are apart from
    those that are MISSING."""
    kinds = set(map(type, values))
    if kinds <= {int, float, type(None)}:
        try:
            return np.array(values, dtype=np.float64), None, 0
        except OverflowError:
            pass
    converted = [value if value is MISSING else number(value) for value in values]
    places = [
        place
        for place, value in enumerate(converted)
        if value is not MISSING and value is not NOT_A_NUMBER
    ]
    found = np.array([converted[place] for place in places], dtype=np.float64)
    ignored = sum(value is NOT_A_NUMBER for value in converted)
    return found, np.array(places, dtype=np.intp), ignored
