"""Clients of a log server made with pyzmq alone, from docs/protocol.md: an original one, and one of
MIMIR/1."""

from __future__ import annotations

import json
import secrets
from typing import Any

import zmq

READY, STORED, DONE, REFUSED = b"\x01", b"\x02", b"\x03", b"\x15"


class OriginalClient:
    """REQ, as in the original project: a reply is waited for before the next request."""

    def __init__(self, port: int, name: str = "", *, host: str = "127.0.0.1") -> None:
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.socket = self.context.socket(zmq.REQ)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.connect(f"tcp://{host}:{port}")
        self.name = name

    def ask(self, *frames: bytes, timeout: float = 20) -> bytes | None:
        """The reply; None when none comes."""
        self.socket.send_multipart(list(frames))
        return self.receive(timeout)

    def receive(self, timeout: float = 20) -> bytes | None:
        return self.socket.recv() if self.socket.poll(round(timeout * 1000)) else None

    def join(self, timeout: float = 20) -> bool:
        return self.ask(READY, self.name.encode(), timeout=timeout) == READY

    def log(self, entry: dict[str, Any]) -> bool:
        return self.ask(json.dumps(entry).encode()) == STORED

    def leave(self) -> bool:
        done = self.ask(DONE) == DONE
        self.close()
        return done

    def close(self) -> None:
        self.context.destroy(linger=0)


class WireClient:
    """DEALER, one message at a time."""

    def __init__(self, port: int, identity: str | None = None, *, host: str = "127.0.0.1") -> None:
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.dealer = self.context.socket(zmq.DEALER)
        self.dealer.setsockopt(zmq.LINGER, 0)
        self.dealer.connect(f"tcp://{host}:{port}")
        self.identity = identity or secrets.token_urlsafe(12)

    def send(self, head: str | bytes, body: bytes = b"") -> None:
        self.dealer.send_multipart([head.encode() if isinstance(head, str) else head, body])

    def receive(self, timeout: float = 10) -> tuple[str, bytes] | None:
        if not self.dealer.poll(round(timeout * 1000)):
            return None
        head, body = self.dealer.recv_multipart()
        return head.decode(), body

    def ask(self, head: str, body: bytes = b"", timeout: float = 10) -> tuple[str, bytes] | None:
        self.send(head, body)
        return self.receive(timeout)

    def hello(self, following: int = 1, **members: object) -> int:
        """The number of the last entry that the server has; -1 when it does not say so."""
        about = {"id": self.identity, "next": following} | members
        answer = self.ask("MIMIR/1 hello", json.dumps(about).encode())
        words = answer[0].split() if answer else []
        return int(words[2]) if words[:2] == ["MIMIR/1", "welcome"] else -1

    def send_entries(self, first: int, *entries: str) -> None:
        body = "".join(entry + "\n" for entry in entries).encode()
        self.send(f"MIMIR/1 entries {first} {len(entries)}", body)

    def log(self, first: int, *entries: str) -> tuple[str, bytes] | None:
        self.send_entries(first, *entries)
        return self.receive()

    def close(self) -> None:
        self.context.destroy(linger=0)
