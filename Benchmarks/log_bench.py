#!/usr/bin/env python3
"""What one call of Logger.log costs in Python, against json and orjson with write and flush.

usage: log_bench.py FOLDER [--without-orjson] [--rounds 15]

Every call is timed. The contestants run in turn, round after round, so that a busy moment of the
machine meets all of them. Prints rows of a Markdown table, in microseconds and as ratios.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter_ns
from typing import Any, NamedTuple

Entry = dict[str, Any]
CALLS = 2000


class Lane(NamedTuple):
    name: str
    floor: str  # the name of the lane it is compared with
    open: Callable[[Path], tuple[Callable[[Entry], object], Callable[[], object]]]


def entries(fields: int) -> list[Entry]:
    chance = random.Random(2026)
    keys = [f"metric_{i:02}" for i in range(1, fields)]
    return [{"iteration": n} | {key: chance.random() for key in keys} for n in range(CALLS)]


def lanes(with_orjson: bool) -> list[Lane]:
    if not with_orjson:
        sys.modules["orjson"] = None  # type: ignore[assignment]  # its import now fails
    import mimir

    def json_lines(path: Path) -> tuple[Callable[[Entry], object], Callable[[], object]]:
        file = path.open("w", encoding="utf-8")

        def log(entry: Entry) -> None:
            file.write(json.dumps(entry) + "\n")
            file.flush()

        return log, file.close

    def orjson_lines(path: Path) -> tuple[Callable[[Entry], object], Callable[[], object]]:
        import orjson

        file = path.open("wb")

        def log(entry: Entry) -> None:
            file.write(orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE))
            file.flush()

        return log, file.close

    def mimir_file(path: Path) -> tuple[Callable[[Entry], object], Callable[[], object]]:
        logger = mimir.Logger(str(path), formatter=None)
        return logger.log, logger.close

    def mimir_gzip(path: Path) -> tuple[Callable[[Entry], object], Callable[[], object]]:
        return mimir_file(path.with_suffix(".jsonl.gz"))

    def mimir_ring(path: Path) -> tuple[Callable[[Entry], object], Callable[[], object]]:
        logger = mimir.Logger(maxlen=1000, formatter=None)
        return logger.log, logger.close

    if with_orjson:
        floor = Lane("orjson + write + flush", "", orjson_lines)
        suffix = " (orjson)"
    else:
        floor, suffix = Lane("json + write + flush", "", json_lines), ""
    return [
        floor,
        Lane(f"Python `log`, every entry safe{suffix}", floor.name, mimir_file),
        Lane(f"Python `log` to .jsonl.gz, every entry safe{suffix}", floor.name, mimir_gzip),
        Lane(f"Python `log`, ring only{suffix}", floor.name, mimir_ring),
    ]


def run_round(lane: Lane, path: Path, data: list[Entry]) -> list[int]:
    log, close = lane.open(path)
    calls = []
    for entry in data:
        start = perf_counter_ns()
        log(entry)
        calls.append(perf_counter_ns() - start)
    close()
    for file in path.parent.glob(f"{path.stem}.*"):
        file.unlink()
    return calls


def summary(calls: list[int]) -> tuple[float, float, float]:
    """Median, mean and 99th percentile in microseconds."""
    ordered = sorted(calls)
    p99 = ordered[len(ordered) * 99 // 100]
    return statistics.median(ordered) / 1000, statistics.fmean(ordered) / 1000, p99 / 1000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--without-orjson", action="store_true")
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    path = arguments.folder / "bench-python.jsonl"
    contestants = lanes(not arguments.without_orjson)
    for fields in (2, 20):
        data = entries(fields)
        calls: dict[str, list[int]] = {lane.name: [] for lane in contestants}
        for number in range(-1, arguments.rounds):
            for lane in contestants:
                measured = run_round(lane, path, data)
                if number >= 0:  # the first round warms up
                    calls[lane.name] += measured
        results = {name: summary(values) for name, values in calls.items()}
        for lane in contestants:
            row = results[lane.name]
            floor = results[lane.floor or lane.name]
            cells = [
                f"{value:.2f} ({value / base:.2f})" for value, base in zip(row, floor, strict=True)
            ]
            print(f"PYTHON| {lane.name} | {fields} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
