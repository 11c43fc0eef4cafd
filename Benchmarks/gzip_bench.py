#!/usr/bin/env python3
"""Gzip logs: Logger.log in Python, size on disk, reading, recovery, each against a peer.

usage: gzip_bench.py FOLDER READER     READER: gzip_read, built

Prints rows of Markdown tables. Of calls that take long the best of three counts; page caches are
warm.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import statistics
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, perf_counter_ns
from typing import Any, TypeVar

import big_log

import mimir

Entry = dict[str, Any]
Result = TypeVar("Result")
CALLS = 2000
ROUNDS = 7
BIG = 1 << 30
TORN_TAIL = 1 << 20


def entries(fields: int) -> list[Entry]:
    chance = random.Random(2026)
    keys = [f"metric_{i:02}" for i in range(1, fields)]
    return [{"iteration": n} | {key: chance.random() for key in keys} for n in range(CALLS)]


def mimir_log(path: Path) -> tuple[Callable[[Entry], object], Callable[[], object]]:
    logger = mimir.Logger(str(path), formatter=None)
    return logger.log, logger.close


def python_gzip(path: Path) -> tuple[Callable[[Entry], object], Callable[[], object]]:
    file = gzip.open(path, "wb", compresslevel=6)  # noqa: SIM115

    def log(entry: Entry) -> None:
        file.write(json.dumps(entry).encode() + b"\n")
        file.flush()

    return log, file.close


def plain_json(path: Path) -> tuple[Callable[[Entry], object], Callable[[], object]]:
    file = path.open("w", encoding="utf-8")

    def log(entry: Entry) -> None:
        file.write(json.dumps(entry) + "\n")
        file.flush()

    return log, file.close


CONTESTANTS = {
    "json + write + flush, plain file": plain_json,
    "json + Python's `gzip`, level 6, + flush": python_gzip,
    "Python `log` to .gz, every entry safe": mimir_log,
}


def python_calls(folder: Path) -> None:
    for fields in (2, 20):
        data = entries(fields)
        calls: dict[str, list[int]] = {name: [] for name in CONTESTANTS}
        for number in range(-1, ROUNDS):
            for name, make in CONTESTANTS.items():
                path = folder / "python.jsonl.gz"
                log, close = make(path)
                for entry in data:
                    start = perf_counter_ns()
                    log(entry)
                    if number >= 0:  # the first round warms up
                        calls[name].append(perf_counter_ns() - start)
                close()
                path.unlink()
        floor: list[float] = []
        for name, measured in calls.items():
            ordered = sorted(measured)
            row = [statistics.median(ordered), statistics.fmean(ordered)]
            row.append(ordered[len(ordered) * 99 // 100])
            floor = floor or row
            cells = [f"{v / 1000:.2f} ({v / f:.2f})" for v, f in zip(row, floor, strict=True)]
            print(f"GZIPPYTHON| {name} | {fields} | {' | '.join(cells)} |", flush=True)


def sizes(folder: Path) -> None:
    for fields in (2, 20):
        path = folder / "size.jsonl.gz"
        with mimir.Logger(str(path), formatter=None, flush="interval") as logger:
            for _ in range(20 if fields == 2 else 4):
                for entry in entries(fields):
                    logger.log(entry)
        text = gzip.decompress(path.read_bytes())
        size = path.stat().st_size
        cells = []
        for level in (6, 9):
            run = subprocess.run(["gzip", f"-{level}"], input=text, capture_output=True, check=True)
            cells.append(f"{size / len(run.stdout):.3f}")
        print(f"GZIPSIZE| {fields} | {len(text):,} | {size:,} | {' | '.join(cells)} |", flush=True)
        path.unlink()


def best(measure: Callable[[], Result], times: int = 3) -> tuple[float, Result]:
    """The shortest time in milliseconds, and the result."""
    seconds = []
    for _ in range(times):
        start = perf_counter()
        result = measure()
        seconds.append(perf_counter() - start)
    return min(seconds) * 1000, result


def shell(command: str) -> str:
    return subprocess.run(command, shell=True, check=True, capture_output=True, text=True).stdout


def count_entries(path: Path) -> int:
    with mimir.open(path, raw_text=True) as log:
        return sum(1 for _ in log)


def read_in_c(program: Path, *arguments: str) -> tuple[float, int]:
    """The best milliseconds of three runs of gzip_read, and how many entries it read."""
    runs = [shell(f"{program} {' '.join(arguments)}").split() for _ in range(3)]
    return min(float(time) for time, _ in runs), int(runs[0][1])


def last_entries(path: Path) -> list[Entry]:
    with mimir.Logger(str(path), maxlen=10, formatter=None) as logger:
        return list(logger)


def row(what: str, milliseconds: float) -> None:
    print(f"GZIPREAD| {what} | {milliseconds:,.2f} |", flush=True)


def reading(folder: Path, reader: Path) -> None:
    path = folder / "read.jsonl.gz"
    length = big_log.write(path, 50 << 20, 100_000)
    name = f"a log of {path.stat().st_size >> 20} MiB ({length >> 20} MiB of text)"
    zcat, lines = best(lambda: int(shell(f"zcat {path} | wc -l")))
    ours, counted = best(lambda: count_entries(path))
    in_c, counted_in_c = read_in_c(reader, str(path))
    on_one_core, _ = read_in_c(Path(f"taskset -c 0 {reader}"), str(path))
    assert lines == counted == counted_in_c, (lines, counted, counted_in_c)
    row(f"{name}: `zcat \\| wc -l`", zcat)
    row(f"{name}: every entry with `mimir_reader_next` in C", in_c)
    row(f"{name}: the same on one core", on_one_core)
    row(f"{name}: lines with `mimir.open(path, raw_text=True)` in Python", ours)
    path.unlink()


def recovery(folder: Path) -> None:
    path = folder / "torn.jsonl.gz"
    times = []
    for _ in range(3):
        big_log.write(path, BIG, TORN_TAIL, torn=True)
        milliseconds, logger = best(lambda: mimir.Logger(str(path), formatter=None), times=1)
        logger.close()
        times.append(milliseconds)
    name = f"a log of 1 GiB, opened after a crash that tore its tail of {TORN_TAIL >> 20} MiB"
    row(name, min(times))
    path.unlink()


def last_of_big(folder: Path, reader: Path) -> None:
    path = folder / "big.jsonl.gz"
    length = big_log.write(path, BIG, 0)
    name = f"a log of 1 GiB ({length / (1 << 30):.1f} GiB of text): its last 10 entries"
    zcat, tail = best(lambda: shell(f"zcat {path} | tail -n 10"), times=1)
    in_c, _ = read_in_c(reader, str(path), "10")
    ours, found = best(lambda: last_entries(path))
    assert found == [json.loads(line) for line in tail.splitlines()], "the last entries differ"
    row(f"{name}, `zcat \\| tail`", zcat)
    row(f"{name}, `mimir_reader_last` in C", in_c)
    row(f"{name}, `mimir.Logger(path, maxlen=10)` opened and closed", ours)
    path.unlink()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("reader", type=Path)
    arguments = parser.parse_args()
    folder, reader = arguments.folder, arguments.reader.resolve()
    warnings.simplefilter("ignore")  # torn tails are what is measured
    python_calls(folder)
    sizes(folder)
    reading(folder, reader)
    recovery(folder)
    last_of_big(folder, reader)


if __name__ == "__main__":
    main()
