"""Mímir: a logger for training runs. Entries are JSON objects, one a line."""

from . import errors
from ._columns import Columns
from ._files import RepairReport, copy, repair
from ._keys import keygen
from ._read import read
from ._reader import open
from .formatters import simple_formatter
from .logger import Logger
from .stream import callback, get_snapshot, subscribe

TYPE_CHECKING = False
if TYPE_CHECKING:
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


def __getattr__(name: str) -> object:
    """Remote logging, which most programs do without, is imported when it is asked for."""
    if name in ("LogServer", "RemoteLogger", "ServerLogger", "send_spool"):
        from . import remote

        return getattr(remote, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
