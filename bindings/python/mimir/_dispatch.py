"""Hands an entry to handlers: each distinct list of filters is applied, and its result serialized,
once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ._handler import Handler
from ._warning import Failures

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Filtered:
    """What filters have left of an entry (None: nothing), and its text once it is needed."""

    def __init__(self, filters: list[Any], entry: Any) -> None:
        self.filters = filters
        self.entry = entry
        self.text: str | None = None


class Dispatch:
    """One entry on its way."""

    def __init__(self, entry: Any, line: bytes, encode: Callable[[object], str]) -> None:
        self._entry = entry
        self._line = line
        self._encode = encode
        self._known = [_Filtered([], entry)]

    def hand_to(self, handlers: Iterable[Handler], failures: Failures) -> None:
        for handler in handlers:
            try:
                self._hand(handler)
            except OSError as error:  # a console or disk that fails must not stop the training
                failures.report(error, id(handler))
            else:
                if failures.kinds:
                    failures.works(id(handler))

    def text_for(self, handler: Handler) -> str | None:
        """The text of what the handler's filters leave."""
        filtered = self._filtered(handler)
        if filtered.text is None and filtered.entry is not None:
            is_whole = filtered is self._known[0]
            filtered.text = self._line.decode() if is_whole else self._encode(filtered.entry)
        return filtered.text

    def _hand(self, handler: Handler) -> None:
        what = self.text_for(handler) if handler.JSON else self._filtered(handler).entry
        if what is not None:
            handler.log(what)

    def _filtered(self, handler: Handler) -> _Filtered:
        if type(handler).filter is not Handler.filter:  # it has its own way to filter
            return _Filtered(handler.filters, handler.filter(self._entry))
        for known in self._known:
            if known.filters == handler.filters:
                return known
        filtered = _Filtered(list(handler.filters), handler.filter(self._entry))
        self._known.append(filtered)
        return filtered
