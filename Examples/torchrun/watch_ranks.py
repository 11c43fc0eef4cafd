#!/usr/bin/env python3
"""Watches the training live in a terminal, from its first entry on, whenever it is started.

usage: watch_ranks.py [--host HOST] [--push-port PORT] [--router-port PORT]    Ctrl-C ends it
"""

from __future__ import annotations

import argparse
from statistics import mean

import mimir

WIDTH = 40


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--push-port", type=int, default=5557)
    parser.add_argument("--router-port", type=int, default=5556)
    options = parser.parse_args()
    losses: dict[int, float] = {}
    highest = 0.0
    for entry in mimir.subscribe(options.host, options.push_port, options.router_port):
        if "loss" in entry:
            losses[entry["rank"]] = entry["loss"]
        if "validation_error" in entry:
            print(f"step {entry['step']:4}  validation error {entry['validation_error']:.4f}")
        if "straggler" in entry and entry["step"] % 50 == 0:
            loss = mean(losses.values())
            highest = max(highest, loss)
            print(
                f"step {entry['step']:4}  loss {loss:.4f} {bar(loss / highest)}  "
                f"{entry['median'] * 1000:.2f} ms, slowest rank {entry['slowest']}: "
                f"{entry['max'] * 1000:.2f} ms",
                flush=True,
            )


def bar(share: float) -> str:
    return ("#" * round(share * WIDTH)).ljust(WIDTH)


if __name__ == "__main__":
    main()
