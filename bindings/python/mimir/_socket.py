"""What stands in for a SUB socket of pyzmq."""

from __future__ import annotations

from time import monotonic

from . import _ffi
from ._subscriber import Subscriber
from .errors import ClosedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType


class Socket:
    """Gets a publisher's live entries as they were sent: what is lost on the way is not asked for
    again. mimir.stream.connect gives it; it has as much of pyzmq's Socket as a viewer needs."""

    def __init__(self, options: _ffi.SubscriberOptions) -> None:
        self._subscriber = Subscriber(options)

    @property
    def closed(self) -> bool:
        return self._subscriber.closed

    def recv_multipart(self) -> list[bytes]:
        """The two frames of the next message: number and JSON text. Waits for it."""
        found = self._subscriber.next(None)
        if found is None:
            raise ClosedError("the socket is closed")
        number, text = found
        return [b"%d" % number, text]

    def poll(self, timeout: float | None = None) -> int:
        """Waits up to `timeout` milliseconds for a message (None: for ever). 0: none has come."""
        deadline = None if timeout is None else monotonic() + timeout / 1000
        return int(self._subscriber.wait(deadline))

    def close(self) -> None:
        self._subscriber.close()

    def __enter__(self) -> Socket:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
