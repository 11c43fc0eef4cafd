"""Mímir: a logger for training runs. Entries are JSON objects, one a line."""

from . import errors
from ._files import RepairReport, copy, repair
from ._keys import keygen
from ._reader import open
from .formatters import simple_formatter
from .logger import Logger
from .stream import callback, get_snapshot, subscribe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._columns import Columns
    from ._read import read
    from .remote import LogServer, RemoteLogger, ServerLogger, send_spool

__version__ = "0.1.0"

__all__ = [
    "Columns",
    "LogServer",
    "Logger",
    "RemoteLogger",
    "RepairReport",
    "ServerLogger",
    "__version__",
    "callback",
    "copy",
    "errors",
    "get_snapshot",
    "keygen",
    "open",
    "read",
    "repair",
    "send_spool",
    "simple_formatter",
    "subscribe",
]


# Where to find what a program that logs does without.
_PLACES = {
    "Columns": "_columns",
    "LogServer": "remote",
    "RemoteLogger": "remote",
    "ServerLogger": "remote",
    "read": "_read",
    "send_spool": "remote",
}


def __getattr__(name: str) -> object:
    """Imports what is used."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_PLACES[name]}", __name__), name)
