"""The arguments with which all views say where entries come from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Literal

from ._feed import Feed
from ._file_source import FileSource
from ._source import Source
from ._stream_source import StreamSource

Path = str | os.PathLike[str]


def open_feed(
    x_key: str | None,
    y_keys: Sequence[str],
    *,
    host: str = "localhost",
    push_port: int = 5557,
    router_port: int = 5556,
    persistent: bool = True,
    file: Path | Iterable[Path] | None = None,
    last: int | None = None,
    key_file: Path | None = None,
    server_key: Path | None = None,
) -> Feed:
    """A feed that is not started yet.

    host, push_port, router_port
                  the publisher's, as in mimir.subscribe
    persistent    the publisher holds entries for those who come late (it has a router port)
    file          a log, or several, to follow instead
    last          how many entries (of a file, points) from before are drawn; None: all
    """
    if last is not None and last < 0:
        raise ValueError(f"last is {last}; it can be 0, more, or None for all")
    sources: list[Source]
    if file is None:
        past: Literal["all"] | int = "all" if last is None else last
        router = router_port if persistent else None
        sources = [StreamSource(host, push_port, router, past, key_file, server_key)]
    else:
        files = [file] if isinstance(file, (str, os.PathLike)) else list(file)
        if not files:
            raise ValueError("there is no file to plot")
        names = _names([os.fspath(path) for path in files])
        sources = [FileSource(path, last, name) for path, name in zip(files, names, strict=True)]
    return Feed(x_key, y_keys, sources)


def _names(paths: list[str]) -> list[str]:
    """Without the folders that all have in common."""
    full = [os.path.abspath(path) for path in paths]
    common = os.path.commonpath([os.path.dirname(path) for path in full])
    return [os.path.relpath(path, common) for path in full]
