"""A process that logs, tells what was acknowledged, and ends in one of many ways.

usage: ending.py START_METHOD WAY LOG ACKNOWLEDGED [OPTIONS]      OPTIONS: of mimir.Logger, as JSON

The process that logs is a child of multiprocessing's. Prints its exit code.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from typing import Any

import mimir

BEFORE = 300
"""Entries before the end."""
FOR_EVER = 10_000_000
HANDLED = 2
"""Entries of a signal's handler."""


class Run:
    def __init__(self, log: str, acknowledged: str, options: dict[str, Any]) -> None:
        self.logger = mimir.Logger(log, formatter=None, **options)
        self._acknowledged = os.open(acknowledged, os.O_WRONLY | os.O_CREAT)
        self._next = 0

    def log(self, count: int) -> None:
        for _ in range(count):
            number, self._next = self._next, self._next + 1
            self.logger.log({"i": number, "pad": "x" * (number % 50)})
            os.pwrite(self._acknowledged, b"%d" % number, 0)

    def log_elsewhere(self) -> None:
        threading.Thread(target=self.log, args=(FOR_EVER,), daemon=True).start()
        time.sleep(0.05)


def end(way: str, run: Run) -> None:
    if way == "exception":
        raise RuntimeError("the training went wrong")
    if way == "sys.exit":
        sys.exit(3)
    if way == "os._exit":
        os._exit(4)
    if way == "abort":
        os.abort()
    if way == "SIGTERM, handled":

        def handle(number: int, frame: object) -> None:
            # Not by run.log(): the number of the entry that was about to be logged is taken.
            for _ in range(HANDLED):
                run.logger.log({"handler": True})
            sys.exit(5)

        signal.signal(signal.SIGTERM, handle)
    if way.startswith("SIG"):
        signal.signal(signal.SIGINT, signal.default_int_handler)
        number = getattr(signal, way.partition(",")[0])
        threading.Timer(0.02, os.kill, (os.getpid(), number)).start()
        run.log(FOR_EVER)
    if way == "a forked child ends":
        child = os.fork()
        if child == 0:
            sys.exit(0)
        assert os.waitpid(child, 0)[1] == 0
        run.log(10)
    if way == "a thread still logs":
        run.log_elsewhere()


def work(way: str, log: str, acknowledged: str, options: dict[str, Any]) -> None:
    run = Run(log, acknowledged, options)
    run.log(BEFORE)
    end(way, run)


def main() -> None:
    method, way, log, acknowledged, *rest = sys.argv[1:]
    options = json.loads(rest[0]) if rest else {}
    context: Any = multiprocessing.get_context(method)
    process = context.Process(target=work, args=(way, log, acknowledged, options))
    process.start()
    process.join()
    print(process.exitcode)


if __name__ == "__main__":
    main()
