"""What remote loggers have left behind."""

from __future__ import annotations

import os
from threading import Thread
from types import SimpleNamespace

from . import _ffi, _options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .errors import MimirError

    Path = str | bytes | os.PathLike[str]


class SpoolReport(SimpleNamespace):
    """What send_spool has done."""

    busy: int
    """Spools of those who are still logging; they were left alone."""
    spools: int
    """Spools sent, and removed."""
    entries: int
    """Entries sent that the server did not have."""
    refused: int
    """How many of them the server's logger did not take."""
    left: int
    """Entries that are still in spools."""


def send_spool(
    host: str = "localhost",
    port: int = 5555,
    *,
    timeout: float | None = None,
    spool: Path | None = None,
    key_file: Path | None = None,
    server_key: Path | None = None,
) -> SpoolReport:
    """Sends to a server what remote loggers that are gone have left for it in a spool folder.

    After `timeout` seconds: TimeoutError, which says why; what was sent stays sent. The other
    arguments are those of RemoteLogger.
    """
    options = _options.connecting(host, port, spool, key_file, server_key)
    milliseconds = -1 if timeout is None else _options.milliseconds("timeout", timeout, 0, 2000000)
    found: list[tuple[dict[str, int], MimirError | None]] = []

    def send() -> None:
        found.append(_ffi.spool_send(options, milliseconds))

    # Elsewhere, as Ctrl-C must get through; a daemon, as the exit must not wait for it.
    thread = Thread(target=send, name="mimir-spool", daemon=True)
    thread.start()
    thread.join()
    numbers, error = found[0]
    if error is not None:
        raise error
    return SpoolReport(**numbers)
