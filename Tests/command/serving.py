"""A server that a test has started."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mimir

from .conftest import BINARY


class Server:
    """`mimir serve --json` at a free port."""

    def __init__(self, log: Path, *arguments: str | Path) -> None:
        self.process = subprocess.Popen(
            [BINARY, "serve", "--json", "--port", "0", *map(str, arguments), log],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.first: dict[str, Any] = json.loads(self.process.stdout.readline())

    @property
    def port(self) -> int:
        return int(self.first["port"])

    def end(self, number: int = signal.SIGINT, status: int = 0) -> dict[str, Any]:
        """The last event of a server that a signal ends; 0 for one that ends by itself."""
        if number:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=30)
        assert self.process.returncode == status, err
        result: dict[str, Any] = json.loads(out.splitlines()[-1])
        return result


@contextmanager
def serving(log: Path, *arguments: str | Path) -> Iterator[Server]:
    server = Server(log, *arguments)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.kill()
            server.process.communicate()


def client(port: int, name: str = "train", **options: Any) -> mimir.RemoteLogger:
    return mimir.RemoteLogger(name, "127.0.0.1", port, **options)
