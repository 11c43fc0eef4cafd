"""Many lines of JSON at once: a call per line would cost as much again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ..serialization import loads

Entry = dict[str, Any]

fast_loads: Callable[[bytes], Any]
try:
    from orjson import loads as fast_loads
except ImportError:
    fast_loads = json.loads


def entries(lines: list[bytes]) -> tuple[list[Entry], int]:
    """The entries, and how many lines are none."""
    lines = [line for line in lines if line and not line.isspace()]
    text = b"[" + b",".join(lines) + b"]"
    # A tag of nonfinite='tagged' is to be undone.
    if b'"__nonfinite__"' not in text:
        for parse in (fast_loads, json.loads):
            try:
                found = parse(text)
            except (
                ValueError,
                RecursionError,
            ):  # a bare NaN for the first one, or a line that is no entry
                continue
            if len(found) == len(lines) and all(type(entry) is dict for entry in found):
                return found, 0
            break
    return _one_by_one(lines)


def _one_by_one(lines: list[bytes]) -> tuple[list[Entry], int]:
    found = []
    for line in lines:
        try:
            entry = loads(line.decode())
        except (ValueError, RecursionError):
            continue
        if type(entry) is dict:
            found.append(entry)
    return found, len(lines) - len(found)
