"""The original project's two sides, written in pyzmq from its protocol alone."""

from __future__ import annotations

import json
from threading import Event, Thread
from types import TracebackType
from typing import Any

import zmq

Context = zmq.Context[zmq.Socket[bytes]]
Socket = zmq.Socket[bytes]


def viewer(ctx: Context, port: int | None) -> Socket:
    """A SUB socket, once its subscription has had time to arrive."""
    sub = ctx.socket(zmq.SUB)
    monitor = sub.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED)
    sub.subscribe(b"")
    sub.connect(f"tcp://127.0.0.1:{port}")
    assert monitor.poll(10_000)
    sub.disable_monitor()
    monitor.close()
    sub.poll(200)
    return sub


def receive(socket: Socket) -> tuple[int, Any]:
    assert socket.poll(10_000), "nothing has come"
    number, text = socket.recv_multipart()
    assert number == str(int(number)).encode()
    return int(number), json.loads(text.decode())


def snapshot(ctx: Context, port: int | None) -> list[tuple[int, Any]]:
    with ctx.socket(zmq.DEALER) as dealer:
        dealer.connect(f"tcp://127.0.0.1:{port}")
        dealer.send(b"ICANHAZ?")
        entries = []
        while (message := receive(dealer))[0] != -1:
            entries.append(message)
        assert message == (-1, "")
        return entries


class Publisher:
    """Publishes the original's way; its answers stop at any other request than its own."""

    def __init__(self, push_port: int | None = None, router_port: int | None = None) -> None:
        self._ctx = zmq.Context()
        self._pub = self._ctx.socket(zmq.PUB)
        self._router = self._ctx.socket(zmq.ROUTER)
        self.push_port = self._bind(self._pub, push_port)
        self.router_port = self._bind(self._router, router_port)
        self.entries: list[list[bytes]] = []
        self.requests: list[bytes] = []
        self._stopped = Event()
        self._thread = Thread(target=self._serve)
        self._thread.start()

    @staticmethod
    def _bind(socket: Socket, port: int | None) -> int:
        socket.linger = 0
        if port is None:
            return socket.bind_to_random_port("tcp://127.0.0.1")
        socket.bind(f"tcp://127.0.0.1:{port}")
        return port

    def publish(self, entry: Any, keep: bool = True) -> None:
        self.number = getattr(self, "number", 0) + 1
        message = [str(self.number).encode(), json.dumps(entry).encode()]
        if keep:
            self.entries.append(message)
        self._pub.send_multipart(message)

    def _serve(self) -> None:
        while not self._stopped.is_set():
            if not self._router.poll(20):
                continue
            identity, request = self._router.recv_multipart()
            self.requests.append(request)
            if request != b"ICANHAZ?":
                return
            for message in [*self.entries, [b"-1", b'""']]:
                self._router.send_multipart([identity, *message])

    def __enter__(self) -> Publisher:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._thread.join()
        self._ctx.destroy(linger=0)
        assert set(self.requests) <= {b"ICANHAZ?"}


class RemoteClient:
    """Logs to a server the original's way: one request, one answer."""

    def __init__(self, ctx: Context, port: int | None, name: bytes = b"") -> None:
        self._req = ctx.socket(zmq.REQ)
        self._req.linger = 0
        self._req.connect(f"tcp://127.0.0.1:{port}")
        assert self.ask([b"\x01", name]) == b"\x01"

    def ask(self, frames: list[bytes]) -> bytes:
        self._req.send_multipart(frames)
        assert self._req.poll(10_000), "no answer"
        (answer,) = self._req.recv_multipart()
        return answer

    def log(self, entry: Any) -> bytes:
        return self.ask([json.dumps(entry).encode()])

    def close(self) -> None:
        try:
            assert self.ask([b"\x03"]) == b"\x03"
        finally:
            self.vanish()

    def vanish(self) -> None:
        """Without a word."""
        self._req.close()
