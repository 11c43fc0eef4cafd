#!/usr/bin/env python3
"""Takes the entries of all ranks into one log, which others can watch live.

usage: serve_ranks.py LOG [--port PORT] [--push-port PORT] [--router-port PORT]

Every 10 steps it logs how long the ranks took, and which was the slowest. Ends when at least one
rank has joined and all have left.
"""

from __future__ import annotations

import argparse

import mimir
from mimir.remote import LogServer


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("log")
    parser.add_argument("--port", type=int, default=5555)
    parser.add_argument("--push-port", type=int, default=5557)
    parser.add_argument("--router-port", type=int, default=5556)
    options = parser.parse_args()
    with (
        mimir.Logger(
            options.log,
            stream=True,
            stream_maxlen=1000,  # viewers that come late get the past, from the first entry on
            formatter=None,
            push_port=options.push_port,
            router_port=options.router_port,
        ) as logger,
        LogServer(
            logger, options.port, straggler="seconds", straggler_step="step", straggler_every=10
        ) as server,
    ):
        server.wait()
        stats = server.stats
        print(f"{stats['entries']} entries of {stats['joined']} ranks are in {options.log}")


if __name__ == "__main__":
    main()
