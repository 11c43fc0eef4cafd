"""What a log server has stored, for the handlers in Python."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from ._dispatch import Dispatch
from ._handler import Handler
from ._warning import Failures

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Views:
    """Hands entries to a logger's handlers, on the server's thread."""

    def __init__(
        self,
        handlers: list[Handler],
        own: Sequence[Handler],
        encode: Callable[[object], str],
        loads: Callable[[str], Any],
        failures: Failures,
    ) -> None:
        self.handlers = handlers
        self._own = own
        self._encode = encode
        self._loads = loads
        self._failures = failures
        self.is_active = True

    def __call__(self, text: bytes) -> None:
        # Beneath the library's call there is a frame when this process logs an entry, which the
        # logger hands on by itself; the server's thread has none.
        if not self.is_active or sys._getframe(1).f_back is not None:
            return
        others = [handler for handler in self.handlers if handler not in self._own]
        if others:
            entry = self._loads(text.decode())
            Dispatch(entry, text, self._encode).hand_to(others, self._failures)
