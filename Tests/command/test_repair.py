from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from .conftest import Writer, damage, noisy, run, training, write_log


def test_saves_what_can_be_read(tmp_path: Path) -> None:
    log = damage(write_log(tmp_path / "log.jsonl.gz", noisy(4000)), 0.5, count=200)
    before = log.read_bytes()
    told = json.loads(run("repair", "--json", log, status=2).out)
    assert told["log"] == str(log)
    assert told["healthy"] is False
    assert 0 < told["entries"] < 4000
    assert told["bytes_left_out"] > 0
    assert told["original"] == f"{log}.damaged"
    assert Path(f"{log}.damaged").read_bytes() == before
    assert run("check", log).out == f"{log}: ok, {told['entries']:,} entries\n"


def test_a_torn_line_and_what_is_no_entry(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text('{"a":1}\nEpoch 2\n{"a":2}\n{"a":')
    repaired = run("repair", log, status=2)
    assert repaired.out == (
        f"{log}: saved 2 entries; left out 2 lines that are no whole entries, 13 bytes in all; "
        f"the damaged file is now {log}.damaged\n"
    )
    assert log.read_text() == '{"a":1}\n{"a":2}\n'


def test_leaves_alone_what_is_all_right(log: Path) -> None:
    before = log.read_bytes()
    repaired = run("repair", log)
    assert repaired.out == f"{log}: nothing is wrong, and nothing was changed\n"
    assert log.read_bytes() == before
    assert json.loads(run("repair", "--json", log).out)["healthy"] is True


def test_leaves_alone_what_is_being_written(
    tmp_path: Path, writer: Callable[[Path, int], Writer]
) -> None:
    log = tmp_path / "log.jsonl.gz"
    live = writer(log, 10)
    refused = run("repair", log, status=1)
    assert f"is being written by the process with pid {live.pid}" in refused.err
    live.close()
    run("repair", log)


def test_standard_input_cannot_be_repaired() -> None:
    assert "standard input" in run("repair", "-", text="{", status=64).err


def test_one_of_several_that_cannot_be(tmp_path: Path) -> None:
    good = write_log(tmp_path / "good.jsonl", training(3))
    hopeless = tmp_path / "hopeless.jsonl"
    hopeless.write_text("no entry\n")
    refused = run("repair", hopeless, good, status=1)
    assert "nothing was changed" in refused.err
    assert refused.out.startswith(f"{good}: nothing is wrong")
