"""The logger."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from . import _ffi, _options
from ._core import Core
from ._dispatch import Dispatch
from ._encoding import make_encode
from ._warning import Failures
from .formatters import simple_formatter
from .handlers import Handler, LogFileHandler, PrintHandler
from .serialization import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, TextIO

    Path = str | bytes | os.PathLike[str]


class Logger(Sequence["Any"]):
    """Logs entries to memory, to a file, to the console, and to handlers of your own.

    As a sequence: the last `maxlen` entries, oldest first. Any number of threads may use it. When
    `log` returns, the entry is safe from the death of the process (with `flush='every_entry'`).

    filename          the log file, JSON Lines; None: no file
    maxlen            how many entries stay in memory; None: all
    formatter         prints each entry, called with (entry, file); None: no printing
    mode              what happens to a file that is there: 'append', 'truncate', or 'exclusive',
                      which refuses it
    flush             'every_entry', or 'interval': written every `flush_interval` seconds, and a
                      kill may lose what was logged within the last one
    durability        'process', or 'system': also a power cut loses nothing (fdatasync)
    shared            other processes may write the same file, if they too say so
    nonfinite         how NaN and infinities are written, which JSON lacks: 'null', 'tagged',
                      'string', 'literal' or 'error'; in memory they are kept
    on_error          'warn': log, flush and close turn failures to write into one MimirWarning per
                      kind of failure; 'raise': they raise
    max_entry_bytes   the largest entry; None: 64 MiB
    max_pending_bytes how much may wait in memory while writing fails; None: 64 MiB
    kwargs            go to json.dumps, with `ensure_ascii=False` and `default=serialize_numpy`
                      unless given

    The stream options (`stream`, `stream_maxlen`, `push_port`, `router_port`) are taken for
    compatibility; this version does not stream.
    """

    def __init__(
        self,
        filename: Path | None = None,
        maxlen: int | None = 0,
        stream: bool = False,
        stream_maxlen: int | None = 0,
        formatter: Callable[[Mapping[str, Any], TextIO], None] | None = simple_formatter,
        push_port: int = 5557,
        router_port: int = 5556,
        *,
        mode: str = "append",
        flush: str = "every_entry",
        flush_interval: float = 0.1,
        durability: str = "process",
        shared: bool = False,
        nonfinite: str = "null",
        on_error: str = "warn",
        max_entry_bytes: int | None = None,
        max_pending_bytes: int | None = None,
        **kwargs: Any,
    ) -> None:
        if stream:
            raise NotImplementedError("stream=True: this version of mimir does not stream yet")
        raises = _options.choice("on_error", on_error, _options.ON_ERRORS) == 1
        options = _ffi.LoggerOptions(
            mode=_options.choice("mode", mode, _options.MODES),
            path=None if filename is None else _options.path_bytes(filename),
            maxlen=_options.limit(maxlen),
            max_entry_bytes=_options.size("max_entry_bytes", max_entry_bytes),
            max_pending_bytes=_options.size("max_pending_bytes", max_pending_bytes),
            flush=_options.choice("flush", flush, _options.FLUSHES),
            flush_interval_ms=_options.milliseconds("flush_interval", flush_interval),
            durability=_options.choice("durability", durability, _options.DURABILITIES),
            shared=bool(shared),
            nonfinite=_options.choice("nonfinite", nonfinite, _options.NONFINITES),
        )
        self._maxlen = options.maxlen
        self._encode = make_encode(kwargs)  # before anything is opened: it checks kwargs
        self._loads: Callable[[str], Any] = loads
        self._core = Core(options, raises=raises)
        self._memory: Core | list[str] = self._core
        self._file: LogFileHandler | None = None
        self._failures = Failures(raises=raises)
        self._closed = False
        self.handlers: list[Handler] = []
        if filename is not None:
            self._file = LogFileHandler(os.fsdecode(filename), self._core)
            self.handlers.append(self._file)
        if formatter is not None:
            self.handlers.append(PrintHandler(formatter))

    def log(self, entry: Mapping[str, Any]) -> None:
        """Logs an entry: to memory and to the file, then to the other handlers in their order.

        Nothing is stored of an entry that is no dict (TypeError) or can't be written as JSON. A
        failure to write warns, or raises with `on_error='raise'`.
        """
        if not isinstance(entry, dict):
            entry = _as_dict(entry)
        text = self._encode(entry)
        file, handlers = self._file, self.handlers
        if self._memory is self._core and (file is None or (not file.filters and file in handlers)):
            self._core.log(text.encode())
        else:
            self._log_apart(entry, text)
        if handlers and (file is None or len(handlers) > 1 or handlers[0] is not file):
            others = [handler for handler in handlers if handler is not file]
            Dispatch(entry, text, self._encode).hand_to(others, self._failures)

    def _log_apart(self, entry: Mapping[str, Any], text: str) -> None:
        """When the file gets less than memory: it has filters or is no longer a handler."""
        self._separate_memory()
        file = self._file
        if file is not None and file in self.handlers:
            filtered = Dispatch(entry, text, self._encode).text_for(file)
            if filtered is not None:
                self._core.log(filtered.encode())
        if isinstance(self._memory, Core) and self._memory is not self._core:
            self._memory.log(text.encode())

    def _separate_memory(self) -> None:
        self._core.check_open()
        if self._memory is not self._core or self._maxlen == 0:
            return
        memory = Core(_ffi.LoggerOptions(maxlen=self._maxlen))
        for text in self._core[:]:
            memory.log(text.encode())
        self._memory = memory

    def load(self, filename: Path, **kwargs: Any) -> int:
        """Reads a log file: its last `maxlen` entries follow those in memory.

        `kwargs` go to json.loads, from now on for all entries in memory. Returns how many entries
        the file holds. Lines that are no JSON object are left out with a warning.
        """
        self._core.check_open()
        memory = self._memory if isinstance(self._memory, Core) else self._core
        count = memory.load(_options.path_bytes(filename))
        if kwargs:
            self._loads = partial(loads, **kwargs)
        return count

    def flush(self) -> None:
        """Writes what waits in memory to the file."""
        self._core.flush()

    @property
    def stats(self) -> dict[str, int]:
        """What the logger has done so far: entries, bytes, dropped, recovered, errors,
        pending_entries, pending_bytes, nonfinite, repaired_bytes."""
        return self._core.statistics()

    def close(self) -> None:
        """Writes what waits and closes the file and all handlers. Entries in memory stay readable.
        Closing again does nothing."""
        if self._closed:
            return
        self._closed = True
        if self._memory is self._core and not self._core.closed:
            self._memory = self._core[:]
        failure = None
        for close in [*(handler.close for handler in self.handlers), self._core.close]:
            try:
                close()
            except Exception as error:  # the others must be closed too
                failure = failure or error
        if failure is not None:
            raise failure

    def __len__(self) -> int:
        return len(self._memory)

    def __getitem__(self, index: int | slice) -> Any:
        found = self._memory[index]
        if isinstance(found, str):
            return self._loads(found)
        return [self._loads(text) for text in found]

    def __iter__(self) -> Iterator[Any]:
        """The entries that are in memory at this moment, oldest first."""
        return map(self._loads, self._memory[:])

    def __enter__(self) -> Logger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _as_dict(entry: object) -> dict[str, Any]:
    if isinstance(entry, Mapping):
        return dict(entry)
    raise TypeError(f"an entry is a dict (or another mapping), not {type(entry).__name__}")
