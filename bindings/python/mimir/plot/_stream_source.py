"""Entries of a running logger, over its stream."""

from __future__ import annotations

import os
from time import monotonic, strftime
from typing import TYPE_CHECKING, Literal

from .. import _options
from .._subscriber import Subscriber
from ..errors import PermissionDeniedError
from ..stream import _subscriber_options
from . import _parse
from ._run import Run
from ._source import ENDED, LIVE, WAITING, Source
from ._watch import Watch

if TYPE_CHECKING:
    from ._feed import Feed

Message = tuple[int, bytes]

_WAIT = 0.1
_BATCH_SECONDS = 0.05
_BATCH_ENTRIES = 5000


class StreamSource(Source):
    """A restart of the publisher is another run. `past`: see mimir.subscribe."""

    def __init__(
        self,
        host: str = "localhost",
        push_port: int = 5557,
        router_port: int | None = 5556,
        past: Literal["all"] | int | None = "all",
        key_file: str | os.PathLike[str] | None = None,
        server_key: str | os.PathLike[str] | None = None,
    ) -> None:
        super().__init__(host if host.startswith("ipc://") else f"{host}:{push_port}")
        # Here, so that a wrong argument is an error where it is given.
        self._options = _subscriber_options(host, push_port, router_port, past)
        if key_file is not None:
            self._options.key_file = _options.path_bytes(key_file)
        if server_key is not None:
            self._options.server_key = _options.path_bytes(server_key)
        self._subscriber = Subscriber(self._options)
        self._watch = Watch(host, push_port)
        self._shown: Run | None = None
        self._sequence = 0
        self._restarts = 0
        self._wants_all = past == "all" and router_port is not None
        self._before = 0  # entries of the run that were not asked for
        self._received = 0

    def stop(self) -> None:
        super().stop()
        self._subscriber.close()
        self._watch.close()

    def read(self, feed: Feed) -> None:
        while not self.stopping():
            try:
                messages = self._batch()
            except PermissionDeniedError as error:
                self.tell(feed, WAITING, str(error))
                self.stopping(0.5)
                continue
            is_there = self._watch.look()
            self._add(feed, messages)
            self._tell_state(feed, is_there or bool(messages))
            if self._sequence and not messages:
                self.caught_up.set()

    def _batch(self) -> list[Message]:
        found = self._subscriber.next(monotonic() + _WAIT)
        messages = []
        until = monotonic() + _BATCH_SECONDS
        while found is not None:
            messages.append(found)
            if len(messages) == _BATCH_ENTRIES or monotonic() > until:
                break
            found = self._subscriber.take()
        return messages

    def _add(self, feed: Feed, messages: list[Message]) -> None:
        """Entries of one run at a time: numbers that don't follow may be those of a new one."""
        begin = 0
        previous = self._sequence
        for place, (number, _) in enumerate(messages):
            if number <= previous:
                self._add_to_run(feed, messages[begin:place])
                self._shown, begin = None, place
            previous = number
        if messages:
            restarts = self._subscriber.statistics().restarts
            if restarts != self._restarts and self._shown is not None and begin == 0:
                # Its numbers happen to go on where those of the run before ended.
                self._shown = None
            self._restarts = restarts
            self._add_to_run(feed, messages[begin:])
            self._sequence = previous

    def _add_to_run(self, feed: Feed, messages: list[Message]) -> None:
        if not messages:
            return
        run = self._shown
        if run is None:
            run = self._shown = self._new_run(feed, messages[0][0])
        entries, bad = _parse.entries([text for _, text in messages])
        run.unreadable += bad
        self._received += len(messages)
        run.missed = messages[-1][0] - self._before - self._received
        run.add(entries, messages[0][0])
        feed.changed()

    def _new_run(self, feed: Feed, first: int) -> Run:
        run_id = self._subscriber.statistics().run.decode()[:8]
        self.run_name = f"run {run_id}" if run_id else "run"
        self._before = 0 if self._wants_all else first - 1
        self._received = 0
        run = feed.make_run(self)
        feed.show(run)
        return run

    def _tell_state(self, feed: Feed, is_there: bool) -> None:
        if is_there:
            self.tell(feed, LIVE)
        elif self.state == LIVE:
            self.tell(feed, ENDED, f"the publisher is gone since {strftime('%H:%M:%S')}")
