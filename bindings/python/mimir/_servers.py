"""Handlers that publish entries live."""

from __future__ import annotations

from . import _ffi, _options
from ._handler import Handler
from ._publisher import Publisher

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from typing import Any

    Path = str | bytes | os.PathLike[str]


class PersistentServerHandler(Handler):
    """Publishes entries live, and tells those who come late the last `maxlen` ones (None: all).

    The ports, `bind`, `key_file`, `authorized_keys` and `insecure` are as in mimir.Logger.
    """

    JSON = True

    def __init__(
        self,
        push_port: int = 5557,
        router_port: int = 5556,
        maxlen: int | None = None,
        *,
        bind: str | None = None,
        key_file: Path | None = None,
        authorized_keys: Path | None = None,
        insecure: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        common = _options.publishing(
            push_port, router_port, bind, key_file, authorized_keys, insecure
        )
        options = _ffi.PublisherOptions(maxlen=_options.limit(maxlen), **common)
        self._publisher = Publisher(options)
        self.push_port = self._publisher.endpoint.push_port
        self.router_port = self._publisher.endpoint.router_port
        self.run = self._publisher.endpoint.run

    @property
    def stats(self) -> dict[str, int]:
        """What the publisher has done so far: dropped, skipped, requests, ignored."""
        return self._publisher.statistics()

    def log(self, entry: str) -> None:
        self._publisher.publish(entry.encode())

    def close(self) -> None:
        """Sends what waits, for a second at the most."""
        self._publisher.close()


class ServerHandler(PersistentServerHandler):
    """Publishes entries live; those who come late get what comes from then on."""

    def __init__(self, port: int = 5557, **kwargs: Any) -> None:
        super().__init__(port, maxlen=0, **kwargs)
