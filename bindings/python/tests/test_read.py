"""mimir.read: files as columns, without any other library."""

from __future__ import annotations

import gzip
import json
import math
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy
import pytest
from conftest import ENVIRONMENT, run_python

import mimir
from mimir.errors import MimirWarning


def write(path: Path, *entries: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
    path.write_text(text, encoding="utf-8")
    return path


def test_columns_are_a_mapping_to_lists(path: Path) -> None:
    columns = mimir.read(write(path, {"i": 0, "phase": "a"}, {"i": 1, "phase": "b"}))
    assert columns == {"i": [0, 1], "phase": ["a", "b"]}
    assert list(columns) == ["i", "phase"]
    assert (len(columns), columns.entries) == (2, 2)
    assert repr(columns) == "<mimir.Columns: 2 entries, 2 columns: 'i', 'phase'>"
    with pytest.raises(KeyError, match="'loss'"):
        columns["loss"]


def test_an_empty_log_has_no_columns(path: Path) -> None:
    columns = mimir.read(write(path))
    assert columns == {}
    assert columns.entries == 0
    assert mimir.read(path, keys=["i"]) == {"i": []}
    columns = mimir.read(write(path, {}, {}))
    assert columns == {}
    assert columns.entries == 2


def test_sparse_keys_are_none_and_missing(path: Path) -> None:
    write(path, {"i": 0}, {"i": 1, "val": None}, {}, {"i": 3, "val": 0.5}, {"i": 4})
    columns = mimir.read(path)
    assert columns == {"i": [0, 1, None, 3, 4], "val": [None, None, None, 0.5, None]}
    assert columns.missing("i") == [False, False, True, False, False]
    assert columns.missing("val") == [True, False, True, False, True]
    with pytest.raises(KeyError):
        columns.missing("loss")


def test_nested_keys_are_dotted(path: Path) -> None:
    write(
        path,
        {"val": {"loss": 1, "top": {"1": 0.5}, "none": {}}, "sizes": [1, {"a": 2}]},
        {"val": 3, "empty": {}},
        {"val": {"loss": None}},
    )
    columns = mimir.read(path)
    assert columns == {
        "val.loss": [1, None, None],
        "val.top.1": [0.5, None, None],
        "val.none": [{}, None, None],
        "sizes": [[1, {"a": 2}], None, None],
        "val": [None, 3, None],
        "empty": [None, {}, None],
    }
    assert columns.missing("val.loss") == [False, True, False]


def test_a_very_deep_entry(path: Path) -> None:
    path.write_text('{"a":' * 511 + "1" + "}" * 511 + "\n")
    assert mimir.read(path) == {".".join("a" * 511): [1]}


def test_names_that_collide_lose_nothing(path: Path) -> None:
    write(
        path,
        {"a.b": 1},
        {"a": {"b": 2}},
        {"a.b": 3, "a": {"b": 4}, "a.b#2": 5},
        {"a": {"b": {"c": 6}, "b.c": 7}, "a.b": {"c": None}},
    )
    columns = mimir.read(path)
    assert columns == {
        "a.b": [1, 2, 3, None],
        "a.b#2": [None, None, 4, None],
        "a.b#2#2": [None, None, 5, None],
        "a.b.c": [None, None, None, 6],
        "a.b.c#2": [None, None, None, 7],
        "a.b.c#3": [None, None, None, None],
    }
    assert columns.missing("a.b.c#3") == [True, True, True, False]
    assert list(mimir.read(path, keys=["a.b.c"])) == ["a.b.c", "a.b.c#2", "a.b.c#3"]
    write(path, {"a.b": 1, "a": {"b": 2}}, {"a.b#2": 3})
    assert mimir.read(path, keys=["a.b"]) == {"a.b": [1, None], "a.b#2": [2, None]}


@pytest.mark.parametrize("policy", ["tagged", "string", "literal"])
def test_nonfinite_numbers_come_back(path: Path, policy: str) -> None:
    logger = mimir.Logger(path, formatter=None, nonfinite=policy)
    with pytest.warns(MimirWarning) as caught:
        for loss in (1, 0.5, math.nan, math.inf, -math.inf):
            logger.log({"loss": loss, "nested": {"x": loss}, "text": "NaN"})
    assert len(caught) == 2
    logger.close()
    columns = mimir.read(path)
    for name in ("loss", "nested.x"):
        assert repr(columns[name]) == "[1, 0.5, nan, inf, -inf]"
    assert columns["text"] == ["NaN"] * 5


def test_text_that_looks_nonfinite_stays_among_text(path: Path) -> None:
    write(path, {"a": 1, "b": "NaN"}, {"a": "NaN", "b": True}, {"a": "nan", "b": None})
    assert mimir.read(path) == {"a": [1, "NaN", "nan"], "b": ["NaN", True, None]}


def test_arrays_come_back(path: Path) -> None:
    array = numpy.arange(6, dtype="<f4").reshape(2, 3)
    with mimir.Logger(path, formatter=None) as logger:
        logger.log({"w": array, "deep": {"w": array.T, "list": [array]}})
    columns = mimir.read(path)
    assert list(columns) == ["w", "deep.w", "deep.list"]
    assert columns["w"][0].dtype == array.dtype
    numpy.testing.assert_array_equal(columns["w"][0], array)
    numpy.testing.assert_array_equal(columns["deep.w"][0], array.T)
    numpy.testing.assert_array_equal(columns["deep.list"][0][0], array)


TEXTS = [
    "-0",
    "[-0,-0.0]",
    "1E400",
    "[1e22, 9007199254740993.0, 0.1234567890123456789]",
    "9223372036854775807",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
    "1" + "0" * 400,
    '"\\u00e9 ☃"',
    "[NaN, Infinity, -Infinity]",
    '{"a": 1, "b": 2, "a": 3}',
    '{"\\u005f_ndarray__": "AAA="}',
    '[{"__ndarray__": "AQ==", "descr": "|u1", "fortran_order": false, "shape": [1]}]',
]


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:20])
def test_values_are_those_of_open(path: Path, text: str) -> None:
    """orjson, which parses where it is installed, takes some of them for other values."""
    path.write_text(f'{{"x": [{text}, 1]}}\n', encoding="utf-8")
    with mimir.open(path) as entries:
        expected = [entry["x"] for entry in entries]
    found = mimir.read(path)["x"]
    assert repr(found) == repr(expected)
    assert repr(mimir.read(path, parse_int=int)["x"]) == repr(expected)


def test_keywords_go_to_json(path: Path) -> None:
    write(path, {"i": 1, "x": {"y": 2.5}})
    columns = mimir.read(path, parse_int=str, parse_float=lambda text: [text])
    assert columns == {"i": ["1"], "x.y": [["2.5"]]}
    with pytest.raises(TypeError, match="made list of an entry"):
        mimir.read(path, object_pairs_hook=list)
    with pytest.raises(TypeError, match="nonsense"):
        mimir.read(path, nonsense=1)


def test_keys_choose_and_order(path: Path) -> None:
    write(path, {"i": 0, "val": {"loss": 1}, "valid": 2}, {"val.acc": 3, "loss": 4, "x": None})
    columns = mimir.read(path, keys=["loss", "val", "i", "loss"])
    assert list(columns) == ["loss", "val.loss", "val.acc", "i"]
    assert columns == {
        "loss": [None, 4],
        "val.loss": [1, None],
        "val.acc": [None, 3],
        "i": [0, None],
    }
    assert mimir.read(path, keys="val.loss") == {"val.loss": [1, None]}
    assert mimir.read(path, keys=["x"]).missing("x") == [True, False]
    nothing = mimir.read(path, keys=[])
    assert nothing == {}
    assert nothing.entries == 2
    with pytest.raises(TypeError, match="int"):
        mimir.read(path, keys=[1])  # type: ignore[list-item]


def test_a_key_that_no_entry_has_is_none_and_warned_of(path: Path) -> None:
    write(path, {"i": 0, "val": {"loss": 1}}, {"i": 1})
    with pytest.warns(MimirWarning) as caught:
        columns = mimir.read(path, keys=["val.los", "i", "zzz"])
    assert columns == {"val.los": [None, None], "i": [0, 1], "zzz": [None, None]}
    assert [str(warning.message) for warning in caught] == [
        "no entry has the key 'val.los'; is it 'val.loss'?",
        "no entry has the key 'zzz'",
    ]
    assert caught[0].filename == __file__


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
def test_last_reads_the_end(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with mimir.Logger(path, formatter=None) as logger:
        for i in range(20_000):
            logger.log({"i": i})
        assert mimir.read(path, last=3) == {"i": [19_997, 19_998, 19_999]}
    assert mimir.read(path, last=3) == {"i": [19_997, 19_998, 19_999]}
    assert mimir.read(path, last=0) == {}
    assert mimir.read(path, last=2**80)["i"] == list(range(20_000))
    assert mimir.read([path, path.parent / "." / name], last=2)["i"] == [19_998, 19_999]
    with pytest.raises(ValueError, match="last is -1"):
        mimir.read(path, last=-1)
    with pytest.raises(TypeError):
        mimir.read(path, last=1.5)  # type: ignore[arg-type]


def test_a_gzip_log_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl.gz"
    with gzip.open(path, "wt") as file:
        file.write('{"i": 0}\n{"i": 1}\n')
    assert mimir.read(path) == {"i": [0, 1]}


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
def test_a_log_that_is_being_written(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with mimir.Logger(path, formatter=None) as logger:
        for i in range(5000):
            logger.log({"i": i, "text": "x" * 100})
            if i % 1000 == 500:
                assert mimir.read(path)["i"] == list(range(i + 1))


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
@pytest.mark.parametrize(("last", "most"), [(None, 100), (3, 3)])
def test_reading_ends_though_the_log_grows_as_fast(
    tmp_path: Path, name: str, last: int | None, most: int
) -> None:
    path = tmp_path / name
    calls = []

    def grow(text: str) -> int:
        calls.append(text)
        assert len(calls) <= 100
        logger.log({"i": 9 + len(calls)})
        return int(text)

    with mimir.Logger(path, formatter=None) as logger:
        for i in range(10):
            logger.log({"i": i})
        numbers = mimir.read(path, last=last, parse_int=grow)["i"]
    start = 0 if last is None else 10 - last
    assert min(most, 10) <= len(numbers) <= most
    assert numbers == list(range(start, start + len(numbers)))


WRITER = """
import sys, mimir
logger = mimir.Logger(sys.argv[1], formatter=None)
i = 0
while True:
    logger.log({"i": i, "text": "x" * 100})
    if i % 1000 == 0:
        print(i, flush=True)
    i += 1
"""


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
def test_while_another_process_writes_and_after_its_kill(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert writer.stdout is not None
        for _ in range(5):
            logged = int(writer.stdout.readline())
            numbers = mimir.read(path)["i"]
            assert len(numbers) > logged
            assert numbers == list(range(len(numbers)))
        writer.send_signal(signal.SIGKILL)
        rest = writer.communicate()[0].split()
    finally:
        writer.kill()
        writer.wait()
    numbers = mimir.read(path)["i"]
    assert len(numbers) > int(rest[-1] if rest else logged)
    assert numbers == list(range(len(numbers)))


def test_damage_is_warned_of(path: Path) -> None:
    path.write_text('{"i":0}\n[1]\n{"i":1}\n{"i":')
    with pytest.warns(MimirWarning, match=re.escape(str(path))) as caught:
        assert mimir.read(path) == {"i": [0, 1]}
    assert caught[0].filename == __file__


def test_unicode_and_odd_keys(path: Path) -> None:
    columns = mimir.read(write(path, {"Verlust ☃": {"ü": 1}, "": 2, "a": {"": 3, ".": 4}}))
    assert columns == {"Verlust ☃.ü": [1], "": [2], "a.": [3], "a..": [4]}


ALONE = """
import sys
for name in ("numpy", "orjson", "pandas", "polars", "pyarrow"):
    sys.modules[name] = None
import mimir
columns = mimir.read(sys.argv[1])
print(dict(columns))
for name in ("pandas", "polars", "arrow"):
    try:
        getattr(columns, f"to_{name}")()
    except ImportError as error:
        print(str(error).partition(" (")[0])
"""


def test_nothing_but_the_standard_library_is_needed(path: Path) -> None:
    array = {"__ndarray__": "AQ==", "descr": "|u1", "fortran_order": False, "shape": [1]}
    write(path, {"i": 2**70, "x": math.nan, "w": array, "v": {"w": array}})
    assert run_python(ALONE, str(path)).splitlines() == [
        str({"i": [2**70], "x": [math.nan], "w": [array], "v.w": [array]}),
        "pandas is needed here: pip install 'mimir[pandas]'",
        "polars is needed here: pip install 'mimir[polars]'",
        "pyarrow is needed here: pip install 'mimir[arrow]'",
    ]


def test_reading_imports_none_of_them(path: Path) -> None:
    write(path, {"i": 1})
    code = (
        "import sys, mimir; mimir.read(sys.argv[1])\n"
        "print([name for name in ('numpy', 'pandas', 'polars', 'pyarrow') if name in sys.modules])"
    )
    assert run_python(code, str(path)) == "[]\n"
