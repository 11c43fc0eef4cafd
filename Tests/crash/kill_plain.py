#!/usr/bin/env python3
"""Kills a process that logs to a plain file, again and again, at random moments.

usage: kill_plain.py LIBDIR [--kills 200] [--seed N]

After each kill: only the last line may be torn; the next open cuts it off; then every entry whose
log had returned is there, whole, once, in order. Each kill counts as one check.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from campaign import Checks, Writer, parse, read_acknowledged

KILLS_PER_FILE = 25


class Log:
    """One file that lives through many kills; what was checked once is not read again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.checked = 0  # bytes
        self.last = 0  # number of the last whole entry

    def check(self, acknowledged: int) -> bytes:
        """Checks what came since the last check; returns the torn rest. Raises ValueError."""
        data = self.path.read_bytes()[self.checked :] if self.path.exists() else b""
        *lines, torn = data.split(b"\n")
        for line in lines:
            number = parse(line)[1]
            if number != self.last + 1:
                raise ValueError(f"entry {number} follows entry {self.last}")
            self.last = number
            self.checked += len(line) + 1
        if self.last < acknowledged:
            raise ValueError(f"entry {acknowledged} was acknowledged, the last is {self.last}")
        return torn

    def check_repaired(self, acknowledged: int) -> None:
        """Checks that no torn line and no other change is left."""
        last = self.last
        torn = self.check(acknowledged)
        if torn or self.last != last or self.path.stat().st_size != self.checked:
            raise ValueError(f"opening left {torn[:60]!r}, last entry {last} became {self.last}")


def kill_once(writer: Writer, log: Log, chance: random.Random) -> bool:
    """One kill and all that is checked after it. Returns whether the kill tore a line."""
    ack = log.path.with_suffix(".ack")
    ack.unlink(missing_ok=True)
    process = writer.start(log.path, ack, first=log.last + 1)
    if chance.random() < 0.85:  # inside the loop; else while it starts, opens, repairs
        deadline = time.monotonic() + 60
        while not read_acknowledged(ack) and process.poll() is None:
            if time.monotonic() > deadline:
                break
            time.sleep(0.0002)
    time.sleep(chance.uniform(0, 0.006))
    process.kill()
    _, errors = process.communicate()
    if errors:
        raise ValueError(f"the writer stopped by itself: {errors}")

    acknowledged = read_acknowledged(ack)
    torn = log.check(acknowledged)
    if not torn and chance.random() < 0.2 and log.path.exists():
        with log.path.open("ab") as file:  # what a power cut may leave
            file.write(b'{"writer": 0, "n": 1, "pad": "' + b"x" * chance.randrange(9000))
    if chance.random() < 0.7:  # else the next writer repairs it, and may be killed doing so
        writer.open_and_close(log.path)
        log.check_repaired(acknowledged)
    return bool(torn)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("libdir", type=Path)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 2**32)
    arguments = parser.parse_args()
    print(f"{arguments.kills} kills, seed {arguments.seed}")
    chance = random.Random(arguments.seed)
    checks = Checks()
    torn = entries = 0
    with tempfile.TemporaryDirectory(prefix="mimir-kill-") as scratch:
        writer = Writer(arguments.libdir, Path(scratch))
        log = Log(Path(scratch) / "0.jsonl")
        for kill in range(arguments.kills):
            if kill % KILLS_PER_FILE == 0:
                entries += log.last
                log.path.unlink(missing_ok=True)
                log = Log(Path(scratch) / f"{kill}.jsonl")
            try:
                torn += kill_once(writer, log, chance)
                checks.that(True, "")
            except (ValueError, AssertionError) as error:
                checks.that(False, f"kill {kill}: {error}")
                log = Log(Path(scratch) / f"{kill}-after.jsonl")
        entries += log.last
    print(f"{entries} entries survived {arguments.kills} kills, {torn} of which tore a line")
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
