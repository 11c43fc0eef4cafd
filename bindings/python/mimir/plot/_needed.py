"""An import that fails says what to install."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needed() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "mimir":
            raise
        raise ImportError(
            f"plots need {error.name}, which is not installed: pip install 'mimir[plot]'"
        ) from error
