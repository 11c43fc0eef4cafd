"""Columns as tables of pandas, polars and Arrow, which are imported when they are asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

from ._columns import Columns
from ._kinds import EXACT, Kind, kind_of
from .serialization import serialize_numpy

_PANDAS_NULLABLE = {"bool": "boolean", "int64": "Int64", "uint64": "UInt64"}
_POLARS = {
    "null": "Null",
    "bool": "Boolean",
    "string": "String",
    "float16": "Float32",  # older versions have none that is shorter
    "float32": "Float32",
    "float64": "Float64",
    **{f"int{bits}": f"Int{bits}" for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": f"UInt{bits}" for bits in (8, 16, 32, 64)},
}
_ARROW = {"bool": "bool_", "float16": "float32"}  # the others are called as they are here


def to_pandas(columns: Columns) -> Any:
    pandas = _library("pandas", "pandas")
    return pandas.DataFrame(
        {name: _pandas_series(pandas, values) for name, values in columns.items()},
        index=pandas.RangeIndex(columns.entries),
        copy=False,
    )


def to_polars(columns: Columns) -> Any:
    polars = _library("polars", "polars")

    def make(values: list[Any], kind: Kind) -> Any:
        dtype = getattr(polars, _POLARS[kind.leaf])
        for _ in range(kind.depth):
            dtype = polars.List(dtype)
        return polars.Series(values=values, dtype=dtype, strict=True)

    return polars.DataFrame({name: _typed(make, columns[name]) for name in columns})


def to_arrow(columns: Columns) -> Any:
    pyarrow = _library("pyarrow", "arrow")

    def make(values: list[Any], kind: Kind) -> Any:
        dtype = getattr(pyarrow, _ARROW.get(kind.leaf, kind.leaf))()
        for _ in range(kind.depth):
            dtype = pyarrow.list_(dtype)
        return pyarrow.array(values, dtype)

    return pyarrow.table({name: _typed(make, columns[name]) for name in columns})


def _library(name: str, extra: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise ImportError(
            f"{name} is needed here: pip install 'mimir[{extra}]' ({error})", name=name
        ) from error


def _pandas_series(pandas: Any, values: list[Any]) -> Any:
    kind = kind_of(values)
    if kind is None or kind.depth:
        return pandas.Series(values, dtype=object)
    if kind.leaf == "string":
        return pandas.Series(values)
    dtype = "float64" if kind.leaf == "null" else kind.leaf
    if dtype in _PANDAS_NULLABLE and None in values:
        dtype = "float64" if dtype != "bool" and _fit_floats(values) else _PANDAS_NULLABLE[dtype]
    return pandas.Series(values, dtype=dtype)


def _fit_floats(values: list[int | None]) -> bool:
    return all(value is None or -EXACT <= value <= EXACT for value in values)


def _typed(make: Callable[[list[Any], Kind], Any], values: list[Any]) -> Any:
    """The values as their own type; those that have none in common as JSON text."""
    kind = kind_of(values)
    if kind is not None:
        return make(_plain(values, float if kind.leaf == "float64" else None), kind)
    return make([None if value is None else _json(value) for value in values], Kind("string"))


def _plain(values: list[Any], number: type[float] | None) -> list[Any]:
    """With lists for arrays and, where there are floats, these for integers among them."""
    types = set(map(type, values)) - {type(None)}
    if list in types:
        return [value if value is None else _plain(value, number) for value in values]
    if number is not None and int in types:
        return [value if value is None else number(value) for value in values]
    if types <= {bool, int, float, str}:
        return values
    return [value if value is None else value.tolist() for value in values]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_default)


def _default(value: Any) -> Any:
    """For arrays, and for what the caller's own hooks made of JSON."""
    try:
        return serialize_numpy(value)
    except TypeError:
        return str(value)
