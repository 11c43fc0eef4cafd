#!/usr/bin/env python3
"""Viewers that are stopped while entries go on.

usage: stopped_viewers.py LIBDIR [--stop 3] [--viewers 4] [--rate 20000] [--pad 40]

Two rounds, one at --rate entries a second and one flat out, each against a run without viewers.
log must neither fail nor wait for a viewer, the publisher's memory stays bounded, and in the end
every viewer has everything.
"""

from __future__ import annotations

import signal
import sys
import time
from typing import Any

from stage import Checks, Program, Stage, arguments

GROWTH = 200  # MiB
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
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
