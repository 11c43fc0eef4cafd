"""Remote logging: many processes and machines, one log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from threading import Thread
from time import monotonic, sleep

from . import _ffi, _options
from ._dispatch import Dispatch
from ._encoding import make_encode, make_encode_line
from ._remote import Remote, Server, until
from ._warning import Failures, warn
from .errors import ClosedError, DroppedError, TimedOutError
from .logger import Logger
from .serialization import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from types import TracebackType
    from typing import Any

    Path = str | bytes | os.PathLike[str]

__all__ = ["LogServer", "RemoteLogger", "ServerLogger", "send_spools"]


class RemoteLogger:
    """Logs to a server (ServerLogger, LogServer), and never waits for it.

    When `log` returns, the entry is in the spool, files of this machine, and safe from the death of
    the process. It is in the server's log exactly once when that can be reached: sent by this
    logger, by the next one with the same spool folder and server, or by mimir.send_spools.

    name              the entries' `remote_log`; None: a number that the server gives
    host, port        the server's; host may be ipc://PATH
    ctx               taken for the original project's sake, and not used
    spool             the folder of the spools; None: $XDG_STATE_HOME/mimir/spool, or else
                      ~/.local/state/mimir/spool
    memory_only       no spool: what the server does not have is lost with this process
    rank, world_size  None: what the launcher says (torchrun, Slurm, MPI)
    key_file, server_key
                      this client's key pair (see mimir.keygen), and the server's public key
    timeout           for how many seconds `close` waits for the server
    on_error          'warn', or 'raise', when an entry is lost: the spool can't be written, and
                      memory is full
    kwargs            go to json.dumps, as those of mimir.Logger
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
        key_file: Path | None = None,
        server_key: Path | None = None,
        timeout: float = 5,
        on_error: str = "warn",
        max_entry_bytes: int | None = None,
        max_queue_bytes: int | None = None,
        max_spool_bytes: int | None = None,
        **kwargs: Any,
    ) -> None:
        raises = _options.choice("on_error", on_error, _options.ON_ERRORS) == 1
        options = _client(host, port, spool, key_file, server_key)
        options.name = None if not name else _options.text_bytes("name", name)
        options.memory_only = bool(memory_only)
        if rank is not None:
            options.has_rank, options.rank = 1, _options.count("rank", rank)
        if world_size is not None:
            options.world_size = _options.count("world_size", world_size)
        options.max_entry_bytes = _options.size("max_entry_bytes", max_entry_bytes)
        options.max_queue_bytes = _options.size("max_queue_bytes", max_queue_bytes)
        options.max_spool_bytes = _options.size("max_spool_bytes", max_spool_bytes)
        self._encode = make_encode_line(kwargs, make_encode(kwargs))
        self._failures = Failures(raises=raises)
        self._timeout = _options.seconds("timeout", timeout)
        self._remote = Remote(options)

    def log(self, entry: Mapping[str, Any]) -> None:
        """Logs an entry. Never waits for the network."""
        if not isinstance(entry, dict):
            if not isinstance(entry, Mapping):
                raise TypeError(f"an entry is a mapping, not {type(entry).__name__}")
            entry = dict(entry)
        try:
            self._remote.log(self._encode(entry))
        except DroppedError as error:
            self._failures.report(error, error.code)
        else:
            if self._failures.kinds:
                self._failures.all_work()

    def flush(self, timeout: float | None = None) -> None:
        """Waits until the server has all that was logged before; TimedOutError after `timeout`
        seconds (None: never)."""
        self._remote.flush(None if timeout is None else _options.seconds("timeout", timeout))

    @property
    def stats(self) -> dict[str, Any]:
        """What the logger has done: connected, entries, stored, refused, dropped, spooled,
        spool_bytes, in_memory, adopted, reconnections, id, problem."""
        told = self._remote.statistics()
        numbers = {name: getattr(told, name) for name, *_ in told._fields_[1:-2]}
        numbers["connected"] = bool(told.connected)
        return numbers | {"id": told.id.decode(), "problem": told.problem.decode()}

    def close(self, timeout: float | None = None) -> int:
        """Waits for the server, for `timeout` seconds (None: those given at opening), and ends.

        Returns how many entries are still in the spool, to be sent later, and warns when there are
        any. Closing again does nothing.
        """
        seconds = self._timeout if timeout is None else _options.seconds("timeout", timeout)
        spooled = self._remote.finish(seconds)
        if spooled:
            problem = self._remote.statistics().problem.decode()
            warn(
                f"the server has not got {spooled} entries; they are in the spool, and sent by the "
                "next remote logger with the same spool and server, or by mimir.send_spools"
                + (f" ({problem})" if problem else "")
            )
        return spooled

    def __enter__(self) -> RemoteLogger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _client(
    host: str, port: int, spool: Path | None, key_file: Path | None, server_key: Path | None
) -> _ffi.RemoteOptions:
    return _ffi.RemoteOptions(
        host=_options.text_bytes("host", host),
        port=_options.connected_port("port", port),
        spool=None if spool is None else _options.path_bytes(spool),
        key_file=None if key_file is None else _options.path_bytes(key_file),
        server_key=None if server_key is None else _options.path_bytes(server_key),
    )


def send_spools(
    host: str = "localhost",
    port: int = 5555,
    *,
    spool: Path | None = None,
    timeout: float | None = None,
    key_file: Path | None = None,
    server_key: Path | None = None,
) -> dict[str, int]:
    """Sends what remote loggers that are gone have left in a spool folder to their server.

    Returns the numbers of spools and entries sent, of entries refused, of entries left, and of
    spools that are busy, as their logger lives. `timeout` in seconds; None: until all are sent.
    """
    options = _client(host, port, spool, key_file, server_key)
    deadline = None if timeout is None else monotonic() + _options.seconds("timeout", timeout)
    sent = {"spools": 0, "entries": 0, "refused": 0}
    while True:
        report, status = _ffi.spool_send(options, until(deadline, most=2000))
        if status and status != TimedOutError.code:
            raise _ffi.failure(status)
        for name in sent:
            sent[name] += report[name]
        if not status or (deadline is not None and monotonic() >= deadline):
            return sent | {"left": report["left"], "busy": report["busy"]}


class LogServer:
    """Takes the entries of remote loggers, and of clients of the original project, into a logger.

    Entries gain `remote_log` (the client's name or number), `rank` and `host`, unless they have
    them themselves. What a client was told is stored is in the log once, also when the server is
    killed and started anew with the same log. A context manager.

    logger            every entry goes to its memory, file and stream; and to the handlers that it
                      has besides when the server is opened, on the server's thread
    port              0: a free one, see `port`
    loads_kwargs      go to json.loads, for those handlers and for entries in memory
    bind              the address of this machine, "*" for all, or ipc://PATH; None: 127.0.0.1
    key_file, authorized_keys
                      the server's key pair (see mimir.keygen), and the folder with the public keys
                      of those who may connect
    insecure          allows an address that others can reach, without keys
    max_clients       how many may be connected at a time
    client_timeout    seconds of silence after which a client has left
    straggler_key, straggler_every, straggler_step_key
                      logs min, median and max over the ranks of a member, such as a step's
                      duration, and the slowest rank, for each so many steps, which the last one
                      numbers (None: a rank's entries are counted)
    """

    def __init__(
        self,
        logger: Logger,
        port: int = 5555,
        *,
        loads_kwargs: dict[str, Any] | None = None,
        bind: str | None = None,
        key_file: Path | None = None,
        authorized_keys: Path | None = None,
        insecure: bool = False,
        max_clients: int | None = None,
        client_timeout: float = 30,
        max_entry_bytes: int | None = None,
        straggler_key: str | None = None,
        straggler_every: int = 0,
        straggler_step_key: str | None = None,
    ) -> None:
        options = _ffi.ServerOptions(
            port=_options.bound_port("port", port),
            bind=None if bind is None else _options.text_bytes("bind", bind),
            key_file=None if key_file is None else _options.path_bytes(key_file),
            authorized_keys=None
            if authorized_keys is None
            else _options.path_bytes(authorized_keys),
            insecure=bool(insecure),
            max_clients=_options.count("max_clients", max_clients or 0),
            client_timeout_ms=_options.milliseconds("client_timeout", client_timeout),
            max_entry_bytes=_options.size("max_entry_bytes", max_entry_bytes),
            straggler_every=_options.count("straggler_every", straggler_every),
        )
        if straggler_key is not None:
            options.straggler_key = _options.text_bytes("straggler_key", straggler_key)
        if straggler_step_key is not None:
            step_key = _options.text_bytes("straggler_step_key", straggler_step_key)
            options.straggler_step_key = step_key
        core, handlers = logger.serve(loads_kwargs or {})
        tell = partial(self._tell, logger, handlers, loads_kwargs or {}) if handlers else None
        self._notes: dict[tuple[int, str], str | None] = {}
        self._server = Server(core, options, tell)
        self._is_closed = False

    def _tell(
        self, logger: Logger, handlers: list[Any], loads_kwargs: dict[str, Any], text: bytes
    ) -> None:
        """Of one entry, on the server's thread: nothing may be raised there, not even a warning
        that the program has made an error. It is said when this object is used."""
        failures = Failures(raises=True)
        for handler in handlers:
            try:
                entry = loads(text, **loads_kwargs)
                Dispatch(entry, text, logger.encode).hand_to([handler], failures)
            except Exception as error:
                self._notes.setdefault((id(handler), type(error).__name__), repr(error))

    def _say_notes(self) -> None:
        for key in list(self._notes):
            note = self._notes[key]
            if note is not None:
                self._notes[key] = None  # each kind once
                warn(f"a handler failed with an entry: {note}")

    @property
    def port(self) -> int | None:
        """The TCP port it is bound to; None over ipc://."""
        return int(self._server.statistics().port) or None

    @property
    def stats(self) -> dict[str, int]:
        """What the server has done so far: clients (connected now), joined, timed_out, entries,
        repeated, refused, ignored."""
        told = self._server.statistics()
        return {name: getattr(told, name) for name, _ in told._fields_[2:] if name != "reserved"}

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until at least one client has joined and all have left. False after `timeout`
        seconds, and when the server is closed."""
        deadline = None if timeout is None else monotonic() + timeout
        while not self._is_closed:
            self._say_notes()
            try:
                if self._server.wait(until(deadline)):
                    return True
            except ClosedError:
                break
            if deadline is not None and monotonic() >= deadline:
                break
        return False

    def run_until(self, condition: Callable[[], bool]) -> None:
        """Serves until `condition()`, which is looked at ten times a second, is true; then
        closes."""
        try:
            while not self._is_closed and not condition():
                self._say_notes()
                sleep(0.1)
        finally:
            self.close()

    def serve_forever(self) -> None:
        """Serves until Ctrl-C, or until another thread closes the server; then closes."""
        try:
            while not self._is_closed:
                self._say_notes()
                sleep(0.1)
        except KeyboardInterrupt:
            pass
        finally:
            self.close()

    def close(self) -> None:
        """Stores what has arrived, and ends; the logger stays open."""
        self._is_closed = True
        self._server.close()
        self._say_notes()

    def __enter__(self) -> LogServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


_SERVER_OPTIONS = ("bind", "key_file", "authorized_keys", "insecure", "max_entry_bytes")
_OWN_SERVER_OPTIONS = ["max_clients", "client_timeout"]
_OWN_SERVER_OPTIONS += ["straggler_key", "straggler_every", "straggler_step_key"]


def ServerLogger(  # noqa: N802
    port: int = 5555,
    loads_kwargs: dict[str, Any] | None = None,
    threaded: bool = False,
    *args: Any,
    **kwargs: Any,
) -> Logger | None:
    """Logs what remote loggers send, until at least one has joined and all have left.

    Then it returns the logger, which is open still. With `threaded` it returns None at once, and a
    thread does all that, and closes the logger; the program does not end before it.

    The other arguments are those of mimir.Logger, and those that LogServer has besides: `bind`,
    `key_file`, `authorized_keys` and `insecure` are the server's, and the stream's as well, if
    there is one.
    """
    own = {name: kwargs.pop(name) for name in _OWN_SERVER_OPTIONS if name in kwargs}
    own |= {name: kwargs[name] for name in _SERVER_OPTIONS if name in kwargs}
    logger = Logger(*args, **kwargs)
    try:
        server = LogServer(logger, port, loads_kwargs=loads_kwargs, **own)
    except BaseException:
        logger.close()
        raise
    if threaded:
        Thread(target=_serve, args=(server, logger), name="mimir-server").start()
        return None
    try:
        server.wait()
    except BaseException:
        server.close()
        logger.close()
        raise
    server.close()
    return logger


def _serve(server: LogServer, logger: Logger) -> None:
    server.wait()
    server.close()
    logger.close()
