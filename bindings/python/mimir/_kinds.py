"""Which type holds all values of a column exactly."""

from __future__ import annotations

import sys
from itertools import chain
from typing import Any, NamedTuple

EXACT = 2**53  # a double holds integers up to here exactly
_DEEPEST = 16  # lists within lists: the libraries recurse over types
_LETTERS = {"b": "bool", "i": "int", "u": "uint", "f": "float", "U": "string"}  # NumPy's


class Kind(NamedTuple):
    leaf: str
    """"null", "bool", "string", "int64", "float64" and so on."""
    depth: int = 0
    """How many lists, or dimensions of an array, are around it."""


def kind_of(values: list[Any], depth: int = 0) -> Kind | None:
    """The type that holds all values exactly, None left aside; None if there is no such type."""
    types = set(map(type, values)) - {type(None)}
    if not types:
        return Kind("null", depth)
    if types == {bool}:
        return Kind("bool", depth)
    if types == {str}:
        return Kind("string", depth)
    if types == {float}:
        return Kind("float64", depth)
    if types <= {int, float}:
        leaf = _number([value for value in values if type(value) is int], float in types)
        return Kind(leaf, depth) if leaf else None
    if types == {list} and depth < _DEEPEST:
        items = chain.from_iterable(value for value in values if value is not None)
        return kind_of(list(items), depth + 1)
    numpy = sys.modules.get("numpy")  # without it there is no array
    if numpy is not None and types == {numpy.ndarray}:
        return _array([value for value in values if value is not None], depth)
    return None


def _number(integers: list[int], floats: bool) -> str | None:
    low, high = min(integers), max(integers)
    if floats:
        return "float64" if low >= -EXACT and high <= EXACT else None
    if low >= -(2**63) and high < 2**63:
        return "int64"
    return "uint64" if low >= 0 and high < 2**64 else None


def _array(arrays: list[Any], depth: int) -> Kind | None:
    kinds = {
        (array.dtype.kind, 0 if array.dtype.kind == "U" else array.itemsize, array.ndim)
        for array in arrays
    }
    letter, size, dimensions = kinds.pop()
    depth += dimensions
    if kinds or depth > _DEEPEST or letter not in _LETTERS or size > 8:
        return None
    return Kind(_LETTERS[letter] + ("" if letter in "bU" else str(8 * size)), depth)
