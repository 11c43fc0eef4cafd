"""Remote logging and the life of processes: exit, kill, fork, Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from conftest import lines, run_python
from remote import client, environment, own, python, read, serving, state
from test_remote_server import port
from test_stream_processes import PATIENCE, in_child

import mimir
from mimir import errors
from mimir.remote import LogServer, send_spool

__all__ = ["port", "state"]

CLIENT = """
import sys, mimir
logger = mimir.RemoteLogger("other", "127.0.0.1", int(sys.argv[1]))
for i in range(int(sys.argv[2])):
    logger.log({"i": i})
"""


def test_entries_of_one_that_just_ends_arrive(path: Path) -> None:
    with serving(path) as server:
        assert run_python(CLIENT, str(server.port), "1000", env=environment()) == ""
        server.wait(10)
    assert [own(entry) for entry in lines(path)] == [{"i": i} for i in range(1000)]


def test_an_exit_without_server_leaves_them_in_the_spool(path: Path, port: int) -> None:
    with python(CLIENT, port, 1000) as process:
        assert process.wait(PATIENCE) == 0
    with serving(path, port=port):
        report = send_spool("127.0.0.1", port, timeout=20)
    assert report.entries == 1000
    assert [own(entry) for entry in lines(path)] == [{"i": i} for i in range(1000)]


@pytest.mark.parametrize("is_there", [True, False])
def test_what_a_killed_client_had_logged_is_stored(path: Path, port: int, is_there: bool) -> None:
    code = CLIENT + "print('logged', flush=True)\nimport time\ntime.sleep(60)"
    if is_there:
        with serving(path, port=port), python(code, port, 5000) as process:
            assert read(process) == "logged"
            process.kill()
            process.wait()
    else:
        with python(code, port, 5000) as process:
            assert read(process) == "logged"
            process.kill()
            process.wait()
    with serving(path, port=port):
        send_spool("127.0.0.1", port, timeout=20)
    assert [entry["i"] for entry in lines(path)] == list(range(5000))


def test_a_server_and_its_client_in_one_process_that_just_ends(path: Path) -> None:
    code = """
import sys, mimir
from mimir.remote import LogServer
def start():
    logger = mimir.Logger(sys.argv[1], formatter=None)
    return LogServer(logger, 0).port
remote = mimir.RemoteLogger("own", "127.0.0.1", start())
for i in range(1000):
    remote.log({"i": i})
"""
    assert run_python(code, str(path), env=environment()) == ""
    assert [own(entry) for entry in lines(path)] == [{"i": i} for i in range(1000)]


def test_the_program_ends_after_a_threaded_server_logger(path: Path, port: int) -> None:
    code = """
import sys, mimir
mimir.ServerLogger(int(sys.argv[2]), None, True, sys.argv[1])
print("main has ended", flush=True)
"""
    with python(code, path, port) as process:
        assert read(process) == "main has ended"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
        with client(port) as ours:
            ours.log({"i": 0})
        assert process.wait(PATIENCE) == 0
    assert [own(entry) for entry in lines(path)] == [{"i": 0}]


@pytest.mark.parametrize(
    "use",
    [
        "mimir.ServerLogger(0)",
        "server.wait()",
        "server.serve_forever()",
        "server.run_until(lambda: False)",
        "remote.flush()",
        "remote.close(60)",
        "send_spool('127.0.0.1', port)",
    ],
)
def test_ctrl_c_ends_what_waits(use: str, port: int, path: Path) -> None:
    code = f"""
import signal, sys, warnings, mimir
from mimir.remote import LogServer, send_spool
warnings.simplefilter("ignore")
port = int(sys.argv[1])
old = mimir.RemoteLogger(None, "127.0.0.1", port)
old.log({{}})
old.close(0)
remote = mimir.RemoteLogger(None, "127.0.0.1", port, spool=sys.argv[2] + ".spool")
remote.log({{}})
server = LogServer(mimir.Logger(sys.argv[2]), 0)
print("waits", flush=True)
try:
    {use}
except KeyboardInterrupt:
    print("ended", flush=True)
"""
    with python(code, port, path) as process:
        assert read(process) == "waits"
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        assert read(process) == "ended"
        assert process.wait(PATIENCE) == 0


def test_a_forked_child_leaves_the_parents_alone(path: Path) -> None:
    def child() -> str:
        found = []
        for use in (
            lambda: ours.log({}),
            lambda: ours.flush(),
            lambda: ours.stats,
            lambda: server.wait(),
            lambda: server.stats,
        ):
            try:
                use()
            except errors.ForkedError:
                found.append("forked")
        assert ours.close() == 0
        server.close()
        with client(port, "child") as own:
            own.log({"child": True})
            own.flush(10)
        with mimir.Logger(maxlen=1, formatter=None) as log, LogServer(log, 0) as second:
            with client(second) as third:
                third.log({})
                third.flush(10)
            found.append(str(len(log)))
        return " ".join(found)

    with serving(path) as server, client(server, "parent") as ours:
        port = server.port or 0
        ours.log({"before": True})
        assert in_child(child) == "forked forked forked forked forked 1"
        ours.log({"after": True})
        ours.flush(10)
        assert server.stats["entries"] == 3
    assert [own(entry) for entry in lines(path)] == [
        *({"before": True}, {"child": True}, {"after": True})
    ]


def test_forks_while_other_threads_log_and_wait(path: Path) -> None:
    def child() -> str:
        signal.alarm(PATIENCE)
        try:
            ours.log({})
        except errors.ForkedError:
            return "forked"
        return "no error"

    def work() -> None:
        while not done.is_set():
            ours.log({"i": count[0]})
            count[0] += 1
            if count[0] % 10 == 0:
                ours.flush(10)

    done = threading.Event()
    count = [0]
    with serving(path) as server, client(server) as ours:
        thread = threading.Thread(target=work)
        thread.start()
        for _ in range(50):
            assert in_child(child) == "forked"
        done.set()
        thread.join()
    assert [entry["i"] for entry in lines(path)] == list(range(count[0]))


def test_pyzmq_is_not_needed() -> None:
    code = """
import sys
sys.modules["zmq"] = None
import mimir
from mimir.remote import LogServer
with mimir.Logger(maxlen=1) as logger, LogServer(logger, 0) as server:
    with mimir.RemoteLogger("x", port=server.port) as remote:
        remote.log({"i": 0})
    server.wait(10)
    print(len(logger))
"""
    output = run_python(code, env=environment())
    assert output.startswith("i: 0\nremote_log: x\n")
    assert output.endswith("\n1\n")
