from __future__ import annotations

import csv
import json
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import polars
import pyarrow.parquet
import pytest

import mimir

from .conftest import BINARY, Writer, run, training, write_log


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_csv_has_a_column_for_each_dotted_key(log: Path, tmp_path: Path) -> None:
    converted = run("convert", log, tmp_path / "log.csv")
    assert (converted.out, converted.err) == ("", "")
    frame = polars.read_csv(tmp_path / "log.csv")
    assert frame.columns == ["iteration", "loss.train", "loss.test", "phase"]
    expected = list(training(1000))
    assert frame["iteration"].to_list() == list(range(1000))
    assert frame["loss.test"].to_list() == [entry["loss"]["test"] for entry in expected]
    assert frame["phase"].to_list() == [entry["phase"] for entry in expected]


def test_csv_of_values_of_every_kind(tmp_path: Path) -> None:
    entries: list[dict[str, Any]] = [
        {"text": 'comma, "quote"\nline', "list": [1, [2, "x"]], "yes": True},
        {"late": 2**70, "text": "", "empty": {}, "null": None, 'key, "1"': " space "},
        {"text": "é😀", "nested": {"a": {"b": -0.5}}, "list": None},
    ]
    log = write_log(tmp_path / "log.jsonl", entries)
    run("convert", log, tmp_path / "log.csv")
    found = rows(tmp_path / "log.csv")
    assert list(found[0]) == [
        "text", "list", "yes", "late", "empty", "null", 'key, "1"', "nested.a.b"
    ]  # fmt: skip
    assert [row["text"] for row in found] == ['comma, "quote"\nline', "", "é😀"]
    assert [row["list"] for row in found] == ['[1,[2,"x"]]', "", ""]
    assert [row["yes"] for row in found] == ["true", "", ""]
    assert [row["late"] for row in found] == ["", str(2**70), ""]
    assert [row["empty"] for row in found] == ["", "{}", ""]
    assert [row["null"] for row in found] == ["", "", ""]
    assert [row['key, "1"'] for row in found] == ["", " space ", ""]
    assert [row["nested.a.b"] for row in found] == ["", "", "-0.5"]


@pytest.mark.filterwarnings("ignore::mimir.errors.MimirWarning")
def test_csv_has_nan_and_infinities(tmp_path: Path) -> None:
    values = [1.0, float("nan"), float("inf"), float("-inf")]
    log = write_log(tmp_path / "log.jsonl", ({"a": value} for value in values), nonfinite="tagged")
    run("convert", log, tmp_path / "log.csv")
    assert (tmp_path / "log.csv").read_text() == "a\n1.0\nNaN\nInfinity\n-Infinity\n"
    frame = polars.read_csv(tmp_path / "log.csv", schema={"a": polars.Float64})
    assert str(frame["a"].to_list()) == str(values)


def test_csv_of_one_column_has_a_row_for_each_entry(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.jsonl", [{"a": None}, {"a": 1}, {}])
    assert run("convert", log, "-", "--to", "csv").out == 'a\n""\n1\n""\n'


def test_csv_of_a_log_without_entries(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.jsonl.gz", [])
    run("convert", log, tmp_path / "log.csv")
    assert (tmp_path / "log.csv").read_bytes() == b""


def test_plain_to_gzip_and_back(tmp_path: Path) -> None:
    plain = write_log(tmp_path / "log.jsonl", training(5000))
    run("convert", plain, tmp_path / "log.jsonl.gz")
    run("check", tmp_path / "log.jsonl.gz")
    assert json.loads(run("info", "--json", tmp_path / "log.jsonl.gz").out)["format"] == "gzip"
    run("convert", tmp_path / "log.jsonl.gz", tmp_path / "back.jsonl")
    assert (tmp_path / "back.jsonl").read_bytes() == plain.read_bytes()
    # A logger goes on with it.
    write_log(tmp_path / "log.jsonl.gz", [{"more": 1}])
    assert run("cat", tmp_path / "log.jsonl.gz").out == plain.read_text() + '{"more":1}\n'


@pytest.mark.filterwarnings("ignore::mimir.errors.MimirWarning")
def test_nothing_is_lost_of_nan_unless_asked(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.jsonl", [{"a": float("nan")}], nonfinite="literal")
    run("convert", log, tmp_path / "tagged.jsonl.gz")
    assert str(list(mimir.open(tmp_path / "tagged.jsonl.gz"))) == "[{'a': nan}]"
    assert run("convert", log, "-", "--to", "jsonl", "--nonfinite", "null").out == '{"a":null}\n'


def test_never_overwrites_unless_told(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.jsonl", [{"a": 1}])
    target = tmp_path / "log.csv"
    target.write_text("mine")
    refused = run("convert", log, target, status=1)
    assert refused.err == (
        f"mimir: {target} is there already; use another name, or --force to overwrite it\n"
    )
    assert target.read_text() == "mine"
    run("convert", "--force", log, target)
    assert target.read_text() == "a\n1\n"
    assert sorted(tmp_path.iterdir()) == [target, log]
    itself = run("convert", "-f", log, log, status=1)
    assert "is the log itself" in itself.err


def test_never_takes_the_place_of_a_log_that_is_written(
    tmp_path: Path, writer: Callable[[Path, int], Writer]
) -> None:
    log = write_log(tmp_path / "log.jsonl", [{"a": 1}])
    live = writer(tmp_path / "live.jsonl", 1)
    refused = run("convert", "--force", log, tmp_path / "live.jsonl", status=1)
    assert f"pid {live.pid}" in refused.err


def test_a_live_log(tmp_path: Path, writer: Callable[[Path, int], Writer]) -> None:
    live = writer(tmp_path / "log.jsonl.gz", 100)
    run("convert", tmp_path / "log.jsonl.gz", tmp_path / "log.csv")
    assert len(rows(tmp_path / "log.csv")) == 100
    live.close()


@pytest.mark.parametrize("form", ["csv", "jsonl.gz"])
def test_one_that_is_killed_leaves_nothing_half(form: str, long_log: Path, tmp_path: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        target = tmp_path / f"log.{form}"
        process = subprocess.Popen([BINARY, "convert", long_log, target])
        # It writes, but not under its name.
        while not any(path.stat().st_size > 0 for path in tmp_path.iterdir()):
            assert process.poll() is None
            time.sleep(0.001)
        assert not target.exists()
        process.send_signal(number)
        assert process.wait() == -number
        assert not target.exists()
        if number == signal.SIGTERM:
            assert list(tmp_path.iterdir()) == []


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text('{"a":1}\nno entry\n{"a":2}\n')
    converted = run("convert", log, tmp_path / "log.csv", status=2)
    assert "1 line" in converted.err
    assert (tmp_path / "log.csv").read_text() == "a\n1\n2\n"


def test_from_and_to_pipes() -> None:
    text = '{"a":{"b":1}}\n{"a":{"b":2}}\n'
    assert run("convert", "-", "-", "--to", "csv", text=text).out == "a.b\n1\n2\n"
    assert run("convert", "-", "-", "--to", "jsonl", text=text).out == text
    assert "--to" in run("convert", "-", "-", text=text, status=64).err
    assert "gzip" in run("convert", "-", "-", "--to", "gz", text=text, status=64).err
    assert list(csv.reader(StringIO(run("convert", "-", "-", "--to", "csv", text="").out))) == []


def test_a_suffix_that_says_nothing(log: Path, tmp_path: Path) -> None:
    assert "--to" in run("convert", log, tmp_path / "log.txt", status=1).err
    assert "| gzip" in run("convert", log, tmp_path / "log.csv.gz", status=1).err
    assert run("convert", log, tmp_path / "log.txt", "--to", "csv").out == ""
    assert len(rows(tmp_path / "log.txt")) == 1000


def test_parquet_is_made_by_the_line_that_the_error_gives(log: Path, tmp_path: Path) -> None:
    target = tmp_path / "log.parquet"
    refused = run("convert", log, target, status=1)
    assert "does not write Parquet" in refused.err
    assert f"duckdb -c \"copy (from read_ndjson_auto('{log}'" in refused.err
    line = next(line for line in refused.err.splitlines() if "polars" in line and "-c" in line)
    program, *arguments = shlex.split(line)
    assert program == "python"
    subprocess.run([sys.executable, *arguments], check=True)
    table = pyarrow.parquet.read_table(target)
    assert table.num_rows == 1000
    assert table["loss"].to_pylist() == [entry["loss"] for entry in training(1000)]
