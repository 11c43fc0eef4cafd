from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy
import pytest

from .conftest import Terminal, Writer, damage, run, training, write_log


def info(path: Path, status: int = 0) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(run("info", "--json", path, status=status).out)
    return result


def keys(path: Path) -> dict[str, Mapping[str, Any]]:
    return {key["name"]: key for key in info(path)["keys"]}


def test_tells_what_a_log_holds(log: Path) -> None:
    told = info(log)
    assert told["log"] == str(log)
    assert told["state"] == "complete"
    assert told["writers"] == []
    assert told["entries"] == 1000
    assert told["bytes"] == log.stat().st_size
    assert told["problem"] is None
    assert told["time"] is None
    assert told["format"] == ("gzip" if log.suffix == ".gz" else "plain")
    assert [key["name"] for key in told["keys"]] == [
        "iteration",
        "loss.train",
        "loss.test",
        "phase",
    ]
    assert told["keys"][0] == {
        "name": "iteration",
        "entries": 1000,
        "types": {"integer": 1000},
        "null": 0,
        "nan": 0,
        "infinite": 0,
        "min": 0,
        "max": 999,
    }
    assert (told["keys"][1]["min"], told["keys"][1]["max"]) == (0.001, 1.0)
    assert told["keys"][3]["types"] == {"string": 1000}


@pytest.mark.filterwarnings("ignore::mimir.errors.MimirWarning")
def test_keys_of_every_type(tmp_path: Path) -> None:
    big = 2**70
    log = write_log(
        tmp_path / "log.jsonl",
        [
            {"a": 1, "b": True, "list": [1, {"x": 2}], "empty": {}, "n": None, 'q".é': "x"},
            {"a": 0.5, "b": "no", "array": numpy.zeros(3), "big": big, "new": -3},
            {"a": float("nan"), "nest": {"deep": {"er": 7}}, "nest.deep": 1},
            {"a": float("-inf")},
        ],
        nonfinite="tagged",
    )
    found = keys(log)
    assert found["a"]["types"] == {"integer": 1, "float": 3}
    assert (found["a"]["nan"], found["a"]["infinite"]) == (1, 1)
    assert (found["a"]["min"], found["a"]["max"]) == (0.5, 1)
    assert found["b"]["types"] == {"boolean": 1, "string": 1}
    assert found["list"]["types"] == {"array": 1}
    assert found["empty"]["types"] == {"object": 1}
    assert found["array"]["types"] == {"ndarray": 1}
    assert (found["n"]["null"], found["n"]["types"]) == (1, {})
    assert found["big"]["max"] == big
    assert found["new"]["min"] == -3
    assert found["nest.deep.er"]["max"] == 7
    assert found["nest.deep"]["types"] == {"integer": 1}
    assert 'q".é' in found
    assert "list.x" not in found
    assert "__nonfinite__" not in found


def test_the_table(tmp_path: Path) -> None:
    entries = [{"step": step, "loss": {"train": step / 7}} for step in range(2000)]
    entries += [{"loss": {"train": None}}]
    log = write_log(tmp_path / "log.jsonl.gz", entries)
    told = run("info", log)
    lines = told.out.splitlines()
    assert lines[0] == str(log)
    assert lines[1] == "  state    complete"
    assert re.fullmatch(
        r"  format   gzip log, [\d.]+ k?B; [\d.]+ kB of text, [\d.]+ times that", lines[2]
    )
    assert lines[3] == "  entries  2,001"
    assert lines[4] == ""
    assert lines[5:] == [
        "  key         type     entries  null  min      max",
        "  step        integer    2,000          0     1999",
        "  loss.train  float      2,001     1  0.0  285.571",
    ]


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
def test_a_live_log_names_its_writer(
    name: str, tmp_path: Path, writer: Callable[[Path, int], Writer]
) -> None:
    path = tmp_path / name
    live = writer(path, 10)
    told = info(path)
    assert (told["state"], told["writers"], told["entries"]) == ("live", [live.pid], 10)
    assert f"being written by the process with pid {live.pid}" in run("info", path).out
    live.kill()
    assert info(path)["state"] == "complete"


def test_a_torn_a_damaged_and_a_foreign_log(tmp_path: Path) -> None:
    torn = write_log(tmp_path / "torn.jsonl", training(10))
    os.truncate(torn, torn.stat().st_size - 3)
    told = info(torn, status=2)
    assert (told["state"], told["entries"]) == ("torn", 9)
    assert "torn entry" in told["problem"]

    damaged = damage(write_log(tmp_path / "damaged.jsonl.gz", training(10)), 0.6)
    told = info(damaged, status=2)
    assert told["state"] == "damaged"

    foreign = tmp_path / "foreign.jsonl.gz"
    foreign.write_bytes(gzip.compress(b'{"a":1}\n'))
    told = info(foreign)
    assert (told["state"], told["format"], told["entries"]) == ("complete", "foreign gzip", 1)
    assert "gzip of another program" in run("info", foreign).out


@pytest.mark.parametrize(
    ("times", "start", "end"),
    [
        ([1.7e9, 1.7e9 + 90], 1.7e9, 1.7e9 + 90),
        ([1_700_000_000_000, 1_700_000_090_000], 1.7e9, 1.7e9 + 90),
        (["2023-11-14T22:13:20Z", "2023-11-14T23:14:50.25+01:00"], 1.7e9, 1.7e9 + 90),
    ],
)
def test_the_time_it_goes_over(
    times: list[float | str], start: float, end: float, tmp_path: Path
) -> None:
    log = write_log(tmp_path / "log.jsonl", ({"timestamp": time} for time in times))
    assert info(log)["time"] == {"key": "timestamp", "start": start, "end": end}
    text = "  time     2023-11-14 22:13:20 to 2023-11-14 22:14:50 UTC (1 min 30 s)\n"
    assert text in run("info", log).out


def test_a_key_cannot_steer_the_terminal(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.jsonl", [{"a\x1b[2J\u009b": 1}])
    assert "  a\\u001b[2J\\u009b  integer" in run("info", log).out
    assert list(keys(log)) == ["a\x1b[2J\u009b"]


def test_a_key_that_only_has_the_name_of_a_time(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.jsonl", [{"time": 3.5}, {"time": "long"}])
    assert info(log)["time"] is None


def test_an_empty_log_and_several_logs(tmp_path: Path) -> None:
    empty = write_log(tmp_path / "empty.jsonl.gz", [])
    other = write_log(tmp_path / "other.jsonl", [{"a": 1}])
    told = run("info", empty, other).out
    assert told.startswith(f"{empty}\n")
    assert f"\n\n{other}\n" in told
    assert [json.loads(line)["entries"] for line in run("info", "--json", empty, other).out.split()]


def test_a_log_from_a_pipe() -> None:
    told = json.loads(run("info", "--json", "-", text='{"a":1}\n').out)
    assert (told["log"], told["entries"]) == ("standard input", 1)


def test_colour_only_on_a_terminal_that_wants_it(
    tmp_path: Path, terminal: Callable[..., Terminal]
) -> None:
    log = write_log(tmp_path / "log.jsonl", [{"a": 1}])
    assert "\x1b" not in run("info", log).out
    assert "\x1b[92mcomplete\x1b[0m" in terminal("info", log).finish()
    assert "\x1b" not in terminal("info", log, env={"NO_COLOR": "1"}).finish()
    assert "\x1b" not in terminal("info", log, env={"TERM": "dumb"}).finish()
    assert "\x1b[92m" in terminal("info", log, env={"NO_COLOR": ""}).finish()


def test_progress_on_a_terminal_is_erased_at_the_end(
    long_log: Path, terminal: Callable[..., Terminal]
) -> None:
    shown = terminal("info", long_log, env={"NO_COLOR": "1"}).finish()
    assert re.search(r"\r\S*log.jsonl █*░* \d+ %\x1b\[K", shown)
    before, after = shown.rsplit("\r\x1b[K", 1)
    assert "2,000,000" in after
    assert "2,000,000" not in before
    assert run("info", long_log).err == ""


def test_a_key_that_stands_twice_is_in_one_entry(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"a":1,"a":2}\n{"a":{"b":3},"a.b":4}\n')
    keys = {key["name"]: key for key in json.loads(run("info", "--json", path).out)["keys"]}
    assert {name: key["entries"] for name, key in keys.items()} == {"a": 1, "a.b": 1}
    assert (keys["a"]["min"], keys["a"]["max"]) == (1, 2)


def test_wide_characters_are_aligned(tmp_path: Path) -> None:
    path = write_log(tmp_path / "log.jsonl", [{"損失": 1, "loss": 2}])
    lines = run("info", path).out.splitlines()
    wide, narrow = lines[-2], lines[-1]
    # Each of the two takes two cells.
    assert wide.index("integer") + 2 == narrow.index("integer")
