"""How entries become JSON text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from json import encoder as json_encoder

from ._convert import serialize

TYPE_CHECKING = False  # importing typing costs as much as all of this package
if TYPE_CHECKING:
    from typing import Any

try:
    from ._fastcall import has_null
except ImportError:

    def has_null(text: bytes, /) -> bool:
        return text.find(b"null") >= 0  # `in` takes bytes twice as long


Encode = Callable[[object], str]


def as_dict(entry: object) -> dict[str, Any]:
    if isinstance(entry, Mapping):
        return dict(entry)
    raise TypeError(f"an entry is a dict (or another mapping), not {type(entry).__name__}")


def make_encode(kwargs: dict[str, Any]) -> Encode:
    """What json.dumps(entry, **kwargs) does, prepared once."""
    options = {"ensure_ascii": False, "default": serialize, **kwargs}
    if options.get("indent") is None:
        options.setdefault("separators", (",", ":"))
    make = options.pop("cls", None) or json.JSONEncoder
    encoder = make(**options)
    if set(kwargs) <= {"default"}:
        return _fast(encoder) or encoder.encode
    return encoder.encode


def make_encode_line(kwargs: dict[str, Any], encode: Encode) -> Callable[[object], bytes]:
    """The same as bytes: by orjson, where that is installed and writes what json would."""
    try:
        if kwargs:  # which orjson does not know
            raise ImportError
        from orjson import OPT_PASSTHROUGH_DATACLASS, OPT_PASSTHROUGH_DATETIME, dumps
    except ImportError:
        return lambda entry: encode(entry).encode()
    # What it would write its own way goes to serialize.
    option = OPT_PASSTHROUGH_DATACLASS | OPT_PASSTHROUGH_DATETIME

    def encode_line(entry: object) -> bytes:
        try:
            text = dumps(entry, serialize, option)
        except (TypeError, RecursionError):  # json takes more, and says better what is wrong
            return encode(entry).encode()
        # It writes NaN and infinities so too.
        return encode(entry).encode() if has_null(text) else text

    return encode_line


def _fast(encoder: json.JSONEncoder) -> Encode | None:
    """The encoder without building a new one for each entry, which costs json half its time.

    None where the interpreter has no such encoder in C.
    """
    try:
        chunks = json_encoder.c_make_encoder(  # type: ignore[attr-defined]
            *(None, encoder.default, json_encoder.encode_basestring, None),
            *(encoder.key_separator, encoder.item_separator),
            *(encoder.sort_keys, encoder.skipkeys, encoder.allow_nan),
        )
        chunks({}, 0)
    except (AttributeError, TypeError):
        return None
    join = "".join

    def encode(entry: object) -> str:
        try:
            return join(chunks(entry, 0))
        except RecursionError:
            # It does not look for circular references; this one does, and says so.
            return encoder.encode(entry)

    return encode
