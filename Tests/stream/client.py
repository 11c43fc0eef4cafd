"""Clients made with pyzmq alone, from docs/protocol.md: an original one, and what MIMIR/1 adds."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

import zmq


class Client:
    """SUB and DEALER of one client."""

    def __init__(
        self,
        push: int,
        router: int,
        *,
        host: str = "127.0.0.1",
        identity: bytes | None = None,
        keys: tuple[bytes, bytes] | None = None,
        server_key: bytes | None = None,
    ) -> None:
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.sub = self.context.socket(zmq.SUB)
        self.dealer = self.context.socket(zmq.DEALER)
        for socket in (self.sub, self.dealer):
            socket.setsockopt(zmq.LINGER, 0)
            socket.setsockopt(zmq.RCVHWM, 0)
            if keys is not None and server_key is not None:
                socket.curve_publickey, socket.curve_secretkey = keys
                socket.curve_serverkey = server_key
        if identity is not None:
            self.dealer.setsockopt(zmq.ROUTING_ID, identity)
        self.sub.setsockopt(zmq.SUBSCRIBE, b"")
        self.sub.connect(f"tcp://{host}:{push}")
        self.dealer.connect(f"tcp://{host}:{router}")

    def ask(self, *frames: bytes, timeout: float = 5) -> list[bytes]:
        """A question, and one answer; [] when none comes."""
        self.dealer.send_multipart(list(frames))
        return self.receive(self.dealer, timeout)

    def receive(self, socket: zmq.Socket[bytes], timeout: float = 5) -> list[bytes]:
        return socket.recv_multipart() if socket.poll(round(timeout * 1000)) else []

    def snapshot(self, timeout: float = 10) -> list[tuple[int, bytes]] | None:
        """Up to the closing message; None when it does not come, or something makes no sense."""
        entries: list[tuple[int, bytes]] = []
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            answer = self.receive(self.dealer, 1)
            if answer == [b"-1", b'""']:
                return entries
            if answer:
                if len(answer) != 2 or not answer[0].isdigit():
                    return None
                entries.append((int(answer[0]), answer[1]))
        return None

    def close(self) -> None:
        self.context.destroy(linger=0)


def modern_identity() -> bytes:
    return b"MIMIR/1" + secrets.token_bytes(16)


def info(client: Client, timeout: float = 5) -> dict[str, Any]:
    answer = client.ask(b"MIMIR/1 info", timeout=timeout)
    return dict(json.loads(answer[1])) if len(answer) == 2 else {}


def read_all(client: Client) -> list[bytes]:
    """Every entry that the publisher has or can read back, by asking again and again."""
    about = info(client)
    lines: list[bytes] = []
    first = int(about["first"])
    while first <= about["last"]:
        head, text = client.ask(f"MIMIR/1 entries {about['run']} {first}".encode())
        words = head.decode().split(" ")
        assert words[:3] == ["MIMIR/1", "entries", about["run"]], head
        assert int(words[3]) == first, f"asked for {first}, got {words[3]}"
        new = text.splitlines()
        assert len(new) == int(words[4]) - first + 1 > 0, f"{len(new)} lines in {head!r}"
        lines += new
        first += len(new)
    return lines
