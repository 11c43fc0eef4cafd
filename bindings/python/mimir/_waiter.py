"""Waiting in asyncio for what blocks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from queue import SimpleQueue
from threading import Event, Thread

Job = Callable[[], None]


class Waiter:
    """A thread on which one call after the other blocks."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        # A daemon, as the interpreter's exit must not wait for it.
        Thread(target=_work, args=(self._jobs,), name="mimir-wait", daemon=True).start()

    async def run(self, wait: Callable[[Callable[[], bool]], object]) -> None:
        """Until `wait` returns. It is called with what tells it that nobody waits any more."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        given_up = Event()

        def finish(error: Exception | None) -> None:
            if done.done():
                return
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

        def job() -> None:
            failure = None
            try:
                wait(given_up.is_set)
            except Exception as error:
                failure = error
            if not loop.is_closed():
                loop.call_soon_threadsafe(finish, failure)

        self._jobs.put(job)
        try:
            await done
        finally:
            given_up.set()

    def stop(self) -> None:
        """Ends the thread once it has nothing left to do."""
        self._jobs.put(None)


def _work(jobs: SimpleQueue[Job | None]) -> None:
    while (job := jobs.get()) is not None:
        job()
        del job  # it would keep what it used for as long as there is no other
