"""For those who bring a context of pyzmq. It is imported only then."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

from .errors import TimedOutError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SETTLE = 500
"""Milliseconds in which a subscription should have arrived."""
_PATIENCE = 2.0
"""Seconds after which what is missing is given up."""


def endpoint(host: str, port: int, *, is_router: bool) -> str:
    if host.startswith("ipc://"):
        return host + ".router" if is_router else host
    return f"tcp://{f'[{host}]' if ':' in host and host[0] != '[' else host}:{port}"


def connect(ctx: Any, host: str, port: int, **kwargs: Any) -> Any:
    """A SUB socket that is subscribed to everything."""
    import zmq

    live = ctx.socket(zmq.SUB, **kwargs)
    live.linger = 0
    live.subscribe(b"")
    live.connect(endpoint(host, port, is_router=False))
    return live


def ask(
    ctx: Any, host: str, port: int, request: bytes, deadline: float | None
) -> Iterator[list[bytes]]:
    """The messages with which a ROUTER answers; the caller stops at the last one."""
    import zmq

    # Not what an asyncio context makes, as this does not wait in asyncio's way.
    with ctx.socket(zmq.DEALER, socket_class=zmq.Socket) as dealer:
        dealer.linger = 0
        dealer.connect(endpoint(host, port, is_router=True))
        dealer.send(request)
        while True:
            left = None if deadline is None else max(0, int((deadline - monotonic()) * 1000))
            if not dealer.poll(left):
                raise TimedOutError(f"no answer from {host}, router port {port}")
            yield dealer.recv_multipart()


def snapshot(
    ctx: Any, host: str, port: int, deadline: float | None = None
) -> Iterator[tuple[int, bytes]]:
    for number, text in ask(ctx, host, port, b"ICANHAZ?", deadline):
        if int(number) < 0:
            return
        yield int(number), text


def live(ctx: Any, host: str, port: int) -> Iterator[tuple[int, bytes]]:
    import zmq

    with connect(ctx, host, port, socket_class=zmq.Socket) as socket:
        while True:
            number, text = socket.recv_multipart()
            yield int(number), text


def past_and_live(
    ctx: Any, host: str, push_port: int, router_port: int
) -> Iterator[tuple[int, bytes]]:
    """Each entry once, in order: the subscription comes first, what both have is dropped, and what
    is missing between two live entries is asked for."""
    import zmq

    with connect(ctx, host, push_port, socket_class=zmq.Socket) as socket:
        known = dict(snapshot(ctx, host, router_port))
        yield from known.items()
        last = max(known, default=0)
        if not socket.poll(_SETTLE):  # what came after the snapshot, and before the subscription
            for number, text in _between(ctx, host, router_port, last, None):
                yield number, text
                known[number] = text
                last = number
        last_live = 0
        while True:
            head, text = socket.recv_multipart()
            number = int(head)
            if last_live < number <= last and known.get(number) == text:
                last_live = number  # it was in the snapshot
                continue
            if number <= last:  # a new run
                last = 0
            if number > last + 1:
                yield from _between(ctx, host, router_port, last, number)
            known.clear()
            last = last_live = number
            yield number, text


def _between(
    ctx: Any, host: str, port: int, after: int, before: int | None
) -> Iterator[tuple[int, bytes]]:
    """As many of the entries between two as can be had."""
    try:
        for number, text in snapshot(ctx, host, port, monotonic() + _PATIENCE):
            if after < number and (before is None or number < before):
                yield number, text
    except TimedOutError:
        return
