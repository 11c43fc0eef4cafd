"""An import that fails says what to install."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needed() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        if name in ("", "mimir"):
            raise
        raise ImportError(
            f"plots need {name}, which is not installed: pip install 'mimir[plot]'"
        ) from error
