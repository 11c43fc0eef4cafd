"""`python -m mimir.plot X Y [Y2 …]`: a live plot, in the browser or the terminal, or in a file."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from typing import Any

from ..errors import MimirError

EPILOG = """\
examples:
  python -m mimir.plot iteration training_error
  python -m mimir.plot iteration loss.train loss.test --file log.jsonl.gz --log-y
  python -m mimir.plot iteration loss --file a.jsonl.gz b.jsonl.gz --save compared.html

A key with dots leads into nested objects. X is - for the number of the entry.
"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m mimir.plot",
        description="Plots a log live: of a running logger with stream=True, or of files.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = made.add_argument
    add("x", metavar="X", help="the key for the x axis")
    add("y", metavar="Y", nargs="+", help="a key to plot")
    add("--host", default="localhost", help="the logger's host (default: this one)")
    add("--push-port", type=int, default=5557, metavar="N", help="its port for live entries (5557)")
    add("--router-port", type=int, default=5556, metavar="N", help="its port for the past (5556)")
    add("--no-past", action="store_true", help="the logger has no port for the past")
    add("--key-file", metavar="KEY", help="this viewer's key pair, for a logger with keys")
    add("--server-key", metavar="KEY", help="the logger's public key")
    add("--file", nargs="+", metavar="LOG", help="logs to follow, instead of a running logger")
    add("--last", type=int, metavar="N", help="begin with the last N entries (default: all)")
    add("--log-x", action="store_true", help="a logarithmic x axis")
    add("--log-y", action="store_true", help="a logarithmic y axis")
    add("--smoothing", type=float, default=0, metavar="W", help="moving average, 0 to 0.999")
    add("--port", type=int, default=0, metavar="N", help="the page's port (default: a free one)")
    add("--no-browser", action="store_true", help="print the page's address, and open no browser")
    where = made.add_mutually_exclusive_group()
    where.add_argument("--save", metavar="HTML", help="write a file that opens without a network")
    where.add_argument("--terminal", action="store_true", help="plot in this terminal")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    x_key = None if options.x == "-" else options.x
    common: dict[str, Any] = {
        "host": options.host,
        "push_port": options.push_port,
        "router_port": options.router_port,
        "persistent": not options.no_past,
        "file": options.file,
        "last": options.last,
        "log_x": options.log_x,
        "log_y": options.log_y,
        "smoothing": options.smoothing,
        "key_file": options.key_file,
        "server_key": options.server_key,
    }
    try:
        if options.terminal:
            from . import terminal_plot

            terminal_plot(x_key, *options.y, **common)
        elif options.save:
            from . import save

            save(options.save, x_key, *options.y, **common)
        else:
            _serve(x_key, options.y, options.port, not options.no_browser, common)
    except KeyboardInterrupt:
        pass
    except (MimirError, ImportError, OSError, ValueError) as error:
        print(f"python -m mimir.plot: {error}", file=sys.stderr)
        return 1
    return 0


def _serve(
    x_key: str | None, y_keys: list[str], port: int, open_browser: bool, common: dict[str, Any]
) -> None:
    from . import serve_plot

    # What a browser that comes and goes makes a server log is no concern of who looks at a plot.
    logging.getLogger("tornado").setLevel(logging.ERROR)
    logging.getLogger("bokeh").setLevel(logging.ERROR)
    with serve_plot(x_key, *y_keys, port=port, open_browser=open_browser, **common) as server:
        print(f"{server.url} (Ctrl-C ends it)", flush=True)
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
