"""From Python's arguments to the options of the C interface, checked: ctypes cuts off silently."""

from __future__ import annotations

import os
import sys
from operator import index as to_int

from . import _ffi

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

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


def seconds(name: str, value: float) -> float:
    if not 0 <= value <= 2_000_000:
        raise ValueError(f"{name} is {value}; it can be 0 or more seconds, up to 2,000,000")
    return float(value)


def count(name: str, value: int) -> int:
    number = to_int(value)
    if not 0 <= number < 2**31:
        raise ValueError(f"{name} is {number}; it can be 0 to {2**31 - 1}")
    return number


def bound_port(name: str, port: int) -> int:
    number = to_int(port)
    if not 0 <= number <= 65535:
        raise ValueError(f"{name} is {number}; it can be 1 to 65535, or 0 for a free one")
    return number or _ffi.PORT_ANY


def connected_port(name: str, port: int) -> int:
    number = to_int(port)
    if not 1 <= number <= 65535:
        raise ValueError(f"{name} is {number}; it can be 1 to 65535")
    return number


def text_bytes(name: str, text: str) -> bytes:
    """What has to be text without null bytes, which would end it in C."""
    if not isinstance(text, str):
        raise TypeError(f"{name} is text, not {type(text).__name__}")
    data = os.fsencode(text)
    if not data or b"\0" in data:
        raise ValueError(f"{name} is empty or contains a null byte")
    return data


def publishing(
    push_port: int,
    router_port: int,
    bind: str | None,
    key_file: str | bytes | os.PathLike[str] | None,
    authorized_keys: str | bytes | os.PathLike[str] | None,
    insecure: bool,
) -> dict[str, Any]:
    """What LoggerOptions and PublisherOptions have in common."""
    return {
        "push_port": bound_port("push_port", push_port),
        "router_port": bound_port("router_port", router_port),
        "bind": None if bind is None else text_bytes("bind", bind),
        "key_file": None if key_file is None else path_bytes(key_file),
        "authorized_keys": None if authorized_keys is None else path_bytes(authorized_keys),
        "insecure": bool(insecure),
    }
