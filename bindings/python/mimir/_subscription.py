"""Following a publisher, in a `for` or an `async for`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import monotonic

from . import _ffi
from ._subscriber import Subscriber
from .errors import TimedOutError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

    from ._waiter import Waiter

_MOST_AT_ONCE = 100
"""Entries after which `async for` lets other tasks run, if it need not wait."""


class Subscription:
    """An iterator of entries, which mimir.subscribe gives. Closing it, also from another thread,
    ends the iteration."""

    _waiter: Waiter | None = None  # for __del__, when opening fails

    def __init__(
        self,
        options: _ffi.SubscriberOptions,
        timeout: float | None,
        loads: Callable[[str], Any],
    ) -> None:
        self._timeout = timeout
        self._loads = loads
        self._sequence = 0
        self._at_once = 0
        self._subscriber = Subscriber(options)

    @property
    def sequence(self) -> int:
        """The number of the last entry, which its run began to count at 1; 0 before the first."""
        return self._sequence

    @property
    def missed(self) -> int:
        """How many entries could not be had any more."""
        return int(self._subscriber.statistics().missed)

    @property
    def restarts(self) -> int:
        """How often a new run has begun: numbers begin at 1 again."""
        return int(self._subscriber.statistics().restarts)

    @property
    def reconnections(self) -> int:
        return int(self._subscriber.statistics().reconnections)

    @property
    def run(self) -> str | None:
        """The run's id; None while it is not known, and of a publisher that has none."""
        return self._subscriber.statistics().run.decode() or None

    def close(self) -> None:
        self._subscriber.close()
        self._stop_waiter()

    def __iter__(self) -> Subscription:
        return self

    def __next__(self) -> Any:
        found = self._subscriber.next(self._deadline())
        if found is not None:
            return self._entry(found)
        if self._subscriber.closed:
            raise StopIteration
        raise self._timed_out()

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> Any:
        import asyncio

        from ._waiter import Waiter

        deadline = self._deadline()
        while True:
            if self._at_once == _MOST_AT_ONCE:
                self._at_once = 0
                await asyncio.sleep(0)
            found = self._subscriber.take()
            if found is not None:
                self._at_once += 1
                return self._entry(found)
            if self._subscriber.closed:
                raise StopAsyncIteration
            if deadline is not None and monotonic() >= deadline:
                raise self._timed_out()
            self._at_once = 0
            self._waiter = self._waiter or Waiter()
            # Only waits: who is cancelled here has not taken an entry.
            await self._waiter.run(partial(self._subscriber.wait, deadline))

    def __enter__(self) -> Subscription:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    async def __aenter__(self) -> Subscription:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._waiter is None:
            self.close()
            return
        try:
            # There, as the one that was cancelled may be reading for some milliseconds yet.
            await self._waiter.run(lambda _: self._subscriber.close())
        finally:
            self._stop_waiter()

    def __del__(self) -> None:
        self._stop_waiter()

    def _entry(self, found: tuple[int, bytes]) -> Any:
        self._sequence, text = found
        return self._loads(text.decode())

    def _deadline(self) -> float | None:
        return None if self._timeout is None else monotonic() + self._timeout

    def _timed_out(self) -> TimedOutError:
        return TimedOutError(f"no entry has come within {self._timeout} seconds")

    def _stop_waiter(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None:
            waiter.stop()
