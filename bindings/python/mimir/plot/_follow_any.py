"""Following any file that Mímir's reader reads: gzip of others, and damaged logs."""

from __future__ import annotations

from time import monotonic

from .. import _ffi
from ._follow import Follower, Reading, ReplacedError

_BATCH = 10_000
_SHARE = 10
"""At most one part in so many of the time goes into reading: each change means reading it all."""


class ReaderFollower(Follower):
    def __init__(self, file: int, path: bytes, given: int = 0) -> None:
        super().__init__(file)
        self._path = path
        self._given = given
        self._not_before = 0.0

    def _new(self, size: int) -> Reading:
        started = monotonic()
        if started < self._not_before:
            return False
        reader = _ffi.reader_open(self._path)
        try:
            read = _ffi.reader_next(reader)
            for count in range(self._given):
                if read() is None:
                    raise ReplacedError(f"{count} of {self._given} entries")
            lines: list[bytes] = []
            while (text := read()) is not None:
                lines.append(text.encode())
                if len(lines) == _BATCH:
                    self._given += len(lines)
                    yield lines
                    lines = []
            self._given += len(lines)
            yield lines
            self.message = _ffi.reader_message(reader)
        finally:
            _ffi.library.mimir_reader_close(reader)
        now = monotonic()
        self._not_before = now + (now - started) * _SHARE
        return True
