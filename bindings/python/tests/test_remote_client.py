"""Remote loggers: what they send, what stays in the spool, and who sends it then."""

from __future__ import annotations

import gc
import json
import shutil
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy
import pytest
from conftest import lines
from remote import client, own, python, read, serving, state
from test_remote_server import port

import mimir
from mimir import errors
from mimir.remote import LogServer, send_spool

__all__ = ["port", "state"]


def entries(server: LogServer) -> list[dict[str, Any]]:
    return [own(entry) for entry in server.logger]


def absent(port: int, count: int, start: int = 0, **options: Any) -> None:
    """Logs while there is no server."""
    ours = client(port, **options)
    for i in range(start, start + count):
        ours.log({"i": i})
    assert ours.stats["spooled"] == count
    with pytest.warns(errors.MimirWarning, match=f"{count} entries are still in the spool"):
        assert ours.close(0.05) == count


def test_entries_are_written_as_a_logger_writes_them() -> None:
    entry = {
        "array": numpy.arange(3),
        "number": numpy.float32(0.1),
        "path": Path("a"),
        "text": 'ö"\n',
        "nested": {"list": [1, None, True, -0.0, 1e300]},
        "big": 2**80,
    }
    with serving() as server, mimir.Logger(maxlen=None, formatter=None) as local:
        for options in ({}, {"sort_keys": True}, {"ensure_ascii": True}, {"indent": 2}):
            with client(server, **options) as ours:
                ours.log(entry)
                ours.log(MappingProxyType({"mapping": 1}))
                ours.flush(10)
        local.log(entry)
        expected = json.dumps(local[0], default=repr)
        for found in entries(server)[::2]:
            assert json.dumps(found, sort_keys=True, default=repr) == json.dumps(
                json.loads(expected), sort_keys=True
            )
        assert entries(server)[1] == {"mapping": 1}


def test_what_is_no_entry_is_an_error_and_not_logged() -> None:
    with serving() as server, client(server) as ours:
        for bad in ([1], "text", None, 1):
            with pytest.raises(TypeError):
                ours.log(bad)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            ours.log({"object": object()})
        with pytest.raises(errors.TooDeepError):
            ours.log({"deep": json.loads("[" * 600 + "]" * 600)})
        ours.log({"good": 1})
        ours.flush(10)
        assert entries(server) == [{"good": 1}]
        assert ours.stats["entries"] == 1
        small = client(server, max_entry_bytes=100)
        with pytest.raises(errors.TooLargeError):
            small.log({"text": "x" * 100})
        small.close()


def test_names_and_numbers() -> None:
    with serving() as server:
        for name in (None, "ö", None):
            with client(server, name) as ours:
                ours.log({})
                ours.flush(10)
        assert [entry["remote_log"] for entry in server.logger] == [1, "ö", 2]


@pytest.mark.parametrize(
    ("rank", "variables"),
    [
        (3, {"RANK": 3, "WORLD_SIZE": 4, "LOCAL_RANK": 1}),
        (5, {"SLURM_PROCID": 5, "SLURM_NTASKS": 8}),
        (1, {"OMPI_COMM_WORLD_RANK": 1, "OMPI_COMM_WORLD_SIZE": 2}),
        (0, {"PMI_RANK": 0}),
        (None, {}),
        (None, {"RANK": "nonsense"}),
    ],
)
def test_the_launchers_rank(
    rank: int | None, variables: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, str(value))
    with serving() as server:
        for options in ({}, {"launcher": False}, {"rank": 7, "world_size": 9}):
            with client(server, **options) as ours:
                ours.log({})
                ours.flush(10)
        found = [entry.get("rank") for entry in server.logger]
        assert found == [rank, None, 7]


def test_absent_then_sent_by_the_next_one(port: int, path: Path, state: Path) -> None:
    absent(port, 5)
    absent(port, 5, 5)
    assert len(list(state.iterdir())) == 2
    with serving(path, port=port) as server, client(port) as ours:
        ours.log({"i": 10})
        ours.flush(10)
        server.run_until(lambda: server.stats["entries"] == 11, 20)
    assert sorted(entry["i"] for entry in lines(path)) == list(range(11))
    assert not list(state.iterdir())


def test_absent_then_sent_by_send_spool(port: int, path: Path, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    absent(port, 5, spool=spool, name="lost", rank=2)
    with pytest.raises(TimeoutError):
        send_spool("127.0.0.1", port, spool=spool, timeout=0.2)
    with serving(path, port=port) as server:
        report = send_spool("127.0.0.1", port, spool=spool, timeout=20)
        assert vars(report) == {"busy": 0, "spools": 1, "entries": 5, "refused": 0, "left": 0}
        assert server.stats["entries"] == 5
        with client(server, spool=spool) as busy:
            busy.log({})
            busy.flush(10)
            assert send_spool("127.0.0.1", port, spool=spool, timeout=20).busy == 1
    found = [entry for entry in lines(path) if "i" in entry]
    assert [own(entry) for entry in found] == [{"i": i} for i in range(5)]
    assert {entry["remote_log"] for entry in found} == {"lost"}
    assert {entry["rank"] for entry in found} == {2}


def test_send_spool_sends_all(port: int, path: Path, tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    absent(port, 5, spool=spool)
    absent(port, 4, 5, spool=spool)
    with serving(path, port=port):
        report = send_spool("127.0.0.1", port, spool=spool, timeout=20)
        assert vars(report) == {"busy": 0, "spools": 2, "entries": 9, "refused": 0, "left": 0}
        report = send_spool("127.0.0.1", port, spool=spool, timeout=20)
        assert (report.spools, report.entries) == (0, 0)
    assert sorted(entry["i"] for entry in lines(path)) == list(range(9))


def test_a_spool_that_was_sent_and_not_removed_is_not_stored_again(
    port: int, path: Path, tmp_path: Path
) -> None:
    spool, copy = tmp_path / "spool", tmp_path / "copy"
    absent(port, 5, spool=spool)
    shutil.copytree(spool, copy)
    for folder in (spool, copy):
        with serving(path, port=port):
            send_spool("127.0.0.1", port, spool=folder, timeout=20)
    assert [entry["i"] for entry in lines(path)] == list(range(5))


SERVER = """
import sys, mimir
from mimir.remote import LogServer
logger = mimir.Logger(sys.argv[1], formatter=None)
server = LogServer(logger, int(sys.argv[2]))
print("serves", flush=True)
server.serve_forever()
"""


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
def test_exactly_once_over_servers_that_are_killed(name: str, tmp_path: Path, port: int) -> None:
    path = tmp_path / name
    done = threading.Event()
    logged = [0, 0]

    def work(number: int) -> None:
        with client(port, f"client {number}") as ours:
            while not done.wait(0.0002):
                ours.log({"i": logged[number]})
                logged[number] += 1
            ours.flush(60)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(5):
            with python(SERVER, path, port) as server:
                assert read(server) == "serves"
                done.wait(0.4)
                server.kill()
                server.wait()
    finally:
        done.set()
    with python(SERVER, path, port) as server:
        assert read(server) == "serves"
        for thread in threads:
            thread.join(60)
    with mimir.open(path) as found:
        counts = Counter((entry["remote_log"], entry["i"]) for entry in found)
    assert min(logged) > 100
    assert counts == {
        (f"client {number}", i): 1 for number in range(2) for i in range(logged[number])
    }


def test_eight_threads_and_one_client(path: Path) -> None:
    with serving(path) as server:
        with client(server) as ours:

            def work(number: int) -> None:
                for i in range(1000):
                    ours.log({"thread": number, "i": i})
                ours.flush(30)

            threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert ours.stats["stored"] == 8000
        found = lines(path)
    for number in range(8):
        assert [e["i"] for e in found if e["thread"] == number] == list(range(1000))


def test_logging_goes_on_while_another_thread_waits_for_the_server(port: int) -> None:
    ours = client(port)
    ours.log({})
    ended: list[object] = []

    def wait(call: Callable[[], object]) -> threading.Thread:
        def work() -> None:
            try:
                ended.append(call())
            except errors.MimirError as error:
                ended.append(type(error))

        thread = threading.Thread(target=work)
        thread.start()
        return thread

    waiting = [wait(lambda: ours.flush(60)), wait(lambda: ours.flush(0.5))]
    for i in range(1000):
        ours.log({"i": i})
    waiting[1].join(20)
    assert ended == [errors.TimedOutError]
    with pytest.warns(errors.MimirWarning, match="1001 entries are still in the spool"):
        assert ours.close(0.01) == 1001
    waiting[0].join(20)
    assert ended == [errors.TimedOutError, errors.ClosedError]
    assert ours.close() == 1001
    assert ours.stats["spooled"] == 1001
    with pytest.raises(errors.ClosedError, match="the remote logger is closed"):
        ours.log({})


@pytest.mark.parametrize("on_error", ["warn", "raise"])
def test_memory_only(port: int, state: Path, on_error: str) -> None:
    ours = client(port, memory_only=True, on_error=on_error, max_queue_bytes=1000)
    for _ in range(10):
        ours.log({"text": "x" * 50})

    def fill() -> None:
        for _ in range(100):
            ours.log({"text": "x" * 50})

    if on_error == "raise":
        with pytest.raises(errors.DroppedError):
            fill()
        with pytest.raises(errors.DroppedError):
            ours.close(0.05)
    else:
        with pytest.warns(errors.MimirWarning) as warned:
            fill()
        assert len(warned) == 1
        with pytest.warns(errors.MimirWarning, match="lost"):
            ours.close(0.05)
    assert ours.stats["dropped"] > 0
    assert not state.exists()


def test_one_that_is_not_closed(path: Path) -> None:
    with serving(path) as server:
        ours = client(server)
        ours.log({"i": 0})
        with pytest.warns(ResourceWarning, match="unclosed remote logger"):
            del ours
            gc.collect()
        server.wait(20)
    assert [own(entry) for entry in lines(path)] == [{"i": 0}]


def test_keys(tmp_path: Path) -> None:
    for name in ("server", "friend", "stranger"):
        mimir.keygen(tmp_path / name)
    (tmp_path / "authorized").mkdir()
    shutil.copy(tmp_path / "friend.pub", tmp_path / "authorized")
    with serving(key_file=tmp_path / "server", authorized_keys=tmp_path / "authorized") as server:

        def knocking(name: str) -> mimir.RemoteLogger:
            keys = {"key_file": tmp_path / name, "server_key": tmp_path / "server.pub"}
            return client(server, name, memory_only=True, **keys)

        with knocking("friend") as friend:
            friend.log({"i": 1})
            friend.flush(10)
        stranger = knocking("stranger")
        unencrypted = client(server, memory_only=True)
        for ours in (stranger, unencrypted):
            ours.log({"i": 2})
            with pytest.raises(TimeoutError):
                ours.flush(0.5)
            with pytest.warns(errors.MimirWarning, match="lost"):
                ours.close(0.01)
        assert entries(server) == [{"i": 1}]


def test_bad_arguments(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for kind, bad in (
        (ValueError, {"port": 0}),
        (ValueError, {"port": 65536}),
        (TypeError, {"port": "5555"}),
        (TypeError, {"name": 1}),
        (ValueError, {"name": ""}),
        (ValueError, {"name": "x" * 257}),
        (ValueError, {"name": "nul\0"}),
        (ValueError, {"host": ""}),
        (ValueError, {"rank": -1}),
        (ValueError, {"rank": 2**32}),
        (ValueError, {"world_size": 4}),
        (ValueError, {"rank": 0, "world_size": 0}),
        (ValueError, {"max_entry_bytes": 0}),
        (ValueError, {"max_queue_bytes": -1}),
        (ValueError, {"on_error": "ignore"}),
        (ValueError, {"key_file": tmp_path / "file"}),
        (FileNotFoundError, {"key_file": tmp_path / "none", "server_key": tmp_path / "none"}),
        (OSError, {"spool": tmp_path / "file"}),
        (TypeError, {"no_such_option": 1}),
    ):
        with pytest.raises(kind):
            mimir.RemoteLogger(**bad)
    with pytest.raises(ValueError, match="timeout"):
        send_spool(timeout=-1)
