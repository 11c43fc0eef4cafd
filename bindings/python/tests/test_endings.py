"""However a process ends: what was acknowledged is in the file, and nothing hangs."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import ending
import pytest
from conftest import ENVIRONMENT

import mimir

METHODS = ["fork", "spawn", "forkserver"]
WAYS = {
    "return": 0,
    "exception": 1,
    "sys.exit": 3,
    "os._exit": 4,
    "abort": -signal.SIGABRT,
    "SIGTERM": -signal.SIGTERM,
    "SIGTERM, handled": 5,
    "SIGHUP": -signal.SIGHUP,
    "SIGINT": 1,
    "SIGKILL": -signal.SIGKILL,
    "a forked child ends": 0,
    "a thread still logs": 0,
}
STREAM = {"stream": True, "push_port": 0, "router_port": 0, "stream_maxlen": 1000}


def run(method: str, way: str, log: Path, **options: Any) -> list[Any]:
    """The entries in the log; checked against what was acknowledged."""
    acknowledged = log.with_suffix(".acknowledged")
    done = subprocess.run(
        [sys.executable, ending.__file__, method, way, log, acknowledged, json.dumps(options)],
        env={**ENVIRONMENT, "PYTHONWARNINGS": "ignore::DeprecationWarning"},  # fork with threads
        text=True,
        capture_output=True,
        timeout=60,
    )
    assert done.stdout == f"{int(WAYS[way])}\n", done.stderr
    with mimir.open(log) as found:
        entries = list(found)
    if way == "SIGTERM, handled":
        assert entries[-ending.HANDLED :] == [{"handler": True}] * ending.HANDLED
        del entries[-ending.HANDLED :]
    assert [entry["i"] for entry in entries] == list(range(len(entries)))
    if options.get("flush") != "interval":
        assert len(entries) > int(acknowledged.read_text())
    return entries


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("method", METHODS)
def test_nothing_acknowledged_is_lost(method: str, way: str, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl.gz"
    entries = run(method, way, log, **STREAM)
    assert len(entries) >= ending.BEFORE
    # A kill amid an append that crosses a page leaves bytes behind the end; opening cuts them.
    mimir.Logger(log, formatter=None).close()
    with gzip.open(log, "rt") as file:
        assert len(file.readlines()) == len(entries) + ending.HANDLED * (way == "SIGTERM, handled")


@pytest.mark.parametrize(
    "way", ["return", "exception", "sys.exit", "SIGTERM, handled", "SIGINT", "a forked child ends"]
)
@pytest.mark.parametrize("method", METHODS)
def test_an_orderly_end_flushes_what_was_gathered(method: str, way: str, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    run(method, way, log, flush="interval", flush_interval=3600)
    acknowledged = int(log.with_suffix(".acknowledged").read_text())
    with mimir.open(log) as entries:
        assert sum("i" in entry for entry in entries) > acknowledged


def test_forks_amid_heavy_logging(path: Path) -> None:
    """As data loaders do: the children have the logger, and never use it."""
    with mimir.Logger(path, formatter=None, maxlen=10, **STREAM) as logger:  # type: ignore[arg-type]
        import threading

        stop = threading.Event()
        logged = [0, 0]

        def log(thread: int) -> None:
            while not stop.is_set():
                logger.log({"thread": thread, "i": logged[thread]})
                logged[thread] += 1

        threads = [threading.Thread(target=log, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        try:
            for number in range(FORKS):
                child = os.fork()
                if child == 0:
                    _be_a_child(logger, number)
                assert os.waitpid(child, 0)[1] == 0
        finally:
            stop.set()
            for thread in threads:
                thread.join()
    with mimir.open(path) as found:
        entries = list(found)
    for number in range(2):
        numbers = [entry["i"] for entry in entries if entry["thread"] == number]
        assert numbers == list(range(logged[number]))


FORKS = int(os.environ.get("MIMIR_FORKS", "200"))


def _be_a_child(logger: mimir.Logger, number: int) -> None:
    signal.alarm(20)  # a child that hangs is a failure
    try:
        try:
            logger.log({"child": number})
        except mimir.errors.ForkedError:
            pass
        else:
            os._exit(2)
        if number % 10 == 0:
            own = mimir.Logger(maxlen=1, formatter=None)
            own.log({"child": number})
            if own[0] != {"child": number}:
                os._exit(3)
            own.close()
        del logger
    except BaseException:
        os._exit(4)
    os._exit(0)


COUNT = int(os.environ.get("MIMIR_THREAD_ENTRIES", "10000"))


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
def test_eight_threads(name: str, tmp_path: Path) -> None:
    import threading

    path = tmp_path / name
    with mimir.Logger(path, formatter=None) as logger:

        def log(thread: int) -> None:
            for i in range(COUNT):
                logger.log({"thread": thread, "i": i})

        threads = [threading.Thread(target=log, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    expected = [0] * 8
    with mimir.open(path) as entries:
        for entry in entries:
            assert entry["i"] == expected[entry["thread"]]
            expected[entry["thread"]] += 1
    assert expected == [COUNT] * 8
