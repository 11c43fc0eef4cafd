"""The logger."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from . import _ffi, _options
from ._dispatch import Dispatch
from ._encoding import as_dict, make_encode, make_encode_line
from ._handler import Handler
from ._own_handlers import LogFileHandler, LogStreamHandler
from ._sinks import Sinks
from ._warning import Failures
from .formatters import simple_formatter
from .handlers import PrintHandler
from .serialization import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, TextIO

    from ._remote_server import Server

    Path = str | bytes | os.PathLike[str]


class Logger(Sequence["Any"]):
    """Logs entries to memory, to a file, to the console, live to viewers, and to handlers of your
    own.

    As a sequence: the last `maxlen` entries, oldest first. Any number of threads may use it. When
    `log` returns, the entry is safe from the death of the process (with `flush='every_entry'`).

    filename          the log file, JSON Lines; None: no file
    maxlen            how many entries stay in memory; None: all
    stream            viewers can follow the log, see mimir.subscribe
    stream_maxlen     how many entries are held for viewers that come late; None: all; 0: none. With
                      a file they can have all, as older ones are read back from it
    formatter         prints each entry, called with (entry, file); None: no printing
    push_port, router_port
                      the stream's TCP ports, for live entries and for the past; 0: a free one
    bind              the address of this machine for the stream, "*" for all, or ipc://PATH; None:
                      127.0.0.1
    key_file, authorized_keys
                      encrypt the stream: this logger's key pair (see mimir.keygen), and the folder
                      with the public keys of those who may connect
    insecure          allows a `bind` that others can reach, without keys
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
    kwargs            go to json.dumps, with `ensure_ascii=False` and `default=` what takes NumPy
                      and more (see mimir.serialization.serialize) unless given. Without any, and
                      with orjson installed, that writes the entries
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
        bind: str | None = None,
        key_file: Path | None = None,
        authorized_keys: Path | None = None,
        insecure: bool = False,
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
        if stream:
            options.stream = 1
            options.stream_maxlen = _options.limit(stream_maxlen)
            common = _options.publishing(
                push_port, router_port, bind, key_file, authorized_keys, insecure
            )
            for name, value in common.items():
                setattr(options, name, value)
        self._encode = make_encode(kwargs)  # before anything is opened: it checks kwargs
        self._encode_line = make_encode_line(kwargs, self._encode)
        self._loads: Callable[[str], Any] = loads
        self._sinks = Sinks(options, raises=raises)
        self._failures = Failures(raises=raises)
        self._closed = False
        self._file: LogFileHandler | None = None
        self._handlers: list[Handler] = []
        if filename is not None:
            self._file = LogFileHandler(os.fsdecode(filename), self._sinks)
            self._handlers.append(self._file)
        if stream:
            self._handlers.append(LogStreamHandler(self._sinks))
        # Those that stand for what the library does by itself. One comparison tells whether they
        # are the only ones and get everything.
        self._own = tuple(self._handlers)
        self._lists = (self._handlers, *(handler.filters for handler in self._own))
        self._unfiltered = (list(self._own), *([] for _ in self._own))
        if formatter is not None:
            self.handlers.insert(0 if self._file is None else 1, PrintHandler(formatter))

    def log(self, entry: Mapping[str, Any]) -> None:
        """Logs an entry: to memory and to the file, then to the other handlers in their order.

        Nothing is stored of an entry that is no dict (TypeError) or can't be written as JSON. A
        failure to write warns, or raises with `on_error='raise'`.
        """
        if not isinstance(entry, dict):
            entry = as_dict(entry)
        line = self._encode_line(entry)
        if self._lists != self._unfiltered or not self._sinks.log(line):
            self._log_to_handlers(entry, line)

    def _log_to_handlers(self, entry: Mapping[str, Any], line: bytes) -> None:
        own, handlers, sinks = self._own, self._handlers, self._sinks
        dispatch = Dispatch(entry, line, self._encode)
        self._separate_filtered()
        if sinks.log(line):
            others = [handler for handler in handlers if handler not in own]
        else:
            file = self._file
            others = [handler for handler in handlers if handler is not file]
            is_listed = file is not None and file in handlers
            sinks.log_apart(line, dispatch.text_for(file) if file and is_listed else None)
        dispatch.hand_to(others, self._failures)

    def _separate_filtered(self) -> None:
        for handler in self._own:
            if handler.filters or handler not in self._handlers:
                self._sinks.separate()

    @property
    def handlers(self) -> list[Handler]:
        """What gets the entries; change it in place, or assign another list."""
        return self._handlers

    @handlers.setter
    def handlers(self, handlers: list[Handler]) -> None:
        self._handlers[:] = handlers

    def _serve(self, options: _ffi.ServerOptions, loads_kwargs: dict[str, Any]) -> Server:
        """Has a server log here what clients send."""
        from ._remote_server import Server  # here, as few programs need them
        from ._views import Views

        if loads_kwargs:
            self._loads = partial(loads, **loads_kwargs)
        self._separate_filtered()
        views = None
        if len(self.handlers) > len(self._own):  # else no entry need wait for the interpreter
            views = Views(self.handlers, self._own, self._encode, self._loads)
        return Server(self._sinks.lend(), options, views)

    def load(self, filename: Path, **kwargs: Any) -> int:
        """Reads a log file: its last `maxlen` entries follow those in memory.

        `kwargs` go to json.loads, from now on for all entries in memory. Returns how many entries
        the file holds. Lines that are no JSON object are left out with a warning.
        """
        count = self._sinks.load(_options.path_bytes(filename))
        if kwargs:
            self._loads = partial(loads, **kwargs)
        return count

    def flush(self) -> None:
        """Writes what waits in memory to the file."""
        self._sinks.core.flush()

    @property
    def stats(self) -> dict[str, int]:
        """What the logger has done so far: entries, bytes, dropped, recovered, errors,
        pending_entries, pending_bytes, nonfinite, repaired_bytes."""
        return self._sinks.statistics()

    @property
    def push_port(self) -> int | None:
        """The stream's port for live entries; None without a stream, and over ipc://."""
        endpoint = self._sinks.endpoint
        return None if endpoint is None else endpoint.push_port

    @property
    def router_port(self) -> int | None:
        """Its port for the past; None also when nothing is held for viewers that come late."""
        endpoint = self._sinks.endpoint
        return None if endpoint is None else endpoint.router_port

    @property
    def run(self) -> str | None:
        """The stream's id, by which viewers tell one run from the next; None without a stream."""
        return self._sinks.run()

    @property
    def stream_stats(self) -> dict[str, int]:
        """What the stream has done so far: dropped, skipped, requests, ignored."""
        return self._sinks.stream_statistics()

    def close(self) -> None:
        """Writes what waits and closes the file and all handlers. Entries in memory stay readable.
        Closing again does nothing."""
        if self._closed:
            return
        self._closed = True
        failure = None
        others = [handler for handler in self.handlers if handler not in self._own]
        for close in [*(handler.close for handler in others), self._sinks.close]:
            try:
                close()
            except Exception as error:  # the others must be closed too
                failure = failure or error
        if failure is not None:
            raise failure

    def __len__(self) -> int:
        return len(self._sinks.memory)

    def __getitem__(self, index: int | slice) -> Any:
        found = self._sinks.memory[index]
        if isinstance(found, str):
            return self._loads(found)
        return [self._loads(text) for text in found]

    def __iter__(self) -> Iterator[Any]:
        """The entries that are in memory at this moment, oldest first."""
        return map(self._loads, self._sinks.memory[:])

    def __enter__(self) -> Logger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
