"""Where the library takes a logger's entries: memory, file and stream."""

from __future__ import annotations

from threading import RLock

from . import _ffi
from ._core import Core
from ._publisher import Publisher
from .errors import ClosedError, InvalidStateError


class Sinks:
    """One logger of the library does all three, as long as each gets every entry. Once one of them
    gets less (it has filters, or is no longer a handler) they are apart: each has an owner of its
    own."""

    def __init__(self, options: _ffi.LoggerOptions, *, raises: bool) -> None:
        self._options = options
        self._raises = raises
        self._lock = RLock()
        self._lent = False
        self._publisher: Publisher | None = None
        # What the first core had counted, and its followers have not.
        self._before: dict[str, int] = {}
        self._maxlen = options.maxlen
        # Does it all; None as soon as core and memory are two. One look tells, without a lock.
        self._whole: Core | None = Core(options, raises=raises)
        self.core = self._whole
        self.endpoint = self.core.endpoint
        self.memory = self.core
        self._has_file = options.path is not None

    def log(self, line: bytes) -> bool:
        """Logs to all of them. False when they are apart: nothing is done then."""
        whole = self._whole
        if whole is None:
            self.core.check_open()
            return False
        try:
            whole.log(line)
        except ClosedError:
            with self._lock:  # another thread may be taking them apart
                if self._whole is not None:
                    raise
            return False
        return True

    def lend(self) -> Core:
        """The logger of the library, for a server that logs into it from now on."""
        with self._lock:
            if self._whole is None:
                raise InvalidStateError(
                    "a log server needs all of a logger's file, memory and stream; take the "
                    "filters from their handlers"
                )
            self._lent = True
            return self._whole

    def log_apart(self, line: bytes, file_text: str | None) -> None:
        """Logs to file and memory."""
        if file_text is not None:
            self.write(file_text)
        self.memory.log(line)

    def write(self, text: str) -> None:
        """Logs to the file alone."""
        self.core.log(text.encode())

    def publish(self, text: str) -> None:
        """Logs to the stream alone."""
        self.separate()
        with self._lock:
            if self._publisher is None:
                self._publisher = Publisher(self._publisher_options())
        self._publisher.publish(text.encode())

    def separate(self) -> None:
        """From now on, each gets what is handed to it alone."""
        if self._whole is None:
            return
        with self._lock:
            whole = self._whole
            if whole is None:
                return
            whole.check_open()
            if self._lent:
                raise InvalidStateError(
                    "a log server logs into this logger: its file and stream can't have filters"
                )
            options = self._options
            options.mode = options.stream = 0
            options.maxlen = 0 if self._has_file else self._maxlen
            # On a file they share its writer: at no moment could another process take it.
            core = Core(options, raises=self._raises)
            # From here on nothing is added to it: who tries comes back when this is done.
            whole.close()
            memory = Core(_ffi.LoggerOptions(maxlen=self._maxlen)) if self._has_file else core
            for text in whole[:]:
                memory.log(text.encode())
            before, now = whole.statistics(), core.statistics()
            self._before = {name: before[name] - now[name] for name in now}
            self.core, self.memory = core, memory
            self._whole = None

    def _publisher_options(self) -> _ffi.PublisherOptions:
        """Where viewers know the stream to be."""
        options, endpoint = self._options, self.endpoint
        return _ffi.PublisherOptions(
            insecure=options.insecure,
            bind=options.bind,
            push_port=(endpoint and endpoint.push_port) or options.push_port,
            router_port=(endpoint and endpoint.router_port) or options.router_port,
            maxlen=options.stream_maxlen,
            key_file=options.key_file,
            authorized_keys=options.authorized_keys,
        )

    def run(self) -> str | None:
        endpoint = self._publisher.endpoint if self._publisher is not None else self.endpoint
        return None if endpoint is None else endpoint.run

    def statistics(self) -> dict[str, int]:
        numbers = self.core.statistics()
        return {name: number + self._before.get(name, 0) for name, number in numbers.items()}

    def stream_statistics(self) -> dict[str, int]:
        if self._publisher is not None:
            return self._publisher.statistics()
        if self._whole is None and self.endpoint is not None:
            return self.endpoint.statistics
        return self.core.stream_statistics()

    def load(self, path: bytes) -> int:
        self.core.check_open()
        return self.memory.load(path)

    def close(self) -> None:
        self.core.close()
        if self._publisher is not None:
            self._publisher.close()
