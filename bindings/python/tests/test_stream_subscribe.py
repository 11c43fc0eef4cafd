"""Following a publisher with mimir's own functions."""

from __future__ import annotations

import inspect
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy
import original
import pytest
import zmq
import zmq.asyncio
from test_stream import entries, log, settle, streaming

import mimir
from mimir import stream
from mimir.handlers import PersistentServerHandler, ServerHandler


@pytest.fixture(params=["own", "pyzmq"])
def ctx(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "own":
        yield None
        return
    with zmq.Context() as ctx:
        yield ctx
        ctx.destroy(linger=0)


def follow(publisher: Any, past: Any = "all", **kwargs: Any) -> stream.Subscription:
    kwargs.setdefault("timeout", 10)
    return mimir.subscribe("localhost", publisher.push_port, publisher.router_port, past, **kwargs)


def take(subscription: stream.Subscription, count: int) -> list[Any]:
    return [next(subscription) for _ in range(count)]


def repeat(publish: Callable[[], None]) -> Callable[[], None]:
    """Does it again and again, until what it returns is called."""
    stopped = threading.Event()

    def work() -> None:
        while not stopped.wait(0.02):
            publish()

    thread = threading.Thread(target=work)
    thread.start()

    def stop() -> None:
        stopped.set()
        thread.join()

    return stop


class StopError(Exception):
    pass


def test_the_readmes_streaming_snippet() -> None:
    with streaming(stream_maxlen=50) as logger:
        for i in range(100):
            logger.log({"iteration": i, "training_error": 1.0 / (i + 1)})
        settle(logger, 100)
        with follow(logger, past=50) as entries:
            assert take(entries, 1)[0]["iteration"] == 50


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
def test_a_late_joiner_gets_every_entry_once_in_order(tmp_path: Path, name: str) -> None:
    """Also those that only the file has."""
    with streaming(tmp_path / name, stream_maxlen=10) as logger:
        log(logger, 500)
        with follow(logger) as found:
            stop = threading.Thread(target=log, args=(logger, 500, 500))
            stop.start()
            got: list[Any] = []
            for entry in found:
                assert found.sequence == len(got) + 1
                got.append(entry)
                if len(got) == 1000:
                    break
            stop.join()
            assert got == entries(1000)
            assert (found.missed, found.restarts, found.run) == (0, 0, logger.run)
            with pytest.raises(TimeoutError, match="no entry"):
                take(follow(logger, None, timeout=0.3), 1)
            logger.log({"i": 1000})
            assert take(found, 1) == entries(1, 1000)


@pytest.mark.parametrize(("past", "first"), [("all", 6), (0, 11), (3, 8), (100, 6), (None, 11)])
def test_how_much_past(past: Any, first: int) -> None:
    with streaming(stream_maxlen=5) as logger:
        log(logger, 10)
        settle(logger, 10)
        with follow(logger, past, timeout=0.5) as found:
            for number in range(first, 11):
                assert next(found) == {"i": number - 1}
                assert found.sequence == number
            with pytest.raises(TimeoutError):
                next(found)
            logger.log({"i": 10})
            assert next(found) == {"i": 10}


def test_before_the_publisher_is_there(tmp_path: Path) -> None:
    host = f"ipc://{tmp_path}/log"
    with (
        mimir.subscribe(host, timeout=10) as found,
        streaming(bind=host, stream_maxlen=None) as logger,
    ):
        log(logger, 3)
        assert take(found, 3) == entries(3)


def test_a_new_run_is_noticed_and_followed_from_its_beginning() -> None:
    with streaming(stream_maxlen=None) as first:
        log(first, 5)
        found = follow(first)
        assert take(found, 5) == entries(5)
        assert found.run == first.run
        ports: dict[str, Any] = {"push_port": first.push_port, "router_port": first.router_port}
    with streaming(stream_maxlen=None, **ports) as second:
        log(second, 2, 10)
        assert take(found, 2) == entries(2, 10)
        assert (found.sequence, found.restarts, found.missed) == (2, 1, 0)
        assert found.run == second.run
        found.close()
    assert (found.restarts, found.run) == (1, second.run)


def test_what_is_read_after_its_publisher_has_gone() -> None:
    """All of the old run is delivered, as such; then all of the new one."""
    with streaming(stream_maxlen=None) as first:
        log(first, 1)
        found = follow(first)
        assert take(found, 1) == entries(1)
        with pytest.raises(TimeoutError):  # by then the live connection stands
            next(follow(first, None, timeout=0.5))
        log(first, 5, 1)
        ports: dict[str, Any] = {"push_port": first.push_port, "router_port": first.router_port}
    with pytest.raises(TimeoutError):
        next(mimir.subscribe(push_port=1, router_port=None, timeout=0.3))
    assert take(found, 5) == entries(5, 1)
    assert (found.run, found.restarts, found.missed) == (first.run, 0, 0)
    with pytest.raises(TimeoutError):
        next(mimir.subscribe(push_port=1, router_port=None, timeout=0.5))
    with streaming(stream_maxlen=None, **ports) as second:
        log(second, 3)
        assert take(found, 3) == entries(3)
        assert (found.run, found.restarts, found.missed) == (second.run, 1, 0)
        found.close()


def test_closing_ends_the_iteration_in_another_thread() -> None:
    with streaming() as logger:
        found = follow(logger, timeout=None)
        got: list[Any] = []
        thread = threading.Thread(target=lambda: got.extend(found))
        thread.start()
        found.close()
        thread.join(10)
        assert not thread.is_alive()
        assert list(found) == got == []


def test_json_arguments_and_arrays() -> None:
    with streaming(stream_maxlen=None) as logger:
        logger.log({"array": numpy.arange(4), "x": 0.5})
        settle(logger, 1)
        with follow(logger) as found:
            assert next(found)["array"].tolist() == [0, 1, 2, 3]
        with follow(logger, parse_float=str) as found:
            assert next(found)["x"] == "0.5"
        number, snapshot = mimir.get_snapshot(port=logger.router_port or 0, object_hook=len)
        assert (number, snapshot) == (1, [2])


def test_parameters_are_the_originals() -> None:
    def parameters(function: Callable[..., object]) -> str:
        kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD,)
        found = inspect.signature(function).parameters.values()
        return ", ".join(f"{p.name}={p.default}" for p in found if p.kind in kinds)

    everywhere = "host=localhost, push_port=5557, router_port=5556"
    assert parameters(stream.get_snapshot) == "host=localhost, port=5556, ctx=None"
    assert parameters(stream.connect) == "host=localhost, port=5557, ctx=None"
    assert parameters(stream.callback).endswith(f"{everywhere}, get_snapshot=False, ctx=None")
    assert parameters(stream.subscribe) == f"{everywhere}, past=all"
    assert parameters(ServerHandler) == "port=5557"
    assert parameters(PersistentServerHandler) == "push_port=5557, router_port=5556, maxlen=None"
    assert "stream=False, stream_maxlen=0" in parameters(mimir.Logger)
    assert parameters(mimir.Logger).endswith("push_port=5557, router_port=5556")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"past": "some"}, ValueError),
        ({"past": -1}, ValueError),
        ({"past": 1.5}, TypeError),
        ({"push_port": 0}, ValueError),
        ({"router_port": 65536}, ValueError),
        ({"host": ""}, ValueError),
        ({"host": "a b"}, ValueError),
        ({"host": None}, TypeError),
        ({"key_file": "key"}, ValueError),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        mimir.subscribe(**arguments)


@pytest.mark.parametrize("function", [mimir.subscribe, mimir.get_snapshot, stream.connect])
def test_a_host_that_does_not_exist(function: Callable[[str], object]) -> None:
    with pytest.raises(ConnectionError, match=r"no\.such\.host\.invalid"):
        function("no.such.host.invalid")


# Of either kind of publisher, with sockets of either kind.


@pytest.fixture(params=["mimir", "original"])
def publisher(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "original":
        with original.Publisher() as publisher:
            yield publisher
    else:
        with streaming(stream_maxlen=None) as logger:
            logger.publish = logger.log  # type: ignore[attr-defined]
            yield logger


def test_snapshots(publisher: Any, ctx: Any) -> None:
    assert stream.get_snapshot(port=publisher.router_port, ctx=ctx) == (0, [])
    for entry in entries(300):
        publisher.publish(entry)
    settle(publisher, 300)
    found = stream.get_snapshot("127.0.0.1", publisher.router_port, ctx)
    assert found == (300, entries(300))


def test_sockets(publisher: Any, ctx: Any) -> None:
    with stream.connect(port=publisher.push_port, ctx=ctx) as socket:
        assert isinstance(socket, stream.Socket if ctx is None else zmq.Socket)
        assert not socket.poll(100)
        stop = repeat(lambda: publisher.publish({"x": 0.5}))
        try:
            assert socket.poll(10_000)
            first, entry = stream.recv(socket)
            assert stream.recv(socket, parse_float=str) == (first + 1, {"x": "0.5"})
            assert entry == {"x": 0.5}
            head, text = socket.recv_multipart()
            assert (int(head), json.loads(text)) == (first + 2, entry)
        finally:
            stop()
    assert socket.closed


def test_subscribing(publisher: Any) -> None:
    for entry in entries(100):
        publisher.publish(entry)
    with follow(publisher) as found:
        got = take(found, 100)
        for entry in entries(100, 100):
            publisher.publish(entry)
        assert got + take(found, 100) == entries(200)
        assert (found.sequence, found.missed) == (200, 0)
        assert found.run == getattr(publisher, "run", None)


def test_calling_back_with_the_past(publisher: Any, ctx: Any) -> None:
    """Nothing between the past and what is live is lost or doubled."""
    got: list[Any] = []

    def collect(entry: Any) -> None:
        got.append(entry)
        if len(got) == 150:
            raise KeyboardInterrupt

    for entry in entries(100):
        publisher.publish(entry)
    rest = iter(entries(100_000, 100))
    stop = repeat(lambda: publisher.publish(next(rest)))
    try:
        ports = publisher.push_port, publisher.router_port
        stream.callback(collect, "localhost", *ports, get_snapshot=True, ctx=ctx)
    finally:
        stop()
    assert got == entries(150)


def test_calling_back_without_the_past(publisher: Any, ctx: Any) -> None:
    got: list[Any] = []

    def collect(entry: Any) -> None:
        got.append(entry)
        if len(got) == 3:
            raise StopError

    for entry in entries(10):
        publisher.publish(entry)
    settle(publisher, 10)
    rest = iter(entries(100_000, 10))
    stop = repeat(lambda: publisher.publish(next(rest)))
    try:
        with pytest.raises(StopError):
            mimir.callback(collect, push_port=publisher.push_port, router_port=1, ctx=ctx)
    finally:
        stop()
    first = got[0]["i"]
    assert first >= 10
    assert got == entries(3, first)


def test_what_the_subscription_came_too_late_for_is_asked_for(ctx: Any) -> None:
    """An entry that nobody was sent, after the past was."""
    got: list[Any] = []
    with original.Publisher() as publisher:
        publisher.publish({"i": 0})

        def collect(entry: Any) -> None:
            got.append(entry)
            if entry["i"] == 0:
                publisher.number = 2
                publisher.entries.append([b"2", b'{"i":1}'])
                threading.Timer(1, publisher.publish, [{"i": 2}]).start()
            if entry["i"] == 2:
                raise KeyboardInterrupt

        with zmq.Context() as own:
            ports = publisher.push_port, publisher.router_port
            stream.callback(collect, "localhost", *ports, get_snapshot=True, ctx=ctx or own)
    assert got == entries(3)


def test_a_new_run_of_an_original_publisher(ctx: Any) -> None:
    got: list[Any] = []
    second: list[original.Publisher] = []

    def collect(entry: Any) -> None:
        got.append(entry)
        if len(got) == 5:
            first.__exit__(None, None, None)
            second.append(original.Publisher(*ports))
            stops.append(repeat(lambda: second[0].publish({"new": True})))
        if entry.get("new"):
            raise KeyboardInterrupt

    stops: list[Callable[[], None]] = []
    first = original.Publisher()
    ports = first.push_port, first.router_port
    for entry in entries(5):
        first.publish(entry)
    try:
        stream.callback(collect, "localhost", *ports, get_snapshot=True, ctx=ctx)
    finally:
        stops[0]()
        second[0].__exit__(None, None, None)
    assert got == [*entries(5), {"new": True}]


def test_an_original_publisher_takes_the_place_of_ours() -> None:
    with streaming(stream_maxlen=None) as first:
        log(first, 5)
        found = follow(first)
        assert take(found, 5) == entries(5)
        ports = first.push_port or 0, first.router_port or 0
    # Its answers stop at anything but the original's request.
    with original.Publisher(*ports) as second:
        for entry in entries(3, 10):
            second.publish(entry)
        stop = repeat(lambda: second.publish({"new": True}, keep=False))
        try:
            assert take(found, 4) == [*entries(3, 10), {"new": True}]
            assert (found.restarts, found.missed) == (1, 0)
        finally:
            stop()
            found.close()


def test_ours_takes_the_place_of_an_original_publisher() -> None:
    with original.Publisher() as first:
        for entry in entries(5):
            first.publish(entry)
        found = follow(first)
        assert take(found, 5) == entries(5)
        ports: dict[str, Any] = {"push_port": first.push_port, "router_port": first.router_port}
    with streaming(stream_maxlen=None, **ports) as second:
        log(second, 3, 10)
        assert take(found, 3) == entries(3, 10)
        assert (found.run, found.restarts) == (second.run, 1)
        found.close()


def test_asyncio_contexts_of_pyzmq() -> None:
    with streaming(stream_maxlen=None) as logger, zmq.asyncio.Context() as ctx:
        log(logger, 3)
        settle(logger, 3)
        assert stream.get_snapshot(port=logger.router_port or 0, ctx=ctx) == (3, entries(3))


# What answers a request for a snapshot may be anything.


def test_a_snapshot_of_nobody_times_out(ctx: Any) -> None:
    with pytest.raises(TimeoutError, match="no answer"):
        stream.get_snapshot(port=1, ctx=ctx, timeout=0.3)


def test_a_snapshot_waits_for_its_publisher(tmp_path: Path, ctx: Any) -> None:
    host = f"ipc://{tmp_path}/log"
    loggers = []

    def begin() -> None:
        loggers.append(streaming(bind=host, stream_maxlen=None))

    timer = threading.Timer(0.3, begin)
    timer.start()
    assert stream.get_snapshot(host, ctx=ctx, timeout=10) == (0, [])
    timer.join()
    loggers[0].close()


def test_a_snapshot_of_the_wrong_port() -> None:
    with streaming(stream_maxlen=1) as logger, pytest.raises(ConnectionError, match="router port"):
        mimir.get_snapshot(port=logger.push_port or 0, timeout=10)
