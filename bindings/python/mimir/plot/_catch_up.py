"""Waiting for what there is to plot."""

from __future__ import annotations

from time import monotonic

from ..errors import TimedOutError
from ._feed import Feed


def catch_up(feed: Feed, deadline: float) -> None:
    """Until all sources have read what was there in the beginning. `deadline`: on the monotonic
    clock; then TimeoutError."""
    for source in feed.sources:
        if not source.caught_up.wait(max(deadline - monotonic(), 0)):
            why = source.message or source.state
            raise TimedOutError(f"nothing to plot has come from {source.name}: {why}")
