"""The few functions of libmimir that these tests call by themselves."""

from __future__ import annotations

import ctypes
from pathlib import Path
from types import TracebackType


class _Options(ctypes.Structure):
    """The beginning of mimir_logger_options; struct_size tells the library how much there is."""

    _fields_ = [
        ("struct_size", ctypes.c_uint32),
        ("mode", ctypes.c_uint32),
        ("path", ctypes.c_char_p),
        ("maxlen", ctypes.c_uint64),
        ("max_entry_bytes", ctypes.c_uint64),
        ("max_pending_bytes", ctypes.c_uint64),
        ("flush", ctypes.c_uint32),
        ("flush_interval_ms", ctypes.c_uint32),
        ("durability", ctypes.c_uint32),
        ("shared", ctypes.c_uint32),
        ("nonfinite", ctypes.c_uint32),
        ("print", ctypes.c_uint32),
        ("warnings", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
    ]


WARNINGS_OFF = 2


class Library:
    def __init__(self, folder: Path) -> None:
        self.core = ctypes.CDLL(str(folder.resolve() / "libmimir.so"))
        self.core.mimir_last_error.restype = ctypes.c_char_p
        self.core.mimir_logger_log_json.argtypes = [
            ctypes.c_void_p,
            ctypes.c_char_p,
            ctypes.c_size_t,
        ]
        self.core.mimir_logger_close.argtypes = [ctypes.c_void_p]

    def logger(self, path: Path) -> Logger:
        return Logger(self, path)

    def require(self, status: int) -> None:
        if status != 0:
            raise RuntimeError(self.core.mimir_last_error().decode())


class Logger:
    def __init__(self, library: Library, path: Path) -> None:
        self._library = library
        options = _Options(ctypes.sizeof(_Options), path=bytes(path), warnings=WARNINGS_OFF)
        self._handle = ctypes.c_void_p()
        library.require(
            library.core.mimir_logger_open(ctypes.byref(options), ctypes.byref(self._handle))
        )

    def log_json(self, text: bytes) -> None:
        self._library.require(
            self._library.core.mimir_logger_log_json(self._handle, text, len(text))
        )

    def __enter__(self) -> Logger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._library.require(self._library.core.mimir_logger_close(self._handle))
