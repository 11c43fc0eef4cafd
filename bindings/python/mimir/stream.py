"""Following a log live, from this machine or another one. The protocol is in docs/protocol.md."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from operator import index as to_int
from time import monotonic

from . import _ffi, _options
from ._socket import Socket
from ._subscription import Subscription
from .errors import NetworkError
from .serialization import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    Path = str | bytes | os.PathLike[str]

__all__ = ["Socket", "Subscription", "callback", "connect", "get_snapshot", "recv", "subscribe"]


def subscribe(
    host: str = "localhost",
    push_port: int = 5557,
    router_port: int | None = 5556,
    past: Literal["all"] | int | None = "all",
    *,
    timeout: float | None = None,
    key_file: Path | None = None,
    server_key: Path | None = None,
    **kwargs: Any,
) -> Subscription:
    """An iterator of a publisher's entries, in order, each once, for `for` and `async for`.

    It waits for a publisher that is not there yet, asks again for what got lost on the way,
    reconnects by itself, and goes on with a new run of the publisher (see `restarts`).

    host              name or address, or the publisher's ipc://PATH
    push_port, router_port
                      the publisher's TCP ports for live entries and for the past; None: there is
                      no router, so neither the past nor what got lost can be had
    past              what comes before the live entries: 'all' that can be had, the last ones (how
                      many), or None
    timeout           seconds after which waiting for an entry ends with a TimeoutError; one may go
                      on after it. None: waits for ever
    key_file, server_key
                      this viewer's key pair (see mimir.keygen), and the publisher's public key
    kwargs            go to mimir.serialization.loads
    """
    options = _subscriber_options(host, push_port, router_port, past)
    if key_file is not None:
        options.key_file = _options.path_bytes(key_file)
    if server_key is not None:
        options.server_key = _options.path_bytes(server_key)
    return Subscription(options, timeout, partial(loads, **kwargs) if kwargs else loads)


def get_snapshot(
    host: str = "localhost",
    port: int = 5556,
    ctx: Any = None,
    *,
    timeout: float | None = None,
    **kwargs: Any,
) -> tuple[int, list[Any]]:
    """The entries that a publisher holds for those who come late, and the last one's number (0: it
    has none).

    Waits for a publisher that is not there yet, for `timeout` seconds, then raises TimeoutError.
    `ctx` can be a context of pyzmq, whose sockets are then used. `kwargs` go to
    mimir.serialization.loads.
    """
    if ctx is None:
        from ._zmtp import ask
    else:
        from ._zmq import ask as ask_zmq

        ask = partial(ask_zmq, ctx)
    _options.text_bytes("host", host)
    port = _options.connected_port("port", port)
    deadline = None if timeout is None else monotonic() + timeout
    while True:
        sequence = 0
        entries: list[Any] = []
        for message in ask(host, port, b"ICANHAZ?", deadline):
            number, text = _frames(message)
            if number < 0:
                return sequence, entries
            sequence = number
            entries.append(loads(text, **kwargs))
        # The publisher went away in the middle of it: from the beginning.


def connect(host: str = "localhost", port: int = 5557, ctx: Any = None) -> Any:
    """A socket that gets a publisher's live entries, for `recv`: a SUB socket of `ctx`, which is a
    context of pyzmq, or a mimir.stream.Socket."""
    if ctx is not None:
        from ._zmq import connect

        return connect(ctx, host, _options.connected_port("port", port))
    return Socket(_subscriber_options(host, port, None, None))


def recv(s: Any, **kwargs: Any) -> tuple[int, Any]:
    """The next entry's number and the entry, from what `connect` gave or a socket of pyzmq. Waits
    for it. `kwargs` go to mimir.serialization.loads."""
    number, text = _frames(s.recv_multipart())
    return number, loads(text, **kwargs)


def callback(
    callback: Callable[[Any], object],
    host: str = "localhost",
    push_port: int = 5557,
    router_port: int = 5556,
    get_snapshot: bool = False,
    ctx: Any = None,
    **kwargs: Any,
) -> None:
    """Calls a function with each entry, until KeyboardInterrupt.

    With `get_snapshot` the past comes first. `ctx` can be a context of pyzmq, whose sockets are
    then used. `kwargs` go to mimir.serialization.loads.
    """
    router = router_port if get_snapshot else None
    past: Literal["all"] | None = "all" if get_snapshot else None
    try:
        if ctx is None:
            with subscribe(host, push_port, router, past, **kwargs) as entries:
                for entry in entries:
                    callback(entry)
        else:
            for _, text in _with_zmq(ctx, host, push_port, router):
                callback(loads(text.decode(), **kwargs))
    except KeyboardInterrupt:
        return


def _with_zmq(
    ctx: Any, host: str, push_port: int, router_port: int | None
) -> Iterator[tuple[int, bytes]]:
    from . import _zmq

    push_port = _options.connected_port("push_port", push_port)
    if router_port is None:
        return _zmq.live(ctx, host, push_port)
    router_port = _options.connected_port("router_port", router_port)
    return _zmq.past_and_live(ctx, host, push_port, router_port)


def _subscriber_options(
    host: str,
    push_port: int,
    router_port: int | None,
    past: Literal["all"] | int | None,
) -> _ffi.SubscriberOptions:
    options = _ffi.SubscriberOptions(
        host=_options.text_bytes("host", host),
        push_port=_options.connected_port("push_port", push_port),
    )
    if router_port is None:
        options.live_only = 1
    else:
        options.router_port = _options.connected_port("router_port", router_port)
    if past is None:
        options.past = _ffi.PAST_NOTHING
    elif past == "all":
        options.past = _ffi.PAST_ALL
    elif isinstance(past, str):
        raise ValueError(f"past is {past!r}; it can be 'all', a number, or None")
    else:
        options.past_count = _options.limit(to_int(past))
        options.past = _ffi.PAST_LAST if options.past_count else _ffi.PAST_NOTHING
    return options


def _frames(message: list[bytes]) -> tuple[int, str]:
    """A message's number and text."""
    try:
        number, text = message
        return int(number), text.decode()
    except ValueError:
        raise NetworkError("what answers is no publisher: that was no number and text") from None
