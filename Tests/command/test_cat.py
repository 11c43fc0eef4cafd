from __future__ import annotations

import gzip
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import BINARY, Terminal, Writer, damage, noisy, run, training, write_log


def zcat(path: Path) -> str:
    command = ["zcat" if path.suffix == ".gz" else "cat", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_prints_what_is_in_the_log_byte_for_byte(log: Path) -> None:
    printed = run("cat", log)
    assert printed.out == zcat(log)
    assert printed.out.count("\n") == 1000
    assert printed.err == ""


def test_several_logs_one_after_the_other(tmp_path: Path) -> None:
    first = write_log(tmp_path / "a.jsonl", [{"a": 1}])
    second = write_log(tmp_path / "b.jsonl.gz", [{"a": 2}])
    assert run("cat", first, second, first).out == '{"a":1}\n{"a":2}\n{"a":1}\n'


def test_a_log_that_cannot_be_opened_does_not_hide_the_others(tmp_path: Path) -> None:
    there = write_log(tmp_path / "a.jsonl", [{"a": 1}])
    printed = run("cat", tmp_path / "none.jsonl", there, tmp_path, status=1)
    assert printed.out == '{"a":1}\n'
    missing, folder = printed.err.splitlines()
    assert missing == (
        f"mimir: cannot open {tmp_path}/none.jsonl: No such file or directory; check the path"
    )
    assert folder.startswith(f"mimir: {tmp_path} is not a file")


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
def test_a_live_log_and_one_whose_writer_was_killed(
    name: str, tmp_path: Path, writer: Callable[[Path, int], Writer]
) -> None:
    path = tmp_path / name
    live = writer(path, 500)
    for number in (500, 501, 502):
        printed = [json.loads(line) for line in run("cat", path).out.splitlines()]
        assert [entry["iteration"] for entry in printed] == list(range(number))
        live.log()
    live.kill()
    assert run("cat", path).out.count("\n") == 503


def test_a_torn_log_is_read_to_its_last_whole_entry(log: Path) -> None:
    whole = run("cat", log).out
    os.truncate(log, log.stat().st_size - 20 if log.suffix != ".gz" else log.stat().st_size // 2)
    printed = run("cat", log, status=2)
    assert printed.out.endswith("}\n")
    assert 0 <= len(printed.out) < len(whole)
    assert whole.startswith(printed.out)
    assert printed.err.startswith("mimir: ")
    assert str(log) in printed.err


def test_damage_is_said_with_what_to_do(tmp_path: Path) -> None:
    log = damage(write_log(tmp_path / "log.jsonl.gz", noisy(4000)), 0.5, count=200)
    printed = run("cat", log, status=2)
    assert 0 < printed.out.count("\n") < 4000
    assert "damaged" in printed.err
    assert f"`mimir repair {log}`" in printed.err
    for line in printed.out.splitlines():
        json.loads(line)


def test_gzip_of_other_programs(tmp_path: Path) -> None:
    path = tmp_path / "foreign.gz"
    path.write_bytes(gzip.compress(b'{"a":1}\n') + gzip.compress(b'{"a":2}\n'))
    assert run("cat", path).out == '{"a":1}\n{"a":2}\n'


def test_lines_that_are_no_entries_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"a":1}\nEpoch 2\n[1]\n{ "a" : 2 }\n')
    printed = run("cat", path, status=2)
    assert printed.out == '{"a":1}\n{"a":2}\n'
    assert "2 lines" in printed.err


def test_standard_input_from_a_pipe_and_from_a_file(log: Path) -> None:
    expected = run("cat", log).out
    for shell in ('cat "$1" | "$0" cat -', '"$0" cat - < "$1"'):
        piped = subprocess.run(
            ["bash", "-c", shell, BINARY, log], capture_output=True, text=True, check=True
        )
        assert piped.stdout == expected


def test_standard_input_has_its_name_in_messages() -> None:
    printed = run("cat", "-", text='{"a":1}\n{"a"', status=2)
    assert printed.out == '{"a":1}\n'
    assert printed.err.startswith("mimir: standard input ends in a torn entry")


def test_from_and_count(log: Path) -> None:
    every = run("cat", log).out.splitlines()
    assert run("cat", "--from", "11", "-n", "3", log).out.splitlines() == every[10:13]
    assert run("cat", "--from", "999", log).out.splitlines() == every[998:]
    assert run("cat", "--count", "0", log).out == ""
    assert "--from is 0" in run("cat", "--from", "0", log, status=64).err
    assert "--count is -1" in run("cat", "--count=-1", log, status=64).err


@pytest.mark.filterwarnings("ignore::mimir.errors.MimirWarning")
@pytest.mark.parametrize("policy", ["tagged", "literal"])
def test_nan_and_infinity(policy: str, tmp_path: Path) -> None:
    entries: list[dict[str, Any]] = [
        {"loss": float("nan"), "best": {"a": float("-inf")}},
        {"loss": 1.0},
    ]
    log = write_log(tmp_path / "log.jsonl", entries, nonfinite=policy)
    second = '{"loss":1.0}\n'
    null = '{"loss":null,"best":{"a":null}'
    assert run("cat", log).out == null + "}\n" + second
    tag = ',"__nonfinite__":{"/loss":"NaN","/best/a":"-Infinity"}}\n'
    assert run("cat", "--nonfinite", "tagged", log).out == null + tag + second
    string = '{"loss":"NaN","best":{"a":"-Infinity"}}\n'
    assert run("cat", "--nonfinite", "string", log).out == string + second
    literal = '{"loss":NaN,"best":{"a":-Infinity}}\n'
    assert run("cat", "--nonfinite", "literal", log).out == literal + second


def test_jq_reads_it(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.jsonl.gz", training(100))
    piped = subprocess.run(
        ["bash", "-c", '"$0" cat "$1" | jq -s "min_by(.loss.test).iteration"', BINARY, log],
        capture_output=True,
        text=True,
        check=True,
    )
    assert piped.stdout == "99\n"


def test_a_reader_that_goes_away_ends_it_by_sigpipe(long_log: Path) -> None:
    shell = '"$0" cat "$1" | head -n 1; echo ${PIPESTATUS[0]}'
    piped = subprocess.run(
        ["bash", "-c", shell, BINARY, long_log],
        capture_output=True,
        text=True,
        check=True,
        restore_signals=True,
    )
    assert piped.stdout == '{"iteration":0,"loss":1.0}\n141\n'
    assert piped.stderr == ""


def test_a_full_disk_is_an_error(log: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [BINARY, "cat", log, log], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr == "mimir: writing to standard output failed: No space left on device\n"


def test_a_terminal_gets_the_same_lines(tmp_path: Path, terminal: Callable[..., Terminal]) -> None:
    log = write_log(tmp_path / "log.jsonl", [{"a": 1}, {"a": 2}])
    assert terminal("cat", log).finish() == '{"a":1}\r\n{"a":2}\r\n'
