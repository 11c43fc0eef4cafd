from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any

import numpy
import pytest

import mimir
from mimir.serialization import deserialize_numpy, loads, serialize_numpy

grid = numpy.arange(24, dtype="<i4").reshape(2, 3, 4)
ARRAYS = [
    numpy.arange(6.0).reshape(2, 3),
    numpy.asfortranarray(grid),
    grid[:, ::2, ::-1],
    numpy.zeros((0, 3)),
    numpy.array([True, False]),
    numpy.array([1 + 2j, 3 - 4j], dtype="complex64"),
    numpy.array(["a", "éü"]),
    numpy.array([1, 2], dtype=">u2"),
    numpy.array(["2026-01-02"], dtype="datetime64[D]"),
    numpy.array([(1, 2.5), (3, 4.5)], dtype=[("a", "<i4"), ("b", "<f8")]),
    numpy.array([(1, [[1, 2], [3, 4]])], dtype=[("a", "u1"), ("m", "<f4", (2, 2))]),
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype}{array.shape}")
def test_arrays_come_back(array: Any, path: Path) -> None:
    logger = mimir.Logger(path, maxlen=1, formatter=None)
    logger.log({"x": array})
    logger.close()
    with mimir.open(path) as entries:
        from_disk = next(entries)["x"]
    for found in (from_disk, logger[0]["x"]):
        assert found.dtype == array.dtype
        assert numpy.array_equal(found, array)
        found[...] = found  # it is the reader's own and can be written to


def test_the_form_of_an_array() -> None:
    array = numpy.arange(6.0).reshape(2, 3)
    text = json.dumps(array, default=serialize_numpy)
    data = base64.b64encode(array.tobytes()).decode()
    assert text == (
        f'{{"__ndarray__": "{data}", "descr": "<f8", "fortran_order": false, "shape": [2, 3]}}'
    )
    fortran = serialize_numpy(numpy.asfortranarray(array))
    assert fortran["fortran_order"] is True
    assert base64.b64decode(fortran["__ndarray__"]) == array.tobytes(order="F")


@pytest.mark.parametrize(
    ("scalar", "text"),
    [
        (numpy.float64(0.1), "0.1"),
        (numpy.float32(0.1), "0.1"),
        (numpy.float16(0.1), "0.1"),
        (numpy.float32("nan"), "NaN"),
        (numpy.longdouble(0.5), "0.5"),
        (numpy.uint64(2**64 - 1), "18446744073709551615"),
        (numpy.int8(-3), "-3"),
        (numpy.bool_(True), "true"),
        (numpy.array(7), "7"),
        (numpy.array(0.5), "0.5"),
        (numpy.array({"a": 1}, dtype=object), '{"a": 1}'),
    ],
)
def test_scalars_become_python_numbers(scalar: Any, text: str) -> None:
    assert json.dumps(scalar, default=serialize_numpy) == text


@pytest.mark.parametrize("value", [object(), numpy.array([object()]), 1j, numpy.complex64(1)])
def test_what_json_cannot_hold_is_refused_and_not_stored(value: object, path: Path) -> None:
    with mimir.Logger(path, maxlen=1, formatter=None) as logger:
        with pytest.raises(TypeError):
            logger.log({"x": value})
        assert len(logger) == 0
    assert path.read_text() == ""


@pytest.mark.parametrize(
    "form",
    [
        {"__ndarray__": 1, "descr": "<f8", "fortran_order": False, "shape": [1]},
        {"__ndarray__": "AAA", "descr": "<f8", "fortran_order": False, "shape": [1]},
        {"__ndarray__": "AAAAAAAAAAA=", "descr": "|O", "fortran_order": False, "shape": [1]},
        {"__ndarray__": "AAAAAAAAAAA=", "descr": "<f8", "fortran_order": False, "shape": [2]},
        {"__ndarray__": "AAAAAAAAAAA=", "descr": "<f8", "fortran_order": False, "shape": [-1, -1]},
        {"__ndarray__": "AAAAAAAAAAA=", "descr": "nonsense", "fortran_order": False, "shape": [1]},
        {"__ndarray__": "AAAAAAAAAAA=", "descr": 3, "fortran_order": False, "shape": [1]},
        {"__ndarray__": ""},
        {"__nonfinite__": {"/a": "NaN"}},
        {"a": None, "__nonfinite__": {"/a": "nan"}},
        {"a": None, "__nonfinite__": {"/a": "NaN", "/b": "NaN"}},
        {"a": [None], "__nonfinite__": {"/a/1": "NaN"}},
        {"a": 1, "__nonfinite__": {"/a": "NaN"}},
        {"__nonfinite__": {"/a": "NaN"}, "a": None},
        {"a": None, "__nonfinite__": [1]},
        {"a": None, "__nonfinite__": {}},
    ],
)
def test_forms_that_are_not_ours_stay_what_they_are(form: dict[str, Any]) -> None:
    assert loads(json.dumps(form)) == form


def test_loads_with_an_object_hook_of_its_own() -> None:
    text = json.dumps({"x": numpy.arange(2)}, default=serialize_numpy)
    assert isinstance(loads(text)["x"], numpy.ndarray)
    assert isinstance(loads(text.encode())["x"], numpy.ndarray)
    assert isinstance(loads(text, parse_int=float)["x"], dict)  # its shape is not of integers
    assert loads(text, object_hook=None)["x"]["shape"] == [2]


def test_without_numpy_the_form_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    form = serialize_numpy(numpy.arange(2))
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert deserialize_numpy(form) is form
    with pytest.raises(TypeError, match="set"):
        serialize_numpy({1})


@pytest.mark.parametrize(
    ("kwargs", "expected"),
    [
        ({}, '{"b":"é","a":1.0}\n'),
        ({"sort_keys": True}, '{"a":1.0,"b":"é"}\n'),
        ({"ensure_ascii": True}, '{"b":"\\u00e9","a":1.0}\n'),
        ({"indent": 2}, '{"b":"é","a":1.0}\n'),  # a log has one line an entry
        ({"separators": (", ", ": ")}, '{"b":"é","a":1.0}\n'),
    ],
)
def test_kwargs_go_to_json(kwargs: dict[str, Any], expected: str, path: Path) -> None:
    with mimir.Logger(path, formatter=None, **kwargs) as logger:
        logger.log({"b": "é", "a": 1.0})
    assert path.read_text(encoding="utf-8") == expected


def test_an_encoder_class(path: Path) -> None:
    class Sets(json.JSONEncoder):
        def default(self, o: object) -> object:
            return sorted(o) if isinstance(o, set) else super().default(o)

    with mimir.Logger(path, formatter=None, cls=Sets, default=None) as logger:
        logger.log({"s": {2, 1}})
    assert path.read_text() == '{"s":[1,2]}\n'


def test_a_misspelt_option_is_refused_before_the_file_is_made(path: Path) -> None:
    with pytest.raises(TypeError, match="maxlength"):
        mimir.Logger(path, maxlength=3)
    assert not path.exists()


def test_the_fast_encoder_writes_what_json_does() -> None:
    logger = mimir.Logger(maxlen=1, formatter=None)
    entry: dict[Any, Any] = {
        "text": 'quote " back \\ tab \t nul \0 é \u2028 😀',
        "numbers": [0, -1, 2**70, 0.1, 1e300, 5e-324, -0.0],
        "others": [True, None, {}, [], (), {"deep": [{"er": 1}]}],
        1: "int key",
        None: "null key",
        0.5: "float key",
    }
    logger.log(entry)
    assert repr(logger[0]) == repr(json.loads(json.dumps(entry)))


def test_a_circle_is_refused_and_the_next_entry_is_not() -> None:
    logger = mimir.Logger(maxlen=1, formatter=None)
    circle: dict[str, Any] = {}
    circle["self"] = circle
    with pytest.raises(ValueError, match=r"(?i)circular"):
        logger.log(circle)
    logger.log({"i": 1})
    assert logger[0] == {"i": 1}
