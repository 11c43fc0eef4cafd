"""A plot as one file that needs neither a server nor a network."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path as FilePath
from time import monotonic

from bokeh.document import Document
from bokeh.embed import file_html
from bokeh.resources import INLINE

from ._catch_up import catch_up
from ._feed import Feed
from ._page import TEMPLATE
from ._picture import Picture
from ._sources import Path, open_feed
from ._view import View


def save(
    path: Path,
    x_key: str | None,
    *y_keys: str,
    host: str = "localhost",
    push_port: int = 5557,
    router_port: int = 5556,
    persistent: bool = True,
    file: Path | Iterable[Path] | None = None,
    last: int | None = None,
    log_x: bool = False,
    log_y: bool = False,
    smoothing: float = 0,
    columns: int = 4000,
    timeout: float = 10,
    key_file: Path | None = None,
    server_key: Path | None = None,
) -> None:
    """Writes the plot of what there is now as one HTML file, which opens without a network. The
    arguments are those of serve_plot, and:

    columns       the width in pixels for which points are kept: of each column the first, the last,
                  the lowest and the highest one. The file can't load more of them when it is zoomed
                  into: at the default, a plot 1,000 pixels wide is exact up to a zoom of 4
    timeout       seconds to wait for the publisher, or a file; then TimeoutError
    """
    if columns < 1:
        raise ValueError(f"columns is {columns}; it must be at least 1")
    view = View.starting(log_x, log_y, smoothing, columns)
    feed = open_feed(
        x_key,
        y_keys,
        host=host,
        push_port=push_port,
        router_port=router_port,
        persistent=persistent,
        file=file,
        last=last,
        key_file=key_file,
        server_key=server_key,
    )
    with feed:
        catch_up(feed, monotonic() + timeout)
        html = _html(feed, view)
    temporary = FilePath(f"{os.fspath(path)}.{os.getpid()}.tmp")
    try:
        temporary.write_text(html, encoding="utf-8")
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _html(feed: Feed, view: View) -> str:
    picture = Picture(feed, view, is_live=False)
    picture.update()
    document = Document()
    document.add_root(picture.layout)
    return str(file_html(document, INLINE, title=", ".join(feed.y_keys), template=TEMPLATE))
