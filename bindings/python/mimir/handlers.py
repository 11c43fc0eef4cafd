"""Where entries go. `logger.handlers` is a list to change in place; so is each one's `filters`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping

from . import _ffi
from ._core import Core
from ._handler import Handler
from ._own_handlers import LogFileHandler, LogStreamHandler
from ._servers import PersistentServerHandler, ServerHandler
from .formatters import simple_formatter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TextIO

__all__ = [
    "FileHandler",
    "GzipJSONHandler",
    "Handler",
    "JSONHandler",
    "LogFileHandler",
    "LogStreamHandler",
    "PersistentServerHandler",
    "PrintHandler",
    "ServerHandler",
]


class FileHandler(Handler):
    """Writes to a file object. That is closed with the logger, unless it is a standard stream."""

    def __init__(self, fp: TextIO | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fp = fp

    def close(self) -> None:
        standard = (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)
        if self.fp is not None and not any(self.fp is stream for stream in standard):
            self.fp.close()


class PrintHandler(FileHandler):
    """Prints entries. Without `fp` to sys.stdout as it is at that moment."""

    def __init__(
        self,
        formatter: Callable[[Mapping[str, Any], TextIO], None] = simple_formatter,
        fp: TextIO | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fp, **kwargs)
        self.formatter = formatter

    def log(self, entry: Mapping[str, Any]) -> None:
        fp = sys.stdout if self.fp is None else self.fp
        if fp is not None:  # there is none in a process without a console
            self.formatter(entry, fp)


class JSONHandler(FileHandler):
    """Writes entries to a file object of your own, a line each.

    Not what `filename` of mimir.Logger does: what such a file keeps after a crash is up to it, and
    NaN and infinities are the bare words that Python's json writes and reads.
    """

    JSON = True
    fp: TextIO

    def __init__(self, fp: TextIO, **kwargs: Any) -> None:
        super().__init__(fp, **kwargs)

    def log(self, entry: str) -> None:
        self.fp.write(entry + "\n")


class GzipJSONHandler(Handler):
    """Writes entries to the gzip log `filename` + ".gz", as mimir.Logger does: the file is valid at
    every moment, and an entry is safe when `log` returns, whatever `buffered` is."""

    JSON = True

    def __init__(
        self, filename: str | os.PathLike[str], buffered: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.filename = os.fspath(filename) + ".gz"
        self._core = Core(_ffi.LoggerOptions(path=os.fsencode(self.filename)))

    def log(self, entry: str) -> None:
        self._core.log(entry.encode())

    def close(self) -> None:
        self._core.close()
