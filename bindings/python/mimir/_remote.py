"""Own a client of a log server, and a log server, of the library."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from . import _ffi
from ._core import Core
from ._lifetime import Owner
from .errors import TimedOutError

SLICE = 100
"""Milliseconds that the library waits at a time: then Ctrl-C is seen."""


def until(deadline: float | None, most: int = SLICE) -> int:
    """Milliseconds to wait now."""
    if deadline is None:
        return most
    return min(most, max(0, int((deadline - monotonic()) * 1000) + 1))


class Remote(Owner):
    """Logs JSON text to a server."""

    _what = "remote logger"
    _handle: _ffi.Remote | None = None  # for __del__, when opening fails

    def __init__(self, options: _ffi.RemoteOptions) -> None:
        self._handle = _ffi.remote_open(options)
        super().__init__()
        self._told = _ffi.RemoteStatistics()

    def log(self, text: bytes) -> None:
        with self.lock:
            _ffi.remote_log(self._use(), text)

    def flush(self, timeout: float | None) -> None:
        """Others may log meanwhile."""
        deadline = None if timeout is None else monotonic() + timeout
        while True:
            try:
                with self.lock:
                    return _ffi.remote_flush(self._use(), until(deadline))
            except TimedOutError:
                if deadline is not None and monotonic() >= deadline:
                    raise

    def statistics(self) -> _ffi.RemoteStatistics:
        with self.lock:
            if self._handle is not None or self._forked:
                self._told = _ffi.remote_statistics(self._use())
            return self._told

    def finish(self, timeout: float) -> int:
        """Closes; returns how many entries are still in the spool."""
        deadline = monotonic() + timeout
        try:
            if self._handle is not None:
                self.flush(timeout)
        except TimedOutError:
            pass
        with self.lock:
            if self._handle is None:
                return 0
            self._told = _ffi.remote_statistics(self._handle)
            handle, self._handle = self._handle, None
            self._ended()
            return _ffi.remote_close(handle, until(deadline))

    def close(self) -> None:
        """At exit: what the server does not have stays in the spool."""
        self.finish(0)

    def __del__(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            _ffi.remote_close(handle, 0)

    def _use(self) -> _ffi.Remote:
        if self._handle is None:
            raise self._unusable()
        return self._handle

    def _disown(self) -> bool:
        handle, self._handle = self._handle, None
        return handle is not None


class Server(Owner):
    """Takes entries into a logger of the library."""

    _what = "log server"
    _handle: _ffi.Server | None = None  # for __del__, when opening fails

    def __init__(
        self,
        core: Core,
        options: _ffi.ServerOptions,
        tell: Callable[[bytes], None] | None,
    ) -> None:
        # Both are used until the handle is closed.
        self._core = core
        self._callback = None if tell is None else _ffi.server_callback(tell)
        if self._callback is not None:
            options.on_entry = self._callback
        self._handle = _ffi.server_open(core.handle, options)
        super().__init__()
        self._told = _ffi.server_statistics(self._handle)

    def wait(self, milliseconds: int) -> bool:
        """Whether at least one client has joined and all have left."""
        status = _ffi.server_wait(self._use(), milliseconds)
        if status == TimedOutError.code:
            return False
        _ffi.check(status)
        return True

    def statistics(self) -> _ffi.ServerStatistics:
        with self.lock:
            if self._handle is not None or self._forked:
                self._told = _ffi.server_statistics(self._use())
            return self._told

    def close(self) -> None:
        """Stores what has come. Does nothing in a forked child, and the second time.

        The handle is freed by the collector only: another thread may be waiting.
        """
        with self.lock:
            if self._handle is None or self._is_closed:
                return
            self._is_closed = True
            self._ended()
            _ffi.check(_ffi.library.mimir_server_finish(self._handle))

    _is_closed = False

    def __del__(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            _ffi.library.mimir_server_close(handle)

    def _use(self) -> _ffi.Server:
        if self._handle is None:
            raise self._unusable()
        return self._handle

    def _disown(self) -> bool:
        handle, self._handle = self._handle, None
        return handle is not None
