"""Python warnings that point at the line of the program that called Mímir."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Hashable

from .errors import MimirWarning

_PACKAGE = __name__.partition(".")[0]


def warn(message: str) -> None:
    level = 2
    frame = sys._getframe(1)
    while frame.f_globals.get("__name__", "").partition(".")[0] == _PACKAGE and frame.f_back:
        frame = frame.f_back
        level += 1
    warnings.warn(message, MimirWarning, stacklevel=level)


class Failures:
    """What fails at the moment. Each kind warns once, and again after it has worked in between."""

    def __init__(self, *, raises: bool) -> None:
        self._raises = raises
        self.kinds: set[Hashable] = set()

    def report(self, error: OSError, kind: Hashable) -> None:
        if self._raises:
            raise error
        if kind not in self.kinds:
            self.kinds.add(kind)
            warn(str(error))

    def works(self, kind: Hashable) -> None:
        self.kinds.discard(kind)

    def all_work(self) -> None:
        self.kinds.clear()
