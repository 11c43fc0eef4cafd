"""A plot in a notebook, below the cell that asks for it."""

from __future__ import annotations

from collections.abc import Iterable

from bokeh.document import Document

from ._cell import Cell
from ._notebook_plot import NotebookPlot
from ._page import Page
from ._sources import Path, open_feed
from ._view import View

_INSTALL = (
    "plots in a notebook need {}, which is not installed: pip install 'mimir[notebook]' (where "
    "JupyterLab runs, and where its kernel runs), then restart JupyterLab"
)


def notebook_plot(
    x_key: str | None,
    *y_keys: str,
    host: str = "localhost",
    push_port: int = 5557,
    router_port: int = 5556,
    persistent: bool = True,
    file: Path | Iterable[Path] | None = None,
    last: int | None = 50,
    log_x: bool = False,
    log_y: bool = False,
    smoothing: float = 0,
    patience: float | None = 300,
    key_file: Path | None = None,
    server_key: Path | None = None,
) -> NotebookPlot:
    """A live plot below the cell, of a running logger's stream or of log files. Returns at once,
    and goes on also while cells run. At most ten times a second what is new is drawn.

    It ends when the cell is run again, or deleted, or its output cleared; with stop(); and some
    time after the run has ended. What has been drawn stays.

    x_key, y_keys what to plot: keys of entries; 'loss.train' is entry['loss']['train']. x_key None:
                  the entry's number
    host, push_port, router_port
                  the publisher's, as in mimir.subscribe
    persistent    the publisher holds entries for those who come late (it has a router port)
    file          a log, or several, to follow instead; they need not be there yet
    last          how many entries (of a file, points) from before are drawn; None: all
    log_x, log_y, smoothing
                  what the plot begins with; smoothing is the weight of an exponential moving
                  average, from 0 to 0.999
    patience      seconds after the end of a run in which the next one may begin, 0 or more; None:
                  it waits for ever. Without a first run it always does
    key_file, server_key
                  this viewer's key pair (see mimir.keygen), and the publisher's public key

    Raises ImportError without jupyter_bokeh, without which a notebook's plot would never change;
    RuntimeError outside of a notebook; ValueError for an argument out of its range.
    """
    if patience is not None and not patience >= 0:
        raise ValueError(f"patience is {patience}; it can be 0, more, or None for ever")
    cell = Cell.current()
    try:
        from ._widget import PlotWidget, load_bokehjs
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "mimir":
            raise
        raise ImportError(_INSTALL.format(error.name)) from error
    view = View.starting(log_x, log_y, smoothing)
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
    document = Document()
    page = Page(document, feed, view, ", ".join(feed.y_keys))
    plot = NotebookPlot(feed, page, PlotWidget(document, page.show_all), patience)
    load_bokehjs()
    cell.show(plot)
    plot.start()
    return plot
