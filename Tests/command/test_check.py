from __future__ import annotations

import gzip
import json
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Writer, damage, run, training, write_log


def interrupted(path: Path) -> Path:
    """As a writer leaves a log that is killed at the start of a compaction: the header's flag set
    (docs/format.md), and nothing else changed."""
    data = bytearray(write_log(path, training(100)).read_bytes())
    data[17] |= 1
    data[48:52] = struct.pack("<I", zlib.crc32(data[16:48]))
    path.write_bytes(data)
    return path


def test_a_log_that_is_all_right(log: Path) -> None:
    checked = run("check", log)
    assert (checked.out, checked.err) == (f"{log}: ok, 1,000 entries\n", "")
    assert run("check", "-q", log).out == ""
    told = json.loads(run("check", "--json", log).out)
    assert told == {
        "log": str(log),
        "ok": True,
        "state": "complete",
        "entries": 1000,
        "skipped_lines": 0,
        "skipped_bytes": 0,
        "problem": None,
        "advice": None,
    }


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
def test_a_live_log_is_all_right(
    name: str, tmp_path: Path, writer: Callable[[Path, int], Writer]
) -> None:
    live = writer(tmp_path / name, 1000)
    assert run("check", tmp_path / name).out.endswith(": ok, 1,000 entries, being written\n")
    live.kill()
    assert run("check", tmp_path / name).out.endswith(": ok, 1,000 entries\n")


@pytest.mark.parametrize("place", [0.1, 0.3, 0.5, 0.7, 0.9, 0.9999])
def test_every_flipped_byte_of_a_gzip_log_is_found(place: float, tmp_path: Path) -> None:
    log = damage(write_log(tmp_path / "log.jsonl.gz", training(3000)), place)
    checked = run("check", log, status=2)
    assert f"{log}: not ok" in checked.out
    assert f"`mimir repair {log}`" in checked.out


def test_a_flipped_byte_in_gzip_of_another_program(tmp_path: Path) -> None:
    log = tmp_path / "log.gz"
    log.write_bytes(gzip.compress(b'{"a":1}\n' * 1000))
    damage(log, 0.95)
    assert "not ok" in run("check", log, status=2).out


def test_a_log_that_is_cut_short(log: Path) -> None:
    os.truncate(log, log.stat().st_size - 5)
    told = json.loads(run("check", "--json", log, status=2).out)
    assert told["ok"] is False
    assert told["state"] in ("torn", "damaged")
    assert str(log) in told["problem"]
    assert "`mimir repair" in told["advice"]


def test_a_compaction_that_was_killed(tmp_path: Path) -> None:
    log = interrupted(tmp_path / "log.jsonl.gz")
    told = json.loads(run("check", "--json", log, status=2).out)
    assert (told["state"], told["entries"]) == ("interrupted", 100)
    assert "nothing is lost" in told["problem"]
    assert json.loads(run("info", "--json", log).out)["state"] == "interrupted"
    run("repair", log)
    assert run("check", log).out == f"{log}: ok, 100 entries\n"


def test_what_is_wrong_with_one_of_several(tmp_path: Path) -> None:
    good = write_log(tmp_path / "good.jsonl", [{"a": 1}])
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"a":1}\nnothing\n')
    checked = run("check", "-q", good, bad, good, status=2)
    assert checked.out == (
        f"{bad}: not ok, 1 entry: 1 line of {bad} is no JSON object and was left out; "
        f"`mimir repair {bad}` takes them out\n"
    )
    run("check", bad, tmp_path / "none", status=1)


def test_a_log_from_a_pipe() -> None:
    assert run("check", "-", text='{"a":1}\n').out == "standard input: ok, 1 entry\n"
    wrong = run("check", "-", text='{"a":1}\n{', status=2).out
    assert wrong.startswith("standard input: not ok, 1 entry: standard input ends in a torn entry")
    assert "repair" not in wrong
