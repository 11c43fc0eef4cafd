#!/usr/bin/env python3
"""How a process with a live publisher ends: soon, whatever its viewers do.

usage: exits.py LIBDIR [--rounds 1]

Viewers are stopped, killed, or amid a snapshot that they do not take; the process ends with and
without closing the publisher, or forks children that log, close, and exit.
"""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from pathlib import Path

import zmq
from client import Client
from forks import FORKED
from stage import HERE, Checks, Program, Publisher, Stage, arguments

# A second for what waits, and more for a busy machine; without a limit it would be for ever.
LIMIT = 2.5
COUNT = 50_000
PAD = 2000


def watch(stage: Stage, publisher: Publisher, how: str) -> list[object]:
    """Viewers that will not take what they are sent."""
    if how == "snapshot":
        return []  # they come when there is something to take
    viewers = [stage.viewer(publisher, until=COUNT, pad=PAD, patience=100) for _ in range(3)]
    time.sleep(0.3)
    for viewer in viewers:
        if how == "killed":
            viewer.kill()
        else:
            viewer.process.send_signal(signal.SIGSTOP)
    return [*viewers]


def check_exit(checks: Checks, stage: Stage, how: str, close: int) -> None:
    name = f"viewers {how}, {'closed' if close else 'not closed'}"
    publisher = stage.publisher(count=COUNT, pad=PAD, maxlen=COUNT, close=close)
    held = watch(stage, publisher, how)
    publisher.go()
    publisher.read()
    if how == "snapshot":
        held += snapshot_under_way(publisher)
    publisher.tell("end")
    begun = time.monotonic()
    publisher.read()
    closing = publisher.read() if close else {}
    ended = publisher.ends(20)
    taken = time.monotonic() - begun
    print(f"{name}: {taken:.2f} s, {closing}", flush=True)
    checks.that(ended, f"{name}: it did not end well")
    checks.that(taken < LIMIT, f"{name}: it took {taken:.2f} s")
    for one in held:
        if isinstance(one, Program):
            one.kill()
        elif isinstance(one, Client):
            one.close()


def snapshot_under_way(publisher: Publisher) -> list[object]:
    """Original clients that ask, and take one message."""
    clients: list[object] = []
    for _ in range(3):
        client = Client(publisher.push, publisher.router)
        client.dealer.close(linger=0)
        small = client.context.socket(zmq.DEALER)
        small.setsockopt(zmq.RCVHWM, 1)
        small.connect(f"tcp://127.0.0.1:{publisher.router}")
        small.send(b"ICANHAZ?")
        small.poll(2000)
        clients.append(client)
    return clients


def check_forks(checks: Checks, stage: Stage, how: str) -> None:
    begun = time.monotonic()
    folder = Path(tempfile.mkdtemp(dir=stage.folder))
    process = Program(
        [sys.executable, str(HERE / "forks.py"), str(stage.library), how, str(folder)]
    )
    ports = process.read()
    viewer = stage.viewer(None, **ports, until=10**6, patience=60)
    time.sleep(0.3)
    viewer.process.send_signal(signal.SIGSTOP)
    process.tell("go")
    seen = process.read()
    read = time.monotonic()
    ended = process.ends(20)
    print(f"{how}: {seen}, {read - begun:.2f} s, ended in {time.monotonic() - read:.2f} s")
    checks.that(ended, f"{how}: the process did not end well")
    checks.that(time.monotonic() - read < LIMIT, f"{how}: it took long to end")
    checks.that(seen.get("parent") == 0, f"{how}: the parent's publisher: {seen.get('parent')}")
    for child in seen.get("children", []):
        checks.that(child == [FORKED] * 3, f"{how}: a child saw {child}")
    expected = {"fork": 6, "multiprocessing": 4, "end": 0}[how]
    checks.that(len(seen.get("children", [])) == expected, f"{how}: {seen}")
    viewer.kill()


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args()
    checks = Checks()
    with Stage(given.libdir) as stage:
        for _ in range(given.rounds):
            for how in ("stopped", "killed", "snapshot"):
                for close in (1, 0):
                    check_exit(checks, stage, how, close)
            for how in ("fork", "multiprocessing", "end"):
                check_forks(checks, stage, how)
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
