"""Where entries go. `logger.handlers` is a list to change in place; so is each one's `filters`."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping

from . import _ffi, _options
from ._publisher import Publisher
from .formatters import simple_formatter

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from typing import Any, TextIO

    from ._sinks import Sinks

    Path = str | bytes | os.PathLike[str]
    Filter = Callable[[Any], Any]


class Handler(ABC):
    """Gets each entry that its filters leave: functions that take an entry and return it, another
    in its place, or None to drop it."""

    JSON = False
    """True to get the serialized text instead of the entry."""

    def __init__(self, filters: Iterable[Filter] | None = None) -> None:
        self.filters: list[Filter] = list(filters or ())

    def filter(self, entry: Any) -> Any:
        """What the filters leave of an entry; None: nothing."""
        for function in self.filters:
            entry = function(entry)
            if entry is None:
                break
        return entry

    @abstractmethod
    def log(self, entry: Any) -> None:
        """Takes an entry, or its text if `JSON` is true."""

    def close(self) -> None:  # noqa: B027
        """Called when the logger is closed; nothing to do unless overridden."""


class PrintHandler(Handler):
    """Prints entries. Without `fp` to sys.stdout as it is at that moment."""

    def __init__(
        self,
        formatter: Callable[[Mapping[str, Any], TextIO], None] = simple_formatter,
        fp: TextIO | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.formatter = formatter
        self.fp = fp

    def log(self, entry: Mapping[str, Any]) -> None:
        fp = sys.stdout if self.fp is None else self.fp
        if fp is not None:  # there is none in a process without a console
            self.formatter(entry, fp)


class PersistentServerHandler(Handler):
    """Publishes entries live, and tells those who come late the last `maxlen` ones (None: all).

    The ports, `bind`, `key_file`, `authorized_keys` and `insecure` are as in mimir.Logger.
    """

    JSON = True

    def __init__(
        self,
        push_port: int = 5557,
        router_port: int = 5556,
        maxlen: int | None = None,
        *,
        bind: str | None = None,
        key_file: Path | None = None,
        authorized_keys: Path | None = None,
        insecure: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        common = _options.publishing(
            push_port, router_port, bind, key_file, authorized_keys, insecure
        )
        options = _ffi.PublisherOptions(maxlen=_options.limit(maxlen), **common)
        self._publisher = Publisher(options)
        self.push_port = self._publisher.endpoint.push_port
        self.router_port = self._publisher.endpoint.router_port
        self.run = self._publisher.endpoint.run

    @property
    def stats(self) -> dict[str, int]:
        """What the publisher has done so far: dropped, skipped, requests, ignored."""
        return self._publisher.statistics()

    def log(self, entry: str) -> None:
        self._publisher.publish(entry.encode())

    def close(self) -> None:
        """Sends what waits, for a second at the most."""
        self._publisher.close()


class ServerHandler(PersistentServerHandler):
    """Publishes entries live; those who come late get what comes from then on."""

    def __init__(self, port: int = 5557, **kwargs: Any) -> None:
        super().__init__(port, maxlen=0, **kwargs)


class LogFileHandler(Handler):
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


class LogStreamHandler(Handler):
    """The stream of a logger. The library publishes what it writes to the file, so this one is
    asked only when that is not the same. Closed with the logger."""

    JSON = True

    def __init__(self, sinks: Sinks) -> None:
        super().__init__()
        self._sinks = sinks

    def log(self, entry: str) -> None:
        self._sinks.publish(entry)
