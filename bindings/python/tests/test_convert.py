"""Objects that JSON has no word for."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import json
import math
import pathlib
import subprocess
import sys
import types
import uuid
from pathlib import Path
from typing import Any, NamedTuple

import numpy
import pytest

import mimir
from mimir.serialization import serialize


class Color(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


@dataclasses.dataclass
class Point:
    x: int
    where: pathlib.PurePath
    cache: dataclasses.InitVar[int] = 0


class Pair(NamedTuple):
    a: int
    b: Any


class Exported:
    """As JAX's arrays are, and others that NumPy can look at."""

    def __init__(self, values: Any) -> None:
        self.values = numpy.asarray(values)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.values


class OnDevice:
    """As CuPy's arrays are: NumPy may not look at them."""

    __cuda_array_interface__: dict[str, Any] = {}  # noqa: RUF012

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise TypeError("Implicit conversion to a NumPy array is not allowed")

    def get(self) -> Any:
        return numpy.arange(3)


class Lent:
    """Only DLPack."""

    def __init__(self, values: Any) -> None:
        self.values = values

    def __dlpack__(self, **kwargs: Any) -> Any:
        return self.values.__dlpack__(**kwargs)

    def __dlpack_device__(self) -> Any:
        return self.values.__dlpack_device__()


utc = datetime.timezone.utc
PLAIN = [
    ({3, 1, 2}, [1, 2, 3]),
    (frozenset("ba"), ["a", "b"]),
    (collections.deque([1, 2]), [1, 2]),
    (range(3), [0, 1, 2]),
    (types.MappingProxyType({"a": 1}), {"a": 1}),
    (collections.OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
    (Pair(1, {2}), [1, [2]]),
    (pathlib.PurePosixPath("/data/é"), "/data/é"),
    (datetime.datetime(2026, 1, 2, 3, 4, 5, 6, utc), "2026-01-02T03:04:05.000006+00:00"),
    (datetime.datetime(2026, 1, 2), "2026-01-02T00:00:00"),
    (datetime.date(2026, 1, 2), "2026-01-02"),
    (datetime.time(3, 4), "03:04:00"),
    (datetime.timedelta(minutes=1.5), 90.0),
    (Color.RED, "red"),
    (Level.LOW, 1),
    (Point(1, pathlib.PurePosixPath("a")), {"x": 1, "where": "a"}),
    (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (decimal.Decimal("0.1"), 0.1),
    (decimal.Decimal(2**70), 2**70),
    (fractions.Fraction(1, 4), 0.25),
]


@pytest.mark.parametrize("quick", [True, False], ids=["orjson", "json"])
@pytest.mark.parametrize(("value", "expected"), PLAIN, ids=lambda value: type(value).__name__)
def test_it_is_written(
    value: Any, expected: Any, quick: bool, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not quick:
        monkeypatch.setitem(sys.modules, "orjson", None)
    with mimir.Logger(path, formatter=None) as logger:
        logger.log({"x": value, "deep": [{"er": value}]})
    assert json.loads(path.read_text()) == {"x": expected, "deep": [{"er": expected}]}


@pytest.mark.parametrize(
    "array", [Exported([[1.5, 2.5]]), OnDevice(), Lent(numpy.arange(4.0))], ids=type
)
def test_arrays_of_other_libraries(array: Any, path: Path) -> None:
    with mimir.Logger(path, maxlen=1, formatter=None) as logger:
        logger.log({"x": array})
    expected = array.get() if isinstance(array, OnDevice) else array.values
    assert numpy.array_equal(logger[0]["x"], expected)
    assert logger[0]["x"].dtype == expected.dtype


def test_a_number_of_another_library_is_a_number(path: Path) -> None:
    with mimir.Logger(path, formatter=None) as logger:
        logger.log({"x": Exported(numpy.float32(0.1))})
    assert path.read_text() == '{"x":0.1}\n'


@pytest.mark.parametrize("value", [object(), Point, Color, 1j, b"bytes", print])
def test_what_nothing_stands_for_is_refused(value: object, path: Path) -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        serialize(value)
    with mimir.Logger(path, maxlen=1, formatter=None) as logger:
        with pytest.raises(TypeError, match="not JSON serializable"):
            logger.log({"x": value})
        assert len(logger) == 0
    assert path.read_text() == ""


@pytest.mark.filterwarnings("ignore:.* is (NaN|Infinity) in entry")
def test_nonfinite_values_inside_are_kept(path: Path) -> None:
    with mimir.Logger(path, maxlen=1, formatter=None, nonfinite="tagged") as logger:
        logger.log({"x": Pair(1, {math.inf}), "y": decimal.Decimal("NaN"), "z": None})
    found = logger[0]
    assert found["x"] == [1, [math.inf]]
    assert math.isnan(found["y"])
    assert found["z"] is None
    with mimir.open(path) as entries:
        assert next(entries)["x"] == [1, [math.inf]]


def test_arrays_without_numpy() -> None:
    code = """
import sys
sys.modules["numpy"] = None
import mimir
class Array:
    def __array__(self): ...
try:
    mimir.Logger(maxlen=1, formatter=None).log({"x": Array()})
except TypeError as error:
    print(error)
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "NumPy, which is not installed, is needed to log a Array\n"
