"""Many processes and machines, one log. The protocol is in docs/protocol.md."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from threading import Thread
from time import monotonic, sleep

from . import _ffi, _options
from ._encoding import as_dict, make_encode, make_encode_line
from ._remote_client import RemoteClient
from ._slices import deadline_in
from ._spool import SpoolReport, send_spool
from .errors import ClosedError, TimedOutError
from .logger import Logger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

    Path = str | bytes | os.PathLike[str]

__all__ = ["LogServer", "RemoteLogger", "ServerLogger", "SpoolReport", "send_spool"]

# Seconds between looks. An Event's wait() may fail with another error when Ctrl-C comes within it.
_PAUSE = 0.05


class LogServer:
    """Logs the entries of clients, which are RemoteLoggers and those of the original project.

    Entries gain `remote_log` (the client's name, or a number), and `rank` and `host` where they are
    known. What a client was told to be stored is in the log, once, also when the server is killed
    and started anew with the same file; so the logger should have one. The logger's handlers get
    the entries on the server's thread; those that there are when the server is opened make it do
    so. It serves until it is closed, also when nobody refers to it.

    logger            where the entries go; it stays open, and may be used meanwhile
    port              TCP port; 0: a free one, see `port`
    bind              the address of this machine, "*" for all, or ipc://PATH; None: 127.0.0.1
    key_file, authorized_keys
                      encrypt: this server's key pair (see mimir.keygen), and the folder with the
                      public keys of those who may connect
    insecure          allows a `bind` that others can reach, without keys
    max_clients       how many may be connected at a time; None: 1024
    client_timeout    seconds of silence after which a client has left
    max_entry_bytes   the largest entry; None: 64 MiB
    straggler         a key with a number, such as a step's duration: its minimum, median and
                      maximum over the ranks are logged, and the slowest rank, that of the maximum
    straggler_every   for each so many steps
    straggler_step    the key that numbers the steps; None: each rank's entries with the key above
                      are counted
    loads_kwargs      go to mimir.serialization.loads, for the handlers and for entries in memory
    """

    def __init__(
        self,
        logger: Logger,
        port: int = 5555,
        *,
        bind: str | None = None,
        key_file: Path | None = None,
        authorized_keys: Path | None = None,
        insecure: bool = False,
        max_clients: int | None = None,
        client_timeout: float = 30.0,
        max_entry_bytes: int | None = None,
        straggler: str | None = None,
        straggler_every: int = 100,
        straggler_step: str | None = None,
        loads_kwargs: Mapping[str, Any] | None = None,
    ) -> None:
        options = _ffi.ServerOptions(
            insecure=bool(insecure),
            bind=None if bind is None else _options.text_bytes("bind", bind),
            port=_options.bound_port("port", port),
            max_clients=0 if max_clients is None else _options.count("max_clients", max_clients),
            client_timeout_ms=_options.milliseconds("client_timeout", client_timeout, 0.1, 86400),
            key_file=None if key_file is None else _options.path_bytes(key_file),
            authorized_keys=(
                None if authorized_keys is None else _options.path_bytes(authorized_keys)
            ),
            max_entry_bytes=_options.size("max_entry_bytes", max_entry_bytes),
        )
        if straggler is not None:
            options.straggler_key = _options.text_bytes("straggler", straggler)
            options.straggler_every = _options.count("straggler_every", straggler_every)
            if straggler_step is not None:
                options.straggler_step_key = _options.text_bytes("straggler_step", straggler_step)
        self.logger = logger
        self._server = logger._serve(options, dict(loads_kwargs or {}))

    @property
    def port(self) -> int | None:
        """None over ipc://."""
        return self._server.port

    @property
    def stats(self) -> dict[str, int]:
        """What the server has done so far: clients (connected now), joined, timed_out, entries,
        repeated, refused, ignored."""
        return self._server.statistics()

    def wait(self, timeout: float | None = None) -> None:
        """Waits until at least one client has joined and all have left. After `timeout` seconds:
        TimeoutError."""
        self._server.wait(timeout)

    def run_until(self, condition: Callable[[], object], timeout: float | None = None) -> None:
        """Serves until the condition, which is asked some times a second, is true. After `timeout`
        seconds: TimeoutError."""
        deadline = deadline_in(timeout)
        while not condition():
            left = _PAUSE if deadline is None else min(_PAUSE, deadline - monotonic())
            if left <= 0:
                raise TimedOutError(f"the condition is not true after {timeout} seconds")
            sleep(left)
            if self._server.ended.is_set():
                raise ClosedError("the server is closed")
            self._server.say()

    def serve_forever(self) -> None:
        """Serves until close(), which another thread or a signal handler calls, or Ctrl-C."""
        while not self._server.ended.is_set():
            sleep(_PAUSE)
            self._server.say()

    def close(self) -> None:
        """Stores what has arrived, and ends; the logger stays open. Closing again does nothing."""
        self._server.close()

    def __enter__(self) -> LogServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def ServerLogger(  # noqa: N802
    port: int = 5555,
    loads_kwargs: Mapping[str, Any] | None = None,
    threaded: bool = False,
    *args: Any,
    **kwargs: Any,
) -> Logger | None:
    """A logger that has logged what clients sent: it serves until at least one has joined and all
    have left, and returns the logger, which is still open.

    `args` and `kwargs` are those of mimir.Logger, and also the keywords of mimir.remote.LogServer;
    where both have one (`bind`, keys, `insecure`, `max_entry_bytes`) it is for both. `threaded`:
    serves on a thread, which closes the logger at the end, and returns None at once; the program
    does not end before. With LogServer one can do more while it serves.
    """
    own = ("max_clients", "client_timeout", "straggler", "straggler_every", "straggler_step")
    both = ("bind", "key_file", "authorized_keys", "insecure", "max_entry_bytes")
    options = {name: kwargs.pop(name) for name in own if name in kwargs}
    options.update({name: kwargs[name] for name in both if name in kwargs})
    logger = Logger(*args, **kwargs)
    try:
        server = LogServer(logger, port, loads_kwargs=loads_kwargs, **options)
    except BaseException:
        logger.close()
        raise
    if threaded:
        Thread(target=_serve, args=(server, True), name="mimir-server-logger").start()
        return None
    _serve(server, False)
    return logger


def _serve(server: LogServer, closes: bool) -> None:
    try:
        with server:
            server.wait()
    except BaseException:
        server.logger.close()
        raise
    if closes:
        server.logger.close()


class RemoteLogger:
    """Logs to a server (ServerLogger, LogServer), and never waits for it.

    An entry is in the spool, files of this machine, when `log` has returned: so it outlives the
    death of this process, and comes to the server's log exactly once when the server is there, sent
    by this one, by the next remote logger of that server, or by send_spool. Any number of threads
    may use it. After a fork it belongs to the parent; the child opens one of its own.

    name              the entries' `remote_log`; None: a number that the server gives
    host, port        the server's; `host` can be its ipc://PATH
    ctx               not used: the library has a ZeroMQ context of its own
    spool             folder of the spools; None: mimir/spool in $XDG_STATE_HOME (~/.local/state)
    memory_only       no spool: what the server does not have is lost with this process
    rank, world_size  None: what the launcher (torchrun, Slurm, MPI) says, if there is one
    launcher          False: what it says is not taken
    key_file, server_key
                      this client's key pair (see mimir.keygen), and the server's public key
    max_entry_bytes   the largest entry; None: 64 MiB
    max_queue_bytes   how much may wait in memory where the spool can't be written; None: 64 MiB
    max_spool_bytes   how much may lie in this one's spool; None: 4 GiB
    on_error          'warn': what is lost, because neither spool nor memory takes it, makes one
                      MimirWarning; 'raise': an error
    kwargs            as in mimir.Logger, for json.dumps
    """

    def __init__(
        self,
        name: str | None = None,
        host: str = "localhost",
        port: int = 5555,
        ctx: object = None,
        *,
        spool: Path | None = None,
        memory_only: bool = False,
        rank: int | None = None,
        world_size: int | None = None,
        launcher: bool = True,
        key_file: Path | None = None,
        server_key: Path | None = None,
        max_entry_bytes: int | None = None,
        max_queue_bytes: int | None = None,
        max_spool_bytes: int | None = None,
        on_error: str = "warn",
        **kwargs: Any,
    ) -> None:
        options = _options.connecting(host, port, spool, key_file, server_key)
        options.name = None if name is None else _options.text_bytes("name", name)
        options.memory_only = bool(memory_only)
        options.no_launcher = not launcher
        if rank is not None:
            options.has_rank = 1
            options.rank = _options.count("rank", rank, 0)
            if world_size is not None:
                options.world_size = _options.count("world_size", world_size)
        elif world_size is not None:
            raise ValueError("world_size is given, and rank is not")
        options.max_entry_bytes = _options.size("max_entry_bytes", max_entry_bytes)
        options.max_queue_bytes = _options.size("max_queue_bytes", max_queue_bytes)
        options.max_spool_bytes = _options.size("max_spool_bytes", max_spool_bytes)
        raises = _options.choice("on_error", on_error, _options.ON_ERRORS) == 1
        self._encode_line = make_encode_line(kwargs, make_encode(kwargs))
        self._client = RemoteClient(options, raises=raises)

    def log(self, entry: Mapping[str, Any]) -> None:
        """Logs an entry. What can't be written as JSON is an error, and nothing is logged."""
        if not isinstance(entry, dict):
            entry = as_dict(entry)
        self._client.log(self._encode_line(entry))

    def flush(self, timeout: float | None = None) -> None:
        """Waits until the server's log has all that was logged before. After `timeout` seconds:
        TimeoutError."""
        self._client.flush(timeout)

    @property
    def stats(self) -> dict[str, Any]:
        """What was done so far: connected (now), entries, stored, refused, dropped, spooled (not
        in the server's log yet), spool_bytes, in_memory, adopted, reconnections, id, problem."""
        return self._client.statistics()

    def close(self, timeout: float = 5.0) -> int:
        """Waits up to `timeout` seconds for the server, and closes. Returns how many entries are
        still in the spool, and warns if there are any. Closing again does nothing."""
        return self._client.close(timeout)

    def __enter__(self) -> RemoteLogger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
