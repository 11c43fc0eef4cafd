#!/usr/bin/env python3
"""How large a closed gzip log is, against `gzip -6` and `gzip -9` of the same lines.

usage: size_gzip.py LIBDIR

Narrow entries (a counter and one double) and wide ones (a counter, 19 doubles, now and then an
array in base64), logged in one go; slowly, so that the thread compacts many times; and in several
runs of the program with a crash's torn end between. Each must be at most 1.01 times what `gzip -6`
makes of it.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "crash"))
from campaign import Checks
from library import Library

LIMIT = 1.01
SLOWLY = 7.0  # seconds


def narrow(chance: random.Random) -> Iterator[bytes]:
    loss = 4.0
    for iteration in range(60_000):
        loss = loss * 0.9999 + chance.gauss(0, 0.01)
        yield line({"iteration": iteration, "loss": loss})


def wide(chance: random.Random) -> Iterator[bytes]:
    for iteration in range(10_000):
        entry: dict[str, object] = {"iteration": iteration}
        entry |= {f"metric_{i:02}": chance.random() for i in range(1, 20)}
        if iteration % 50 == 0:
            data = base64.b64encode(chance.randbytes(2048)).decode()
            entry["weights"] = {"__ndarray__": data, "descr": "<f8", "shape": [256]}
        yield line(entry)


def line(entry: dict[str, object]) -> bytes:
    return json.dumps(entry, separators=(",", ":")).encode()


def packed_size(text: bytes, level: int) -> int:
    run = subprocess.run(["gzip", f"-{level}", "-c"], input=text, capture_output=True, check=True)
    return len(run.stdout)


def check(
    name: str,
    lines: Callable[[random.Random], Iterator[bytes]],
    runs: int,
    seconds: float,
    library: Library,
    log: Path,
    checks: Checks,
) -> None:
    entries = list(lines(random.Random(2026)))
    share = len(entries) // runs
    step = 100
    for run in range(runs):
        with library.logger(log) as logger:
            for number, entry in enumerate(entries[run * share : (run + 1) * share]):
                logger.log_json(entry)
                if seconds and number % step == 0:
                    time.sleep(seconds * step / len(entries))
        if run < runs - 1:
            with log.open("ab") as file:
                file.write(b"\0\x10\0\xef\xff{")  # a crash in the middle of an append
    text = b"".join(entry + b"\n" for entry in entries[: share * runs])
    unpacked = subprocess.run(["gzip", "-dc", str(log)], capture_output=True, check=True).stdout
    checks.that(unpacked == text, f"{name}: the log does not hold the lines")
    size = log.stat().st_size
    six, nine = packed_size(text, 6), packed_size(text, 9)
    print(
        f"{name}: {len(text):,} bytes of text, {size:,} in the log: "
        f"{size / six:.4f} x gzip -6, {size / nine:.4f} x gzip -9"
    )
    checks.that(size <= LIMIT * six, f"{name}: {size} bytes, gzip -6 needs {six}")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("libdir", type=Path)
    library = Library(parser.parse_args().libdir)
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="mimir-size-") as folder:
        ways = (("in one go", 1, 0.0), ("slowly", 1, SLOWLY), ("in 3 runs", 3, 0.0))
        for name, lines in (("narrow", narrow), ("wide", wide)):
            for how, runs, seconds in ways:
                log = Path(folder) / f"{name}-{runs}-{seconds}.jsonl.gz"
                check(f"{name}, {how}", lines, runs, seconds, library, log, checks)
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
