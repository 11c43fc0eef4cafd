from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import mimir

from .conftest import Terminal, run
from .serving import client, serving


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_serves_until_a_signal_and_ends_in_order(number: int, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl.gz"
    with serving(log) as server:
        assert server.first["event"] == "serving"
        assert server.first["log"] == str(log)
        assert server.first["address"] == f"tcp://127.0.0.1:{server.port}"
        with client(server.port, spool=tmp_path / "spool") as ours:
            for index in range(100):
                ours.log({"i": index})
        done = server.end(number)
    assert (done["event"], done["entries"], done["joined"], done["refused"]) == ("done", 100, 1, 0)
    assert run("check", log).out == f"{log}: ok, 100 entries\n"
    entries = [json.loads(line) for line in run("cat", log).out.splitlines()]
    assert [entry["i"] for entry in entries] == list(range(100))
    assert {entry["remote_log"] for entry in entries} == {"train"}


def test_until_all_clients_have_left(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    with serving(log, "--until-done") as server:
        first, second = client(server.port, "a"), client(server.port, "b")
        for each in (first, second):
            each.log({"i": 1})
            each.flush(20)
        first.close()
        assert server.process.poll() is None
        second.close()
        assert server.end(0)["entries"] == 2
    assert run("cat", log).out.count("\n") == 2


def test_goes_on_with_a_log_and_stores_nothing_twice(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl.gz"
    for total in (1, 2):
        with serving(log) as server:
            with client(server.port) as ours:
                ours.log({"i": total})
            server.end()
        assert run("cat", log).out.count("\n") == total


def test_says_where_it_serves_and_what_it_stored(
    tmp_path: Path, terminal: Callable[..., Terminal]
) -> None:
    log = tmp_path / "log.jsonl"
    server = terminal("serve", "--port", "0", log, columns=120)
    shown = server.read_until("serving ")
    port = re.search(r"tcp://127.0.0.1:(\d+)", server.read_until("\n"))
    assert port is not None, shown
    with client(int(port[1])) as ours:
        ours.log({"i": 1})
        ours.flush(20)
        server.read_until("1 client, 1 entry, ")
    server.interrupt()
    ended = server.finish()
    assert f"\r\x1b[Kstored 1 entry of 1 client in {log}\r\n" in ended


def test_a_status_line_goes_only_to_a_terminal(tmp_path: Path) -> None:
    with serving(tmp_path / "log.jsonl", "--until-done") as server:
        with client(server.port) as ours:
            ours.log({"i": 1})
        _, err = server.process.communicate(timeout=30)
    assert err == ""


def test_with_keys(tmp_path: Path) -> None:
    for name in ("server", "client"):
        run("keygen", tmp_path / name)
    authorized = tmp_path / "authorized"
    authorized.mkdir()
    (tmp_path / "client.pub").rename(authorized / "client.pub")
    log = tmp_path / "log.jsonl"
    keys = ("--key-file", tmp_path / "server", "--authorized-keys", authorized)
    with serving(log, *keys) as server:
        with client(
            server.port, key_file=tmp_path / "client", server_key=tmp_path / "server.pub"
        ) as ours:
            ours.log({"i": 1})
        assert server.end()["entries"] == 1
    only_one = run("serve", "--key-file", tmp_path / "server", log, status=64)
    assert "go together" in only_one.err


def test_a_straggler_view_and_a_live_stream(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    live = ("--stream", "--push-port", "0", "--router-port", "0")
    with serving(log, *live, "--straggler", "duration", "--every", "1") as server:
        with client(server.port, rank=0, world_size=1) as ours:
            ours.log({"duration": 0.5})
        subscription = mimir.subscribe(
            "127.0.0.1",
            push_port=server.first["push_port"],
            router_port=server.first["router_port"],
            past="all",
            timeout=20,
        )
        assert next(iter(subscription))["duration"] == 0.5
        server.end()
    assert '"straggler":' in log.read_text()


def test_what_cannot_be_served(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    with serving(log) as server:
        taken = run("serve", "--port", str(server.port), tmp_path / "other.jsonl", status=1)
        assert taken.err.startswith("mimir: ")
        assert str(server.port) in taken.err
        same = run("serve", "--port", "0", log, status=1)
        assert f"pid {server.process.pid}" in same.err
        server.end()
    everyone = run("serve", "--bind", "0.0.0.0", "--port", "0", log, status=1)
    assert "key" in everyone.err
    assert "--port is 70000" in run("serve", "--port", "70000", log, status=64).err
    assert "--straggler" in run("serve", "--every", "5", log, status=64).err


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
def test_a_signal_that_is_ignored_does_not_end_it(number: int, tmp_path: Path) -> None:
    """As under nohup, and in the background of a script."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with serving(tmp_path / "log.jsonl") as server:
            server.process.send_signal(number)
            with pytest.raises(subprocess.TimeoutExpired):
                server.process.wait(0.5)
            server.end(signal.SIGTERM)
    finally:
        signal.signal(number, before)
