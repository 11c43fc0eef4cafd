"""Where entries come from."""

from __future__ import annotations

import atexit
from threading import Event, Thread
from typing import TYPE_CHECKING
from weakref import WeakSet

if TYPE_CHECKING:
    from ._feed import Feed

WAITING = "waiting"
"""There is nothing yet."""
LIVE = "live"
"""Entries come as they are logged."""
ENDED = "ended"
"""The one who logs is gone; should one come (back), it goes on."""
FAILED = "failed"
"""It can't go on, `message` says why."""


class Source:
    """Reads in a thread of its own."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.run_name = name
        self.state = WAITING
        self.message = ""
        """More about the state, for a person."""
        self.caught_up = Event()
        """Set once everything has been read that was there in the beginning."""
        self._stopping = Event()
        self._thread: Thread | None = None

    def start(self, feed: Feed) -> None:
        self._thread = Thread(
            target=self._run, args=[feed], name=f"mimir.plot {self.name}", daemon=True
        )
        _started.add(self)
        self._thread.start()

    def stop(self) -> None:
        """Waits until the thread has ended."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def tell(self, feed: Feed, state: str, message: str = "") -> None:
        if (state, message) != (self.state, self.message):
            self.state, self.message = state, message
            feed.changed()

    def read(self, feed: Feed) -> None:
        """Adds runs and entries to the feed until `stopping`."""
        raise NotImplementedError

    def stopping(self, seconds: float = 0) -> bool:
        return self._stopping.wait(seconds) if seconds else self._stopping.is_set()

    def _run(self, feed: Feed) -> None:
        try:
            self.read(feed)
        except Exception as error:  # in a thread nobody would see it
            self.tell(feed, FAILED, f"{type(error).__name__}: {error}")
        finally:
            self.caught_up.set()


_started: WeakSet[Source] = WeakSet()


@atexit.register
def _stop_all() -> None:
    """Before the library's handles are closed, which the threads use."""
    for source in list(_started):
        source.stop()
