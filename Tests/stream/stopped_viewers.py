#!/usr/bin/env python3
"""Viewers that are stopped while entries go on.

usage: stopped_viewers.py LIBDIR [--stop 3] [--viewers 4] [--rate 20000] [--pad 40]

Two rounds, one at --rate entries a second and one flat out, each against a run without viewers.
log must neither fail nor wait for a viewer, the publisher's memory stays bounded, and in the end
every viewer has everything. Then what waits for many viewers that take nothing, of small entries
and of large ones, must stay within its bounds, beside a viewer that gets everything.
"""

from __future__ import annotations

import signal
import sys
import time
from typing import Any

import zmq
from stage import Checks, Program, Stage, arguments

GROWTH = 200  # MiB
# See docs/protocol.md: of entries for all viewers together, of places in the queue for each, MiB.
FOR_ALL = 64
FOR_EACH = 2.5
# The publisher's own queue while it is behind, answers on their way, and what malloc keeps.
BESIDE = 48
FLAT_OUT = 300_000  # entries a second, about, to a plain file: makes the run last


def send(viewers: list[Program], number: signal.Signals) -> None:
    for viewer in viewers:
        viewer.process.send_signal(number)


def without_viewers(stage: Stage, name: str, **options: object) -> dict[str, Any]:
    publisher = stage.publisher(path=stage.folder / f"{name}.jsonl", **options)
    publisher.go()
    cost = publisher.read(300)
    publisher.close()
    return cost


def with_stopped(
    checks: Checks,
    stage: Stage,
    name: str,
    count: int,
    stop: float,
    viewers: int,
    pad: int,
    rate: int,
) -> dict[str, Any]:
    publisher = stage.publisher(
        path=stage.folder / f"{name}.jsonl", count=count, rate=rate, pad=pad
    )
    before = publisher.memory("VmRSS")
    followers = [
        stage.viewer(publisher, until=count, pad=pad, patience=stop + 60) for _ in range(viewers)
    ]
    awake, stopped = followers[0], followers[1:]
    time.sleep(0.5)
    publisher.go()
    time.sleep(0.3)
    begun = time.monotonic()
    send(stopped, signal.SIGSTOP)
    cost = publisher.read(300)
    time.sleep(max(0.0, begun + stop - time.monotonic()))
    send(stopped, signal.SIGCONT)
    checks.that(cost.get("failed") == 0, f"{name}: {cost.get('failed')} calls of log failed")
    checks.got_all(awake.read(120), count, f"{name}: the viewer that was not stopped")
    for index, viewer in enumerate(stopped):
        checks.got_all(viewer.read(120), count, f"{name}: stopped viewer {index}")
    growth = publisher.memory() - before
    statistics = publisher.close()
    # The log file has it all, but the queue to the publisher's thread is bounded.
    checks.that(statistics.get("dropped") == 0, f"{name}: {statistics}")
    checks.that(growth < GROWTH, f"{name}: the publisher grew by {growth:.0f} MiB")
    print(f"{name}: +{growth:.0f} MiB, {statistics['skipped']} entries not sent live")
    return cost


def compare(checks: Checks, name: str, alone: dict[str, Any], watched: dict[str, Any]) -> None:
    ratios = [
        f"{what} {alone[what]} ns, watched {watched[what]} ns ({watched[what] / alone[what]:.2f})"
        for what in ("median", "p99", "most")
    ]
    print(f"{name}: {'; '.join(ratios)}", flush=True)
    # Waiting for a viewer would be waiting for as long as it is stopped.
    checks.that(watched["most"] < 1e9, f"{name}: a call of log took {watched['most']} ns")


def check_memory(
    checks: Checks, stage: Stage, name: str, viewers: int, for_all: int, **options: int
) -> None:
    publisher = stage.publisher(path=stage.folder / f"{name}.jsonl", maxlen=10, **options)
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    held = []
    for _ in range(viewers):
        idle = context.socket(zmq.SUB)
        idle.setsockopt(zmq.RCVHWM, 1)
        idle.setsockopt(zmq.RCVBUF, 4096)
        idle.setsockopt(zmq.SUBSCRIBE, b"")
        idle.connect(f"tcp://127.0.0.1:{publisher.push}")
        held.append(idle)
    good = stage.viewer(publisher, until=options["count"], pad=options["pad"], patience=60)
    time.sleep(1)
    before = publisher.memory("VmRSS")
    publisher.go()
    checks.that(publisher.read(120).get("failed") == 0, f"{name}: logging")
    checks.got_all(good.read(120), options["count"], f"{name}: the viewer that takes everything")
    growth = publisher.memory() - before
    statistics = publisher.close()
    most = for_all + FOR_EACH * (viewers + 1) + BESIDE
    print(f"{name}, {viewers} viewers take nothing: +{growth:.0f} MiB, {statistics}", flush=True)
    checks.that(growth < most, f"{name}: the publisher grew by {growth:.0f} MiB, not {most:.0f}")
    context.destroy(linger=0)
    if for_all > 0:
        checks.that(statistics["skipped"] > 0, f"{name}: the bound for all was not reached")


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--stop", type=float, default=3)
    parser.add_argument("--viewers", type=int, default=4)
    parser.add_argument("--rate", type=int, default=20_000)
    parser.add_argument("--pad", type=int, default=40)
    given = parser.parse_args()
    checks = Checks()
    with Stage(given.libdir) as stage:
        for name, rate in (("steady", given.rate), ("flat out", 0)):
            count = round((rate or FLAT_OUT) * given.stop)
            alone = without_viewers(stage, "alone", count=count, rate=rate, pad=given.pad)
            watched = with_stopped(
                checks, stage, name, count, given.stop, given.viewers, given.pad, rate
            )
            compare(checks, name, alone, watched)
            for log in stage.folder.glob("*.jsonl"):
                log.unlink()
        check_memory(checks, stage, "small entries", 50, 0, count=400_000, rate=200_000, pad=10)
        check_memory(checks, stage, "large entries", 5, FOR_ALL, count=3000, rate=1500, pad=200_000)
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
