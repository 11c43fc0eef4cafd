#!/usr/bin/env python3
"""What logging an entry costs with the loggers that a training script may use instead.

usage: peers_bench.py FOLDER [--rounds 5] [--calls 1000] [NAME …]

Each peer runs in a process of its own, as they differ in what they start and import, in turn with
the floor (orjson, a line written and flushed), and is compared with that. Every call is timed. What
a peer does after the call, in other threads and processes, shows only as far as it holds the caller
up. Prints rows of a Markdown table: microseconds, and ratios to the floor.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import multiprocessing
import os
import random
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Entry = dict[str, Any]
Log = Callable[[Entry], object]
Close = Callable[[], object]

FIELDS = (2, 20)


def orjson_lines(folder: Path) -> tuple[Log, Close]:
    import orjson

    file = (folder / "log.jsonl").open("wb")

    def log(entry: Entry) -> None:
        file.write(orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE))
        file.flush()

    return log, file.close


def mimir_file(folder: Path, name: str = "log.jsonl") -> tuple[Log, Close]:
    import mimir

    logger = mimir.Logger(folder / name, formatter=None)
    return logger.log, logger.close


def mimir_gzip(folder: Path) -> tuple[Log, Close]:
    return mimir_file(folder, "log.jsonl.gz")


def json_lines(folder: Path) -> tuple[Log, Close]:
    import json

    file = (folder / "log.jsonl").open("w", encoding="utf-8")

    def log(entry: Entry) -> None:
        file.write(json.dumps(entry) + "\n")
        file.flush()

    return log, file.close


def python_gzip(folder: Path) -> tuple[Log, Close]:
    import gzip
    import json

    file = gzip.open(folder / "log.jsonl.gz", "wt", compresslevel=6, encoding="utf-8")  # noqa: SIM115

    def log(entry: Entry) -> None:
        file.write(json.dumps(entry) + "\n")
        file.flush()

    return log, file.close


def tensorboardx(folder: Path) -> tuple[Log, Close]:
    from tensorboardX import SummaryWriter

    writer = SummaryWriter(str(folder))

    def log(entry: Entry) -> None:
        step = entry["iteration"]
        for key, value in entry.items():
            writer.add_scalar(key, value, step)

    return log, writer.close


def wandb_offline(folder: Path) -> tuple[Log, Close]:
    import wandb

    settings = wandb.Settings(silent=True, console="off", disable_git=True)
    run = wandb.init(project="bench", mode="offline", dir=str(folder), settings=settings)
    return run.log, run.finish


def mlflow_file(folder: Path) -> tuple[Log, Close]:
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
    mlflow.set_experiment("bench")
    mlflow.start_run()
    return lambda entry: mlflow.log_metrics(entry, step=entry["iteration"]), mlflow.end_run


def aim_repo(folder: Path) -> tuple[Log, Close]:
    from aim import Run

    run = Run(repo=str(folder), system_tracking_interval=None, log_system_params=False)

    def log(entry: Entry) -> None:
        run.track(entry, step=entry["iteration"])

    return log, run.close


def trackio_local(folder: Path) -> tuple[Log, Close]:
    os.environ["TRACKIO_DIR"] = str(folder)
    import trackio

    trackio.init(project="bench", embed=False)
    return trackio.log, trackio.finish


def dvclive_folder(folder: Path) -> tuple[Log, Close]:
    from dvclive import Live

    live = Live(str(folder), save_dvc_exp=False, report=None, dvcyaml=None, monitor_system=False)

    def log(entry: Entry) -> None:
        for key, value in entry.items():
            live.log_metric(key, value)
        live.next_step()

    return log, live.end


PEERS: dict[str, tuple[str, Callable[[Path], tuple[Log, Close]], float]] = {
    # name: (what it is in the table, how it is opened, the share of the calls that is enough)
    "mimir": ("Mímir, `.jsonl`, every entry safe", mimir_file, 1),
    "mimir-gzip": ("Mímir, `.jsonl.gz`, every entry safe", mimir_gzip, 1),
    "json": ("json + write + flush", json_lines, 1),
    "gzip": ("json + Python's gzip, level 6, + flush", python_gzip, 1),
    "tensorboardX": ("tensorboardX", tensorboardx, 0.5),
    "trackio": ("trackio", trackio_local, 0.2),
    "aim": ("Aim", aim_repo, 0.2),
    "wandb": ("W&B, offline", wandb_offline, 0.5),
    "mlflow": ("MLflow, SQLite", mlflow_file, 0.05),
    "dvclive": ("dvclive", dvclive_folder, 0.05),
}


def entries(fields: int, count: int) -> list[Entry]:
    chance = random.Random(2026)
    keys = [f"metric_{i:02}" for i in range(1, fields)]
    return [{"iteration": n} | {key: chance.random() for key in keys} for n in range(count)]


def timed(log: Log, data: list[Entry]) -> list[int]:
    calls = []
    for entry in data:
        start = time.perf_counter_ns()
        log(entry)
        calls.append(time.perf_counter_ns() - start)
    return calls


def measure(name: str, folder: Path, fields: int, rounds: int, calls: int, results: Any) -> None:
    """In a process of its own."""
    _, open_peer, share = PEERS[name]
    data = entries(fields, max(int(calls * share), 20))
    folder.mkdir(parents=True)
    os.chdir(folder)
    devnull = os.open(os.devnull, os.O_WRONLY)  # banners and hints
    os.dup2(devnull, 1)
    os.dup2(devnull, 2)
    (folder / "floor").mkdir()
    log, close = open_peer(folder)
    floor, close_floor = orjson_lines(folder / "floor")
    times: dict[str, list[int]] = {"peer": [], "floor": []}
    step = 0
    for number in range(-1, rounds):
        for entry in data:  # steps go on: some refuse one twice
            entry["iteration"] = step
            step += 1
        for lane, function in (("floor", floor), ("peer", log)):
            measured = timed(function, data)
            if number >= 0:
                times[lane] += measured
    close_floor()
    results.put(times)
    close()


def summary(calls: list[int]) -> tuple[float, float, float]:
    """Median, mean and 99th percentile in microseconds."""
    ordered = sorted(calls)
    p99 = ordered[len(ordered) * 99 // 100]
    return statistics.median(ordered) / 1000, statistics.fmean(ordered) / 1000, p99 / 1000


def version(name: str) -> str:
    try:
        return " " + importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", default=list(PEERS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=1000)
    given = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    failed = 0
    for fields in FIELDS:
        for name in given.names:
            folder = given.folder.resolve() / f"{name}-{fields}"
            results: Any = context.Queue()
            process = context.Process(
                target=measure,
                args=(name, folder, fields, given.rounds, given.calls, results),
            )
            process.start()
            try:
                times = results.get(timeout=300)
            except Exception:
                print(f"{name} could not be measured", file=sys.stderr)
                failed += 1
                process.kill()
                continue
            process.join(60)
            process.kill()
            shutil.rmtree(folder, ignore_errors=True)
            row, floor = summary(times["peer"]), summary(times["floor"])
            cells = [f"{a:.2f} ({a / b:.1f})" for a, b in zip(row, floor, strict=True)]
            print(
                f"| {PEERS[name][0]}{version(name)} | {fields} | {' | '.join(cells)} |", flush=True
            )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
