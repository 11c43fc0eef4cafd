"""Hands an entry to handlers: each distinct list of filters is applied, and its result serialized,
once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ._warning import Failures
from .handlers import Handler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Filtered:
    """What filters have left of an entry (None: nothing), and its text once it is needed."""

    def __init__(self, filters: list[Any], entry: Any, text: str | None = None) -> None:
        self.filters = filters
        self.entry = entry
        self.text = text


class Dispatch:
    """One entry on its way."""

    def __init__(self, entry: Any, text: str, encode: Callable[[object], str]) -> None:
        self._entry = entry
        self._encode = encode
        self._known = [_Filtered([], entry, text)]

    def hand_to(self, handlers: Iterable[Handler], failures: Failures) -> None:
        for handler in handlers:
            try:
                self._hand(handler)
            except OSError as error:  # a console or disk that fails must not stop the training
                failures.report(error, id(handler))
            else:
                if failures:
                    failures.works(id(handler))

    def text_for(self, handler: Handler) -> str | None:
        """The text of what the handler's filters leave."""
        filtered = self._filtered(handler)
        if filtered.text is None and filtered.entry is not None:
            filtered.text = self._encode(filtered.entry)
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
