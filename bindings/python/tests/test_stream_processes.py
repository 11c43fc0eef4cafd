"""Streams and the life of processes: exit, kill, fork, Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from conftest import ENVIRONMENT, run_python
from test_stream import entries, log, streaming
from test_stream_subscribe import follow

import mimir
from mimir import stream
from mimir.handlers import ServerHandler

# An exit that waits for a viewer waits for ever.
PATIENCE = 20


@contextmanager
def python(code: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    process = subprocess.Popen(
        command, env=ENVIRONMENT, text=True, stdout=subprocess.PIPE, stdin=subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def read(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


PUBLISHER = """
import sys, mimir
logger = mimir.Logger(stream=True, stream_maxlen=None, formatter=None,
                      push_port=int(sys.argv[1]), router_port=int(sys.argv[2]))
for i in range(int(sys.argv[3])):
    logger.log({"i": i})
print(logger.push_port, logger.router_port, logger.run, flush=True)
for line in sys.stdin:
    logger.log({"text": "x" * 1_000_000})
    print(flush=True)
"""

VIEWER = """
import sys, mimir
for entry in mimir.subscribe(push_port=int(sys.argv[1]), router_port=int(sys.argv[2])):
    print(flush=True)
"""


def test_a_publisher_that_was_killed_and_its_successor() -> None:
    with python(PUBLISHER, 0, 0, 5) as first:
        push_port, router_port, run = read(first).split()
        found = mimir.subscribe(push_port=int(push_port), router_port=int(router_port), timeout=20)
        assert [next(found) for _ in range(5)] == entries(5)
        assert found.run == run
        first.kill()
        first.wait()
    with python(PUBLISHER, push_port, router_port, 8) as second:
        run = read(second).split()[2]
        assert [next(found) for _ in range(8)] == entries(8)
    assert (found.run, found.sequence, found.restarts) == (run, 8, 1)
    assert found.reconnections >= 1
    found.close()


@pytest.mark.parametrize("end", [signal.SIGSTOP, signal.SIGKILL])
def test_exit_does_not_wait_for_viewers(end: signal.Signals) -> None:
    """The logger is never closed; what viewers were to get is far more than a socket holds."""
    with ExitStack() as stack:
        publisher = stack.enter_context(python(PUBLISHER, 0, 0, 1))
        ports = read(publisher).split()[:2]
        viewers = [stack.enter_context(python(VIEWER, *ports)) for _ in range(3)]
        for viewer in viewers:
            read(viewer)
            viewer.send_signal(end)
        assert publisher.stdin is not None
        for _ in range(40):
            publisher.stdin.write("\n")
            publisher.stdin.flush()
            read(publisher)
        publisher.stdin.close()
        started = time.monotonic()
        assert publisher.wait(PATIENCE) == 0
        assert time.monotonic() - started < PATIENCE / 4
        publisher.stdin = None  # for communicate()


def test_what_was_logged_last_is_still_sent_at_exit() -> None:
    code = PUBLISHER.partition("for line")[0] + "input(); logger.log({'last': True})"
    with python(code, 0, 0, 1) as publisher:
        push_port, router_port, _ = read(publisher).split()
        with mimir.subscribe(
            push_port=int(push_port), router_port=int(router_port), timeout=10
        ) as found:
            assert next(found) == {"i": 0}
            with pytest.raises(TimeoutError):  # by then the live connection stands
                next(mimir.subscribe(push_port=1, router_port=None, timeout=1))
            assert publisher.stdin is not None
            publisher.stdin.write("\n")
            publisher.stdin.flush()
            assert next(found) == {"last": True}
            assert publisher.wait(PATIENCE) == 0


@pytest.mark.parametrize(
    "use",
    [
        "next(mimir.subscribe())",
        "mimir.stream.connect().poll()",
        "mimir.stream.recv(mimir.stream.connect())",
        "mimir.get_snapshot()",
        "mimir.callback(print); raise KeyboardInterrupt",
        "asyncio.run(anext(mimir.subscribe()))",
    ],
)
def test_ctrl_c_ends_what_waits(use: str) -> None:
    # At a place where nobody answers; the standard ports might be in use.
    code = f"""
import asyncio, sys, mimir
host = "ipc:///" + sys.argv[1]
subscribe, connect, get_snapshot = mimir.subscribe, mimir.stream.connect, mimir.get_snapshot
callback = mimir.callback
mimir.subscribe = lambda: subscribe(host)
mimir.stream.connect = lambda: connect(host)
mimir.get_snapshot = lambda: get_snapshot(host)
mimir.callback = lambda function: callback(function, host)
async def anext(iterator):
    return await iterator.__anext__()
print("waits", flush=True)
try:
    {use}
except KeyboardInterrupt:
    print("ended", flush=True)
"""
    with python(code, "nonexistent/log") as process:
        assert read(process) == "waits"
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        assert read(process) == "ended"
        assert process.wait(PATIENCE) == 0


def test_pyzmq_is_not_needed() -> None:
    code = """
import sys
sys.modules["zmq"] = None
import mimir
with mimir.Logger(stream=True, stream_maxlen=1, push_port=0, router_port=0) as logger:
    logger.log({"i": 0})
    print(mimir.get_snapshot(port=logger.router_port))
    print(next(mimir.subscribe(push_port=logger.push_port, router_port=logger.router_port)))
    mimir.stream.connect(port=logger.push_port).close()
"""
    assert run_python(code) == "i: 0\n(1, [{'i': 0}])\n{'i': 0}\n"


def in_child(work: Callable[[], str]) -> str:
    """What it returns in a forked child, or its error."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reading)
            try:
                answer = work()
            except BaseException as error:
                answer = repr(error)
            os.write(writing, answer.encode())
        finally:
            os._exit(0)
    os.close(writing)
    try:
        with open(reading) as pipe:
            os.set_blocking(reading, True)
            return pipe.read()
    finally:
        deadline = time.monotonic() + PATIENCE
        while os.waitpid(pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.01)


def test_a_forked_child_leaves_the_parents_stream_alone(tmp_path: Path) -> None:
    def child() -> str:
        found = []
        for use in (
            lambda: logger.log({}),
            lambda: handler.log("{}"),
            lambda: logger.stream_stats,
            lambda: next(subscription),
            lambda: viewer.recv_multipart(),
            lambda: viewer.poll(0),
        ):
            try:
                use()
            except mimir.errors.ForkedError:
                found.append("forked")
        logger.close()
        handler.close()
        subscription.close()
        viewer.close()
        with streaming(stream_maxlen=None) as own:
            log(own, 3)
            found.append(str([next(follow(own)) for _ in range(1)]))
        return " ".join(found)

    with streaming(tmp_path / "log.jsonl", stream_maxlen=None) as logger:
        handler = ServerHandler(0)
        subscription = follow(logger)
        viewer = stream.connect(port=logger.push_port or 0)
        log(logger, 2)
        assert next(subscription) == {"i": 0}
        assert in_child(child) == "forked " * 6 + "[{'i': 0}]"
        log(logger, 3, 2)
        assert [next(subscription) for _ in range(4)] == entries(4, 1)
        for owner in (handler, subscription, viewer):
            owner.close()


def test_a_forked_child_that_exits_as_usual() -> None:
    # From 3.12 on Python warns of every fork of a process with threads.
    code = """
import os, warnings, mimir
warnings.simplefilter("ignore", DeprecationWarning)
logger = mimir.Logger(stream=True, stream_maxlen=1, push_port=0, router_port=0, formatter=None)
found = mimir.subscribe(push_port=logger.push_port, router_port=logger.router_port)
logger.log({"i": 0})
assert next(found) == {"i": 0}
pid = os.fork()
if pid:
    assert os.waitpid(pid, 0) == (pid, 0)
    logger.log({"i": 1})
    print(next(found))
"""
    assert run_python(code) == "{'i': 1}\n"


def test_a_stopped_viewer_does_not_slow_the_others_down() -> None:
    with (
        streaming(stream_maxlen=None) as logger,
        python(VIEWER, logger.push_port, logger.router_port) as stopped,
    ):
        logger.log({"i": 0})
        read(stopped)
        stopped.send_signal(signal.SIGSTOP)
        with follow(logger) as found:
            for i in range(1, 100):
                logger.log({"i": i, "text": "x" * 100_000})
            assert [next(found)["i"] for _ in range(100)] == list(range(100))


def test_a_port_that_is_no_publisher() -> None:
    """It does not even speak ZMTP; a snapshot says so."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = "import sys, mimir; mimir.get_snapshot('127.0.0.1', int(sys.argv[1]), timeout=20)"
        with subprocess.Popen(
            [sys.executable, "-c", code, str(port)],
            env=ENVIRONMENT,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n" + b" " * 64)
                _, errors = process.communicate(timeout=PATIENCE)
    assert "NetworkError: what answers is no publisher" in errors
