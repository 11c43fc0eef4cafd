from __future__ import annotations

import gzip
import io
import json
import math
import sys
from pathlib import Path
from typing import Any, TextIO

import pytest
from conftest import lines

import mimir
from mimir.formatters import simple_formatter
from mimir.handlers import GzipJSONHandler, Handler, JSONHandler, PrintHandler


class Collector(Handler):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.got: list[Any] = []
        self.closed = 0

    def log(self, entry: Any) -> None:
        self.got.append(entry)

    def close(self) -> None:
        self.closed += 1


class JSONCollector(Collector):
    JSON = True


class Broken(Collector):
    def log(self, entry: Any) -> None:
        raise BrokenPipeError("the viewer went away")


def without_samples(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != "sample"}


def even(entry: dict[str, Any]) -> dict[str, Any] | None:
    return entry if entry["i"] % 2 == 0 else None


def test_nested_entries_are_indented() -> None:
    fp = io.StringIO()
    simple_formatter({"a": 1, "b": {"c": "x", "d": {"e": None}}, "f": [1, 2]}, fp)
    assert fp.getvalue() == "a: 1\nb:\n  c: x\n  d:\n    e: None\nf: [1, 2]\n"
    fp = io.StringIO()
    simple_formatter({"a": {"b": 1}}, fp, indent=2)
    assert fp.getvalue() == "  a:\n    b: 1\n"


def test_nested_printing(capsys: pytest.CaptureFixture[str]) -> None:
    mimir.Logger().log({"error": {"training": 0.5, "validation": 0.75}})
    assert capsys.readouterr().out == "error:\n  training: 0.5\n  validation: 0.75\n"


def test_custom_formatter(capsys: pytest.CaptureFixture[str]) -> None:
    def formatter(entry: Any, fp: TextIO) -> None:
        print(f"<{entry['i']}>", file=fp)

    mimir.Logger(formatter=formatter).log({"i": 1})
    assert capsys.readouterr().out == "<1>\n"


def test_no_formatter_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    logger = mimir.Logger(formatter=None)
    logger.log({"i": 1})
    assert capsys.readouterr().out == ""
    assert logger.handlers == []


def test_order_of_handlers(path: Path) -> None:
    with mimir.Logger(path) as logger:
        assert [handler.JSON for handler in logger.handlers] == [True, False]
        assert isinstance(logger.handlers[1], PrintHandler)


def test_print_handler_with_a_file_of_its_own() -> None:
    fp = io.StringIO()
    logger = mimir.Logger(formatter=None)
    logger.handlers.append(PrintHandler(simple_formatter, fp, filters=[even]))
    logger.log({"i": 1})
    logger.log({"i": 2})
    assert fp.getvalue() == "i: 2\n"
    logger.close()
    assert fp.closed


def test_a_standard_stream_stays_open(capsys: pytest.CaptureFixture[str]) -> None:
    with mimir.Logger(formatter=None) as logger:
        logger.handlers += [PrintHandler(fp=sys.stdout), JSONHandler(sys.stderr)]
        logger.log({"i": 1})
    print("still there")
    assert capsys.readouterr() == ("i: 1\nstill there\n", '{"i":1}\n')


def test_json_handler(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    with mimir.Logger(formatter=None) as logger:
        fp = path.open("w", encoding="utf-8")
        logger.handlers.append(JSONHandler(fp, filters=[even]))
        for i in range(3):
            logger.log({"i": i, "text": "é"})
    assert fp.closed
    assert lines(path) == [{"i": 0, "text": "é"}, {"i": 2, "text": "é"}]


@pytest.mark.filterwarnings("ignore:/x is NaN in entry 1")
@pytest.mark.parametrize("buffered", [True, False])
def test_gzip_json_handler(buffered: bool, tmp_path: Path) -> None:
    with mimir.Logger(formatter=None) as logger:
        handler = GzipJSONHandler(tmp_path / "log.jsonl", buffered, filters=[even])
        logger.handlers.append(handler)
        for i in range(4):
            logger.log({"i": i, "x": math.nan})
        with gzip.open(handler.filename, "rt") as file:  # before it is closed
            assert [json.loads(line) for line in file] == [{"i": i, "x": None} for i in (0, 2)]
    assert handler.filename == str(tmp_path / "log.jsonl.gz")
    with mimir.open(handler.filename) as entries:
        assert [entry["i"] for entry in entries] == [0, 2]


def test_entry_or_text_with_filters() -> None:
    plain, text = Collector(filters=[even]), JSONCollector(filters=[even, without_samples])
    logger = mimir.Logger(maxlen=10, formatter=None)
    logger.handlers += [plain, text]
    for i in range(3):
        logger.log({"i": i, "sample": "é"})
    assert plain.got == [{"i": 0, "sample": "é"}, {"i": 2, "sample": "é"}]
    assert text.got == ['{"i":0}', '{"i":2}']
    assert len(logger) == 3


def test_equal_filters_run_once() -> None:
    calls = []

    def count(entry: dict[str, Any]) -> dict[str, Any]:
        calls.append(entry)
        return entry

    logger = mimir.Logger(formatter=None)
    collectors = [JSONCollector(filters=[count]) for _ in range(3)]
    logger.handlers += collectors
    logger.log({"i": 1})
    assert len(calls) == 1
    assert all(collector.got == ['{"i":1}'] for collector in collectors)


def test_a_handlers_own_filter_method_is_asked() -> None:
    class Doubling(Collector):
        def filter(self, entry: Any) -> Any:
            return {"i": entry["i"] * 2}

    handler = Doubling()
    logger = mimir.Logger(formatter=None)
    logger.handlers.append(handler)
    logger.log({"i": 1})
    assert handler.got == [{"i": 2}]


def test_filters_of_the_file_leave_memory_alone(path: Path) -> None:
    with mimir.Logger(path, maxlen=10, formatter=None) as logger:
        logger.log({"i": -2, "sample": 1})
        logger.handlers[0].filters += [even, without_samples]
        for i in range(4):
            logger.log({"i": i, "sample": 1})
        logger.handlers[0].filters.clear()
        logger.log({"i": 9, "sample": 1})
        assert [entry["i"] for entry in logger] == [-2, 0, 1, 2, 3, 9]
        assert logger[1] == {"i": 0, "sample": 1}
    assert lines(path) == [{"i": -2, "sample": 1}, {"i": 0}, {"i": 2}, {"i": 9, "sample": 1}]
    assert [entry["i"] for entry in logger] == [-2, 0, 1, 2, 3, 9]


def test_removing_the_file_from_the_handlers(path: Path) -> None:
    with mimir.Logger(path, maxlen=10, formatter=None) as logger:
        logger.log({"i": 0})
        file = logger.handlers.pop(0)
        logger.log({"i": 1})
        logger.handlers.append(file)
        logger.log({"i": 2})
        assert [entry["i"] for entry in logger] == [0, 1, 2]
    assert lines(path) == [{"i": 0}, {"i": 2}]
    with pytest.raises(ValueError, match="closed"):
        logger.log({})


def test_close_closes_every_handler_once() -> None:
    class Stubborn(Collector):
        def close(self) -> None:
            super().close()
            raise ValueError("will not close")

    first, second = Stubborn(), Collector()
    logger = mimir.Logger(formatter=None)
    logger.handlers += [first, second]
    with pytest.raises(ValueError, match="will not close"):
        logger.close()
    logger.close()
    assert (first.closed, second.closed) == (1, 1)


def test_a_broken_console_stops_nothing(path: Path) -> None:
    after = Collector()
    with mimir.Logger(path, formatter=None) as logger:
        logger.handlers += [Broken(), after]
        with pytest.warns(mimir.errors.MimirWarning, match="went away") as caught:
            logger.log({"i": 0})
            logger.log({"i": 1})
        assert len(caught) == 1
    assert after.got == [{"i": 0}, {"i": 1}]
    assert len(lines(path)) == 2


def test_a_broken_console_raises_when_asked() -> None:
    logger = mimir.Logger(formatter=None, on_error="raise")
    logger.handlers.append(Broken())
    with pytest.raises(BrokenPipeError):
        logger.log({"i": 0})
