#!/usr/bin/env python3
"""Viewers that join at any moment of a run, when memory holds only the last 1,000 entries.

usage: late_joiners.py LIBDIR [--subscribers 8] [--originals 3] [--entries 100000] [--seconds 5]

Each of ours ends with every entry exactly once, in order, as it was logged. Each original client
gets a snapshot in order up to its end, with no gap between it and PUB, and nothing but entries on
PUB, in order; it cannot ask for what PUB drops when it is too slow, which is counted.
"""

from __future__ import annotations

import random
import sys
import threading
import time

from client import Client, modern_identity, read_all
from stage import Checks, Program, Publisher, Stage, arguments

MAXLEN = 1000
PAD = 40


def entry(number: int) -> bytes:
    pad = chr(ord("a") + number % 26) * (number * 7919 % PAD)
    return b'{"tag":1,"n":%d,"pad":"%s"}' % (number, pad.encode())


class Original(threading.Thread):
    """A client of the original project's kind, from its first moment to the run's end."""

    def __init__(self, publisher: Publisher, entries: int, delay: float) -> None:
        super().__init__()
        self._publisher = publisher
        self._entries = entries
        self._delay = delay
        self.fault = "it did not end"
        self.lost = 0

    def run(self) -> None:
        time.sleep(self._delay)
        client = Client(self._publisher.push, self._publisher.router)
        try:
            self.fault = self._follow(client)
        finally:
            client.close()

    def _follow(self, client: Client) -> str:
        first = client.receive(client.sub, 10)  # subscribed now
        if len(first) != 2 or not first[0].isdigit():
            return f"on PUB: {first}"
        client.dealer.send(b"ICANHAZ?")
        snapshot = client.snapshot(30)
        if snapshot is None:
            return "no complete snapshot"
        numbers = [number for number, _ in snapshot]
        if not numbers or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
            return f"a snapshot out of order: {numbers[:3]} to {numbers[-3:]}"
        if not 1 <= len(numbers) <= MAXLEN:
            return f"a snapshot of {len(numbers)} entries"
        if any(text != entry(number) for number, text in snapshot):
            return "a snapshot with another text"
        live = int(first[0])
        if numbers[-1] < live - 1:
            return f"a gap between the snapshot's end {numbers[-1]} and {live}"
        return self._follow_live(client, first)

    def _follow_live(self, client: Client, message: list[bytes]) -> str:
        last = int(message[0]) - 1
        while message:
            if len(message) != 2 or not message[0].isdigit():
                return f"on PUB, after {last}: {message}"
            number = int(message[0])
            if number <= last or message[1] != entry(number):
                return f"on PUB, after {last}: {message}"
            self.lost += number - last - 1
            last = number
            if last == self._entries:
                return ""
            message = client.receive(client.sub, 10)
        self.lost += self._entries - last
        return ""


def join(
    stage: Stage, publisher: Publisher, subscribers: int, seconds: float, **options: object
) -> list[Program]:
    """Starts viewers at random moments."""
    start = time.monotonic()
    viewers = []
    for moment in sorted(random.uniform(0, seconds * 0.95) for _ in range(subscribers)):
        time.sleep(max(0.0, start + moment - time.monotonic()))
        viewers.append(stage.viewer(publisher, **options))
    return viewers


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--subscribers", type=int, default=8)
    parser.add_argument("--originals", type=int, default=3)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=5)
    given = parser.parse_args()
    rate = round(given.entries / given.seconds)
    checks = Checks()
    with Stage(given.libdir) as stage:
        log = stage.folder / "run.jsonl.gz"
        publisher = stage.publisher(
            path=log, count=given.entries, rate=rate, maxlen=MAXLEN, pad=PAD
        )
        begun = time.monotonic()
        publisher.go()
        originals = [
            Original(publisher, given.entries, random.uniform(0, given.seconds * 0.8))
            for _ in range(given.originals)
        ]
        for original in originals:
            original.start()
        viewers = join(
            stage, publisher, given.subscribers, given.seconds, until=given.entries, patience=60
        )
        cost = publisher.read(600)
        checks.that(cost.get("failed") == 0, f"logging: {cost}")
        print(f"{given.entries} entries logged in {cost.get('seconds')} s", flush=True)
        for index, viewer in enumerate(viewers):
            checks.got_all(viewer.read(300), given.entries, f"viewer {index}")
        print(f"{len(viewers)} viewers done after {time.monotonic() - begun:.1f} s", flush=True)
        for index, original in enumerate(originals):
            original.join()
            checks.that(not original.fault, f"original client {index}: {original.fault}")
        print(f"original clients lost {[original.lost for original in originals]} entries live")
        client = Client(publisher.push, publisher.router, identity=modern_identity())
        lines = read_all(client)
        client.close()
        expected = (entry(number) for number in range(1, given.entries + 1))
        checks.that(
            len(lines) == given.entries
            and all(a == b for a, b in zip(lines, expected, strict=True)),
            f"asked by a client made from the document: {len(lines)} entries",
        )
        memory = publisher.memory()
        statistics = publisher.close()
        print(f"publisher: {memory:.0f} MiB at the most, {statistics}")
        checks.that(statistics.get("dropped") == 0 and statistics["ended"], f"{statistics}")
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
