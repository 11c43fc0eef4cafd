#!/usr/bin/env python3
"""Copies a gzip log again and again while it is being written and compacted.

usage: live_copies.py LIBDIR [--copies 300]

With mimir_copy: each copy passes `gzip -t` and holds a prefix of whole entries, at least up to the
last one acknowledged before the copy. With plain `cp` and `zcat`, which take no lock, at 100 and
1,000 entries a second: counted; asserted is only that no broken line stands among whole ones.
"""

from __future__ import annotations

import argparse
import functools
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "crash"))
from campaign import UNTIL_KILLED, Checks, Writer, parse, read_acknowledged
from gzip_state import State, gzip_test, look
from library import Library

COPIES_PER_LOG = 50
FLAT_OUT = 60_000  # entries; closing compacts them
GENERATION = slice(20, 28)


class Copy:
    def __init__(self, path: Path, acknowledged: int) -> None:
        self.path = path
        self.acknowledged = acknowledged


class Sampler:
    """Takes copies of one log after the other, each with a writer of its own."""

    def __init__(self, library: Library, writer: Writer, scratch: Path, checks: Checks) -> None:
        self.library = library
        self.writer = writer
        self.scratch = scratch
        self.checks = checks
        self.compactions = 0

    def round(self, number: int, copies: int) -> None:
        """Even ones: bursts for some seconds, so that the thread compacts. Odd ones: flat out."""
        log = self.scratch / f"{number}.jsonl.gz"
        ack = log.with_suffix(".ack")
        is_flat_out = number % 2 == 1
        process = self.writer.start(
            log,
            ack,
            count=FLAT_OUT if is_flat_out else UNTIL_KILLED,
            largest=300,
            noise=True,
            pause=0 if is_flat_out else 100,
        )
        deadline = time.monotonic() + 30
        while read_acknowledged(ack) == 0 and time.monotonic() < deadline:
            time.sleep(0.0005)
        pause = 0 if is_flat_out else 5 / copies
        taken: list[Copy] = []
        for _ in range(copies):
            taken.append(self.copy(log, ack, len(taken)))
            time.sleep(pause)
        if not is_flat_out:
            process.kill()
        _, errors = process.communicate(timeout=60)
        self.checks.that(errors == "", errors)
        self.writer.open_and_close(log)
        self.compactions += int.from_bytes(log.read_bytes()[GENERATION], "little")
        self.check(log, taken)
        log.unlink()

    def copy(self, log: Path, ack: Path, number: int) -> Copy:
        taken = Copy(log.with_name(f"copy-{number}.jsonl.gz"), read_acknowledged(ack))
        self.library.require(self.library.core.mimir_copy(bytes(log), bytes(taken.path), 0))
        return taken

    def check(self, log: Path, taken: list[Copy]) -> None:
        whole = look(log).text
        numbers = [parse(line)[1] for line in whole.splitlines()]
        self.checks.that(numbers == list(range(1, len(numbers) + 1)), "the log itself is broken")
        for copy in taken:
            complaint = gzip_test(copy.path)
            seen = look(copy.path)
            text = seen.text
            lines = text.count(b"\n")
            self.checks.that(
                not complaint
                and seen.state is State.VALID
                and whole.startswith(text)
                and text.endswith(b"\n")
                and lines >= copy.acknowledged,
                f"a copy: {complaint or seen.state.value}, {lines} lines, "
                f"{copy.acknowledged} acknowledged, a prefix: {whole.startswith(text)}",
            )
            copy.path.unlink()


def judge(text: bytes, error: bool, acknowledged: int, checks: Checks, what: str) -> str:
    """The kind of result; counts as a failure when a broken line has whole ones behind it."""
    *lines, rest = text.split(b"\n")
    last = 0
    broken = 0
    for number, line in enumerate(lines, 1):
        try:
            if parse(line)[1] != number:
                raise ValueError(f"entry {number} is another")
            if broken:
                checks.that(False, f"{what}: line {broken} is broken, line {number} is whole")
                return "broken line among whole ones"
            last = number
        except ValueError:
            broken = broken or number
    if broken:
        return "ends in a broken line"
    if last < acknowledged:
        return "entries missing at its end"
    if error or rest:
        return "every entry, and an error"
    return "clean"


def foreign(writer: Writer, scratch: Path, rate: int, samples: int, checks: Checks) -> None:
    log = scratch / f"foreign-{rate}.jsonl.gz"
    ack = log.with_suffix(".ack")
    start = functools.partial(writer.start, log, ack, largest=300, noise=True)
    start(count=20_000).communicate(timeout=60)
    process = start(first=20_001, pause=1_000_000 // rate)
    found: dict[str, Counter[str]] = {"cp": Counter(), "zcat": Counter()}
    copy = scratch / "cp.jsonl.gz"
    for _ in range(samples):
        acknowledged = read_acknowledged(ack)
        subprocess.run(["cp", str(log), str(copy)], check=True)
        run = subprocess.run(["gzip", "-dc", str(copy)], capture_output=True)
        error = run.returncode != 0
        found["cp"][judge(run.stdout, error, acknowledged, checks, f"cp at {rate}/s")] += 1
        acknowledged = read_acknowledged(ack)
        run = subprocess.run(["zcat", str(log)], capture_output=True)
        error = run.returncode != 0
        found["zcat"][judge(run.stdout, error, acknowledged, checks, f"zcat at {rate}/s")] += 1
    checks.that(process.poll() is None, "the writer stopped")
    process.kill()
    process.communicate()
    for name, counts in found.items():
        kinds = ", ".join(f"{count} {kind}" for kind, count in counts.most_common())
        print(f"{name} at {rate} entries/s, {samples} times: {kinds}", flush=True)
    checks.that(True, "")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("libdir", type=Path)
    parser.add_argument("--copies", type=int, default=300)
    arguments = parser.parse_args()
    checks = Checks()
    library = Library(arguments.libdir)
    with tempfile.TemporaryDirectory(prefix="mimir-copies-") as folder:
        scratch = Path(folder)
        writer = Writer(arguments.libdir, scratch)
        sampler = Sampler(library, writer, scratch, checks)
        rounds = max(arguments.copies // COPIES_PER_LOG, 2)
        for number in range(rounds):
            sampler.round(number, arguments.copies // rounds)
        print(f"{arguments.copies} copies, {sampler.compactions} compactions meanwhile")
        # One per log comes from opening and closing it at the end.
        checks.that(sampler.compactions > 2 * rounds, "hardly a compaction was met")
        for rate in (100, 1000):
            foreign(writer, scratch, rate, max(arguments.copies // 3, 50), checks)
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
