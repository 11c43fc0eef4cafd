"""What notebook_plot gives: a plot that draws itself until it ends."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from threading import Event, Lock, Thread, current_thread
from time import monotonic, strftime
from typing import TYPE_CHECKING
from weakref import WeakSet

from ._feed import Feed
from ._page import Page
from ._source import ENDED, FAILED

if TYPE_CHECKING:
    from ._widget import PlotWidget

_TICK = 0.1
"""Seconds between looks whether there is something new."""
_MOVING = 3.0
"""Seconds in which a cell that is moved may be without a view."""


class NotebookPlot:
    """Draws in a thread of its own, as a cell that runs keeps the kernel's thread busy."""

    def __init__(
        self, feed: Feed, page: Page, widget: PlotWidget, patience: float | None = None
    ) -> None:
        self.widget = widget
        self.on_end: list[Callable[[], object]] = []
        self._feed = feed
        self._page = page
        self._patience = patience
        self._ended_since: float | None = None
        self._stopping = Event()
        self._ending = Lock()
        self._is_over = False
        self._thread = Thread(target=self._draw, name="mimir.plot notebook", daemon=True)

    def start(self) -> None:
        _running.add(self)
        self._feed.start()
        self._thread.start()

    def stop(self) -> None:
        """The picture stays. Stopping again does nothing."""
        self._stopping.set()
        if current_thread() is not self._thread:
            self._thread.join()
        self._end("stopped")

    def close(self) -> None:
        """Stops, and gives up the picture, too."""
        self.stop()
        self.widget.close()

    @property
    def is_live(self) -> bool:
        """It has not ended yet."""
        return not self._is_over

    def __repr__(self) -> str:
        return f"<mimir.plot.NotebookPlot {'live' if self.is_live else 'ended'}>"

    def _ipython_display_(self) -> None:
        """Nothing: as the result of its cell it is shown already."""

    def _draw(self) -> None:
        try:
            while not self._stopping.wait(_TICK):
                with self.widget.lock:
                    self._page.tick()
                    self.widget.flush()
                if self._is_gone():
                    self.close()
                elif self._is_finished():
                    self.stop()
        finally:
            self._feed.close()

    def _draw_now(self) -> None:
        self._page.tick(at_once=True)
        self.widget.flush(at_once=True)

    def _is_gone(self) -> bool:
        since = self.widget.gone_since
        return since is not None and monotonic() - since > _MOVING

    def _is_finished(self) -> bool:
        if not all(source.state in (ENDED, FAILED) for source in self._feed.sources):
            self._ended_since = None
            return False
        now = monotonic()
        if self._ended_since is None:
            self._ended_since = now
        return self._patience is not None and now - self._ended_since >= self._patience

    def _end(self, why: str) -> None:
        with self._ending:
            if self._is_over:
                return
            self._is_over = True
        _running.discard(self)
        self._feed.close()
        for source in self._feed.sources:
            source.tell(self._feed, ENDED, f"{why} at {strftime('%H:%M:%S')}")
        with self.widget.lock:
            self._draw_now()
            # What is zoomed into is drawn in full also from now on.
            self.widget.after_input = self._draw_now
        for use in self.on_end:
            use()


_running: WeakSet[NotebookPlot] = WeakSet()


@atexit.register
def _stop_all() -> None:
    for plot in list(_running):
        plot._stopping.set()
        plot._thread.join()
