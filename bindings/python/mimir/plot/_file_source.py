"""Entries of a log file, also one that is being written, or is not there yet."""

from __future__ import annotations

import fcntl
import os
import struct
from time import monotonic, time
from typing import TYPE_CHECKING

from . import _parse
from ._follow import Follower, PlainFollower, ReplacedError, StuckError
from ._follow_any import ReaderFollower
from ._follow_gzip import GzipFollower, Header
from ._run import Run
from ._source import ENDED, LIVE, WAITING, Source

if TYPE_CHECKING:
    from ._feed import Feed

_POLL = 0.05
_SELDOM = 0.2
_LOOK_AROUND = 0.5
"""Seconds between looks whether the name is another file's now, and whether someone writes."""
_RECENT = 5.0
"""Seconds after a change during which a file without a lock counts as being written."""


class FileSource(Source):
    """A file that is replaced, emptied or filled anew is another run. `last`: how many points of
    what it holds at first are kept."""

    def __init__(
        self, path: str | os.PathLike[str], last: int | None = None, name: str | None = None
    ) -> None:
        self._path = os.fspath(path)
        super().__init__(self._path if name is None else name)
        self._last = last
        self._looked_at = 0.0
        self._is_current = True
        self._shown = False

    def read(self, feed: Feed) -> None:
        while not self.stopping():
            try:
                file = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
            except FileNotFoundError:
                self.tell(feed, WAITING, f"{self._path}: there is no such file yet")
                self.stopping(0.2)
                continue
            try:
                self._follow(feed, file)
            except ReplacedError:
                self.stopping(_POLL)
            finally:
                os.close(file)

    def _follow(self, feed: Feed, file: int) -> None:
        """Until it is another file's turn."""
        run = feed.make_run(self)
        follower = self._follower(file)
        self._is_current = True
        self._shown = False
        while not self.stopping():
            was_current = self._is_current
            try:
                is_new = self._add(feed, run, follower)
            except StuckError:
                follower = ReaderFollower(file, os.fsencode(self._path), run.entries)
                continue
            if self._last is not None and is_new and not self._shown:
                run.keep_last(self._last)
                self._show(feed, run)
            self._tell_state(feed, file, follower.message)
            if is_new:
                continue
            self.caught_up.set()
            # What was written to a file before it was moved away belongs to its run.
            if not was_current:
                return
            self.stopping(_POLL if self.state == LIVE else _SELDOM)

    def _follower(self, file: int) -> Follower:
        start = b""
        # An empty file may become either kind.
        while not self.stopping() and not (start := os.pread(file, 2, 0)):
            if self._is_other(file):
                raise ReplacedError
            self.stopping(_POLL)
        if start != b"\x1f\x8b":
            return PlainFollower(file)
        if Header.read(file) is not None:
            return GzipFollower(file)
        return ReaderFollower(file, os.fsencode(self._path))

    def _add(self, feed: Feed, run: Run, follower: Follower) -> bool:
        is_new = False
        for lines in follower.read():
            entries, bad = _parse.entries(lines)
            if not entries and not bad:
                continue
            is_new = True
            run.unreadable += bad
            run.add(entries)
            if self._shown:
                feed.changed()
            elif self._last is None:
                self._show(feed, run)
            if self.stopping():
                break
        return is_new

    def _show(self, feed: Feed, run: Run) -> None:
        self._shown = True
        feed.show(run)

    def _tell_state(self, feed: Feed, file: int, message: str) -> None:
        now = monotonic()
        if now - self._looked_at < _LOOK_AROUND and self.state != WAITING:
            return
        self._looked_at = now
        self._is_current = not self._is_other(file)
        if _is_written(file) or _is_changing(file):
            self.tell(feed, LIVE, message)
        else:
            self.tell(feed, ENDED, message or "no one writes it")

    def _is_other(self, file: int) -> bool:
        """The name is another file's now. One that was deleted may still be written."""
        try:
            return not os.path.samestat(os.stat(self._path), os.fstat(file))
        except FileNotFoundError:
            return False


def _is_written(file: int) -> bool:
    """Whether one of Mímir's writers has it open: it holds a lock far behind any content."""
    request = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 1 << 62, 1, 0)
    get_lock = 36  # F_OFD_GETLK, which the module does not name
    try:
        answer = fcntl.fcntl(file, get_lock, request)
    except OSError:
        return False
    kind: int = struct.unpack_from("h", answer)[0]
    return kind != fcntl.F_UNLCK


def _is_changing(file: int) -> bool:
    return time() - os.fstat(file).st_mtime < _RECENT
