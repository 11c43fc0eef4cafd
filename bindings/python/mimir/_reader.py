"""Reading log files, also one that is being written."""

from __future__ import annotations

import os
from builtins import open as open_file
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from json import JSONDecodeError

from ._warning import warn
from .serialization import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@contextmanager
def open(
    filename: str | bytes | os.PathLike[str], raw_text: bool = False, **kwargs: Any
) -> Iterator[Iterator[Any]]:
    """A context manager that gives an iterator of a log's entries, or with `raw_text` of its lines.

    A name that ends with .gz is read as gzip. `kwargs` go to mimir.serialization.loads. Lines that
    are no JSON object, a torn last line among them, are left out with a warning.
    """
    path = os.fsdecode(filename)
    if path.endswith(".gz"):
        import gzip

        with gzip.open(path, "rb") as packed:
            yield _entries(_until_torn(packed, path), path, raw_text, kwargs)
    else:
        with open_file(path, "rb") as plain:
            yield _entries(plain, path, raw_text, kwargs)


def _until_torn(packed: Iterable[bytes], path: str) -> Iterator[bytes]:
    try:
        yield from packed
    except EOFError:
        warn(f"{path} ends before its gzip stream does; what follows is left out")


def _entries(
    lines: Iterable[bytes], path: str, raw_text: bool, kwargs: dict[str, Any]
) -> Iterator[Any]:
    for number, line in enumerate(lines, 1):
        if line.isspace():
            continue
        try:
            text = line.decode()
            if raw_text and line.endswith(b"\n"):
                yield text
                continue
            entry = loads(text, **kwargs) if text.lstrip()[0] == "{" else None
        except (JSONDecodeError, UnicodeDecodeError) as error:
            warn(f"line {number} of {path} is no entry and was left out: {error}")
            continue
        if entry is None:
            warn(f"line {number} of {path} is no JSON object and was left out")
        else:
            yield text if raw_text else entry
