"""Owns one logger of the library: its handle, from open to close, exit, collection or fork."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from operator import index as to_int

from . import _ffi
from ._lifetime import Owner
from ._publisher import Endpoint
from ._warning import Failures, warn
from .errors import ClosedError, ForkedError, InvalidStateError, MimirError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Core(Owner, Sequence[str]):
    """A logger of the library, and as a sequence the JSON text of its entries in memory.

    Only the collector frees the handle: no thread can be using it then, so that calls need no lock.
    """

    _handle: _ffi.Logger | None = None  # for __del__, when opening fails

    def __init__(self, options: _ffi.LoggerOptions, *, raises: bool = False) -> None:
        self._path: bytes | None = options.path
        self._failures = Failures(raises=raises)
        self._notes: list[tuple[int, str]] = []
        self._callback = _ffi.warning_collector(self._notes)  # must live as long as the handle
        _ffi.set_callback(options, self._callback)
        self._handle = _ffi.logger_open(options)
        self._log_json = _ffi.log_json(self._handle)
        self.closed = False
        super().__init__()
        # Where the stream can be reached, with the options' `stream`.
        self.endpoint = Endpoint(self._handle) if options.stream else None
        self._deliver()

    def check_open(self) -> None:
        if self.closed or self._handle is None:
            raise self._unusable()

    @property
    def handle(self) -> _ffi.Logger:
        """While it is open. Another object of the library that has it must keep this one alive."""
        self.check_open()
        return self._use()

    def log(self, text: bytes) -> None:
        """Logs JSON text."""
        status = self._log_json(text)
        if status or self._notes or self._failures.kinds:
            self._after(status)

    def take_notes(self) -> list[str]:
        """What the library noted on a thread of its own."""
        messages = [message for _, message in self._notes]
        del self._notes[: len(messages)]
        return messages

    def load(self, path: bytes) -> int:
        count = _ffi.logger_load(self.handle, path)
        self._deliver()
        return count

    def flush(self) -> None:
        self._after(_ffi.library.mimir_logger_flush(self.handle))

    def statistics(self) -> dict[str, int]:
        return _ffi.logger_statistics(self._use())

    def stream_statistics(self) -> dict[str, int]:
        endpoint = self.endpoint
        if endpoint is None:
            raise InvalidStateError("the logger does not stream; open it with stream=True")
        if not self.closed:
            endpoint.update(self._use())
        return endpoint.statistics

    def close(self) -> None:
        """Closes; does nothing when that is done, or in a forked child."""
        with self.lock:
            handle = self._handle
            if handle is None or self.closed:
                return
            if self.endpoint is not None:
                self.endpoint.update(handle)
            self.closed = True
            self._ended()
            status = _ffi.library.mimir_logger_finish(handle)
            error = _ffi.failure(status) if status else None
        self._failures.all_work()  # the last word on what is lost is always said
        self._settle(error)

    def __len__(self) -> int:
        return _ffi.logger_count(self._use())

    def __getitem__(self, index: int | slice) -> Any:
        handle = self._use()
        if isinstance(index, slice):
            return _slice(handle, index)
        within = min(max(to_int(index), -(2**63)), 2**63 - 1)
        return _ffi.logger_get(handle, within)

    def __del__(self, free: Any = _ffi.library.mimir_logger_close) -> None:
        # As an argument: at the interpreter's end the modules may be empty already.
        handle, self._handle = self._handle, None
        if handle is None:
            return
        try:
            if self._path is not None and not self.closed:
                path = os.fsdecode(self._path)
                warnings.warn(f"unclosed log {path!r}", ResourceWarning, stacklevel=2, source=self)
        finally:
            free(handle)

    def _use(self) -> _ffi.Logger:
        if self._handle is not None:
            return self._handle
        raise self._unusable()

    def _unusable(self) -> MimirError:
        if self._forked:
            return ForkedError(
                "this logger was opened before fork() and belongs to the parent process; "
                "open one here (shared=True in both, if both write the same file)"
            )
        return ClosedError("the logger is closed; log before closing it, or open another")

    def _after(self, status: int) -> None:
        """After a call that may have failed, or left notes."""
        error = _ffi.failure(status) if status else None
        if error is not None and self._handle is None:
            error = self._unusable()
        self._settle(error)

    def _settle(self, error: Exception | None) -> None:
        """Says what the library noted, and reports or raises an error."""
        if self._path is None and self.endpoint is None:
            self._notes.clear()  # how NaN is written is of no interest where nothing is
        self._deliver()
        if error is None:
            self._failures.all_work()
        elif isinstance(error, OSError):
            self._failures.report(error, getattr(error, "code", None))
        else:
            raise error

    def _deliver(self) -> None:
        while self._notes:
            status, message = self._notes.pop(0)
            if status == 0:  # others are about the call's own error, which is reported as such
                warn(message)

    def _disown(self) -> bool:
        handle, self._handle = self._handle, None
        return handle is not None


def _slice(handle: _ffi.Logger, wanted: slice) -> list[str]:
    """What a list of the entries at this moment has there; no more than needed is read."""
    parts = (wanted.start, wanted.stop, wanted.step)
    first, stop, step = (part if part is None else to_int(part) for part in parts)
    most = 2**63 - 1
    start = min(max(first or 0, -most), most)
    if (step is not None and step < 0) or (start < 0 <= (-1 if stop is None else stop)):
        return _ffi.logger_range(handle, 0, most)[wanted]
    if stop is not None and stop >= 0:
        return _ffi.logger_range(handle, start, min(max(stop - start, 0), most))[::step]
    return _ffi.logger_range(handle, start, most)[:stop:step]
