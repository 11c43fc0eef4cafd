"""Mímir: a logger for training runs. Entries are JSON objects, one a line."""

from . import errors
from ._files import RepairReport, copy, repair
from ._reader import open
from .formatters import simple_formatter
from .logger import Logger

__version__ = "0.1.0"

__all__ = [
    "Logger",
    "RepairReport",
    "__version__",
    "copy",
    "errors",
    "open",
    "repair",
    "simple_formatter",
]
