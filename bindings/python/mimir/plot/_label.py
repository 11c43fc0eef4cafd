"""Names of curves."""

from __future__ import annotations

from ._feed import Feed
from ._run import Run


def label(feed: Feed, run: Run, key: str) -> str:
    """As short as it can be to tell the curves apart."""
    if len(feed.runs) == 1:
        return key
    return run.name if len(feed.y_keys) == 1 else f"{key} · {run.name}"
