"""A snapshot over a plain socket: as much of ZMTP 3.0 (rfc.zeromq.org/spec/23) as one question and
its answer need."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from io import BufferedReader
from time import monotonic, sleep

from .errors import NetworkError, TimedOutError

_MECHANISM = b"NULL".ljust(20, b"\0")
_GREETING = b"\xff" + b"\0" * 8 + b"\x7f\x03\0" + _MECHANISM + b"\0" * 32
_READY = b"\x05READY\x0bSocket-Type\0\0\0\x06DEALER\x08Identity\0\0\0\0"
_MORE, _LONG, _COMMAND = 1, 2, 4
_LARGEST = 1 << 30
_RETRY = 0.1


def ask(host: str, port: int, request: bytes, deadline: float | None) -> Iterator[list[bytes]]:
    """The messages with which a ROUTER answers a request; the caller stops at the last one.

    Waits for a publisher that is not there yet. When the connection is lost the iterator ends.
    """
    try:
        with _connect(host, port, deadline) as connection, connection.makefile("rb") as file:
            yield from _Peer(connection, file, deadline).exchange(request)
    except TimeoutError:
        raise TimedOutError(f"no answer from {host}, router port {port}") from None
    except NetworkError:
        raise
    except (EOFError, ConnectionError):
        sleep(_RETRY)


def _connect(host: str, port: int, deadline: float | None) -> socket.socket:
    while True:
        try:
            return _open(host, port, _left(deadline))
        except socket.gaierror as error:
            raise NetworkError(f"cannot find the host {host}: {error.strerror}") from error
        except OSError:  # not there yet, or being restarted
            _left(deadline)
            sleep(_RETRY)


def _open(host: str, port: int, timeout: float | None) -> socket.socket:
    if not host.startswith("ipc://"):
        return socket.create_connection((host.strip("[]"), port), timeout)
    connection = socket.socket(socket.AF_UNIX)
    try:
        path = host.removeprefix("ipc://") + ".router"
        connection.settimeout(timeout)
        connection.connect("\0" + path[1:] if path.startswith("@") else path)
    except BaseException:
        connection.close()
        raise
    return connection


def _left(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Peer:
    """The other side of a connection."""

    def __init__(
        self, connection: socket.socket, file: BufferedReader, deadline: float | None
    ) -> None:
        self._connection = connection
        self._file = file
        self._deadline = deadline

    def exchange(self, request: bytes) -> Iterator[list[bytes]]:
        # The mechanism only after the other side has told its own: at one that it does not take, it
        # would close the connection at once.
        self._connection.sendall(_GREETING[:12])
        greeting = self._read(64)
        if greeting[0] != 0xFF or not greeting[9] & 1 or greeting[10] < 3:
            raise NetworkError("what answers is no publisher of this protocol")
        if greeting[12:32] != _MECHANISM:
            raise NetworkError("the publisher wants a key: use mimir.subscribe with key_file")
        self._connection.sendall(_GREETING[12:])
        self._send(_COMMAND, _READY)
        flags, ready = self._frame()
        if not flags & _COMMAND or b"\x0bSocket-Type\0\0\0\x06ROUTER" not in ready:
            raise NetworkError("what answers is no publisher's router port")
        self._send(0, request)
        while True:
            yield self._message()

    def _message(self) -> list[bytes]:
        frames = []
        while True:
            flags, body = self._frame()
            if flags & _COMMAND:
                if body.startswith(b"\x04PING"):
                    self._send(_COMMAND, b"\x04PONG" + body[7:])
                continue
            frames.append(body)
            if not flags & _MORE:
                return frames

    def _frame(self) -> tuple[int, bytes]:
        flags, size = self._read(2)
        if flags & _LONG:
            size = int.from_bytes(bytes([size]) + self._read(7), "big")
        if size > _LARGEST:
            raise NetworkError(f"what answers wants to send {size} bytes at once")
        return flags, self._read(size)

    def _read(self, count: int) -> bytes:
        if self._deadline is not None:
            self._connection.settimeout(_left(self._deadline))
        data = self._file.read(count)
        if len(data) < count:
            raise EOFError
        return data

    def _send(self, flags: int, body: bytes) -> None:
        self._connection.sendall(bytes([flags, len(body)]) + body)
