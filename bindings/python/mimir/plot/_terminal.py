"""A plot in the terminal."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from time import monotonic
from types import FrameType
from typing import Any

from rich.console import Console, Group
from rich.live import Live

from ._catch_up import catch_up
from ._chart import chart
from ._feed import Feed
from ._keyboard import Keyboard
from ._sources import Path, open_feed
from ._view import View

_TICK = 0.1
"""Seconds between looks whether there is something new."""
_SHARE = 5
"""At most one part in so many of the time goes into drawing."""
_LEAST_WIDTH, _LEAST_HEIGHT = 20, 8


def terminal_plot(
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
    width: int | None = None,
    height: int | None = None,
    seconds: float | None = None,
    timeout: float = 10,
    key_file: Path | None = None,
    server_key: Path | None = None,
) -> None:
    """A live plot in the terminal, of a running logger's stream or of log files, until q or Ctrl-C.
    It is drawn at most ten times a second, and only when something is new. Where standard output is
    no terminal, what there is is printed once.

    x_key, y_keys what to plot: keys of entries; 'loss.train' is entry['loss']['train']. x_key None:
                  the entry's number
    host, push_port, router_port
                  the publisher's, as in mimir.subscribe
    persistent    the publisher holds entries for those who come late (it has a router port)
    file          a log, or several, to follow instead; they need not be there yet
    last          how many entries (of a file, points) from before are drawn; None: all
    log_x, log_y, smoothing
                  smoothing is the weight of an exponential moving average, from 0 to 0.999, drawn
                  over the points
    width, height in characters, at least 20 and 8; None: the terminal's
    seconds       ends after so long; None: it does not
    timeout       seconds to wait for something to print once; then TimeoutError
    key_file, server_key
                  this viewer's key pair (see mimir.keygen), and the publisher's public key
    """
    for name, value, least in (("width", width, _LEAST_WIDTH), ("height", height, _LEAST_HEIGHT)):
        if value is not None and value < least:
            raise ValueError(f"{name} is {value}; it must be at least {least}")
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
    console = Console(file=sys.stdout, width=width, height=height, highlight=False)
    with feed:
        if console.is_terminal and not console.is_dumb_terminal:
            deadline = None if seconds is None else monotonic() + seconds
            _live(console, feed, view, deadline)
        else:
            catch_up(feed, monotonic() + timeout)
            console.print(_picture(console, feed, view))


def _live(console: Console, feed: Feed, view: View, deadline: float | None) -> None:
    shown: tuple[Any, ...] | None = None
    not_before = 0.0
    with (
        _ended_by_a_signal(),
        Keyboard() as keyboard,
        Live(console=console, screen=True, auto_refresh=False) as live,
    ):
        while deadline is None or monotonic() < deadline:
            now = monotonic()
            state = feed.version, console.size
            if state != shown and now >= not_before:
                shown = state
                live.update(_picture(console, feed, view), refresh=True)
                done = monotonic()
                not_before = done + (done - now) * _SHARE
            if {"q", "Q", "\x03"} & set(keyboard.read(_TICK)):
                return


def _picture(console: Console, feed: Feed, view: View) -> Group:
    width, height = console.size
    is_colored = console.color_system is not None and not console.no_color
    return Group(*chart(feed, view, width, height, is_colored))


@contextmanager
def _ended_by_a_signal() -> Iterator[None]:
    """Ctrl-C and a polite kill leave the terminal as it was before."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    is_main = current_thread() is main_thread()
    before = signal.signal(signal.SIGTERM, leave) if is_main else None
    try:
        yield
    except (KeyboardInterrupt, EOFError):
        pass
    finally:
        if is_main:
            signal.signal(signal.SIGTERM, before)
