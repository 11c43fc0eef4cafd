"""Waiting for the library a while at a time: in between Ctrl-C, close and cancellation are seen."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from . import _ffi
from .errors import TimedOutError

_SLICE = 100


def deadline_in(timeout: float | None) -> float | None:
    return None if timeout is None else monotonic() + timeout


def until(deadline: float | None) -> int:
    """Milliseconds to wait now."""
    if deadline is None:
        return _SLICE
    return min(_SLICE, max(0, int((deadline - monotonic()) * 1000) + 1))


def is_over(deadline: float | None) -> bool:
    return deadline is not None and monotonic() >= deadline


def wait(
    call: Callable[[int], int], deadline: float | None, between: Callable[[], object] = bool
) -> None:
    """Calls it with milliseconds until its status is another one than timed out."""
    while True:
        status = call(until(deadline))
        between()
        if not status:
            return
        error = _ffi.failure(status)
        if not isinstance(error, TimedOutError) or is_over(deadline):
            raise error
