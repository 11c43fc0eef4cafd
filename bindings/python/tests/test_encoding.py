"""orjson and json write the same entries."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy
import orjson
import pytest

import mimir

ENTRIES: list[dict[Any, Any]] = [
    {"text": 'quote " back \\ tab \t nul \0 del \x7f é \u2028 😀', "/": "/"},
    {"numbers": [0, -1, 2**63, 2**64 - 1, -(2**63), 0.1, 1e300, 5e-324, -0.0, 1e16, 123456789.0]},
    {"large": [2**64, 2**70, -(2**63) - 1]},
    {"others": [True, False, None, {}, [], (), {"deep": [{"er": 1}]}]},
    {1: "int key", None: "null key", 0.5: "float key", False: "bool key"},
    {"nan": math.nan, "infinities": [math.inf, {"x": -math.inf}], "null": "null"},
    {"numpy": [numpy.float32(0.1), numpy.float64("nan"), numpy.int8(-3), numpy.bool_(True)]},
    {"float subclass": numpy.float64(0.1), "string subclass": numpy.str_("s")},
    {numpy.str_("key"): 1},
]


def logged(entry: dict[Any, Any], path: Path, **options: Any) -> bytes:
    with mimir.Logger(path, formatter=None, **options) as logger:
        logger.log(entry)
    return path.read_bytes()


@pytest.mark.filterwarnings("ignore:.* is (NaN|Infinity|-Infinity) in entry")
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: str(next(iter(entry))))
def test_both_write_the_same(
    entry: dict[Any, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = logged(entry, tmp_path / "orjson", nonfinite="literal")
    monkeypatch.setitem(sys.modules, "orjson", None)
    exact = logged(entry, tmp_path / "json", nonfinite="literal")
    assert repr(json.loads(quick)) == repr(json.loads(exact))
    assert list(json.loads(quick)) == list(json.loads(exact))


def test_what_orjson_refuses_json_explains(path: Path) -> None:
    circle: dict[str, Any] = {}
    circle["self"] = circle
    deep: dict[str, Any] = {}
    for _ in range(500):  # orjson stops at 255
        deep = {"deeper": deep}
    with mimir.Logger(path, maxlen=2, formatter=None) as logger:
        with pytest.raises(ValueError, match=r"(?i)circular"):
            logger.log(circle)
        with pytest.raises(TypeError, match="Object of type object is not JSON serializable"):
            logger.log({"x": object()})
        with pytest.raises(ValueError, match="surrogates not allowed"):
            logger.log({"x": "\ud800"})
        logger.log(deep)
        assert logger[0] == deep


def test_it_is_used_only_without_keywords(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def dumps(*arguments: Any) -> bytes:
        calls.append(arguments)
        return original(*arguments)

    original = orjson.dumps
    monkeypatch.setattr(orjson, "dumps", dumps)
    assert logged({"x": 1}, path) == b'{"x":1}\n'
    assert len(calls) == 1
    assert logged({"y": 1, "x": 1}, path, sort_keys=True).endswith(b'{"x":1,"y":1}\n')
    assert len(calls) == 1
