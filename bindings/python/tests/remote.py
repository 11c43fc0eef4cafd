"""What the tests of remote logging share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import ENVIRONMENT

import mimir
from mimir.remote import LogServer


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the spools are, and no launcher."""
    folder = tmp_path / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK"):
        monkeypatch.delenv(name, raising=False)
    return folder / "mimir" / "spool"


@contextmanager
def serving(
    filename: Path | None = None, logger: dict[str, Any] | None = None, **options: Any
) -> Iterator[LogServer]:
    """A server at a free port, unless `options` name one."""
    options = {"port": 0, **options}
    arguments: dict[str, Any] = {"formatter": None, "maxlen": None, **(logger or {})}
    with mimir.Logger(filename, **arguments) as log, LogServer(log, **options) as server:
        yield server


def client(server: LogServer | int, name: str | None = None, **options: Any) -> mimir.RemoteLogger:
    port = server if isinstance(server, int) else server.port
    assert port is not None
    return mimir.RemoteLogger(name, "127.0.0.1", port, **options)


def own(entry: dict[str, Any]) -> dict[str, Any]:
    """Without what the server adds."""
    added = ("remote_log", "remote_seq", "rank", "host")
    return {key: value for key, value in entry.items() if key not in added}


def environment() -> dict[str, str]:
    """For other processes, with what the test has set."""
    return {**os.environ, "PYTHONPATH": ENVIRONMENT["PYTHONPATH"]}


@contextmanager
def python(code: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=environment(),
        text=True,
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def read(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()
