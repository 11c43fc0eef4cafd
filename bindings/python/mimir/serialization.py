"""JSON for what JSON lacks: NumPy's numbers and arrays, NaN and infinities."""

from __future__ import annotations

import json
import math

from ._arrays import deserialize_numpy, serialize_numpy
from ._convert import serialize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["deserialize_numpy", "loads", "serialize", "serialize_numpy"]

_TAG = "__nonfinite__"
_TOKENS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_decoder = json.JSONDecoder(object_hook=deserialize_numpy)


def loads(entry: str | bytes | bytearray, **kwargs: Any) -> Any:
    """An entry from its JSON text: json.loads with `object_hook=deserialize_numpy` unless given.

    NaN and infinities that were written as tags (nonfinite='tagged') are put back.
    """
    if kwargs or not isinstance(entry, str):
        kwargs.setdefault("object_hook", deserialize_numpy)
        value = json.loads(entry, **kwargs)
    else:
        value = _decoder.decode(entry)
    if type(value) is dict and _TAG in value:
        _restore(value)
    return value


def _restore(entry: dict[str, Any]) -> None:
    """Undoes a tag: all of it, or nothing when it is not one that Mímir writes."""
    tag = entry[_TAG]
    if next(reversed(entry)) != _TAG or not isinstance(tag, dict):
        return
    found = []
    for pointer, token in tag.items():
        place = _null_at(entry, pointer)
        if place is None or not isinstance(token, str) or token not in _TOKENS:
            return
        found.append((*place, _TOKENS[token]))
    if found:
        del entry[_TAG]
    for container, key, number in found:
        container[key] = number


def _null_at(entry: Any, pointer: str) -> tuple[Any, Any] | None:
    """Where an RFC 6901 pointer leads to null: container and key."""
    root, *names = pointer.split("/")
    container: Any = None
    key: Any = None
    value = entry
    for name in names:
        container = value
        if isinstance(container, list) and name.isascii() and name.isdigit() and len(name) < 19:
            key = int(name)
            if key >= len(container):
                return None
        elif isinstance(container, dict):
            key = name.replace("~1", "/").replace("~0", "~")
            if key not in container:
                return None
        else:
            return None
        value = container[key]
    return (container, key) if not root and key is not None and value is None else None
