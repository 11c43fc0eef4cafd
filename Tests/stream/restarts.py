#!/usr/bin/env python3
"""A publisher that is killed and started again and again on the same ports.

usage: restarts.py LIBDIR [--restarts 8] [--viewers 4] [--entries 20000]

Viewers follow from before the first run to the last one's end: one at its ease, one slowly, one
that does something else now and then, one that is stopped over some of the restarts, one that joins
in the middle. None may mix two runs, or leave out anything without telling; each ends with every
entry of the last run once, in order.
"""

from __future__ import annotations

import random
import signal
import sys
import time

from stage import Checks, Program, Stage, arguments, free_ports


class Restarts:
    def __init__(self, stage: Stage, count: int, entries: int) -> None:
        self.stage = stage
        self.count = count
        self.entries = entries
        self.push, self.router = free_ports()
        self.viewers: dict[str, Program] = {}

    def start(self, name: str, **options: object) -> Program:
        """A viewer that ends with the last run."""
        ports = {"push": self.push, "router": self.router}
        viewer = self.stage.viewer(
            None, until=self.entries, tag=self.count, patience=45, **ports, **options
        )
        self.viewers[name] = viewer
        return viewer

    def one_run(self, tag: int) -> None:
        publisher = self.stage.publisher(
            path=self.stage.folder / f"{tag}.jsonl",
            tag=tag,
            count=self.entries,
            rate=random.choice([0, 40_000, 100_000]),
            push=self.push,
            router=self.router,
        )
        publisher.go()
        time.sleep(random.uniform(0.05, 0.9))
        publisher.kill()

    def last_run(self) -> tuple[Program, dict[str, object]]:
        publisher = self.stage.publisher(
            path=self.stage.folder / "last.jsonl",
            tag=self.count,
            count=self.entries,
            rate=40_000,
            push=self.push,
            router=self.router,
        )
        publisher.go()
        return publisher, publisher.read(60)


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--restarts", type=int, default=8)
    parser.add_argument("--viewers", type=int, default=5)
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 2**32)
    given = parser.parse_args()
    random.seed(given.seed)
    print(f"{given.restarts} restarts, seed {given.seed}", flush=True)
    checks = Checks()
    with Stage(given.libdir) as stage:
        restarts = Restarts(stage, given.restarts + 1, given.entries)
        for index in range(max(given.viewers - 4, 1)):
            restarts.start(f"viewer {index}")
        restarts.start("slow viewer", pause=200)
        restarts.start("dozing viewer", doze=3000)
        stopped = restarts.start("stopped viewer")
        for tag in range(1, given.restarts + 1):
            stopped.process.send_signal(random.choice([signal.SIGSTOP, signal.SIGCONT]))
            restarts.one_run(tag)
            if tag == given.restarts // 2:
                restarts.start("viewer that joins later")
        stopped.process.send_signal(signal.SIGCONT)
        publisher, cost = restarts.last_run()
        checks.that(cost.get("failed") == 0, f"logging: {cost}")
        most = 0
        for name, viewer in restarts.viewers.items():
            result = viewer.read(100)
            print(f"{name}: {result}", flush=True)
            # What was killed with an earlier run before it could be fetched is told of.
            skipped, missed = result.get("skipped", 1), result.get("missed", 0)
            checks.that(skipped <= missed, f"{name}: it did not tell of all that it left out")
            checks.that(result.get("tag") == given.restarts + 1, f"{name}: not in the last run")
            checks.got_all(result | {"skipped": 0, "missed": 0}, given.entries, name)
            most = max(most, result.get("runs", 0))
            told = result.get("restarts", -1) + 1
            checks.that(result.get("runs", 0) <= told, f"{name}: a run began that it did not tell")
            checks.that(told <= given.restarts + 1, f"{name}: it told of too many runs")
        checks.that(most > 1, "no viewer saw more than one run")
        publisher.kill()
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
