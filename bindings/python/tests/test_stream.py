"""What a logger and its handlers publish, as the original's viewers see it."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy
import original
import pytest
import zmq
from conftest import lines

import mimir
from mimir.handlers import Handler, PersistentServerHandler, ServerHandler


@pytest.fixture
def ctx() -> Iterator[original.Context]:
    with zmq.Context() as ctx:
        yield ctx
        ctx.destroy(linger=0)


def streaming(filename: Path | None = None, **kwargs: Any) -> mimir.Logger:
    options = {"formatter": None, "stream": True, "push_port": 0, "router_port": 0, **kwargs}
    return mimir.Logger(filename, **options)


def entries(count: int, start: int = 0) -> list[dict[str, int]]:
    return [{"i": i} for i in range(start, start + count)]


def log(logger: mimir.Logger, count: int, start: int = 0) -> None:
    for entry in entries(count, start):
        logger.log(entry)


def eventually(is_so: Callable[[], bool]) -> None:
    """What another thread brings about."""
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def settle(publisher: Any, count: int) -> None:
    """Until the publisher's thread has taken what was logged."""
    eventually(lambda: mimir.get_snapshot(port=publisher.router_port, timeout=10)[0] == count)


def test_live_entries_are_the_originals_two_frames(ctx: original.Context) -> None:
    with streaming() as logger, original.viewer(ctx, logger.push_port) as sub:
        logger.log({"loss": 0.5, "name": "Mímir"})
        logger.log({"array": numpy.arange(3)})
        assert sub.recv_multipart() == [b"1", '{"loss":0.5,"name":"Mímir"}'.encode()]
        number, entry = original.receive(sub)
        assert number == 2
        assert entry["array"]["shape"] == [3]


@pytest.mark.parametrize("maxlen", [None, 1, 5, 100])
def test_snapshots_hold_the_last_entries(ctx: original.Context, maxlen: int | None) -> None:
    with streaming(stream_maxlen=maxlen) as logger:
        assert original.snapshot(ctx, logger.router_port) == []
        log(logger, 20)
        settle(logger, 20)
        kept = min(maxlen or 20, 20)
        expected = list(zip(range(21 - kept, 21), entries(kept, 20 - kept), strict=True))
        assert original.snapshot(ctx, logger.router_port) == expected
        before = logger.stream_stats["requests"]
        original.snapshot(ctx, logger.router_port)
        eventually(lambda: logger.stream_stats["requests"] > before)


def test_a_late_viewer_with_a_snapshot_gets_all_once(ctx: original.Context) -> None:
    with streaming(stream_maxlen=None) as logger:
        log(logger, 100)
        with original.viewer(ctx, logger.push_port) as sub:
            log(logger, 100, 100)
            got = original.snapshot(ctx, logger.router_port)
            log(logger, 100, 200)
            last = got[-1][0]
            while last < 300:
                number, entry = original.receive(sub)
                if number > last:
                    assert number == last + 1
                    got.append((number, entry))
                    last = number
    assert got == list(zip(range(1, 301), entries(300), strict=True))


def test_where_it_can_be_reached(tmp_path: Path) -> None:
    with streaming(stream_maxlen=1) as logger:
        assert {logger.push_port, logger.router_port} <= set(range(1, 65536))
        assert logger.run is not None
        assert len(logger.run) == 32
        run = logger.run
    assert logger.run == run
    with streaming() as logger:
        assert logger.run != run
        assert logger.router_port is None
    with mimir.Logger(formatter=None, stream_maxlen=5) as silent:
        assert (silent.push_port, silent.router_port, silent.run) == (None, None, None)
        with pytest.raises(mimir.errors.InvalidStateError, match="stream=True"):
            assert silent.stream_stats
    with streaming(bind=f"ipc://{tmp_path}/log", stream_maxlen=1) as logger:
        assert (logger.push_port, logger.router_port) == (None, None)
        logger.log({"i": 0})
        eventually(lambda: mimir.get_snapshot(f"ipc://{tmp_path}/log") == (1, entries(1)))
        eventually(lambda: logger.stream_stats["requests"] > 0)
    assert logger.stream_stats["requests"] > 0


def test_the_order_of_handlers_and_what_they_get(path: Path) -> None:
    class Mine(Handler):
        def log(self, entry: Any) -> None:
            got.append(entry)

    got: list[Any] = []
    with mimir.Logger(path, stream=True, push_port=0) as logger:
        kinds = [type(handler).__name__ for handler in logger.handlers]
        assert kinds == ["LogFileHandler", "PrintHandler", "LogStreamHandler"]
        logger.handlers[1:2] = [Mine()]
        log(logger, 3)
    assert got == lines(path) == entries(3)


def test_filters_of_the_stream(ctx: original.Context, path: Path) -> None:
    with streaming(path, stream_maxlen=None, maxlen=10) as logger:
        push_port, router_port = logger.push_port, logger.router_port
        log(logger, 2)
        logger.handlers[-1].filters.append(lambda entry: entry if entry["i"] % 2 else None)
        log(logger, 4, 2)
        assert (logger.push_port, logger.router_port) == (push_port, router_port)
        settle(logger, 2)
        assert original.snapshot(ctx, router_port) == [(1, {"i": 3}), (2, {"i": 5})]
        eventually(lambda: logger.stream_stats["requests"] > 1)
        assert list(logger) == entries(6)
        assert logger.stats["entries"] == 6
    assert lines(path) == list(logger) == entries(6)


def test_filters_of_the_file_leave_the_stream_alone(ctx: original.Context, path: Path) -> None:
    with streaming(path, stream_maxlen=None, mode="exclusive") as logger:
        logger.handlers[0].filters.append(lambda entry: {"j": entry["i"]})
        log(logger, 3)
        settle(logger, 3)
        assert [entry for _, entry in original.snapshot(ctx, logger.router_port)] == entries(3)
    assert lines(path) == [{"j": 0}, {"j": 1}, {"j": 2}]


def test_a_stream_taken_from_the_handlers_is_silent_and_can_come_back(
    ctx: original.Context,
) -> None:
    with streaming(stream_maxlen=None, maxlen=10) as logger:
        stream = logger.handlers.pop()
        log(logger, 2)
        logger.handlers.append(stream)
        log(logger, 2, 2)
        settle(logger, 2)
        assert original.snapshot(ctx, logger.router_port) == list(enumerate(entries(2, 2), 1))
        assert list(logger) == entries(4)
        assert logger.stats["entries"] == 4
    with pytest.raises(ValueError, match="closed"):
        logger.log({})


def test_filters_that_come_while_threads_log(tmp_path: Path) -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # threads meet everywhere
    try:
        for number in range(20):
            filters_that_come_while_threads_log(tmp_path / f"{number}.jsonl")
    finally:
        sys.setswitchinterval(interval)


def filters_that_come_while_threads_log(path: Path) -> None:
    failures = []
    with streaming(path, stream_maxlen=None, maxlen=None) as logger:

        def work(thread: int) -> None:
            try:
                for i in range(100):
                    logger.log({"thread": thread, "i": i})
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        logger.handlers[-1].filters.append(lambda entry: entry if entry["i"] >= 0 else None)
        for thread in threads:
            thread.join()
    assert not failures
    written = lines(path)
    assert len(written) == len(logger) == 400
    for number in range(4):
        assert [e["i"] for e in written if e["thread"] == number] == list(range(100))
        assert [e["i"] for e in logger if e["thread"] == number] == list(range(100))


def test_server_handlers(ctx: original.Context) -> None:
    with mimir.Logger(formatter=None) as logger:
        live = ServerHandler(port=0)
        kept = PersistentServerHandler(
            push_port=0, router_port=0, maxlen=2, filters=[lambda entry: {"j": entry["i"]}]
        )
        logger.handlers += [live, kept]
        assert live.router_port is None
        with original.viewer(ctx, live.push_port) as sub:
            log(logger, 3)
            assert [original.receive(sub) for _ in range(3)] == list(enumerate(entries(3), 1))
        settle(kept, 3)
        assert original.snapshot(ctx, kept.router_port) == [(2, {"j": 1}), (3, {"j": 2})]
        eventually(lambda: kept.stats["requests"] > 1)
    assert kept.stats["requests"] > 1
    with pytest.raises(ValueError, match="closed"):
        kept.log("{}")


def test_a_persistent_handler_keeps_all() -> None:
    handler = PersistentServerHandler(push_port=0, router_port=0)
    for i in range(5):
        handler.log(f'{{"i": {i}}}')
    settle(handler, 5)
    assert mimir.get_snapshot(port=handler.router_port or 0) == (5, entries(5))
    with pytest.raises(mimir.errors.InvalidJSONError):
        handler.log("[1]")
    handler.close()


def make_logger(**kwargs: Any) -> None:
    streaming(**kwargs).close()


def make_handler(**kwargs: Any) -> None:
    PersistentServerHandler(**{"push_port": 0, "router_port": 0, **kwargs}).close()


@pytest.mark.parametrize("make", [make_logger, make_handler])
@pytest.mark.parametrize("bind", ["0.0.0.0", "*"])
def test_addresses_that_others_can_reach_need_keys(make: Callable[..., None], bind: str) -> None:
    with pytest.raises(mimir.errors.InvalidArgumentError, match="insecure"):
        make(bind=bind)
    make(bind=bind, insecure=True)


@pytest.mark.parametrize("make", [make_logger, make_handler])
def test_what_can_not_be_bound(make: Callable[..., None], tmp_path: Path) -> None:
    with streaming() as first, pytest.raises(OSError, match="in use") as caught:
        make(push_port=first.push_port)
    assert isinstance(caught.value, mimir.errors.AddressInUseError)
    with pytest.raises(ConnectionError, match="no such address"):
        make(bind="192.0.2.1", insecure=True)
    for bad in (-1, 65536, 2**64):
        with pytest.raises(ValueError, match="port"):
            make(push_port=bad)
    with pytest.raises(ValueError, match="bind"):
        make(bind="a\0b")
    with pytest.raises(ValueError, match="key"):
        make(key_file=tmp_path / "key")


def test_a_failure_to_open_leaves_the_ports_free() -> None:
    with streaming() as taken, streaming(stream_maxlen=1) as gone:
        ports = gone.push_port
        gone.close()
        with pytest.raises(OSError, match="in use"):
            streaming(push_port=ports, router_port=taken.push_port, stream_maxlen=1)
        streaming(push_port=ports).close()


def test_nan_is_warned_of_and_null_on_the_wire(ctx: original.Context) -> None:
    with streaming(stream_maxlen=1) as logger:
        with pytest.warns(mimir.errors.MimirWarning, match="/loss"):
            logger.log({"loss": float("nan")})
        settle(logger, 1)
        assert original.snapshot(ctx, logger.router_port) == [(1, {"loss": None})]
