"""Work on log files as a whole."""

from __future__ import annotations

import os
from types import SimpleNamespace

from . import _ffi, _options


class RepairReport(SimpleNamespace):
    """What mimir.repair has done."""

    healthy: bool
    """Nothing was wrong, and nothing was changed."""
    entries: int
    """Entries that the log holds now."""
    uncertain_entries: int
    """How many of them come from a stretch that is damaged: they look right, but may be wrong."""
    lines_left_out: int
    """Lines, or pieces of them, that are no whole entry."""
    bytes_left_out: int
    """Their bytes, and those of the file of which nothing could be read."""
    original: str | None
    """Where the damaged file is now; None when the log is healthy."""


def copy(
    source: str | bytes | os.PathLike[str],
    destination: str | bytes | os.PathLike[str],
    overwrite: bool = False,
) -> None:
    """Copies a log, plain or gzip, also one that is being written or whose writer was killed.

    The copy is a complete log of its own, with every entry that was logged before the call, and
    only whole ones. A destination that is there raises FileExistsError, unless `overwrite`. After
    any error it is as it was.
    """
    _ffi.copy(_options.path_bytes(source), _options.path_bytes(destination), overwrite)


def repair(filename: str | bytes | os.PathLike[str]) -> RepairReport:
    """Saves what can be read of a damaged log, plain or gzip: the whole entries, in their order.

    The damaged file stays beside it as NAME.damaged (NAME.damaged-2, ...). A log that is in order
    is left alone. Raises mimir.errors.CorruptError when no entry can be read, LockedError while the
    log is being written; nothing is changed then.
    """
    numbers, original = _ffi.repair(_options.path_bytes(filename))
    return RepairReport(
        **{**numbers, "healthy": bool(numbers["healthy"])},
        original=None if original is None else os.fsdecode(original),
    )
