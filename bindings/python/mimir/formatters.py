"""How entries are printed. A formatter is called with (entry, fp) and writes to fp."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, TextIO


def simple_formatter(entry: Mapping[str, Any], fp: TextIO, indent: int = 0) -> None:
    """A line `key: value` for each key; a nested dict's content is indented by two spaces more."""
    fp.write("".join(_lines(entry, " " * indent)))  # at once: lines of two processes don't mix


def _lines(entry: Mapping[str, Any], margin: str) -> Iterator[str]:
    for key, value in entry.items():
        if isinstance(value, dict):
            yield f"{margin}{key}:\n"
            yield from _lines(value, margin + "  ")
        else:
            yield f"{margin}{key}: {value}\n"
