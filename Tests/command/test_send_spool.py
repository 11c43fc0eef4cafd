from __future__ import annotations

import json
from pathlib import Path

import pytest

from mimir import errors

from .conftest import run
from .serving import client, serving


def leave_behind(port: int, count: int, spool: Path) -> None:
    """Logs to a server that is not there."""
    ours = client(port, spool=spool)
    for index in range(count):
        ours.log({"i": index})
    with pytest.warns(errors.MimirWarning, match="still in the spool"):
        assert ours.close(0.05) == count


def free_port(tmp_path: Path) -> int:
    with serving(tmp_path / "unused.jsonl") as server:
        server.end()
    return server.port


def test_sends_what_is_left_behind_once(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    log = tmp_path / "log.jsonl.gz"
    port = free_port(tmp_path)
    leave_behind(port, 50, spool)
    leave_behind(port, 7, spool)
    with serving(log, "--port", str(port)) as server:
        sent = run("send-spool", spool, "--host", "127.0.0.1", "--port", str(port))
        assert sent.out == f"sent 57 entries to 127.0.0.1:{port}, and 2 spools whole\n"
        again = run("send-spool", spool, "--host", "127.0.0.1", "--port", str(port), "--json")
        assert json.loads(again.out) == {
            "entries": 0,
            "spools": 0,
            "refused": 0,
            "left": 0,
            "busy": 0,
            "problem": None,
        }
        assert server.end()["entries"] == 57
    entries = [json.loads(line) for line in run("cat", log).out.splitlines()]
    assert sorted(entry["i"] for entry in entries) == sorted([*range(50), *range(7)])


def test_says_what_is_left_when_the_time_is_over(tmp_path: Path) -> None:
    port = free_port(tmp_path)
    leave_behind(port, 5, tmp_path / "spool")
    place = (tmp_path / "spool", "--host", "127.0.0.1", "--port", str(port))
    late = run("send-spool", *place, "--timeout", "0.2", status=1)
    assert late.err.startswith("mimir: 5 entries are still in the spool")
    told = json.loads(run("send-spool", *place, "--timeout", "0.2", "--json", status=1).out)
    assert (told["left"], told["entries"]) == (5, 0)


def test_the_loggers_own_folder_is_the_default(tmp_path: Path) -> None:
    port = free_port(tmp_path)
    leave_behind(port, 3, tmp_path / "state" / "mimir" / "spool")
    with serving(tmp_path / "log.jsonl", "--port", str(port)) as server:
        sent = run(
            *("send-spool", "--host", "127.0.0.1", "--port", str(port)),
            env={"XDG_STATE_HOME": str(tmp_path / "state")},
        )
        assert sent.out.startswith("sent 3 entries")
        server.end()


def test_what_is_wrong_with_the_command_line(tmp_path: Path) -> None:
    assert "--port is 0" in run("send-spool", "--port", "0", status=64).err
    assert "go together" in run("send-spool", "--key-file", "key", status=64).err
    assert "--timeout is -1" in run("send-spool", "--timeout=-1", status=64).err
    missing = run(
        "send-spool", tmp_path, "--key-file", tmp_path / "key", "--server-key", tmp_path / "pub",
        status=1,
    )  # fmt: skip
    assert missing.err.startswith("mimir: cannot open")
