"""What a log server has stored, for the handlers in Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ._dispatch import Dispatch
from ._handler import Handler
from ._warning import Failures

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Views:
    """Hands entries to a logger's handlers, on the server's thread. There nobody can catch what a
    handler raises, so it is noted, once for each of its kinds."""

    def __init__(
        self,
        handlers: list[Handler],
        own: Sequence[Handler],
        encode: Callable[[object], str],
        loads: Callable[[str], Any],
    ) -> None:
        self._handlers = handlers
        self._own = own
        self._encode = encode
        self._loads = loads
        self._failures = Failures(raises=True)
        self._known: set[tuple[int, type[Exception]]] = set()
        self._notes: list[str] = []

    def show(self, text: bytes) -> None:
        others = [handler for handler in self._handlers if handler not in self._own]
        if not others:
            return
        dispatch = Dispatch(self._loads(text.decode()), text, self._encode)
        for handler in others:
            try:
                dispatch.hand_to([handler], self._failures)
            except Exception as error:
                kind = id(handler), type(error)
                if kind not in self._known:
                    self._known.add(kind)
                    self._notes.append(f"{type(handler).__name__} failed with an entry: {error!r}")

    def take_notes(self) -> list[str]:
        notes = self._notes[:]
        del self._notes[: len(notes)]  # not those that have come in between
        return notes
