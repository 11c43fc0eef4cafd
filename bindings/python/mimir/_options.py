"""From Python's arguments to the options of the C interface, checked: ctypes cuts off silently."""

from __future__ import annotations

import os
import sys
from operator import index as to_int

from . import _ffi

MODES = {"append": 0, "truncate": 1, "exclusive": 2}
FLUSHES = {"every_entry": 0, "interval": 1}
DURABILITIES = {"process": 0, "system": 1}
NONFINITES = {"null": 0, "tagged": 1, "string": 2, "literal": 3, "error": 4}
ON_ERRORS = {"warn": 0, "raise": 1}


def choice(name: str, value: object, among: dict[str, int]) -> int:
    if not isinstance(value, str) or value not in among:
        names = ", ".join(repr(known) for known in among)
        raise ValueError(f"{name} is {value!r}; it can be {names}")
    return among[value]


def path_bytes(filename: str | bytes | os.PathLike[str]) -> bytes:
    path = os.fsencode(filename)
    if b"\0" in path:
        raise ValueError("the filename contains a null byte")
    return path


def limit(maxlen: int | None) -> int:
    """maxlen for the library; the original project also took sys.maxsize for "all"."""
    if maxlen is None:
        return _ffi.UNLIMITED
    number = to_int(maxlen)
    if number < 0:
        raise ValueError(f"maxlen is {number}; it can be 0 or more, or None for all")
    return number if number < sys.maxsize else _ffi.UNLIMITED


def size(name: str, value: int | None) -> int:
    if value is None:
        return 0  # the library's default
    number = to_int(value)
    if not 1 <= number < 2**63:
        raise ValueError(f"{name} is {number}; it can be 1 or more bytes, or None for the default")
    return number


def milliseconds(name: str, seconds: float) -> int:
    if not 0.001 <= seconds <= 3600:
        raise ValueError(f"{name} is {seconds}; it can be 0.001 to 3600 seconds")
    return round(seconds * 1000)
