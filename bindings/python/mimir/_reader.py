"""Reading log files, also one that is being written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from threading import Lock

from . import _ffi, _options
from ._warning import warn
from .errors import ClosedError
from .serialization import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any


def open(
    filename: str | bytes | os.PathLike[str], raw_text: bool = False, **kwargs: Any
) -> _Opening:
    """The entries of a log, or with `raw_text` their JSON text, a line each.

    A context manager that gives an iterator of them. A loop may go over it without `with`, from the
    first entry on; the file is then closed when the loop ends or is left.

    The file is plain or gzip, whatever its name. `kwargs` go to mimir.serialization.loads. What
    can't be read (lines that are no JSON object, a torn last entry, damage) is left out, with a
    warning at the end.
    """
    return _Opening(_options.path_bytes(filename), raw_text, kwargs)


class _Opening:
    """What `with` takes: the file is open within the block. Or a loop: until that is over."""

    def __init__(self, path: bytes, raw_text: bool, kwargs: dict[str, Any]) -> None:
        self._path = path
        self._raw_text = raw_text
        self._kwargs = kwargs
        self._reader: _Reader | None = None

    def __enter__(self) -> Iterator[Any]:
        self._reader = _Reader(self._path)
        return self._entries(self._reader)

    def __iter__(self) -> Iterator[Any]:
        with _Opening(self._path, self._raw_text, self._kwargs) as entries:
            yield from entries

    def _entries(self, reader: _Reader) -> Iterator[Any]:
        while (text := reader.next()) is not None:
            yield text + "\n" if self._raw_text else loads(text, **self._kwargs)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._reader is not None:
            self._reader.close()


class _Reader:
    """Owns one reader of the library."""

    _handle: _ffi.Reader | None = None  # for __del__, when opening fails

    def __init__(self, path: bytes, last: int | None = None) -> None:
        """With `last` it gives no more than so many entries, those at the end."""
        self._path = os.fsdecode(path)
        self._lock = Lock()  # keeps close() from freeing what another thread is using
        self._warned = False
        self._handle = _ffi.reader_open(path)
        if last is not None:
            _ffi.check(_ffi.library.mimir_reader_last(self._handle, last))
        self._next = _ffi.reader_next(self._handle)

    def next(self) -> str | None:
        with self._lock:
            if self._handle is None:
                raise ClosedError(f"{self._path} is closed: read within the with block")
            text = self._next()
            if text is None:
                self._warn(self._handle)
            return text

    def texts(self) -> Iterator[str]:
        """All that `next` gives, for who shares the reader with no thread: without the lock."""
        return iter(self._next, None)

    def close(self) -> None:
        with self._lock:
            handle, self._handle = self._handle, None
            if handle is None:
                return
            try:
                self._warn(handle)
            finally:
                _ffi.library.mimir_reader_close(handle)

    def _warn(self, handle: _ffi.Reader) -> None:
        message = _ffi.reader_message(handle)
        if message and not self._warned:
            self._warned = True
            warn(message)

    def __del__(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            _ffi.library.mimir_reader_close(handle)
