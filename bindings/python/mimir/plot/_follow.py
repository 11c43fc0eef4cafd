"""Following a plain file that grows, and what all ways to follow a file have in common."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator

Reading = Generator[list[bytes], None, bool]

# More would not fit into the processor's cache, as entries.
_PIECE = 512 << 10
_FINGERPRINT = 64


class ReplacedError(Exception):
    """The file's content is not the one that was read before."""


class StuckError(Exception):
    """The file can't be read this way."""


class Follower:
    """Gives the lines of an open file that are whole and have not been given before. The file is
    the caller's to close."""

    message = ""
    """What could not be read, for a person."""

    def __init__(self, file: int) -> None:
        self.file = file
        self._seen: tuple[int, int] | None = None

    def read(self) -> Iterator[list[bytes]]:
        """Lists of lines, up to where the file is now. Raises ReplacedError and StuckError."""
        status = os.fstat(self.file)
        now = status.st_size, status.st_mtime_ns
        if now != self._seen:
            is_all = yield from self._new(status.st_size)
            self._seen = now if is_all else None

    def _new(self, size: int) -> Reading:
        """Returns whether that was all, so that there is no need to look until the file changes."""
        raise NotImplementedError


class PlainFollower(Follower):
    def __init__(self, file: int) -> None:
        super().__init__(file)
        self._offset = 0
        self._before = b""  # tells whether the file was emptied and filled again

    def _new(self, size: int) -> Reading:
        if size < self._offset or self._before != self._fingerprint():
            raise ReplacedError
        length = _PIECE
        while text := os.pread(self.file, length, self._offset):
            end = text.rfind(b"\n") + 1
            if not end:
                if len(text) < length:
                    break
                length *= 2  # a longer line
                continue
            # A torn end is not taken yet: who opens the log for writing cuts it off.
            self._offset += end
            self._before = text[max(end - _FINGERPRINT, 0) : end]
            yield text[:end].split(b"\n")
        return True

    def _fingerprint(self) -> bytes:
        return os.pread(self.file, len(self._before), self._offset - len(self._before))
