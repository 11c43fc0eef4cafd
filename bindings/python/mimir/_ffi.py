"""The C interface: the library, its types and its functions, as include/mimir/*.h declare them.

The only file that knows ctypes.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import (
    CDLL,
    CFUNCTYPE,
    POINTER,
    Structure,
    byref,
    c_bool,
    c_char,
    c_char_p,
    c_double,
    c_float,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
    sizeof,
)

from . import _libpath
from .errors import LibraryError, MimirError, from_status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VERSION = (0, 1)  # the interface this file was written for

UNLIMITED = 2**64 - 1
WARNINGS_CALLBACK = 1
COPY_OVERWRITE = 1
PORT_ANY = 65536
PAST_ALL = 0
PAST_NOTHING = 1
PAST_LAST = 2


class Logger(c_void_p):
    """mimir_logger *"""


class Entry(c_void_p):
    """mimir_entry *"""


class Reader(c_void_p):
    """mimir_reader *"""


class Ring(c_void_p):
    """mimir_ring *"""


class GzipWriter(c_void_p):
    """mimir_gzip_writer *"""


class Publisher(c_void_p):
    """mimir_publisher *"""


class Subscriber(c_void_p):
    """mimir_subscriber *"""


class Remote(c_void_p):
    """mimir_remote *"""


class Server(c_void_p):
    """mimir_server *"""


ServerCallback = CFUNCTYPE(None, c_void_p, c_void_p, c_size_t)
WarningCallback = CFUNCTYPE(None, c_void_p, c_int32, c_void_p, c_size_t)


class Text(Structure):
    """mimir_text"""

    _fields_ = (("data", c_char_p), ("length", c_size_t))


class LoggerOptions(Structure):
    """mimir_logger_options"""

    _fields_ = (
        ("struct_size", c_uint32),
        ("mode", c_uint32),
        ("path", c_char_p),
        ("maxlen", c_uint64),
        ("max_entry_bytes", c_uint64),
        ("max_pending_bytes", c_uint64),
        ("flush", c_uint32),
        ("flush_interval_ms", c_uint32),
        ("durability", c_uint32),
        ("shared", c_uint32),
        ("nonfinite", c_uint32),
        ("print", c_uint32),
        ("warnings", c_uint32),
        ("reserved", c_uint32),
        ("on_warning", WarningCallback),
        ("warning_context", c_void_p),
        ("stream", c_uint32),
        ("insecure", c_uint32),
        ("stream_maxlen", c_uint64),
        ("bind", c_char_p),
        ("push_port", c_uint32),
        ("router_port", c_uint32),
        ("key_file", c_char_p),
        ("authorized_keys", c_char_p),
    )


class LoggerStatistics(Structure):
    """mimir_logger_statistics"""

    _fields_ = (
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("entries", c_uint64),
        ("bytes", c_uint64),
        ("dropped", c_uint64),
        ("recovered", c_uint64),
        ("errors", c_uint64),
        ("pending_entries", c_uint64),
        ("pending_bytes", c_uint64),
        ("nonfinite", c_uint64),
        ("repaired_bytes", c_uint64),
    )


class ReaderStatistics(Structure):
    """mimir_reader_statistics"""

    _fields_ = (
        ("struct_size", c_uint32),
        ("damaged", c_uint32),
        ("torn", c_uint32),
        ("reserved", c_uint32),
        ("entries", c_uint64),
        ("skipped_lines", c_uint64),
        ("skipped_bytes", c_uint64),
        ("message", c_char_p),
    )


class RepairReport(Structure):
    """mimir_repair_report"""

    _fields_ = (
        ("struct_size", c_uint32),
        ("healthy", c_uint32),
        ("entries", c_uint64),
        ("uncertain_entries", c_uint64),
        ("lines_left_out", c_uint64),
        ("bytes_left_out", c_uint64),
        ("original", c_void_p),  # not c_char_p: the pointer must be freed
    )


class PublisherOptions(Structure):
    """mimir_publisher_options"""

    _fields_ = (
        ("struct_size", c_uint32),
        ("insecure", c_uint32),
        ("bind", c_char_p),
        ("push_port", c_uint32),
        ("router_port", c_uint32),
        ("maxlen", c_uint64),
        ("key_file", c_char_p),
        ("authorized_keys", c_char_p),
        ("max_queue_bytes", c_uint64),
    )


class PublisherStatistics(Structure):
    """mimir_publisher_statistics"""

    _fields_ = (
        ("struct_size", c_uint32),
        ("push_port", c_uint32),
        ("router_port", c_uint32),
        ("reserved", c_uint32),
        ("dropped", c_uint64),
        ("skipped", c_uint64),
        ("requests", c_uint64),
        ("ignored", c_uint64),
        ("run", c_char * 40),
    )


class SubscriberOptions(Structure):
    """mimir_subscriber_options"""

    _fields_ = (
        ("struct_size", c_uint32),
        ("past", c_uint32),
        ("host", c_char_p),
        ("push_port", c_uint32),
        ("router_port", c_uint32),
        ("live_only", c_uint32),
        ("reserved", c_uint32),
        ("past_count", c_uint64),
        ("key_file", c_char_p),
        ("server_key", c_char_p),
        ("max_queue_bytes", c_uint64),
    )


class SubscriberStatistics(Structure):
    """mimir_subscriber_statistics"""

    _fields_ = (
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("entries", c_uint64),
        ("missed", c_uint64),
        ("restarts", c_uint64),
        ("reconnections", c_uint64),
        ("run", c_char * 40),
    )


class RemoteOptions(Structure):
    """mimir_remote_options"""

    _fields_ = (
        ("struct_size", c_uint32),
        ("port", c_uint32),
        ("host", c_char_p),
        ("name", c_char_p),
        ("spool", c_char_p),
        ("memory_only", c_uint32),
        ("no_launcher", c_uint32),
        ("has_rank", c_uint32),
        ("rank", c_uint32),
        ("world_size", c_uint32),
        ("reserved", c_uint32),
        ("key_file", c_char_p),
        ("server_key", c_char_p),
        ("max_entry_bytes", c_uint64),
        ("max_queue_bytes", c_uint64),
        ("max_spool_bytes", c_uint64),
    )


class RemoteStatistics(Structure):
    """mimir_remote_statistics"""

    _fields_ = (
        ("struct_size", c_uint32),
        ("connected", c_uint32),
        ("entries", c_uint64),
        ("stored", c_uint64),
        ("refused", c_uint64),
        ("dropped", c_uint64),
        ("spooled", c_uint64),
        ("spool_bytes", c_uint64),
        ("in_memory", c_uint64),
        ("adopted", c_uint64),
        ("reconnections", c_uint64),
        ("id", c_char * 24),
        ("problem", c_char * 232),
    )


class SpoolReport(Structure):
    """mimir_spool_report"""

    _fields_ = (
        ("struct_size", c_uint32),
        ("busy", c_uint32),
        ("spools", c_uint64),
        ("entries", c_uint64),
        ("refused", c_uint64),
        ("left", c_uint64),
    )


class ServerOptions(Structure):
    """mimir_server_options"""

    _fields_ = (
        ("struct_size", c_uint32),
        ("insecure", c_uint32),
        ("bind", c_char_p),
        ("port", c_uint32),
        ("max_clients", c_uint32),
        ("client_timeout_ms", c_uint32),
        ("straggler_every", c_uint32),
        ("key_file", c_char_p),
        ("authorized_keys", c_char_p),
        ("max_entry_bytes", c_uint64),
        ("straggler_key", c_char_p),
        ("straggler_step_key", c_char_p),
        ("on_entry", ServerCallback),
        ("entry_context", c_void_p),
    )


class ServerStatistics(Structure):
    """mimir_server_statistics"""

    _fields_ = (
        ("struct_size", c_uint32),
        ("port", c_uint32),
        ("clients", c_uint32),
        ("reserved", c_uint32),
        ("joined", c_uint64),
        ("timed_out", c_uint64),
        ("entries", c_uint64),
        ("repeated", c_uint64),
        ("refused", c_uint64),
        ("ignored", c_uint64),
    )


_KEY = (c_char_p, c_size_t)
_TEXT_OUT = (POINTER(c_void_p), POINTER(c_size_t))  # not c_char_p: the pointer must be freed

# name: (result, *arguments)
PROTOTYPES = {
    "mimir_status_string": (c_char_p, c_int32),
    "mimir_last_error": (c_char_p,),
    "mimir_version_string": (c_char_p,),
    "mimir_version_number": (c_uint32,),
    "mimir_free": (None, c_void_p),
    "mimir_entry_new": (Entry,),
    "mimir_entry_free": (None, Entry),
    "mimir_entry_clear": (None, Entry),
    "mimir_entry_set_int64": (c_int32, Entry, *_KEY, c_int64),
    "mimir_entry_set_uint64": (c_int32, Entry, *_KEY, c_uint64),
    "mimir_entry_set_double": (c_int32, Entry, *_KEY, c_double),
    "mimir_entry_set_float": (c_int32, Entry, *_KEY, c_float),
    "mimir_entry_set_bool": (c_int32, Entry, *_KEY, c_bool),
    "mimir_entry_set_string": (c_int32, Entry, *_KEY, c_char_p, c_size_t),
    "mimir_entry_set_null": (c_int32, Entry, *_KEY),
    "mimir_entry_set_json": (c_int32, Entry, *_KEY, c_char_p, c_size_t),
    "mimir_entry_set_doubles": (c_int32, Entry, *_KEY, POINTER(c_double), c_size_t),
    "mimir_entry_set_array": (
        *(c_int32, Entry, *_KEY, c_void_p, c_uint32),
        *(POINTER(c_size_t), c_size_t, c_uint32),
    ),
    "mimir_entry_begin_object": (c_int32, Entry, *_KEY),
    "mimir_entry_end_object": (c_int32, Entry),
    "mimir_ring_new": (c_int32, c_uint64, POINTER(Ring)),
    "mimir_ring_push": (c_int32, Ring, c_void_p, c_size_t),
    "mimir_ring_count": (c_int32, Ring, POINTER(c_size_t)),
    "mimir_ring_memory": (c_int32, Ring, POINTER(c_size_t)),
    "mimir_ring_get": (c_int32, Ring, c_int64, *_TEXT_OUT),
    "mimir_ring_clear": (c_int32, Ring),
    "mimir_ring_free": (None, Ring),
    "mimir_logger_open": (c_int32, POINTER(LoggerOptions), POINTER(Logger)),
    "mimir_logger_log": (c_int32, Logger, Entry),
    "mimir_logger_log_json": (c_int32, Logger, c_char_p, c_size_t),
    "mimir_logger_log_doubles": (c_int32, Logger, POINTER(Text), POINTER(c_double), c_size_t),
    "mimir_logger_load": (c_int32, Logger, c_char_p, POINTER(c_uint64)),
    "mimir_logger_count": (c_int32, Logger, POINTER(c_size_t)),
    "mimir_logger_get": (c_int32, Logger, c_int64, *_TEXT_OUT),
    "mimir_logger_range": (c_int32, Logger, c_int64, c_size_t, *_TEXT_OUT),
    "mimir_logger_finish": (c_int32, Logger),
    "mimir_logger_flush": (c_int32, Logger),
    "mimir_logger_stats": (c_int32, Logger, POINTER(LoggerStatistics)),
    "mimir_logger_stream": (c_int32, Logger, POINTER(PublisherStatistics)),
    "mimir_logger_close": (c_int32, Logger),
    "mimir_reader_open": (c_int32, c_char_p, POINTER(Reader)),
    "mimir_reader_next": (c_int32, Reader, *_TEXT_OUT),
    "mimir_reader_last": (c_int32, Reader, c_uint64),
    "mimir_reader_report": (c_int32, Reader, POINTER(ReaderStatistics)),
    "mimir_reader_close": (None, Reader),
    "mimir_gzip_writer_open": (c_int32, c_char_p, c_void_p, POINTER(GzipWriter)),
    "mimir_gzip_writer_write": (c_int32, GzipWriter, c_char_p, c_size_t),
    "mimir_gzip_writer_flush": (c_int32, GzipWriter),
    "mimir_gzip_writer_close": (c_int32, GzipWriter),
    "mimir_copy": (c_int32, c_char_p, c_char_p, c_uint32),
    "mimir_repair": (c_int32, c_char_p, POINTER(RepairReport)),
    "mimir_publisher_open": (c_int32, POINTER(PublisherOptions), POINTER(Publisher)),
    "mimir_publisher_publish": (c_int32, Publisher, c_char_p, c_size_t, POINTER(c_uint64)),
    "mimir_publisher_stats": (c_int32, Publisher, POINTER(PublisherStatistics)),
    "mimir_publisher_close": (None, Publisher),
    "mimir_keygen": (c_int32, c_char_p),
    "mimir_subscriber_open": (c_int32, POINTER(SubscriberOptions), POINTER(Subscriber)),
    "mimir_subscriber_next": (c_int32, Subscriber, c_int32, POINTER(c_uint64), *_TEXT_OUT),
    "mimir_subscriber_stats": (c_int32, Subscriber, POINTER(SubscriberStatistics)),
    "mimir_subscriber_close": (None, Subscriber),
    "mimir_remote_open": (c_int32, POINTER(RemoteOptions), POINTER(Remote)),
    "mimir_remote_log": (c_int32, Remote, Entry),
    "mimir_remote_log_json": (c_int32, Remote, c_char_p, c_size_t),
    "mimir_remote_log_doubles": (c_int32, Remote, POINTER(Text), POINTER(c_double), c_size_t),
    "mimir_remote_flush": (c_int32, Remote, c_int32),
    "mimir_remote_stats": (c_int32, Remote, POINTER(RemoteStatistics)),
    "mimir_remote_close": (c_int32, Remote, c_int32, POINTER(c_uint64)),
    "mimir_spool_send": (c_int32, POINTER(RemoteOptions), c_int32, POINTER(SpoolReport)),
    "mimir_server_open": (c_int32, Logger, POINTER(ServerOptions), POINTER(Server)),
    "mimir_server_wait": (c_int32, Server, c_int32),
    "mimir_server_stats": (c_int32, Server, POINTER(ServerStatistics)),
    "mimir_server_finish": (c_int32, Server),
    "mimir_server_close": (None, Server),
}


def _declare(library: CDLL) -> None:
    for name, (result, *arguments) in PROTOTYPES.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments


def _load() -> tuple[CDLL, tuple[str, str]]:
    """The library, and its path with how that came to be tried."""
    tried = []
    for path, origin in _libpath.candidates():
        try:
            library = CDLL(path)
            library.mimir_version_number.restype = c_uint32
            number = library.mimir_version_number()
            if (number // 1_000_000, number // 1_000 % 1_000) == VERSION:
                _declare(library)
                return library, (path, origin)
            found = f"{number // 1_000_000}.{number // 1_000 % 1_000}.{number % 1_000}"
            reason = f"it is version {found}, this package needs {VERSION[0]}.{VERSION[1]}"
        except (OSError, AttributeError) as error:  # AttributeError: a function is missing
            reason = str(error)
        tried.append(f"  {path} ({origin}): {reason}")
    raise LibraryError(
        "libmimir could not be loaded; set MIMIR_LIBRARY to the path of libmimir.so. Tried:\n"
        + "\n".join(tried)
    )


library, origin = _load()
_NUL_TERMINATED = c_size_t(-1)
try:
    from . import _fastcall
except ImportError:  # no compiler where the package was built, or a free-threaded Python
    bind_fastcall = None
else:
    bind_fastcall = _fastcall.bind


def version() -> str:
    """The version of the library that is loaded."""
    return str(library.mimir_version_string().decode())


def failure(status: int) -> MimirError:
    """The error for the call of this thread that has just failed."""
    text = library.mimir_last_error() or library.mimir_status_string(status)
    return from_status(status, text.decode("utf-8", "replace"))


def check(status: int) -> None:
    if status:
        raise failure(status)


def warning_collector(notes: list[tuple[int, str]]) -> Any:
    """A callback that only appends to notes: an exception can't cross the C code."""

    def collect(context: int | None, status: int, message: int, length: int) -> None:
        notes.append((status, ctypes.string_at(message, length).decode("utf-8", "replace")))

    return WarningCallback(collect)


def set_callback(options: LoggerOptions, callback: Any) -> None:
    options.warnings = WARNINGS_CALLBACK
    options.on_warning = callback


def logger_open(options: LoggerOptions) -> Logger:
    options.struct_size = sizeof(options)
    handle = Logger()
    check(library.mimir_logger_open(byref(options), byref(handle)))
    return handle


def logger_load(handle: Logger, path: bytes) -> int:
    count = c_uint64()
    check(library.mimir_logger_load(handle, path, byref(count)))
    return count.value


def logger_count(handle: Logger) -> int:
    count = c_size_t()
    check(library.mimir_logger_count(handle, byref(count)))
    return count.value


def logger_get(handle: Logger, index: int) -> str:
    text, length = c_void_p(), c_size_t()
    check(library.mimir_logger_get(handle, index, byref(text), byref(length)))
    try:
        return ctypes.string_at(text, length.value).decode()
    finally:
        library.mimir_free(text)


def logger_range(handle: Logger, start: int, count: int) -> list[str]:
    """Entries in memory as they are at one moment."""
    text, length = c_void_p(), c_size_t()
    check(library.mimir_logger_range(handle, start, count, byref(text), byref(length)))
    if not text:
        return []
    try:
        return ctypes.string_at(text, length.value - 1).decode().split("\n")
    finally:
        library.mimir_free(text)


def log_json(handle: Logger | Remote) -> Callable[[bytes], int]:
    """The function that logs JSON text, of one logger or client, in the fastest way there is."""
    kind = "logger" if isinstance(handle, Logger) else "remote"
    # Without argtypes, and with a length that is there already: to convert each argument by its
    # type costs as much as the call. It is called with just these types.
    function = library[f"mimir_{kind}_log_json"]
    if bind_fastcall is not None:
        addresses = [ctypes.cast(what, c_void_p).value for what in (function, handle)]
        return bind_fastcall(*(address or 0 for address in addresses))
    return lambda text: int(function(handle, text, _NUL_TERMINATED))


def logger_statistics(handle: Logger) -> dict[str, int]:
    numbers = LoggerStatistics(struct_size=sizeof(LoggerStatistics))
    check(library.mimir_logger_stats(handle, byref(numbers)))
    return {name: getattr(numbers, name) for name, _ in LoggerStatistics._fields_[2:]}


def reader_open(path: bytes) -> Reader:
    handle = Reader()
    check(library.mimir_reader_open(path, byref(handle)))
    return handle


def reader_next(handle: Reader) -> Callable[[], str | None]:
    """What gives the next entry of a reader at each call, and None at the end."""
    text, length = c_void_p(), c_size_t()
    text_out, length_out, read = byref(text), byref(length), library.mimir_reader_next

    def next_text() -> str | None:
        check(read(handle, text_out, length_out))
        return ctypes.string_at(text, length.value).decode() if text.value else None

    return next_text


def reader_message(handle: Reader) -> str:
    """What a reader has left out so far; "" for nothing."""
    statistics = ReaderStatistics(struct_size=sizeof(ReaderStatistics))
    check(library.mimir_reader_report(handle, byref(statistics)))
    return str((statistics.message or b"").decode("utf-8", "replace"))


def copy(source: bytes, destination: bytes, overwrite: bool) -> None:
    check(library.mimir_copy(source, destination, COPY_OVERWRITE if overwrite else 0))


def repair(path: bytes) -> tuple[dict[str, int], bytes | None]:
    """The numbers of the report, and where the damaged file is now."""
    report = RepairReport(struct_size=sizeof(RepairReport))
    check(library.mimir_repair(path, byref(report)))
    try:
        original = ctypes.string_at(report.original) if report.original else None
    finally:
        library.mimir_free(report.original)
    return {name: getattr(report, name) for name, _ in RepairReport._fields_[1:-1]}, original


def keygen(path: bytes) -> None:
    check(library.mimir_keygen(path))


def publisher_open(options: PublisherOptions) -> Publisher:
    options.struct_size = sizeof(options)
    handle = Publisher()
    check(library.mimir_publisher_open(byref(options), byref(handle)))
    return handle


def publisher_publish(handle: Publisher, text: bytes) -> None:
    check(library.mimir_publisher_publish(handle, text, len(text), None))


def publisher_statistics(handle: Logger | Publisher) -> PublisherStatistics:
    """Of a publisher, or of a logger's own one."""
    statistics = PublisherStatistics(struct_size=sizeof(PublisherStatistics))
    if isinstance(handle, Logger):
        check(library.mimir_logger_stream(handle, byref(statistics)))
    else:
        check(library.mimir_publisher_stats(handle, byref(statistics)))
    return statistics


def subscriber_open(options: SubscriberOptions) -> Subscriber:
    options.struct_size = sizeof(options)
    handle = Subscriber()
    check(library.mimir_subscriber_open(byref(options), byref(handle)))
    return handle


def subscriber_next(handle: Subscriber) -> Callable[[int], tuple[int, bytes] | None]:
    """What waits some milliseconds for a subscriber's next entry, and gives its number and text."""
    sequence, text, length = c_uint64(), c_void_p(), c_size_t()
    out = byref(sequence), byref(text), byref(length)
    read = library.mimir_subscriber_next

    def next_entry(milliseconds: int) -> tuple[int, bytes] | None:
        status = read(handle, milliseconds, *out)
        if status:
            raise failure(status)
        return (sequence.value, ctypes.string_at(text, length.value)) if text.value else None

    return next_entry


def subscriber_statistics(handle: Subscriber) -> SubscriberStatistics:
    statistics = SubscriberStatistics(struct_size=sizeof(SubscriberStatistics))
    check(library.mimir_subscriber_stats(handle, byref(statistics)))
    return statistics


def remote_open(options: RemoteOptions) -> Remote:
    options.struct_size = sizeof(options)
    handle = Remote()
    check(library.mimir_remote_open(byref(options), byref(handle)))
    return handle


def remote_statistics(handle: Remote) -> dict[str, Any]:
    found = RemoteStatistics(struct_size=sizeof(RemoteStatistics))
    check(library.mimir_remote_stats(handle, byref(found)))
    statistics = {name: getattr(found, name) for name, _ in RemoteStatistics._fields_[1:]}
    statistics["connected"] = bool(found.connected)
    statistics["id"] = found.id.decode()
    statistics["problem"] = found.problem.decode("utf-8", "replace")
    return statistics


def remote_close(handle: Remote, milliseconds: int) -> tuple[int, MimirError | None]:
    """Closes and frees, whatever the error. How many entries are still in the spool."""
    spooled = c_uint64()
    status = library.mimir_remote_close(handle, milliseconds, byref(spooled))
    return spooled.value, failure(status) if status else None


def spool_send(
    options: RemoteOptions, milliseconds: int
) -> tuple[dict[str, int], MimirError | None]:
    options.struct_size = sizeof(options)
    report = SpoolReport(struct_size=sizeof(SpoolReport))
    status = library.mimir_spool_send(byref(options), milliseconds, byref(report))
    numbers = {name: getattr(report, name) for name, _ in SpoolReport._fields_[1:]}
    return numbers, failure(status) if status else None


def server_callback(function: Callable[[bytes], None]) -> Any:
    """Hands each entry's text to a function, which must not raise: no one could catch it."""

    def tell(context: int | None, text: int, length: int) -> None:
        function(ctypes.string_at(text, length))

    return ServerCallback(tell)


def server_open(logger: Logger, options: ServerOptions) -> Server:
    options.struct_size = sizeof(options)
    handle = Server()
    check(library.mimir_server_open(logger, byref(options), byref(handle)))
    return handle


def server_statistics(handle: Server) -> dict[str, int]:
    found = ServerStatistics(struct_size=sizeof(ServerStatistics))
    check(library.mimir_server_stats(handle, byref(found)))
    names = [name for name, _ in ServerStatistics._fields_[1:] if name != "reserved"]
    return {name: getattr(found, name) for name in names}
