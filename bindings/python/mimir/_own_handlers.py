"""The handlers that stand for what the library does by itself."""

from __future__ import annotations

from collections.abc import Iterable

from ._handler import Handler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._handler import Filter
    from ._sinks import Sinks


class _OwnHandler(Handler):
    """Its list of filters stays the same one, so that the logger sees at once that it is empty."""

    def __init__(self) -> None:
        self._filters: list[Filter] = []

    @property
    def filters(self) -> list[Filter]:
        return self._filters

    @filters.setter
    def filters(self, filters: Iterable[Filter]) -> None:
        self._filters[:] = filters


class LogFileHandler(_OwnHandler):
    """The file of a logger, written by the library; always the first of its handlers."""

    JSON = True

    def __init__(self, filename: str, sinks: Sinks) -> None:
        super().__init__()
        self.filename = filename
        self._sinks = sinks

    def log(self, entry: str) -> None:
        self._sinks.write(entry)

    def close(self) -> None:
        self._sinks.core.close()


class LogStreamHandler(_OwnHandler):
    """The stream of a logger. The library publishes what it writes to the file, so this one is
    asked only when that is not the same. Closed with the logger."""

    JSON = True

    def __init__(self, sinks: Sinks) -> None:
        super().__init__()
        self._sinks = sinks

    def log(self, entry: str) -> None:
        self._sinks.publish(entry)
