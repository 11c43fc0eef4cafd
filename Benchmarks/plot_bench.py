#!/usr/bin/env python3
"""What a plot takes: opening a log of a million entries, and keeping up with ten million points.

usage: plot_bench.py FOLDER

Each log is opened in a process of its own, timed from its start: imports, reading, and the first
picture as it goes to the browser. Prints rows of Markdown tables.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

ENTRIES = 1_000_000
POINTS = 10_000_000
ROUNDS = 5
NEW = 100


def write_log(path: Path) -> None:
    import mimir

    with mimir.Logger(path, formatter=None, flush="interval") as logger:
        for i in range(ENTRIES):
            logger.log({"iteration": i, "training_error": 1 / (i + 1), "norm": i % 1000 / 7})


def open_log(path: str, without_orjson: bool) -> None:
    """In a process of its own: prints the seconds of each step and the peak of memory."""
    started = perf_counter()
    if without_orjson:
        sys.modules["orjson"] = None  # type: ignore[assignment]
    from mimir.plot._picture import Picture
    from mimir.plot._sources import open_feed
    from mimir.plot._view import View

    imported = perf_counter()
    with open_feed("iteration", ["training_error", "norm"], file=path) as feed:
        feed.sources[0].caught_up.wait()
        read = perf_counter()
        picture = Picture(feed, View())
        picture.update()
        drawn = perf_counter()
        if feed.runs[0].entries != ENTRIES:
            raise SystemExit(f"{path}: {feed.runs[0].entries} entries")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(imported - started, read - imported, drawn - read, drawn - started, memory)


def open_row(name: str, *arguments: str) -> str:
    found = []
    for _ in range(ROUNDS):
        command = [sys.executable, __file__, "--open", *arguments]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found.append([float(number) for number in done.stdout.split()])
    *seconds, memory = (median(column) for column in zip(*found, strict=True))
    cells = " | ".join(f"{number:.2f}" for number in seconds)
    return f"PLOTOPEN| {name} | {cells} | {memory:.0f} |"


def resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / (1 << 20)


def update_rows() -> list[str]:
    """Of a series that gets some points between one picture and the next."""
    import numpy as np

    from mimir.plot._series import Floats, Series
    from mimir.plot._view import View

    random = np.random.default_rng(1)

    def timed(change: Callable[[Floats], Floats], view: View, is_zoomed: bool = False) -> float:
        """Milliseconds; memory is measured by who calls."""
        series = Series("y")
        x = change(np.arange(POINTS, dtype=np.float64))
        series.append(x, random.normal(size=POINTS))
        times = []
        for round_number in range(ROUNDS + 1):
            first = POINTS + NEW * round_number
            series.append(np.arange(first, first + NEW, dtype=np.float64), np.ones(NEW))
            started = perf_counter()
            seen = view.widened() if is_zoomed else view.of_all([series])
            seen.line(series)
            seen.average(series)
            times.append(perf_counter() - started)
        return median(times[1:]) * 1000  # the first one also sets up the average

    def back(x: Floats) -> Floats:
        """As a run that went back to a checkpoint."""
        x[POINTS // 2 :] -= POINTS // 10
        return x

    zoomed = View(left=POINTS * 0.4, right=POINTS * 0.41)
    rows = [
        ("all of them", timed(lambda x: x, View())),
        ("all, and their moving average", timed(lambda x: x, View(smoothing=0.99))),
        ("a hundredth of them, zoomed into", timed(lambda x: x, zoomed, True)),
        ("all of a run that went back to a checkpoint", timed(back, View())),
        ("all, x in no order", timed(random.permutation, View())),
    ]
    return [f"PLOTUPDATE| {name} | {milliseconds:.0f} |" for name, milliseconds in rows]


def memory_rows() -> list[str]:
    """In parts, as points come."""
    import numpy as np

    from mimir.plot._series import Series

    before = resident()
    series = Series("y")
    for first in range(0, POINTS, 10_000):
        x = np.arange(first, first + 10_000, dtype=np.float64)
        series.append(x, x)
    return [
        f"PLOTMEMORY| {POINTS // 1_000_000} million points of a key | {resident() - before:.0f} |"
    ]


def main() -> None:
    if sys.argv[1] == "--open":
        open_log(sys.argv[2], "without-orjson" in sys.argv)
        return
    folder = Path(sys.argv[1])
    for name in ("million.jsonl", "million.jsonl.gz"):
        path = folder / name
        path.unlink(missing_ok=True)
        write_log(path)
        print(open_row(f"`{name}`", str(path)))
        print(open_row(f"`{name}`, without orjson", str(path), "without-orjson"))
        path.unlink()
    print(*memory_rows(), *update_rows(), sep="\n")


if __name__ == "__main__":
    main()
