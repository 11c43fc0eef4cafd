"""Owns one publisher of the library."""

from __future__ import annotations

from . import _ffi
from ._lifetime import Owner


class Endpoint:
    """Where a publisher can be reached, and what it has done."""

    def __init__(self, handle: _ffi.Logger | _ffi.Publisher) -> None:
        self.statistics: dict[str, int] = {}
        told = self.update(handle)
        self.run = told.run.decode()
        # None over ipc://, and for a router that there is none of.
        self.push_port: int | None = told.push_port or None
        self.router_port: int | None = told.router_port or None

    def update(self, handle: _ffi.Logger | _ffi.Publisher) -> _ffi.PublisherStatistics:
        told = _ffi.publisher_statistics(handle)
        names = ("dropped", "skipped", "requests", "ignored")
        self.statistics = {name: getattr(told, name) for name in names}
        return told


class Publisher(Owner):
    """Publishes JSON text."""

    _what = "publisher"
    _handle: _ffi.Publisher | None = None  # for __del__, when opening fails

    def __init__(self, options: _ffi.PublisherOptions) -> None:
        self._handle = _ffi.publisher_open(options)
        super().__init__()
        self.endpoint = Endpoint(self._handle)

    def publish(self, text: bytes) -> None:
        with self.lock:
            _ffi.publisher_publish(self._use(), text)

    def statistics(self) -> dict[str, int]:
        with self.lock:
            if self._handle is not None or self._forked:
                self.endpoint.update(self._use())
            return self.endpoint.statistics

    def close(self) -> None:
        """Sends what waits, for a second at the most. Does nothing in a forked child."""
        with self.lock:
            if self._handle is None:
                return
            self.endpoint.update(self._handle)
            handle, self._handle = self._handle, None
            self._ended()
            _ffi.library.mimir_publisher_close(handle)

    def __del__(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            _ffi.library.mimir_publisher_close(handle)

    def _use(self) -> _ffi.Publisher:
        if self._handle is None:
            raise self._unusable()
        return self._handle

    def _disown(self) -> bool:
        handle, self._handle = self._handle, None
        return handle is not None
