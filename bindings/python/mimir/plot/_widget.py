"""What puts a document of Bokeh into a notebook, and keeps both the same."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from time import monotonic
from typing import Any

from bokeh.document import Document
from bokeh.io import output_notebook
from bokeh.resources import Resources
from jupyter_bokeh.widgets import BokehModel  # type: ignore[import-untyped]

_BETWEEN_WHOLES = 1.0
"""Seconds."""


def load_bokehjs() -> None:
    """Into the notebook itself, as there may be no network. Of its parts those that plots need: all
    would be twice as much to save."""
    resources = Resources(mode="inline", components=["bokeh", "bokeh-widgets"])
    output_notebook(resources, hide_banner=True)


class PlotWidget(BokehModel):  # type: ignore[misc]
    """The document is used by a thread that draws, and by the kernel's, which brings what the
    browser has changed: whoever uses it holds `lock`.

    A change is sent as a change only to a view that is known to be there. What is sent before that
    would be lost, so that the next change would be one of something unknown; until then the whole
    document is the widget's state, which the frontend keeps for views to come.
    """

    def __init__(self, document: Document, begin_anew: Callable[[], object]) -> None:
        """`begin_anew` is called before the whole document is sent."""
        self.lock = RLock()
        self._begin_anew = begin_anew
        self._is_changed = False
        self._sent_whole = monotonic()
        self.gone_since: float | None = None
        """When the last view was removed, on the monotonic clock. None: not yet, or not known."""
        self.after_input: Callable[[], object] | None = None
        """Called after what the browser has changed."""
        super().__init__(document.roots[0], _view_count=0)
        self.observe(self._count_views, "_view_count")

    def flush(self, at_once: bool = False) -> None:
        """To be called after changes."""
        now = monotonic()
        due = at_once or now - self._sent_whole >= _BETWEEN_WHOLES
        if self._is_changed and not self._view_count and due:
            self._send_whole()

    def close(self) -> None:
        """Closing again does nothing."""
        with self.lock:
            if self.comm is not None:
                super().close()

    def _send_whole(self) -> None:
        self._begin_anew()
        self._is_changed = False
        self._sent_whole = monotonic()
        self.update_from_model(self._model)

    def _count_views(self, change: Any) -> None:
        with self.lock:
            if change["new"] > change["old"]:
                self.gone_since = None
                # A view that is new has begun with the last whole document.
                if self._is_changed:
                    self._send_whole()
            elif not change["new"]:
                self.gone_since = monotonic()

    def _document_patched(self, event: Any) -> None:
        if event.setter is not self:
            self._is_changed = True
            if self._view_count:
                super()._document_patched(event)

    def _sync_model(self, model: Any, content: Any, buffers: Any) -> None:
        with self.lock:
            super()._sync_model(model, content, buffers)
            if self.after_input is not None:
                self.after_input()
