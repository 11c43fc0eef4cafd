"""Owns one client of a log server."""

from __future__ import annotations

import warnings
from threading import Lock
from time import monotonic

from . import _ffi
from ._lifetime import Owner
from ._slices import deadline_in, is_over, until
from ._warning import Failures, warn
from .errors import MimirError, TimedOutError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_AT_COLLECTION = 1000
"""Milliseconds that one which was not closed may take to bring its last entries to the server."""


class RemoteClient(Owner):
    """Brings JSON text to a server."""

    _what = "remote logger"
    exit_order = 0
    _handle: _ffi.Remote | None = None  # for __del__, when opening fails

    def __init__(self, options: _ffi.RemoteOptions, *, raises: bool) -> None:
        self._failures = Failures(raises=raises)
        # Held while the library waits, so that logging goes on meanwhile. Taken before `lock`.
        self._waiting = Lock()
        self._handle = _ffi.remote_open(options)
        self._log_json = _ffi.log_json(self._handle)
        self._told = _ffi.remote_statistics(self._handle)
        super().__init__()

    def log(self, text: bytes) -> None:
        with self.lock:
            if self._handle is None:
                raise self._unusable()
            status = self._log_json(text)
        if status:
            error = _ffi.failure(status)
            if not isinstance(error, OSError):
                raise error
            self._failures.report(error, getattr(error, "code", None))
        elif self._failures.kinds:
            self._failures.all_work()

    def flush(self, timeout: float | None) -> None:
        deadline = deadline_in(timeout)
        while True:
            error = self._wait(until(deadline))
            if error is None:
                return
            if not isinstance(error, TimedOutError) or is_over(deadline):
                raise error

    def statistics(self) -> dict[str, Any]:
        with self.lock:
            if self._handle is not None or self._forked:
                self._told = _ffi.remote_statistics(self._use())
            return self._told

    def close(self, timeout: float = 5.0) -> int:
        """How many entries are still in the spool. Does nothing in a forked child."""
        if self._handle is None:
            return 0 if self._forked else int(self._told["spooled"])
        try:
            self.flush(timeout)
        except MimirError:
            if self._handle is None:  # another thread has closed it
                return int(self._told["spooled"])
        with self._waiting, self.lock:
            if self._handle is None:
                return int(self._told["spooled"])
            told = _ffi.remote_statistics(self._handle)
            handle, self._handle = self._handle, None
            self._ended()
            spooled, error = _ffi.remote_close(handle, 0)
            self._told = {**told, "spooled": spooled, "connected": False}
        self._report(spooled, error)
        return spooled

    def at_exit(self) -> None:
        # A server that is not there may never be: it does not hold up the exit as long.
        with self.lock:
            is_there = (
                self._handle is not None and _ffi.remote_statistics(self._handle)["connected"]
            )
        self.close(5.0 if is_there else 1.0)

    def __del__(self) -> None:
        handle, self._handle = self._handle, None
        if handle is None:
            return
        try:
            warnings.warn("unclosed remote logger", ResourceWarning, stacklevel=2, source=self)
        finally:
            _ffi.remote_close(handle, _AT_COLLECTION)

    def _wait(self, milliseconds: int) -> MimirError | None:
        started = monotonic()
        if not self._waiting.acquire(timeout=milliseconds / 1000):
            return TimedOutError("another thread waits for the server too")
        try:
            left = max(0, milliseconds - int((monotonic() - started) * 1000))
            status = _ffi.library.mimir_remote_flush(self._use(), left)
            return _ffi.failure(status) if status else None
        finally:
            self._waiting.release()

    def _report(self, spooled: int, error: MimirError | None) -> None:
        """What has not come to the server's log."""
        self._failures.all_work()  # the last word on what is lost is always said
        refused, problem = self._told["refused"], self._told["problem"]
        why = f" ({problem})" if problem else ""
        if refused:
            warn(f"the server's logger did not take {refused} entries{why}")
        if isinstance(error, OSError):
            self._failures.report(error, getattr(error, "code", None))
        elif error is not None:
            raise error
        elif spooled:
            warn(
                f"{spooled} entries are still in the spool{why}; the next remote logger of this "
                "server with this spool folder, or mimir.remote.send_spool(), sends them"
            )

    def _use(self) -> _ffi.Remote:
        if self._handle is None:
            raise self._unusable()
        return self._handle

    def forget(self) -> None:
        self._waiting = Lock()  # another thread of the parent may hold it
        super().forget()

    def _disown(self) -> bool:
        handle, self._handle = self._handle, None
        return handle is not None
