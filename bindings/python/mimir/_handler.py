"""What every handler is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Filter = Callable[[Any], Any]


class Handler(ABC):
    """Gets each entry that its filters leave: functions that take an entry and return it, another
    in its place, or None to drop it."""

    JSON = False
    """True to get the serialized text instead of the entry."""

    def __init__(self, filters: Iterable[Filter] | None = None) -> None:
        self.filters: list[Filter] = list(filters or ())

    def filter(self, entry: Any) -> Any:
        """What the filters leave of an entry; None: nothing."""
        for function in self.filters:
            entry = function(entry)
            if entry is None:
                break
        return entry

    @abstractmethod
    def log(self, entry: Any) -> None:
        """Takes an entry, or its text if `JSON` is true."""

    def close(self) -> None:  # noqa: B027
        """Called when the logger is closed; nothing to do unless overridden."""
