#!/usr/bin/env python3
"""Several processes write one plain file, each having opened it `shared`.

usage: shared_plain.py LIBDIR [--entries 100000] [--kills 25]

First two processes log side by side; then one goes on while another is killed and started again.
No line is torn or mixed, no entry is missing, and each process's own order is kept.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from campaign import Checks, Writer, parse, read_acknowledged


def numbers_by_writer(log: Path, checks: Checks) -> dict[int, list[int]]:
    """Every writer's entry numbers in the order of the file; broken lines are failures."""
    return lines_by_writer(log.read_bytes(), checks)


def lines_by_writer(data: bytes, checks: Checks) -> dict[int, list[int]]:
    checks.that(data.endswith(b"\n"), f"the log ends in a torn line: {data[-60:]!r}")
    found: dict[int, list[int]] = {}
    broken = 0
    for line in data.splitlines():
        try:
            writer, number = parse(line)
        except ValueError as error:
            broken += 1
            if broken <= 3:
                print(f"broken line: {error}")
            continue
        found.setdefault(writer, []).append(number)
    checks.that(broken == 0, f"{broken} lines are broken")
    return found


def finish(process: subprocess.Popen[str], checks: Checks, name: str) -> None:
    try:
        _, errors = process.communicate(timeout=200)
    except subprocess.TimeoutExpired:
        process.kill()
        _, errors = process.communicate()
    checks.that(process.returncode == 0, f"{name} ended with {process.returncode}: {errors}")


def side_by_side(writer: Writer, scratch: Path, entries: int, checks: Checks) -> None:
    log = scratch / "side.jsonl"
    processes = [
        writer.start(
            log, scratch / f"{i}.ack", identity=i, count=entries, largest=2_000, shared=True
        )
        for i in (1, 2)
    ]
    for i, process in enumerate(processes, 1):
        finish(process, checks, f"writer {i}")
    found = numbers_by_writer(log, checks)
    switches = 0
    previous = 0
    for line in log.read_bytes().splitlines():
        current = int(line.split(b":", 2)[1].split(b",")[0])
        switches += current != previous
        previous = current
    print(
        f"two writers, {entries} entries each; the log goes from one to the other {switches} times"
    )
    for i in (1, 2):
        numbers = found.get(i, [])
        checks.that(len(numbers) == entries, f"writer {i}: {len(numbers)} of {entries} entries")
        checks.that(numbers == sorted(set(numbers)), f"writer {i}: out of order or twice")
    checks.that(switches > 2, "the two never wrote at the same time: nothing was tested")


def one_is_killed(writer: Writer, scratch: Path, kills: int, checks: Checks) -> None:
    log = scratch / "killed.jsonl"
    steady_ack = scratch / "steady.ack"
    steady = writer.start(log, steady_ack, identity=0, largest=20_000, shared=True)
    chance = random.Random(kills)
    expected: dict[int, int] = {}
    for life in range(1, kills + 1):
        ack = scratch / f"life-{life}.ack"
        process = writer.start(log, ack, identity=life, largest=20_000, shared=True)
        time.sleep(chance.uniform(0.002, 0.02))
        process.kill()
        _, errors = process.communicate()
        checks.that(errors == "", f"life {life}: {errors}")
        expected[life] = read_acknowledged(ack)
    checks.that(steady.poll() is None, "the other writer stopped")
    steady.kill()
    steady.communicate()
    expected[0] = read_acknowledged(steady_ack)
    writer.open_and_close(log, shared=True)

    found = numbers_by_writer(log, checks)
    print(f"one writer logged {expected[0]} entries while another was killed {kills} times")
    checks.that(expected[0] > 0 and any(expected[life] for life in expected if life), "no entries")
    for identity, acknowledged in expected.items():
        numbers = found.get(identity, [])
        whole = numbers == list(range(1, len(numbers) + 1)) and len(numbers) >= acknowledged
        checks.that(whole, f"writer {identity}: {acknowledged} acknowledged, {len(numbers)} there")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("libdir", type=Path)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=25)
    arguments = parser.parse_args()
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="mimir-shared-") as folder:
        scratch = Path(folder)
        writer = Writer(arguments.libdir, scratch)
        side_by_side(writer, scratch, arguments.entries, checks)
        one_is_killed(writer, scratch, arguments.kills, checks)
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
