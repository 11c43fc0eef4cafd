"""What parses many entries: orjson where that gives what json gives, which is slower."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from .serialization import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_LONG = b"0" * 19  # what is an integer may be beyond 64 bits, which orjson makes a float


def make_parse(kwargs: dict[str, Any]) -> Callable[[str], Any]:
    """What serialization.loads(text, **kwargs) does, for the text that a reader gives."""
    if kwargs:
        return partial(loads, **kwargs)
    try:
        from orjson import JSONDecodeError
        from orjson import loads as quick
    except ImportError:
        return loads

    def parse(text: str) -> Any:
        # Arrays and tags are for loads, however their keys are escaped. No regular expression: to
        # look for a number of many digits takes it longer than all of this.
        if "__n" in text or "\\u00" in text or _LONG in text.encode().translate(_ZEROS):
            return loads(text)
        try:
            return quick(text)
        except JSONDecodeError:  # NaN and infinities
            return loads(text)

    return parse
