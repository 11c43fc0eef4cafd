"""Owns one subscriber of the library."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from . import _ffi
from ._lifetime import Owner
from ._slices import is_over, until
from .errors import ForkedError


class Subscriber(Owner):
    """Gives a publisher's entries, each a number and JSON text."""

    _what = "subscription"
    _handle: _ffi.Subscriber | None = None  # for __del__, when opening fails

    def __init__(self, options: _ffi.SubscriberOptions) -> None:
        self._handle = _ffi.subscriber_open(options)
        super().__init__()
        self._next = _ffi.subscriber_next(self._handle)
        # Taken from the library, and not given to anyone yet.
        self._held: deque[tuple[int, bytes]] = deque()
        self._told = _ffi.SubscriberStatistics()
        self.closed = False

    def take(self) -> tuple[int, bytes] | None:
        """The next entry if it is here. None also while another thread is reading."""
        if not self.lock.acquire(blocking=False):
            return None
        try:
            return self._look(0)
        finally:
            self.lock.release()

    def next(self, deadline: float | None) -> tuple[int, bytes] | None:
        """The next entry; None at the deadline (None: there is none), and once it is closed."""
        while True:
            with self.lock:
                found = self._look(until(deadline))
            if found is not None or self._is_over(deadline):
                return found

    def wait(
        self, deadline: float | None, is_cancelled: Callable[[], bool] = lambda: False
    ) -> bool:
        """Waits as next() does, but leaves the entry for the next one who asks."""
        while not is_cancelled():
            with self.lock:
                found = self._look(until(deadline))
                if found is not None:
                    self._held.appendleft(found)
                    return True
            if self._is_over(deadline):
                break
        return False

    def statistics(self) -> _ffi.SubscriberStatistics:
        """While another thread is reading, those of a moment ago."""
        if self.lock.acquire(blocking=False):
            try:
                self._tell()
            finally:
                self.lock.release()
        return self._told

    def close(self) -> None:
        """In a forked child, and when it is closed, it does nothing."""
        self.closed = True  # who is reading stops, else the lock might never be free
        with self.lock:
            if self._handle is None:
                return
            self._tell()
            handle, self._handle = self._handle, None
            self._ended()
            _ffi.library.mimir_subscriber_close(handle)

    def __del__(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            _ffi.library.mimir_subscriber_close(handle)

    def _look(self, milliseconds: int) -> tuple[int, bytes] | None:
        if self._forked:
            raise self._unusable()
        if self._held:
            return self._held.popleft()
        if self.closed or self._handle is None:
            return None
        found = self._next(milliseconds)
        if found is None:
            self._tell()
        return found

    def _tell(self) -> None:
        if self._handle is not None:
            self._told = _ffi.subscriber_statistics(self._handle)

    def _is_over(self, deadline: float | None) -> bool:
        return self.closed or is_over(deadline)

    def _unusable(self) -> ForkedError:
        return ForkedError(
            "this subscription was opened before fork() and belongs to the parent process; "
            "open one here"
        )

    def _disown(self) -> bool:
        handle, self._handle = self._handle, None
        return handle is not None
