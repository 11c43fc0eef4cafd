"""Files that grow, are cut, emptied, replaced, killed; plain and gzip."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from conftest import ENVIRONMENT

import mimir
from mimir.plot import _source
from mimir.plot._feed import Feed
from mimir.plot._sources import open_feed

PATIENCE = 20
NAMES = pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])


def eventually(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it has not come true"
        time.sleep(0.01)


@contextmanager
def following(*paths: Path, **options: Any) -> Iterator[Feed]:
    with open_feed("i", ["v"], file=paths, **options) as feed:
        yield feed


def values(feed: Feed, run: int = 0) -> list[float]:
    return feed.runs[run].series["v"].points()[1].tolist() if run < len(feed.runs) else []


def holds(feed: Feed, end: int) -> bool:
    return values(feed) == list(range(end))


def has_more_than(feed: Feed, count: int) -> bool:
    return len(values(feed)) > count


def log(logger: mimir.Logger, begin: int, end: int) -> None:
    for i in range(begin, end):
        logger.log({"i": i, "v": i})


@NAMES
def test_a_file_that_is_not_there_yet_and_grows(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with following(path) as feed:
        source = feed.sources[0]
        eventually(lambda: source.message)
        assert (source.state, feed.runs) == (_source.WAITING, ())
        with mimir.Logger(path, formatter=None) as logger:
            for end in (1, 2, 500):
                log(logger, len(values(feed)), end)
                eventually(partial(holds, feed, end))
            eventually(lambda: source.state == _source.LIVE)
        assert len(feed.runs) == 1


@NAMES
def test_all_entries_once_while_it_is_compacted(tmp_path: Path, name: str) -> None:
    """The text of 200,000 entries passes through the tail many times."""
    path = tmp_path / name
    with following(path) as feed, mimir.Logger(path, formatter=None) as logger:
        log(logger, 0, 200_000)
        eventually(lambda: len(values(feed)) >= 200_000)
        assert values(feed) == list(range(200_000))
        logger.close()
        # What closing compacts is not given again.
        time.sleep(0.3)
        assert values(feed) == list(range(200_000))
        with mimir.Logger(path, formatter=None) as again:
            log(again, 200_000, 200_010)
            eventually(lambda: values(feed) == list(range(200_010)))


@NAMES
def test_a_file_that_is_emptied_is_another_run(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with following(path) as feed:
        with mimir.Logger(path, formatter=None) as logger:
            log(logger, 0, 100)
        eventually(lambda: len(values(feed)) == 100)
        with mimir.Logger(path, formatter=None, mode="truncate") as logger:
            # More than before: its size does not tell.
            log(logger, 1000, 1200)
            eventually(lambda: values(feed, 1) == list(range(1000, 1200)))
        assert values(feed) == list(range(100))
        assert [run.name for run in feed.runs] == ["log", "log (2)"]


@NAMES
def test_a_file_that_is_replaced_is_another_run(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with following(path) as feed:
        with mimir.Logger(path, formatter=None) as logger:
            log(logger, 0, 100)
            eventually(lambda: len(values(feed)) == 100)
            path.rename(tmp_path / "old")
            with mimir.Logger(path, formatter=None) as new:
                log(new, 7, 10)
            eventually(lambda: values(feed, 1) == [7, 8, 9])
        assert values(feed) == list(range(100))


def test_a_torn_line_is_taken_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"i":0,"v":0}\n{"i":1,')
    with following(path) as feed:
        eventually(lambda: values(feed) == [0])
        # Who opens it for writing cuts it off; it is no other run.
        with pytest.warns(mimir.errors.MimirWarning), mimir.Logger(path, formatter=None) as logger:
            log(logger, 5, 6)
            eventually(lambda: values(feed) == [0, 5])
        with path.open("a") as file:
            file.write('{"i":6')
            file.flush()
            time.sleep(0.2)
            assert values(feed) == [0, 5]
            file.write(',"v":6}\n')
            file.flush()
            eventually(lambda: values(feed) == [0, 5, 6])
        assert len(feed.runs) == 1
        assert feed.runs[0].unreadable == 0


def test_lines_that_are_no_entries_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    long = json.dumps({"i": 1, "v": 1, "text": "x" * 9_000_000})
    path.write_text('{"i":0,"v":0}\nnonsense\n\n' + long + '\n[1]\n{"i":2,"v":NaN}\n')
    with following(path) as feed:
        eventually(lambda: values(feed) == [0, 1])
        eventually(lambda: feed.runs[0].unreadable == 2)
        eventually(lambda: feed.runs[0].series["v"].mark_count == 1)


def test_the_state_tells_whether_someone_writes(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    logger = mimir.Logger(path, formatter=None)
    log(logger, 0, 3)
    old = time.time() - 3600
    os.utime(path, (old, old))
    with following(path) as feed:
        source = feed.sources[0]
        eventually(lambda: source.state == _source.LIVE)
        logger.close()
        os.utime(path, (old, old))
        eventually(lambda: source.state == _source.ENDED)
        assert source.message == "no one writes it"


def test_gzip_of_others(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl.gz"
    with gzip.open(path, "wt") as file:
        file.writelines(f'{{"i":{i},"v":{i}}}\n' for i in range(1000))
    with following(path) as feed:
        eventually(lambda: values(feed) == list(range(1000)))
        with gzip.open(path, "at") as file:
            file.write('{"i":1000,"v":1000}\n')
        eventually(lambda: values(feed) == list(range(1001)))
        assert len(feed.runs) == 1


def test_a_log_whose_end_is_torn(tmp_path: Path) -> None:
    """As a kill in the middle of a write leaves it: every whole entry is shown, and what is
    appended after the next open repaired it."""
    path = tmp_path / "log.jsonl.gz"
    with mimir.Logger(path, formatter=None) as logger:
        log(logger, 0, 20_000)
        torn = path.read_bytes()[:-20]
    path.write_bytes(torn)
    with following(path) as feed:
        eventually(lambda: len(values(feed)) >= 19_990)
        found = values(feed)
        assert found == list(range(len(found)))
        with pytest.warns(mimir.errors.MimirWarning), mimir.Logger(path, formatter=None) as logger:
            log(logger, len(found), 20_100)
            eventually(lambda: values(feed) == list(range(20_100)))


WRITER = """
import sys, time, mimir
logger = mimir.Logger(sys.argv[1], formatter=None)
i = logger.stats["entries"] + int(sys.argv[2])
while True:
    logger.log({"i": i, "v": i})
    i += 1
    if i % 200 == 0:
        time.sleep(0.001)
"""


@NAMES
def test_a_writer_that_is_killed_and_goes_on(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with following(path) as feed:
        for _ in range(4):
            count = 0
            if path.exists():
                with mimir.open(path) as entries:
                    count = sum(1 for _ in entries)
            command = [sys.executable, "-W", "ignore", "-c", WRITER, str(path), str(count)]
            with subprocess.Popen(command, env=ENVIRONMENT) as process:
                seen = len(values(feed))
                eventually(partial(has_more_than, feed, seen + 5000))
                process.kill()
        with mimir.open(path) as entries:
            expected = [entry["v"] for entry in entries]
        eventually(lambda: len(values(feed)) >= len(expected))
        assert values(feed) == expected
        assert len(feed.runs) == 1


def test_several_files_and_the_last_points(tmp_path: Path) -> None:
    paths = []
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
        paths.append(tmp_path / name / "log.jsonl")
        with mimir.Logger(paths[-1], formatter=None) as logger:
            log(logger, 0, 1000)
    with following(*paths, last=10) as feed, mimir.Logger(paths[1], formatter=None) as logger:
        eventually(lambda: len(feed.runs) == 2)
        assert [run.name for run in feed.runs] == ["b", "a"]
        assert values(feed) == values(feed, 1) == list(range(990, 1000))
        # What comes then is added.
        log(logger, 1000, 1005)
        eventually(lambda: values(feed, 1) == list(range(990, 1005)))


def test_a_file_that_can_not_be_read(tmp_path: Path) -> None:
    with following(tmp_path) as feed:
        eventually(lambda: feed.sources[0].state == _source.FAILED)
        assert "IsADirectoryError" in feed.sources[0].message
