"""A live stream to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import mimir


class Publisher:
    """A logger that publishes what it logs, like `training` but without a file."""

    def __init__(self, count: int, **options: Any) -> None:
        self._options = options
        self._count = 0
        self._logger = self._open(0, 0)
        self.push_port, self.router_port = self._logger.push_port, self._logger.router_port
        for _ in range(count):
            self.log()

    @property
    def address(self) -> list[str]:
        """As it is given to the command."""
        return [f"tcp://127.0.0.1:{self.push_port}", "--router-port", str(self.router_port)]

    def log(self) -> None:
        self._logger.log({"iteration": self._count, "loss": 1 / (self._count + 1)})
        self._count += 1

    def restart(self, count: int) -> None:
        """Another run, at the same address."""
        assert self.push_port is not None
        assert self.router_port is not None
        self._logger.close()
        self._logger = self._open(self.push_port, self.router_port)
        self._count = 0
        for _ in range(count):
            self.log()

    def close(self) -> None:
        self._logger.close()

    def _open(self, push_port: int, router_port: int) -> mimir.Logger:
        return mimir.Logger(
            formatter=None,
            stream=True,
            stream_maxlen=None,
            push_port=push_port,
            router_port=router_port,
            **self._options,
        )


@pytest.fixture
def publishing() -> Iterator[Callable[..., Publisher]]:
    """Starts a stream; see `Publisher`."""
    started: list[Publisher] = []

    def start(count: int, **options: Any) -> Publisher:
        started.append(Publisher(count, **options))
        return started[-1]

    yield start
    for each in started:
        each.close()
