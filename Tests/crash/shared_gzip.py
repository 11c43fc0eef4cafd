#!/usr/bin/env python3
"""Four processes write one gzip file, each having opened it `shared`; one of them is killed and
started again, over and over, until it too has logged all its entries.

usage: shared_gzip.py LIBDIR [--entries 5000] [--seed N]

The file is one valid member, no line is torn or mixed, no entry is missing, and each process's own
order is kept.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from campaign import Checks, Writer, read_acknowledged
from gzip_state import gzip_test, journal_of, look
from shared_plain import finish, lines_by_writer

STEADY = (1, 2, 3)
FIRST_LIFE = 10


def live_and_die(
    writer: Writer, log: Path, entries: int, chance: random.Random, checks: Checks
) -> dict[int, int]:
    """Lives that log `entries` entries together. Returns what each had acknowledged."""
    acknowledged: dict[int, int] = {}
    while sum(acknowledged.values()) < entries:
        life = FIRST_LIFE + len(acknowledged)
        ack = log.with_name(f"life-{life}.ack")
        left = entries - sum(acknowledged.values())
        process = writer.start(log, ack, identity=life, count=left, largest=600, shared=True)
        # Later lives are longer, so that it comes to an end.
        deadline = time.monotonic() + chance.uniform(0.002, 0.02 + 0.001 * len(acknowledged))
        while time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.0005)
        process.kill()
        _, errors = process.communicate()
        checks.that(errors == "", f"life {life}: {errors}")
        acknowledged[life] = read_acknowledged(ack)
    return acknowledged


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("libdir", type=Path)
    parser.add_argument("--entries", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 2**32)
    arguments = parser.parse_args()
    print(f"4 writers, {arguments.entries} entries each, seed {arguments.seed}", flush=True)
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="mimir-shared-") as folder:
        log = Path(folder) / "log.jsonl.gz"
        writer = Writer(arguments.libdir, Path(folder))
        steady = {
            i: writer.start(
                log,
                log.with_name(f"{i}.ack"),
                identity=i,
                count=arguments.entries,
                largest=600,
                shared=True,
                noise=True,
            )
            for i in STEADY
        }
        chance = random.Random(arguments.seed)
        lives = live_and_die(writer, log, arguments.entries, chance, checks)
        for i, process in steady.items():
            finish(process, checks, f"writer {i}")
        writer.open_and_close(log, shared=True)

        checks.that(gzip_test(log) == "", f"gzip -t: {gzip_test(log)}")
        checks.that(not journal_of(log).exists(), "a journal is left")
        found = lines_by_writer(look(log).text, checks)
        for i in STEADY:
            whole = found.get(i, []) == list(range(1, arguments.entries + 1))
            checks.that(whole, f"writer {i}: entries are missing, twice or out of order")
        for life, acknowledged in lives.items():
            numbers = found.get(life, [])
            # The last one may have been written and not acknowledged yet.
            whole = numbers == list(range(1, len(numbers) + 1))
            checks.that(
                whole and acknowledged <= len(numbers) <= acknowledged + 1,
                f"life {life}: {acknowledged} acknowledged, {len(numbers)} there",
            )
        print(f"one of the four was killed {len(lives) - 1} times")
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
