"""Mímir: a logger for training runs. Entries are JSON objects, one a line."""

from . import errors
from ._columns import Columns
from ._files import RepairReport, copy, repair
from ._keys import keygen
from ._read import read
from ._reader import open
from .formatters import simple_formatter
from .logger import Logger
from .remote import RemoteLogger, ServerLogger
from .stream import callback, get_snapshot, subscribe

__version__ = "0.1.0"

__all__ = [
    "Columns",
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
    "simple_formatter",
    "subscribe",
]
