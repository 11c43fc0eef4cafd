"""Remote loggers, and the servers that they log to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ENVIRONMENT, lines, run_python

import mimir
from mimir import Logger, LogServer, RemoteLogger, ServerLogger
from mimir.errors import (
    ClosedError,
    ForkedError,
    InvalidArgumentError,
    InvalidStateError,
    MimirWarning,
    TimedOutError,
)
from mimir.handlers import JSONHandler

HERE: dict[str, Any] = {"host": "127.0.0.1", "rank": 0}


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def logger(path: Path) -> Iterator[Logger]:
    with Logger(path, maxlen=None, formatter=None) as logger:
        yield logger


@pytest.fixture
def server(logger: Logger) -> Iterator[LogServer]:
    with LogServer(logger, 0) as server:
        yield server


def without_sequence(entry: dict[str, Any]) -> dict[str, Any]:
    entry = dict(entry)
    identity, _, number = entry.pop("remote_seq").partition(":")
    assert len(identity) == 16
    assert int(number) > 0
    assert entry.pop("host")
    return entry


def free_port() -> int:
    with Logger(formatter=None) as logger, LogServer(logger, 0) as server:
        assert server.port is not None
        return server.port


def test_entries_arrive(logger: Logger, server: LogServer, spool: Path, path: Path) -> None:
    with RemoteLogger("trainer", port=server.port or 0, spool=spool, **HERE) as remote:
        remote.log({"loss": 0.5, "text": "é"})
        remote.log({"array": np.arange(3), "rank": "own"})
        remote.log({"nan": float("nan")})
        remote.flush(10)
        assert remote.stats["stored"] == 3
        assert remote.stats["connected"] is True
        assert remote.close() == 0
    assert server.wait(10)
    with pytest.warns(MimirWarning, match="NaN"):
        logger.flush()
    gained = {"remote_log": "trainer"}
    assert without_sequence(logger[0]) == {"loss": 0.5, "text": "é", "rank": 0} | gained
    assert logger[1]["array"].tolist() == [0, 1, 2]
    assert logger[1]["rank"] == "own"
    assert np.isnan(logger[2]["nan"])
    assert lines(path)[2]["nan"] is None
    assert server.stats["entries"] == 3
    assert server.stats["clients"] == 0
    assert not spool.exists() or not list(spool.iterdir())


def test_nothing_that_is_no_entry_is_logged(server: LogServer, spool: Path) -> None:
    with RemoteLogger(port=server.port or 0, spool=spool, **HERE) as remote:
        with pytest.raises(TypeError):
            remote.log([1])  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            remote.log({"a": object()})
        assert remote.stats["entries"] == 0
    with pytest.raises(ClosedError):
        remote.log({})
    assert remote.close() == 0
    assert remote.stats["entries"] == 0


def test_keyword_arguments_go_to_json(logger: Logger, server: LogServer, spool: Path) -> None:
    with RemoteLogger(port=server.port or 0, spool=spool, sort_keys=True, **HERE) as remote:
        remote.log({"b": 1, "a": 2})
    assert list(logger[0])[:2] == ["a", "b"]
    assert logger[0]["remote_log"] == 1


def test_the_server_is_absent(logger: Logger, spool: Path) -> None:
    port = free_port()
    remote = RemoteLogger("absent", port=port, spool=spool, timeout=0.1, **HERE)
    for n in range(100):
        remote.log({"n": n})
    with pytest.raises(TimedOutError, match="100 entries"):
        remote.flush(0.05)
    with pytest.warns(MimirWarning, match="100 entries; they are in the spool"):
        assert remote.close() == 100
    assert mimir.send_spools("127.0.0.1", port, spool=spool, timeout=0.1)["left"] == 100
    with LogServer(logger, port):
        sent = mimir.send_spools("127.0.0.1", port, spool=spool, timeout=20)
        assert sent == {"spools": 1, "entries": 100, "refused": 0, "left": 0, "busy": 0}
    assert [entry["n"] for entry in logger] == list(range(100))
    assert {entry["remote_log"] for entry in logger} == {"absent"}


def test_what_is_lost_warns_once_or_raises(spool: Path) -> None:
    options: dict[str, Any] = {"memory_only": True, "max_queue_bytes": 10, "timeout": 0, **HERE}
    remote = RemoteLogger(port=free_port(), **options)
    remote.log({"n": 1})
    with pytest.warns(MimirWarning, match="lost") as warned:
        remote.log({"n": 2})
        remote.log({"n": 3})
    assert len(warned) == 1
    assert remote.stats["dropped"] == 2
    with pytest.raises(OSError, match="1 entries that were in memory only are lost"):
        remote.close()
    remote = RemoteLogger(port=free_port(), on_error="raise", **options)
    remote.log({"n": 1})
    with pytest.raises(mimir.errors.DroppedError):
        remote.log({"n": 2})
    with pytest.raises(OSError, match="lost"):
        remote.close()


def test_server_logger_returns_when_all_have_left(path: Path, tmp_path: Path) -> None:
    """As the original's: here in a process of its own, its clients in others."""
    code = """
import sys, mimir
logger = mimir.ServerLogger(int(sys.argv[1]), None, False, sys.argv[2], maxlen=None)
print("entries", len(logger), sorted(entry["remote_log"] for entry in logger)[0])
logger.log({"last": True})
logger.close()
"""
    client = """
import sys, mimir
with mimir.RemoteLogger(sys.argv[2], "127.0.0.1", int(sys.argv[1]), spool=sys.argv[3]) as logger:
    for n in range(50):
        logger.log({"n": n})
"""
    port = str(free_port())
    command = [sys.executable, "-c", code, port, str(path)]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as server:
        output = [run_python(client, port, "only", str(tmp_path / "spool"))]
        printed, _ = server.communicate(timeout=60)
    assert output == [""]
    assert server.returncode == 0
    assert "entries 50 only" in printed
    # The default handler prints each.
    assert printed.count("remote_log: only") == 50
    assert "n: 49\n" in printed
    assert [entry.get("n") for entry in lines(path)] == [*range(50), None]


def test_server_logger_in_a_thread(path: Path, spool: Path) -> None:
    port = free_port()
    before = threading.active_count()
    assert ServerLogger(port, threaded=True, filename=path, formatter=None) is None
    assert threading.active_count() == before + 1
    with RemoteLogger("n", port=port, spool=spool, **HERE) as remote:
        remote.log({"n": 1})
    deadline = time.monotonic() + 10
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() == before
    assert lines(path)[0]["n"] == 1


def test_server_logger_opens_nothing_when_the_port_is_taken(server: LogServer, path: Path) -> None:
    with pytest.raises(OSError, match="in use"):
        ServerLogger(server.port or 0, filename=path.with_suffix(".other"), formatter=None)
    with pytest.raises(InvalidArgumentError, match="insecure"):
        ServerLogger(0, bind="0.0.0.0", formatter=None)


def test_handlers_get_each_entry(tmp_path: Path, spool: Path) -> None:
    got: list[dict[str, Any]] = []

    class Collect(mimir.handlers.Handler):
        def log(self, entry: dict[str, Any]) -> None:
            if entry["n"] % 2 == 0:
                raise RuntimeError("an even number")
            got.append(entry)

    logger = Logger(maxlen=5, formatter=None)
    with (tmp_path / "printed").open("w+") as printed:
        filtered = Collect(filters=[lambda entry: entry if entry["n"] else None])
        logger.handlers += [filtered, JSONHandler(printed)]
        server = LogServer(logger, 0, loads_kwargs={"parse_float": str})
        with RemoteLogger("n", port=server.port or 0, spool=spool, **HERE) as remote:
            for n in range(6):
                remote.log({"n": n, "x": 0.5})
        with pytest.warns(MimirWarning, match="an even number") as warned:
            server.close()
        assert len(warned) == 1
        printed.seek(0)
        assert printed.read().count('"remote_log":"n"') == 6
    assert [entry["n"] for entry in got] == [1, 3, 5]
    assert got[0]["x"] == "0.5"
    assert logger[0]["x"] == "0.5"
    server.close()


def test_a_logger_that_keeps_entries_back_has_no_server(path: Path) -> None:
    with Logger(path, formatter=None) as logger:
        logger.handlers[0].filters.append(lambda entry: None)
        with pytest.raises(InvalidStateError, match="filters"):
            LogServer(logger, 0)
        logger.handlers[0].filters.clear()
    with pytest.raises(ClosedError):
        LogServer(logger, 0)


def test_run_until(logger: Logger, spool: Path) -> None:
    server = LogServer(logger, 0)
    port = server.port or 0

    def log() -> None:
        with RemoteLogger("n", port=port, spool=spool, **HERE) as remote:
            remote.log({"n": 1})

    thread = threading.Thread(target=log)
    thread.start()
    server.run_until(lambda: len(logger) > 0)
    thread.join()
    assert len(logger) == 1
    assert server.wait(0) is False


def test_serve_forever_ends_with_ctrl_c(path: Path) -> None:
    code = """
import sys, mimir
with mimir.Logger(sys.argv[1], formatter=None) as logger:
    server = mimir.LogServer(logger, 0)
    print(server.port, flush=True)
    server.serve_forever()
print("ended")
"""
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        with RemoteLogger("n", port=port, spool=path.parent / "spool", **HERE) as remote:
            remote.log({"n": 1})
            remote.flush(10)
            server.send_signal(signal.SIGINT)
            assert server.communicate(timeout=20)[0] == "ended\n"
    assert len(lines(path)) == 1


def test_a_forked_child_leaves_it_alone(logger: Logger, server: LogServer, spool: Path) -> None:
    remote = RemoteLogger("n", port=server.port or 0, spool=spool, **HERE)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        told = b"no error"
        try:
            remote.log({})
        except ForkedError:
            try:
                server.wait(0)
            except ForkedError:
                told = b"forked"
        os.write(writer, told)
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    assert os.read(reader, 20) == b"forked"
    os.close(reader)
    remote.log({"parent": True})
    assert remote.close() == 0
    assert logger[0]["parent"] is True


def test_a_program_that_ends_without_closing(logger: Logger, spool: Path) -> None:
    port = free_port()
    code = """
import sys, mimir
logger = mimir.RemoteLogger("n", "127.0.0.1", int(sys.argv[1]), spool=sys.argv[2], rank=1)
for n in range(10):
    logger.log({"n": n})
"""
    assert run_python(code, str(port), str(spool)) == ""
    with LogServer(logger, port):
        assert mimir.send_spools("127.0.0.1", port, spool=spool, timeout=20)["entries"] == 10


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"port": 0}, ValueError),
        ({"host": ""}, ValueError),
        ({"host": "a b"}, ValueError),
        ({"timeout": -1}, ValueError),
        ({"rank": -1}, ValueError),
        ({"rank": 2**31}, ValueError),
        ({"name": "a\0b"}, ValueError),
        ({"name": 300 * "n"}, ValueError),
        ({"on_error": "ignore"}, ValueError),
        ({"max_entry_bytes": 0}, ValueError),
        ({"key_file": "key"}, ValueError),
        ({"unknown": 1}, TypeError),
    ],
)
def test_options_are_checked(options: dict[str, Any], error: type[Exception], spool: Path) -> None:
    with pytest.raises(error):
        RemoteLogger(**{"spool": spool, **options})


@pytest.mark.parametrize(
    "options",
    [
        {"port": 70000},
        {"client_timeout": 0},
        {"max_clients": -1},
        {"straggler_every": 5},
        {"straggler_key": ""},
        {"max_entry_bytes": 10},
    ],
)
def test_server_options_are_checked(options: dict[str, Any], logger: Logger) -> None:
    with pytest.raises(ValueError, match=r"."):
        LogServer(logger, **{"port": 0, **options})


def test_stragglers(logger: Logger, spool: Path) -> None:
    options: dict[str, Any] = {"straggler_key": "seconds", "straggler_every": 3}
    with LogServer(logger, 0, straggler_step_key="step", **options) as server:
        for rank in range(2):
            with RemoteLogger(
                port=server.port or 0, host="127.0.0.1", rank=rank, world_size=2, spool=spool
            ) as remote:
                for step in range(1, 8):
                    remote.log({"step": step, "seconds": step + rank / 2})
    views = [entry for entry in logger if "straggler" in entry]
    assert [view["step"] for view in views] == [3, 6]
    wanted = {"straggler": "seconds", "step": 3, "ranks": 2, "slowest": 1}
    assert views[0] == wanted | {"min": 3.0, "median": 3.25, "max": 3.5}
