"""Where entries go. `logger.handlers` is a list to change in place; so is each one's `filters`."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping

from . import _core
from .formatters import simple_formatter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TextIO

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


class LogFileHandler(Handler):
    """The file of a logger, written by the library; always the first of its handlers."""

    JSON = True

    def __init__(self, filename: str, core: _core.Core) -> None:
        super().__init__()
        self.filename = filename
        self._core = core

    def log(self, entry: str) -> None:
        self._core.log(entry.encode())

    def close(self) -> None:
        self._core.close()
