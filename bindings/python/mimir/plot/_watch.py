"""Whether a publisher is there. A subscriber can't tell: ZeroMQ reconnects in silence."""

from __future__ import annotations

import errno
import select
import socket
from time import monotonic

_RETRY = 0.5


class Watch:
    """A connection to the publisher's port that is only held: its end is the publisher's. Nothing
    here waits. ZeroMQ ends what does not speak its protocol after 30 seconds; then the next
    connection tells."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._socket: socket.socket | None = None
        self._connected = False
        self._next_try = 0.0
        self.is_there = False

    def look(self) -> bool:
        if self._socket is None and monotonic() >= self._next_try:
            self._begin()
        if self._socket is not None:
            self._advance(self._socket)
        return self.is_there

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _begin(self) -> None:
        self._next_try = monotonic() + _RETRY
        self._connected = False
        try:
            self._socket, address = self._unconnected()
            self._socket.setblocking(False)
            # A refusal on this machine may come at once, and only here.
            if self._socket.connect_ex(address) not in (0, errno.EINPROGRESS):
                self._failed()
        except OSError:  # a host name that is not known, for now
            self._failed()

    def _unconnected(self) -> tuple[socket.socket, str | tuple[object, ...]]:
        if self._host.startswith("ipc://"):
            path = self._host.removeprefix("ipc://")
            return socket.socket(socket.AF_UNIX), "\0" + path[1:] if path[:1] == "@" else path
        kind = socket.SOCK_STREAM
        found = socket.getaddrinfo(self._host.strip("[]"), self._port, type=kind)
        # ZeroMQ, too, prefers IPv4.
        family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
        made = socket.socket(family, kind)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        # A host that vanished without a word is noticed after some ten seconds.
        for option, value in (("TCP_KEEPIDLE", 4), ("TCP_KEEPINTVL", 2), ("TCP_KEEPCNT", 3)):
            if hasattr(socket, option):
                made.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
        return made, address

    def _advance(self, held: socket.socket) -> None:
        readable, writable, _ = select.select([held], [] if self._connected else [held], [], 0)
        try:
            if writable:
                if held.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                    self._failed()
                    return
                self._connected = self.is_there = True
            if readable and self._connected and not held.recv(4096):
                self._ended()
        except BlockingIOError:
            return
        except OSError:
            self._ended()

    def _ended(self) -> None:
        """Another connection, at once, tells why."""
        self.close()
        self._next_try = 0.0
        if not self._connected:
            self._failed()
        else:
            self._begin()

    def _failed(self) -> None:
        self.close()
        self.is_there = False
        self._next_try = monotonic() + _RETRY
