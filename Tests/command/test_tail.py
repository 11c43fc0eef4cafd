from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
import zmq

import mimir

from .conftest import BINARY, Terminal, Writer, run, training, write_log
from .streams import Publisher, publishing

__all__ = ["publishing"]


class Tail:
    """`mimir tail …` into a pipe that is read as lines come."""

    def __init__(self, *arguments: str | Path) -> None:
        self.process = subprocess.Popen(
            [BINARY, "tail", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.errors: Queue[str] = Queue()
        self._lines: Queue[str] = Queue()
        for stream, queue in (
            (self.process.stdout, self._lines),
            (self.process.stderr, self.errors),
        ):
            threading.Thread(target=self._pump, args=(stream, queue), daemon=True).start()

    @staticmethod
    def _pump(stream: Any, queue: Queue[str]) -> None:
        for line in stream:
            queue.put(line)

    def entry(self) -> dict[str, Any]:
        entry: dict[str, Any] = json.loads(self._lines.get(timeout=30))
        return entry

    def iterations(self, count: int) -> list[int]:
        return [self.entry()["iteration"] for _ in range(count)]

    def is_quiet(self) -> bool:
        time.sleep(0.3)
        return self._lines.empty()

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


@pytest.fixture
def tail() -> Iterator[Callable[..., Tail]]:
    started: list[Tail] = []

    def start(*arguments: str | Path) -> Tail:
        started.append(Tail(*arguments))
        return started[-1]

    yield start
    for each in started:
        each.process.kill()
        each.process.wait()


def iterations(out: str) -> list[int]:
    return [json.loads(line)["iteration"] for line in out.splitlines()]


def test_prints_the_last_entries(log: Path) -> None:
    assert iterations(run("tail", log).out) == list(range(990, 1000))
    assert iterations(run("tail", "-n", "3", log).out) == [997, 998, 999]
    assert iterations(run("tail", "-n", "5000", log).out) == list(range(1000))
    assert run("tail", "-n", "0", log).out == ""


def test_says_what_was_left_out(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"iteration":1}\nnonsense\n{"iteration":2}\n{"iter')
    done = run("tail", path, status=2)
    assert iterations(done.out) == [1, 2]
    assert "torn" in done.err
    assert "1 line" in done.err


def test_nonfinite_numbers_are_json(tmp_path: Path) -> None:
    path = write_log(tmp_path / "log.jsonl", [{"loss": float("nan")}], nonfinite="tagged")
    assert json.loads(run("tail", path).out) == {"loss": None}


def test_says_what_is_wrong(tmp_path: Path) -> None:
    assert "nothing.jsonl" in run("tail", tmp_path / "nothing.jsonl", status=1).err
    assert "-n is -1" in run("tail", "--lines=-1", "log", status=64).err
    assert "no address" in run("tail", "tcp://:1", status=64).err
    assert "no address" in run("tail", "tcp://host:99999", status=64).err
    assert "is a file" in run("tail", "--router-port", "1", "log", status=64).err
    late = run("tail", "-f", "--timeout", "0.2", tmp_path / "nothing.jsonl", status=1)
    assert "not there" in late.err


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
def test_follows_a_writer_that_is_killed_and_started_again(
    name: str,
    tmp_path: Path,
    tail: Callable[..., Tail],
    writer: Callable[[Path, int], Writer],
) -> None:
    path = tmp_path / name
    # Some compactions, too.
    first = writer(path, 20_000)
    tailed = tail("-n", "2", "-f", path)
    assert tailed.iterations(2) == [19_998, 19_999]
    for index in range(20_000, 20_010):
        first.log()
        assert tailed.iterations(1) == [index]
    first.kill()
    assert tailed.is_quiet()
    second = writer(path, 3)
    assert tailed.iterations(3) == [0, 1, 2]
    second.log()
    assert tailed.iterations(1) == [3]
    second.close()
    assert tailed.is_quiet()
    assert tailed.errors.empty()
    # As tail(1) ends.
    assert tailed.end() == -signal.SIGINT


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
def test_waits_for_a_log_and_goes_on_with_a_new_one(
    name: str, tmp_path: Path, tail: Callable[..., Tail]
) -> None:
    path = tmp_path / name
    tailed = tail("-f", path)
    assert "waiting for" in tailed.errors.get(timeout=30)
    write_log(path, training(3))
    assert tailed.iterations(3) == [0, 1, 2]
    path.unlink()
    write_log(path, training(2))
    assert tailed.iterations(2) == [0, 1]
    assert "a new run" in tailed.errors.get(timeout=30)


def test_feeds_jq(log: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        f"'{BINARY}' tail -n 2 '{log}' | jq .iteration",
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == ["998", "999"]


def test_reads_standard_input(log: Path) -> None:
    with log.open("rb") as file:
        done = subprocess.run([BINARY, "tail", "-"], stdin=file, capture_output=True, check=True)
    assert iterations(done.stdout.decode()) == list(range(990, 1000))
    assert "can't be followed" in run("tail", "-f", "-", status=1).err


def test_ends_when_nobody_reads_any_more(log: Path) -> None:
    """Also when no entry comes with which it would notice."""
    process = subprocess.Popen([BINARY, "tail", "-f", log], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(30) == -signal.SIGPIPE


def test_shows_entries_in_a_terminal(
    tmp_path: Path,
    terminal: Callable[..., Terminal],
    writer: Callable[[Path, int], Writer],
) -> None:
    path = tmp_path / "log.jsonl.gz"
    writing = writer(path, 3)
    shown = terminal("tail", "-f", path)
    shown.read_until('{"iteration":2,')
    writing.log()
    shown.read_until('{"iteration":3,')


def test_the_past_of_a_stream(publishing: Callable[..., Publisher]) -> None:
    publisher = publishing(20)
    done = run("tail", "-n", "4", *publisher.address)
    assert iterations(done.out) == [16, 17, 18, 19]
    done = run("tail", "-n", "0", *publisher.address)
    assert done.out == ""


def test_follows_a_stream_into_its_next_run(
    publishing: Callable[..., Publisher], tail: Callable[..., Tail]
) -> None:
    publisher = publishing(5)
    tailed = tail("-n", "2", "-f", *publisher.address)
    assert tailed.iterations(2) == [3, 4]
    publisher.log()
    assert tailed.iterations(1) == [5]
    publisher.restart(2)
    assert tailed.iterations(2) == [0, 1]
    assert "a new run" in tailed.errors.get(timeout=30)


def test_a_stream_that_is_not_there(tmp_path: Path) -> None:
    done = run("tail", "--timeout", "1.5", f"ipc://{tmp_path}/nobody", status=1)
    assert "waiting for" in done.err
    assert "not there" in done.err


def test_a_stream_with_keys(tmp_path: Path, publishing: Callable[..., Publisher]) -> None:
    for name in ("server", "viewer"):
        mimir.keygen(tmp_path / name)
    keys = tmp_path / "authorized"
    keys.mkdir()
    (keys / "viewer.pub").write_text((tmp_path / "viewer.pub").read_text())
    publisher = publishing(3, key_file=str(tmp_path / "server"), authorized_keys=str(keys))
    done = run(
        "tail",
        *publisher.address,
        "--key-file",
        tmp_path / "viewer",
        "--server-key",
        tmp_path / "server.pub",
    )
    assert iterations(done.out) == [0, 1, 2]


def test_a_timeout_is_for_the_first_coming_only(tmp_path: Path, tail: Callable[..., Tail]) -> None:
    path = write_log(tmp_path / "log.jsonl", training(2))
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    tailed, waiting = tail("-f", "--timeout", "0.3", path), tail("-f", "--timeout", "0.3", empty)
    assert tailed.iterations(2) == [0, 1]
    os.truncate(path, 0)
    with pytest.raises(subprocess.TimeoutExpired):
        tailed.process.wait(1.5)
    assert waiting.process.poll() is None
    for log, each in ((path, tailed), (empty, waiting)):
        with log.open("a") as file:
            file.write('{"iteration":7}\n')
        assert each.iterations(1) == [7]


def test_tells_once_of_what_it_leaves_out(tmp_path: Path, tail: Callable[..., Tail]) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('nonsense\n{"iteration":1}\n')
    tailed = tail("-f", path)
    assert tailed.iterations(1) == [1]
    assert "no JSON object is left out" in tailed.errors.get(timeout=30)
    with path.open("a") as file:
        file.write('more\n{"iteration":2}\n')
    assert tailed.iterations(1) == [2]
    assert tailed.is_quiet()
    assert tailed.errors.empty()


def test_a_stream_without_a_past(
    tmp_path: Path, publishing: Callable[..., Publisher], tail: Callable[..., Tail]
) -> None:
    for follow in ([], ["-f"]):
        nobody = run(
            "tail",
            *follow,
            "--timeout",
            "1.5",
            "--router-port",
            "0",
            f"ipc://{tmp_path}/x",
            status=1,
        )
        assert "waiting for" in nobody.err
        assert "not there" in nobody.err
    publisher = publishing(3)
    address = [publisher.address[0], "--router-port", "0", "--timeout", "20"]
    assert run("tail", *address).out == ""
    tailed = tail("-f", *address)
    while tailed.is_quiet():
        publisher.log()
    assert tailed.entry()["iteration"] >= 3


@pytest.mark.parametrize("command", ["cat", "tail"])
def test_entries_do_not_steer_the_terminal(
    command: str, tmp_path: Path, terminal: Callable[..., Terminal]
) -> None:
    path = tmp_path / "log.jsonl"
    text = '{"a\x9b":"\x7f\x85 \xa0 é"}\n'
    path.write_text(text)
    assert run(command, path).out == text
    shown = terminal(command, path).finish()
    assert shown == '{"a\\u009b":"\\u007f\\u0085 \xa0 é"}\r\n'
    assert json.loads(shown) == json.loads(text)


def test_messages_of_a_stream_that_are_no_entries(tail: Callable[..., Tail]) -> None:
    """A publisher may send anything."""
    with zmq.Context() as context, context.socket(zmq.PUB) as socket:
        port = socket.bind_to_random_port("tcp://127.0.0.1")
        tailed = tail("-f", "--router-port", "0", f"tcp://127.0.0.1:{port}")
        number = 0
        while tailed.is_quiet():
            number += 2
            socket.send_multipart([b"%d" % (number - 1), b"no entry"])
            socket.send_multipart([b"%d" % number, b'{"iteration":%d}' % number])
        assert tailed.entry()["iteration"] <= number
    assert "no JSON object is left out" in tailed.errors.get(timeout=30)
