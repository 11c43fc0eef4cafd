"""Log servers: the original's clients beside ours, what gets into the log, when a server ends."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

import original
import pytest
import zmq
from conftest import lines
from remote import client, own, serving, state
from test_stream import eventually
from test_stream_subscribe import follow

import mimir
from mimir import errors
from mimir.handlers import Handler
from mimir.remote import LogServer

__all__ = ["state"]


@pytest.fixture
def ctx() -> Iterator[original.Context]:
    with zmq.Context() as ctx:
        yield ctx
        ctx.destroy(linger=0)


@pytest.fixture
def port() -> int:
    """One that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def elsewhere(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_the_originals_clients_beside_ours(path: Path, ctx: original.Context) -> None:
    with serving(path) as server:
        unnamed = original.RemoteClient(ctx, server.port)
        named = original.RemoteClient(ctx, server.port, b"old")
        ours = client(server, "new")
        for i in range(50):
            assert unnamed.log({"i": i, "text": "ö"}) == b"\x02"
            assert named.log({"i": i}) == b"\x02"
            assert {"i": i, "remote_log": "old"} in lines(path)[-2:]  # acknowledged
            ours.log({"i": i})
            ours.flush(10)
        ours.flush(10)
        assert server.stats["clients"] == 3
        assert ours.close() == 0
        unnamed.close()
        named.close()
        server.wait(10)
        assert (server.stats["joined"], server.stats["entries"]) == (3, 150)
    found = lines(path)
    for name, more in ((1, {"text": "ö"}), ("old", {}), ("new", {})):
        entries = [own(entry) for entry in found if entry["remote_log"] == name]
        assert entries == [{"i": i, **more} for i in range(50)]
    assert all(("remote_seq" in entry) == (entry["remote_log"] == "new") for entry in found)


def test_an_entry_that_is_none_is_refused_with_the_reason(ctx: original.Context) -> None:
    with serving() as server:
        old = original.RemoteClient(ctx, server.port)
        for text in (b"no JSON", b"[1]", b'{"a":1', b"\xff\xfe", b"{}" * 2, b""):
            answer = old.ask([text])
            assert answer[:1] == b"\x15"
            assert answer[1:].decode()
        assert old.log({"good": 1}) == b"\x02"
        assert [own(entry) for entry in server.logger] == [{"good": 1}]
        assert server.stats["refused"] == 6
        old.close()


def test_hostile_messages(ctx: original.Context) -> None:
    with serving() as server, client(server) as good, ctx.socket(zmq.DEALER) as dealer:
        dealer.linger = 0
        dealer.connect(f"tcp://127.0.0.1:{server.port}")
        for frames in (
            [b""],
            [b"MIMIR/1 hello"],
            [b"MIMIR/1 hello", b"{" * 2000],
            [b"MIMIR/1 hello", b'{"id":"' + b"x" * 1000 + b'","next":1}'],
            [b"MIMIR/1 hello", b'{"id":"aaaaaaaaaaaaaaaa","next":-1}'],
            [b"MIMIR/1 entries 1 1", b"{}\n"],
            [b"MIMIR/1 entries 99999999999999999999 1", b"{}\n"],
            [b"MIMIR/1 ping"] * 50,
            [b"\x00" * 100_000, b"\xff" * 100_000],
            [b"", b"\x01"],
            [b"", b"\x07", b"\x07", b"\x07"],
        ):
            dealer.send_multipart(frames)
        with socket.create_connection(("127.0.0.1", server.port or 0)) as raw:
            raw.sendall(b"GET / HTTP/1.1\r\n\r\n" + bytes(range(256)) * 100)
        eventually(lambda: server.stats["ignored"] >= 8)
        good.log({"good": 1})
        good.flush(10)
        assert [own(entry) for entry in server.logger] == [{"good": 1}]


def test_a_server_logger_serves_until_all_have_left(
    path: Path, port: int, ctx: original.Context, capsys: pytest.CaptureFixture[str]
) -> None:
    def work() -> None:
        old = original.RemoteClient(ctx, port, b"old")
        with client(port, "new") as ours:
            for i in range(3):
                ours.log({"i": i})
                assert old.log({"i": i}) == b"\x02"
        old.close()

    thread = elsewhere(work)
    logger = mimir.ServerLogger(port, None, False, path, 2)
    thread.join()
    assert logger is not None
    assert len(logger) == 2
    logger.log({"mine": True})
    assert logger[-1] == {"mine": True}
    logger.close()
    assert len(lines(path)) == 7
    # Printed as a logger prints, each once.
    printed = capsys.readouterr().out.splitlines()
    assert sorted(line for line in printed if line.startswith("i: ")) == [
        *("i: 0", "i: 0", "i: 1", "i: 1", "i: 2", "i: 2")
    ]
    assert printed[-1] == "mine: True"
    with socket.create_server(("127.0.0.1", port)):
        pass  # it is free again


def test_a_threaded_one_returns_at_once(path: Path, port: int) -> None:
    before = set(threading.enumerate())
    assert mimir.ServerLogger(port, threaded=True, filename=path, formatter=None) is None
    (thread,) = set(threading.enumerate()) - before
    assert not thread.daemon
    with client(port) as ours:
        ours.log({"i": 0})
    thread.join(10)
    assert not thread.is_alive()
    assert [own(entry) for entry in lines(path)] == [{"i": 0}]
    with mimir.Logger(path, formatter=None):
        pass  # closed


def test_entries_go_through_the_loggers_handlers(path: Path) -> None:
    class Memory(Handler):
        def __init__(self, json: bool = False, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.JSON = json
            self.entries: list[Any] = []

        def log(self, entry: Any) -> None:
            self.entries.append(entry)

    def even(entry: Any) -> Any:
        return entry if entry["i"] % 2 == 0 else None

    def formatter(entry: Any, fp: TextIO) -> None:
        formatted.append(entry)

    formatted: list[Any] = []
    with mimir.Logger(path, maxlen=None, formatter=formatter) as logger:
        texts, filtered = Memory(json=True), Memory(filters=[even])
        logger.handlers += [texts, filtered]
        with (
            LogServer(logger, 0, loads_kwargs={"parse_float": Decimal}) as server,
            client(server) as ours,
        ):
            for i in range(4):
                ours.log({"i": i, "x": 0.5})
            ours.flush(10)
            logger.log({"i": 4, "x": 1.5})
        logger.log({"i": 5, "x": 1.5})
        assert [entry["i"] for entry in formatted] == list(range(6))
        assert [entry["i"] for entry in filtered.entries] == [0, 2, 4]
        assert [json.loads(text)["i"] for text in texts.entries] == list(range(6))
        assert isinstance(formatted[0]["x"], Decimal)
        assert isinstance(logger[0]["x"], Decimal)
    assert [entry["i"] for entry in lines(path)] == list(range(6))


def test_a_handler_that_fails_holds_nothing_up(path: Path) -> None:
    class Failing(Handler):
        def log(self, entry: Any) -> None:
            raise ZeroDivisionError if entry["i"] % 2 else OSError("no space")

    class Reading(Handler):
        def log(self, entry: Any) -> None:
            read.append(own(logger[-1]))

    read: list[Any] = []
    with mimir.Logger(path, maxlen=None, formatter=None) as logger:
        logger.handlers += [Failing(), Reading()]
        with LogServer(logger, 0) as server, client(server) as ours:
            for i in range(4):
                ours.log({"i": i})
            ours.flush(10)
            eventually(lambda: len(read) == 4)
            with pytest.warns(errors.MimirWarning, match="Failing failed with an entry") as warned:
                server.close()
            assert len(warned) == 2
    assert read == [own(entry) for entry in lines(path)] == [{"i": i} for i in range(4)]


def test_a_filter_of_the_file_and_a_server_exclude_each_other(path: Path) -> None:
    with mimir.Logger(path, formatter=None) as logger:
        logger.handlers[0].filters.append(lambda entry: entry)
        with pytest.raises(errors.InvalidStateError, match="filters"):
            LogServer(logger, 0)
    with mimir.Logger(path, formatter=None) as logger, LogServer(logger, 0):
        logger.handlers[0].filters.append(lambda entry: entry)
        with pytest.raises(errors.InvalidStateError, match="filters"):
            logger.log({})
        logger.handlers[0].filters.clear()
        logger.log({"fine": 1})
    assert lines(path) == [{"fine": 1}]


def test_the_log_is_a_stream_too(path: Path) -> None:
    options = {"stream": True, "stream_maxlen": None, "push_port": 0, "router_port": 0}
    with serving(path, options) as server, client(server) as ours:
        for i in range(5):
            ours.log({"i": i})
        with follow(server.logger) as found:
            assert [own(next(found)) for _ in range(5)] == [{"i": i} for i in range(5)]


def test_nan_is_the_servers_logger_s_business(path: Path) -> None:
    with serving(path, {"nonfinite": "tagged"}) as server, client(server) as ours:
        ours.log({"loss": float("nan")})
        ours.flush(10)
        assert server.logger[-1]["loss"] != server.logger[-1]["loss"]
        with pytest.warns(errors.MimirWarning, match="/loss is NaN"):
            server.close()
    entry = lines(path)[0]
    assert (entry["loss"], entry["__nonfinite__"]) == (None, {"/loss": "NaN"})


def test_what_the_logger_refuses_is_told(path: Path) -> None:
    with serving(path, {"nonfinite": "error"}) as server:
        ours = client(server)
        ours.log({"loss": float("inf")})
        ours.log({"loss": 1.0})
        ours.flush(10)
        eventually(lambda: ours.stats["refused"] == 1)
        with pytest.warns(errors.MimirWarning, match="did not take 1 entries"):
            assert ours.close() == 0
        assert [own(entry) for entry in server.logger] == [{"loss": 1.0}]


def test_stragglers(path: Path) -> None:
    with serving(path, straggler="seconds", straggler_every=2, straggler_step="step") as server:
        ranks = [client(server, rank=rank, world_size=3) for rank in range(3)]
        for step in range(1, 5):
            for rank, logger in enumerate(ranks):
                logger.log({"step": step, "seconds": 1.0 + rank * step})
                logger.flush(10)
        for logger in ranks:
            logger.close()
    views = [entry for entry in lines(path) if "remote_log" not in entry]
    assert len(views) == 2
    text = json.dumps(views[1])
    for number in ("1.0", "5.0", "9.0"):
        assert number in text


def test_limits(ctx: original.Context) -> None:
    with serving(max_clients=1, client_timeout=0.2) as server:
        first = client(server)
        first.log({"i": 1})
        first.flush(10)
        second = client(server)
        second.log({"i": 2})
        with pytest.raises(TimeoutError):
            second.flush(0.5)
        first.close()
        second.flush(30)
        second.close()
        # A client that is gone without a word.
        original.RemoteClient(ctx, server.port).vanish()
        eventually(lambda: server.stats["timed_out"] == 1)


def test_ways_to_serve() -> None:
    with serving() as server:
        with pytest.raises(TimeoutError):
            server.wait(0.05)
        with pytest.raises(TimeoutError):
            server.run_until(lambda: False, 0.1)
        ours = client(server)
        ours.log({})
        server.run_until(lambda: server.stats["entries"] == 1, 10)
        with pytest.raises(TimeoutError):
            server.wait(0.05)
        ours.close()
        server.wait(10)
        threading.Timer(0.1, server.close).start()
        server.serve_forever()
        server.serve_forever()
        assert server.stats["entries"] == 1
        with pytest.raises(errors.ClosedError, match="the server is closed"):
            server.wait()
        with pytest.raises(errors.ClosedError, match="the server is closed"):
            server.run_until(lambda: False)


def test_closing_it_ends_who_waits() -> None:
    def work() -> None:
        try:
            server.wait()
        except errors.ClosedError:
            ended.append(True)

    ended: list[bool] = []
    with serving() as server:
        thread = elsewhere(work)
        server.close()
        thread.join(10)
    assert ended == [True]


def test_bad_arguments() -> None:
    with mimir.Logger(formatter=None) as logger:
        for bad in (
            {"port": -1},
            {"port": 65536},
            {"max_clients": 0},
            {"client_timeout": 0},
            {"client_timeout": 100_000},
            {"max_entry_bytes": 0},
            {"bind": ""},
            {"bind": "0.0.0.0"},
            {"straggler": ""},
            {"straggler": "a", "straggler_every": 0},
            {"key_file": "nul\0"},
        ):
            with pytest.raises(ValueError):  # noqa: PT011
                LogServer(logger, **{"port": 0, **bad})  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            LogServer(logger, "5555")  # type: ignore[arg-type]
        with pytest.raises(errors.NetworkError):
            LogServer(logger, 0, bind="203.0.113.7", insecure=True)
        with LogServer(logger, 0) as server, pytest.raises(errors.AddressInUseError):
            LogServer(logger, server.port or 0)
        with LogServer(logger, 0, bind="*", insecure=True):
            pass
    with pytest.raises(errors.ClosedError):
        LogServer(logger, 0)


def test_a_server_logger_that_can_t_open_closes_its_log(path: Path, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        for threaded in (False, True):
            with pytest.raises(errors.AddressInUseError):
                mimir.ServerLogger(port, None, threaded, path)
    with mimir.Logger(path, formatter=None):
        pass
