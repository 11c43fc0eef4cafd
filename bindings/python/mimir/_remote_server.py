"""Owns one log server of the library."""

from __future__ import annotations

from threading import Event

from . import _ffi
from ._core import Core
from ._lifetime import Owner
from ._slices import deadline_in, wait
from ._views import Views
from ._warning import warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Server(Owner):
    """Takes clients' entries into a logger.

    Until it is closed it is kept, and with it what its thread calls: so the collector never ends a
    server on the server's own thread. Only the collector frees the handle, so calls need no lock.
    """

    _what = "server"
    exit_order = 1
    _handle: _ffi.Server | None = None  # for __del__, when opening fails

    def __init__(self, core: Core, options: _ffi.ServerOptions, views: Views | None) -> None:
        self._core = core
        self._views = views
        if views is not None:
            self._callback = _ffi.server_callback(views.show)  # must live as long as the handle
            options.on_entry = self._callback
        self._handle = _ffi.server_open(core.handle, options)
        self.ended = Event()
        self._told = _ffi.server_statistics(self._handle)
        self.port = self._told.pop("port") or None
        super().__init__()
        _open.add(self)

    def wait(self, timeout: float | None) -> None:
        handle = self._use()

        def ask(milliseconds: int) -> int:
            status = _ffi.library.mimir_server_wait(handle, milliseconds)
            return int(status)

        wait(ask, deadline_in(timeout), self.say)

    def statistics(self) -> dict[str, int]:
        if not self.ended.is_set() or self._forked:
            self._tell(self._use())
        return self._told

    def say(self) -> None:
        """Warns of what was noted on the server's thread."""
        notes = self._core.take_notes()
        if self._views is not None:
            notes += self._views.take_notes()
        for note in notes:
            warn(note)

    def close(self) -> None:
        """Stores what has arrived. Does nothing when that is done, or in a forked child."""
        with self.lock:
            handle = self._handle
            if handle is None or self.ended.is_set():
                return
            self._ended()
            _ffi.library.mimir_server_finish(handle)
            self._tell(handle)
            self.ended.set()
        _open.discard(self)
        self.say()

    def __del__(self, free: Any = _ffi.library.mimir_server_close) -> None:
        # As an argument: at the interpreter's end the modules may be empty already.
        handle, self._handle = self._handle, None
        if handle is not None:
            free(handle)

    def _tell(self, handle: _ffi.Server) -> None:
        told = _ffi.server_statistics(handle)
        told.pop("port")
        self._told = told

    def _use(self) -> _ffi.Server:
        if self._handle is None or self.ended.is_set():
            raise self._unusable()
        return self._handle

    def _disown(self) -> bool:
        handle, self._handle = self._handle, None
        _open.discard(self)
        return handle is not None


_open: set[Any] = set()
