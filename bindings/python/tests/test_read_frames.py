"""mimir.read's tables: real pandas, polars and pyarrow."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy
import pandas
import polars
import pyarrow
import pytest
from test_read import write

import mimir


def column(path: Path, *values: Any, **kwargs: Any) -> mimir.Columns:
    """The values in a column x; ... is a missing one."""
    return mimir.read(
        write(path, *({"i": 0} if value is ... else {"x": value} for value in values)), **kwargs
    )


# Values; the types that pandas, polars and Arrow give them; what the latter two have instead.
SAME: list[tuple[list[Any], str, Any, pyarrow.DataType]] = [
    ([1, 2], "int64", polars.Int64, pyarrow.int64()),
    ([1, ..., None], "float64", polars.Int64, pyarrow.int64()),
    ([2**60, ...], "Int64", polars.Int64, pyarrow.int64()),
    ([2**63, 1], "uint64", polars.UInt64, pyarrow.uint64()),
    ([2**63, ...], "UInt64", polars.UInt64, pyarrow.uint64()),
    ([1, 2.5, ...], "float64", polars.Float64, pyarrow.float64()),
    ([1.5, math.inf], "float64", polars.Float64, pyarrow.float64()),
    ([True, False], "bool", polars.Boolean, pyarrow.bool_()),
    ([True, ...], "boolean", polars.Boolean, pyarrow.bool_()),
    ([None, ...], "float64", polars.Null, pyarrow.null()),
    (
        [[1, 2], [], ..., [None]],
        "object",
        polars.List(polars.Int64),
        pyarrow.list_(pyarrow.int64()),
    ),
    ([[1, 2.5]], "object", polars.List(polars.Float64), pyarrow.list_(pyarrow.float64())),
    ([["a"], ["ü"]], "object", polars.List(polars.String), pyarrow.list_(pyarrow.string())),
    (
        [[[1], None], [[2.5]]],
        "object",
        polars.List(polars.List(polars.Float64)),
        pyarrow.list_(pyarrow.list_(pyarrow.float64())),
    ),
]


@pytest.mark.parametrize(("values", "in_pandas", "in_polars", "in_arrow"), SAME, ids=str)
def test_columns_of_one_type(
    path: Path, values: list[Any], in_pandas: str, in_polars: Any, in_arrow: pyarrow.DataType
) -> None:
    columns = column(path, *values)
    expected = [None if value is ... else value for value in values]
    frame = columns.to_pandas()
    assert str(frame["x"].dtype) == in_pandas
    for found, value in zip(frame["x"], expected, strict=True):
        assert found == value if value is not None else found is None or pandas.isna(found)
    series = columns.to_polars()["x"]
    assert series.dtype == in_polars
    assert series.to_list() == expected
    table = columns.to_arrow()
    assert table.schema.field("x").type == in_arrow
    assert table["x"].to_pylist() == expected


MIXED = [
    [1, "one", "1", None],
    [True, 1],
    [2**70, 1],
    [-(2**63) - 1, 2],
    [2**63, -1],
    [2**53 + 1, 0.5],
    [{}, None],
    [{}, 1],
    [[1, "a"], [2]],
    [[{"a": 1, "ü": []}]],
    [[1], 1],
    [[[1], 2]],
    [[2**70]],
]


@pytest.mark.parametrize("values", MIXED, ids=str)
def test_columns_of_mixed_types_are_their_json(path: Path, values: list[Any]) -> None:
    columns = column(path, *values)
    assert columns["x"] == values
    frame = columns.to_pandas()
    assert frame["x"].dtype == object
    assert [(type(found), found) for found in frame["x"]] == [(type(v), v) for v in values]
    series = columns.to_polars()["x"]
    assert series.dtype == polars.String
    assert series.to_list() == columns.to_arrow()["x"].to_pylist()
    texts = series.to_list()
    found = [None if text is None else json.loads(text) for text in texts]
    assert [(type(item), item) for item in found] == [(type(value), value) for value in values]


def test_text(path: Path) -> None:
    columns = column(path, "a", ..., "☃")
    assert columns.to_pandas()["x"].tolist()[::2] == ["a", "☃"]
    assert columns.to_pandas()["x"].isna().tolist() == [False, True, False]
    assert columns.to_polars()["x"].to_list() == ["a", None, "☃"]
    assert columns.to_arrow()["x"].to_pylist() == ["a", None, "☃"]


def test_nonfinite_numbers_and_missing_ones(path: Path) -> None:
    columns = column(path, 1, "NaN", "-Infinity", ...)
    frame = columns.to_pandas()
    assert frame["x"].dtype == "float64"
    numpy.testing.assert_array_equal(frame["x"], [1, math.nan, -math.inf, math.nan])
    for series in (columns.to_polars()["x"].to_list(), columns.to_arrow()["x"].to_pylist()):
        assert repr(series) == "[1.0, nan, -inf, None]"


@pytest.mark.parametrize(
    ("dtype", "in_polars"),
    [
        ("<f8", polars.Float64),
        (">f4", polars.Float32),
        ("<f2", polars.Float32),
        ("<i2", polars.Int16),
        ("|u1", polars.UInt8),
        ("|b1", polars.Boolean),
        ("<U3", polars.String),
    ],
)
def test_arrays(path: Path, dtype: str, in_polars: Any) -> None:
    arrays = [numpy.arange(6).reshape(2, 3).astype(dtype), numpy.ones((1, 1)).astype(dtype)]
    with mimir.Logger(path, formatter=None) as logger:
        for array in arrays:
            logger.log({"x": array})
        logger.log({"i": 0})
    columns = mimir.read(path)
    expected = [*(array.tolist() for array in arrays), None]
    for found, array in zip(columns.to_pandas()["x"], arrays, strict=False):
        assert found.dtype == array.dtype
        numpy.testing.assert_array_equal(found, array)
    series = columns.to_polars()["x"]
    assert series.dtype == polars.List(polars.List(in_polars))
    assert series.to_list() == expected
    assert columns.to_arrow()["x"].to_pylist() == expected


def test_arrays_without_a_type_in_common_are_json(path: Path) -> None:
    arrays = [numpy.arange(3.0), numpy.ones((2, 2)), numpy.array([1j])]
    with mimir.Logger(path, formatter=None) as logger:
        for array in arrays:
            logger.log({"x": array})
    columns = mimir.read(path)
    texts = columns.to_polars()["x"].to_list()
    assert texts == columns.to_arrow()["x"].to_pylist()
    for text, array in zip(texts, arrays, strict=True):
        numpy.testing.assert_array_equal(mimir.serialization.loads(text), array)


def test_what_hooks_make_is_kept_as_text(path: Path) -> None:
    columns = column(path, 0.1, 0.25, parse_float=Decimal)
    assert columns["x"] == [Decimal("0.1"), Decimal("0.25")]
    assert columns.to_pandas()["x"].tolist() == columns["x"]
    assert columns.to_polars()["x"].to_list() == ['"0.1"', '"0.25"']
    assert columns.to_arrow()["x"].to_pylist() == ['"0.1"', '"0.25"']


def test_runs_side_by_side(tmp_path: Path) -> None:
    for name, loss in (("a", 0.5), ("b", 0.25)):
        write(
            tmp_path / name / "log.jsonl", {"i": 0, "val": {"loss": 1.0}}, {"val": {"loss": loss}}
        )
    columns = mimir.read(tmp_path / "*" / "log.jsonl")
    best = columns.to_pandas().groupby("run")["val.loss"].min()
    assert best.to_dict() == {"a": 0.5, "b": 0.25}
    frame = columns.to_polars()
    assert frame.columns == ["run", "i", "val.loss"]
    assert dict(frame.group_by("run").agg(polars.col("val.loss").min()).iter_rows()) == {
        "a": 0.5,
        "b": 0.25,
    }
    assert columns.to_arrow().column_names == ["run", "i", "val.loss"]


def test_tables_of_nothing(path: Path) -> None:
    columns = mimir.read(write(path))
    assert columns.to_pandas().shape == (0, 0)
    assert columns.to_polars().shape == (0, 0)
    assert columns.to_arrow().shape == (0, 0)
    assert mimir.read(write(path, {}, {})).to_pandas().shape == (2, 0)
    empty = mimir.read(write(path), keys=["i"])
    assert empty.to_pandas().shape == (0, 1)
    assert empty.to_polars().shape == (0, 1)
    assert empty.to_arrow().shape == (0, 1)
