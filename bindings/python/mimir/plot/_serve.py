"""A plot in the browser, from a web server of its own on this machine."""

from __future__ import annotations

import asyncio
import atexit
import socket
import webbrowser
from collections.abc import Iterable
from threading import Event, Thread
from types import TracebackType
from weakref import WeakSet

from bokeh.application import Application
from bokeh.application.handlers import FunctionHandler
from bokeh.document import Document
from bokeh.server.server import BaseServer
from bokeh.server.tornado import BokehTornado
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop

from ._feed import Feed
from ._page import Page
from ._sources import Path, open_feed
from ._view import View

_ADDRESS = "127.0.0.1"
_CHECK_SESSIONS, _SESSION_LIFETIME = 2_000, 10_000
"""Milliseconds: a closed tab's session does not live on for long."""


class PlotServer:
    """What serve_plot gives: runs until it is stopped, or the process ends."""

    def __init__(self, feed: Feed, view: View, port: int) -> None:
        self.feed = feed
        listening = socket.create_server((_ADDRESS, port))
        listening.setblocking(False)
        self.port: int = listening.getsockname()[1]
        self.url = f"http://{_ADDRESS}:{self.port}/"
        self._stopped = Event()
        self._loop: IOLoop | None = None
        title = f"{', '.join(feed.y_keys)} by {feed.x_key or 'entry'}"

        def open_page(document: Document) -> None:
            Page(document, feed, view, title)

        def run() -> None:
            asyncio.set_event_loop(asyncio.new_event_loop())
            self._loop = IOLoop.current()
            application = BokehTornado(
                {"/": Application(FunctionHandler(open_page))},
                # No other site's script may connect, though it runs in the same browser.
                extra_websocket_origins=[f"{name}:{self.port}" for name in (_ADDRESS, "localhost")],
                check_unused_sessions_milliseconds=_CHECK_SESSIONS,
                unused_session_lifetime_milliseconds=_SESSION_LIFETIME,
            )
            http = HTTPServer(application)
            http.add_sockets([listening])
            server = BaseServer(self._loop, application, http)
            server.start()
            started.set()
            self._loop.start()
            server.stop()
            http.stop()
            self._loop.close()

        started = Event()
        self._thread = Thread(target=run, name="mimir.plot server", daemon=True)
        feed.start()
        self._thread.start()
        started.wait()
        _running.add(self)

    def show(self) -> None:
        """Opens the page in the user's browser."""
        webbrowser.open(self.url)

    def stop(self) -> None:
        """Stopping again does nothing."""
        if self._stopped.is_set():
            return
        self._stopped.set()
        _running.discard(self)
        if self._loop is not None:
            self._loop.add_callback(self._loop.stop)
        self._thread.join()
        self.feed.close()

    def wait(self, timeout: float | None = None) -> bool:
        """Until it is stopped. Returns whether it is."""
        return self._stopped.wait(timeout)

    def __enter__(self) -> PlotServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


_running: WeakSet[PlotServer] = WeakSet()


@atexit.register
def _stop_all() -> None:
    for server in list(_running):
        server.stop()


def serve_plot(
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
    port: int = 0,
    open_browser: bool = True,
    key_file: Path | None = None,
    server_key: Path | None = None,
) -> PlotServer:
    """A live plot in the browser, of a running logger's stream or of log files. Returns at once;
    the page is served, on this machine only, until stop() is called or the process ends.

    x_key, y_keys what to plot: keys of entries; 'loss.train' is entry['loss']['train']. x_key None:
                  the entry's number
    host, push_port, router_port
                  the publisher's, as in mimir.subscribe
    persistent    the publisher holds entries for those who come late (it has a router port)
    file          a log, or several, to follow instead; they need not be there yet
    last          how many entries (of a file, points) from before are drawn; None: all
    log_x, log_y, smoothing
                  what the page begins with; smoothing is the weight of an exponential moving
                  average, from 0 to 0.999
    port          the page's; 0: a free one
    open_browser  False: the page is at the `url` of what is returned
    key_file, server_key
                  this viewer's key pair (see mimir.keygen), and the publisher's public key
    """
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
    try:
        server = PlotServer(feed, View.starting(log_x, log_y, smoothing), port)
    except BaseException:
        feed.close()
        raise
    if open_browser:
        server.show()
    return server
