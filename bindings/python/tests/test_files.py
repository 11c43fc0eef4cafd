"""Opening, closing, failing files."""

from __future__ import annotations

import gc
import gzip
import math
import os
import re
import subprocess
import sys
import warnings
from collections import UserDict
from pathlib import Path
from typing import Any

import pytest
from conftest import ENVIRONMENT, lines, run_python

import mimir
from mimir.errors import ClosedError, ForkedError, LockedError, MimirError, MimirWarning


def test_append_is_the_default(path: Path) -> None:
    for i in range(3):
        with mimir.Logger(path, formatter=None) as logger:
            logger.log({"i": i})
    assert lines(path) == [{"i": 0}, {"i": 1}, {"i": 2}]


def test_truncate_and_exclusive(path: Path) -> None:
    path.write_text('{"i":0}\n')
    with pytest.raises(FileExistsError):
        mimir.Logger(path, mode="exclusive")
    with mimir.Logger(path, formatter=None, mode="truncate") as logger:
        logger.log({"i": 1})
    assert lines(path) == [{"i": 1}]


def test_filename_as_bytes_and_non_ascii(tmp_path: Path) -> None:
    path = tmp_path / "übung ☃.jsonl"
    with mimir.Logger(os.fsencode(path), formatter=None) as logger:
        logger.log({"i": 1})
    assert lines(path) == [{"i": 1}]


def test_interval_flush(path: Path) -> None:
    with mimir.Logger(path, formatter=None, flush="interval", flush_interval=3600) as logger:
        logger.log({"i": 1})
        assert lines(path) == []
        logger.flush()
        assert lines(path) == [{"i": 1}]
        logger.log({"i": 2})
    assert lines(path) == [{"i": 1}, {"i": 2}]


@pytest.mark.parametrize(
    "options",
    [
        {"mode": "w"},
        {"flush": "never"},
        {"durability": 1},
        {"nonfinite": None},
        {"on_error": "ignore"},
        {"flush_interval": 0},
        {"flush_interval": float("nan")},
        {"maxlen": -1},
        {"max_entry_bytes": 0},
        {"max_entry_bytes": 2**40},
        {"max_pending_bytes": 2**70},
        {"filename": "with\0null"},
        {"filename": ""},
    ],
    ids=str,
)
def test_bad_options_are_value_errors(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(options)).split("_")[0]):
        mimir.Logger(**options)


def test_maxlen_is_an_integer() -> None:
    with pytest.raises(TypeError):
        mimir.Logger(maxlen="10")  # type: ignore[arg-type]


@pytest.mark.parametrize("entry", [[1], "text", None, 3, [("a", 1)]])
def test_an_entry_is_a_mapping(entry: Any, path: Path) -> None:
    with (
        mimir.Logger(path, formatter=None) as logger,
        pytest.raises(TypeError, match=type(entry).__name__),
    ):
        logger.log(entry)
    assert lines(path) == []


def test_other_mappings_are_taken(path: Path) -> None:
    with mimir.Logger(path, formatter=None) as logger:
        logger.log(UserDict(a=1))
    assert lines(path) == [{"a": 1}]


def test_entries_that_are_too_large_or_no_text(path: Path) -> None:
    with mimir.Logger(path, maxlen=9, formatter=None, max_entry_bytes=100) as logger:
        with pytest.raises(ValueError, match="100 bytes"):
            logger.log({"x": "x" * 100})
        with pytest.raises(UnicodeEncodeError):
            logger.log({"x": "\ud800"})
        assert len(logger) == 0
        logger.log({"x": 1})
    assert lines(path) == [{"x": 1}]


def test_use_after_close(path: Path) -> None:
    logger = mimir.Logger(path, formatter=None)
    logger.log({"i": 1})
    logger.close()
    for use in (lambda: logger.log({}), logger.flush, lambda: logger.load(path)):
        with pytest.raises(ClosedError) as caught:
            use()
        assert isinstance(caught.value, ValueError)
    assert logger.stats["entries"] == 1
    assert logger.stats["bytes"] == len(path.read_bytes())


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        mimir.Logger(tmp_path / "absent" / "log.jsonl")
    assert isinstance(caught.value, MimirError)
    assert caught.value.code == -14
    assert "absent" in str(caught.value)


def test_a_folder_is_no_log(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=re.escape(str(tmp_path))):
        mimir.Logger(tmp_path)


def test_a_full_disk_warns_once_and_raises_nothing() -> None:
    logger = mimir.Logger("/dev/full", maxlen=10, formatter=None)
    with pytest.warns(MimirWarning, match="/dev/full") as caught:
        for i in range(5):
            logger.log({"i": i})
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert len(logger) == 5
    assert logger.stats["pending_entries"] == 5
    with pytest.warns(MimirWarning, match="5 entries .* lost") as caught:
        logger.close()
    assert caught[0].filename == __file__


def test_what_is_dropped_for_a_full_disk_is_a_warning_of_its_own() -> None:
    logger = mimir.Logger("/dev/full", formatter=None, max_pending_bytes=30)
    with pytest.warns(MimirWarning) as caught:
        for i in range(9):
            logger.log({"number": i})
    assert [("is lost" in str(warning.message)) for warning in caught] == [False, True]
    assert logger.stats["dropped"] == 7
    with pytest.warns(MimirWarning, match="lost"):
        logger.close()


def test_a_full_disk_raises_when_asked() -> None:
    logger = mimir.Logger("/dev/full", maxlen=10, formatter=None, on_error="raise")
    with pytest.raises(OSError, match="/dev/full") as caught:
        logger.log({"i": 0})
    assert isinstance(caught.value, mimir.errors.NoSpaceError)
    with pytest.raises(OSError, match="/dev/full"):
        logger.flush()
    with pytest.raises(OSError, match="lost"):
        logger.close()
    logger.close()
    assert list(logger) == [{"i": 0}]


def test_a_torn_line_is_cut_off_with_a_warning(path: Path) -> None:
    path.write_text('{"i":1}\n{"i":')
    with pytest.warns(MimirWarning, match="torn") as caught:
        logger = mimir.Logger(path, maxlen=5, formatter=None)
    assert caught[0].filename == __file__
    assert list(logger) == [{"i": 1}]
    assert logger.stats["repaired_bytes"] == 5
    logger.close()


def test_two_loggers_on_one_path(path: Path) -> None:
    with mimir.Logger(path, formatter=None) as one, mimir.Logger(path, formatter=None) as other:
        for i in range(4):
            (one, other)[i % 2].log({"i": i})
        one.close()
        other.log({"i": 4})
    assert lines(path) == [{"i": i} for i in range(5)]


HOLD = """
import sys, mimir
logger = mimir.Logger(sys.argv[1], formatter=None)
print("open", flush=True)
sys.stdin.read()
"""


def test_a_log_of_another_process_is_locked(path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(
        command, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(BlockingIOError, match=str(holder.pid)) as caught:
            mimir.Logger(path)
        assert isinstance(caught.value, LockedError)
        holder.communicate("")
    mimir.Logger(path).close()


def in_child(body: Any) -> str:
    """What a forked child has to say of body()."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            said = str(body())
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with open(reading) as answers:
        said = answers.read()
    assert os.waitpid(child, 0)[1] == 0
    return said


def test_a_forked_child_leaves_the_parents_log_alone(path: Path) -> None:
    logger = mimir.Logger(path, maxlen=5, formatter=None)
    logger.log({"i": 0})
    assert in_child(lambda: logger.log({"i": 1})).startswith("ForkedError: ")
    assert in_child(lambda: len(logger)).startswith("ForkedError: ")
    assert in_child(lambda: logger[0]).startswith("ForkedError: ")
    assert in_child(logger.close) == "None"
    logger.log({"i": 2})
    logger.close()
    assert lines(path) == [{"i": 0}, {"i": 2}]
    assert issubclass(ForkedError, RuntimeError)


def test_a_forked_child_opens_a_log_of_its_own(path: Path, tmp_path: Path) -> None:
    def own() -> int:
        with mimir.Logger(tmp_path / "child.jsonl", formatter=None) as logger:
            logger.log({"child": 1})
        return len(lines(tmp_path / "child.jsonl"))

    with mimir.Logger(path, formatter=None) as logger:
        logger.log({"i": 0})
        assert in_child(own) == "1"


def test_a_forgotten_log_is_closed_with_a_resource_warning(path: Path) -> None:
    with pytest.warns(ResourceWarning, match=re.escape(str(path))):
        mimir.Logger(path, formatter=None).log({"i": 1})
    run = run_python(
        "import sys, mimir; mimir.Logger(sys.argv[1]).close(); print('free')", str(path)
    )
    assert run == "free\n"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mimir.Logger(maxlen=1, formatter=None).log({"i": 1})
        gc.collect()


AT_EXIT = """
import sys, mimir
logger = mimir.Logger(sys.argv[1], formatter=None, flush="interval", flush_interval=3600)
for i in range(1000):
    logger.log({"i": i})
"""


def test_leaving_the_interpreter_loses_nothing(path: Path) -> None:
    assert run_python(AT_EXIT, str(path)) == ""
    assert len(lines(path)) == 1000


def test_open_reads_entries_and_lines(path: Path) -> None:
    path.write_text('{"i":1}\n\n {"i": 2}\r\n{"i":3}', newline="")
    with mimir.open(path) as entries:
        assert list(entries) == [{"i": 1}, {"i": 2}, {"i": 3}]
    with mimir.open(str(path), raw_text=True) as texts:
        assert list(texts) == ['{"i":1}\n', '{"i":2}\n', '{"i":3}\n']
    with mimir.open(path, parse_int=str) as entries:
        assert next(entries) == {"i": "1"}


@pytest.mark.parametrize("raw_text", [False, True])
def test_open_leaves_a_torn_last_line_out(path: Path, raw_text: bool) -> None:
    path.write_text('{"i":1}\n{"i":')
    with mimir.open(path, raw_text=raw_text) as entries:
        assert next(entries)
        with pytest.warns(MimirWarning, match="torn entry"):
            assert list(entries) == []


def test_open_leaves_out_what_is_no_entry(path: Path) -> None:
    path.write_bytes(b'{"i":1}\n[1]\nnull\n{"i":\xff}\n{"i":2}\n')
    with pytest.warns(MimirWarning, match="3 lines of ") as caught, mimir.open(path) as entries:
        assert list(entries) == [{"i": 1}, {"i": 2}]
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_a_loop_needs_no_with(path: Path) -> None:
    with mimir.Logger(path, formatter=None) as logger:
        for i in range(3):
            logger.log({"i": i})
    opened = mimir.open(path)
    for _ in range(2):
        assert [entry["i"] for entry in opened] == [0, 1, 2]
    assert next(iter(mimir.open(path, raw_text=True))) == '{"i":0}\n'
    with pytest.raises(FileNotFoundError):
        list(mimir.open(path.with_name("other")))


def test_open_reads_gzip(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl.gz"
    with gzip.open(path, "wt") as file:
        file.write('{"i":1}\n{"i":2}\n')
    with mimir.open(path) as entries:
        assert list(entries) == [{"i": 1}, {"i": 2}]
    path.write_bytes(path.read_bytes()[:-8])
    with mimir.open(path) as entries, pytest.warns(MimirWarning, match="cut short"):
        assert list(entries) == [{"i": 1}, {"i": 2}]
    with mimir.open(path) as entries:
        pass
    with pytest.raises(ClosedError):
        next(entries)


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
def test_open_reads_a_live_log(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with mimir.Logger(path, formatter=None, nonfinite="tagged") as logger:
        with pytest.warns(MimirWarning, match="/loss is Infinity"):
            for i in range(2000):
                logger.log({"i": i, "loss": math.inf})
        with mimir.open(path) as entries:
            assert list(entries) == [{"i": i, "loss": math.inf} for i in range(2000)]
        again = mimir.Logger(path, maxlen=2, formatter=None)
        assert [entry["i"] for entry in again] == [1998, 1999]
        again.close()
    reader = mimir.Logger(maxlen=3, formatter=None)
    assert reader.load(path) == 2000
    assert reader[0] == {"i": 1997, "loss": math.inf}
    reader.close()


def test_open_warns_of_damage_when_left_early(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('[1]\n{"i":1}\n{"i":2}\n')
    with pytest.warns(MimirWarning, match="1 line of ") as caught, mimir.open(path) as entries:
        assert next(entries) == {"i": 1}
    assert caught[0].filename == __file__


def test_open_of_nothing(path: Path) -> None:
    with pytest.raises(FileNotFoundError), mimir.open(path):
        pass
