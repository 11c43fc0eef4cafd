"""A client that speaks ZMTP by itself, so that it can do what libzmq never would."""

from __future__ import annotations

import socket
import struct

GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x01" + b"NULL".ljust(20, b"\0") + bytes(32)


def command(body: bytes) -> bytes:
    return bytes([4, len(body)]) + body


PING = command(b"\x04PING" + struct.pack(">H", 100) + b"who")


class RawClient:
    def __init__(self, port: int, kind: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        try:
            self.socket.sendall(GREETING)
            self._read(64)
            ready = b"\x05READY\x0bSocket-Type" + struct.pack(">I", len(kind)) + kind
            self.socket.sendall(command(ready + b"\x08Identity" + bytes(4)))
            _, size = self._read(2)
            self._read(size)
        except OSError:
            self.socket.close()
            raise

    def _read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise ConnectionResetError("the publisher has closed the connection")
            data += more
        return data

    def break_off(self) -> None:
        """Closes so that the other side gets an error, not an end."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()
