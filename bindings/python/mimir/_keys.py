"""Keys for an encrypted stream."""

from __future__ import annotations

import os

from . import _ffi, _options


def keygen(path: str | bytes | os.PathLike[str]) -> None:
    """Makes a key pair for a logger that streams, or for one who follows it.

    `path` is to be kept secret (mode 0600); `path` with .pub behind it is to be given away: a
    viewer's into the logger's folder of authorized keys, the logger's to its viewers. A file that
    is there already raises FileExistsError.
    """
    _ffi.keygen(_options.path_bytes(path))
