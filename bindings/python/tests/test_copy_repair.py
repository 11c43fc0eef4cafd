"""mimir.copy and mimir.repair, checked with readers that know nothing of Mímir."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import zlib
from itertools import takewhile
from pathlib import Path

import pytest
from conftest import lines

import mimir
from mimir.errors import CorruptError, InvalidArgumentError, LockedError, UnsupportedError


def gzip_lines(path: Path) -> list[bytes]:
    """The lines of a file that gzip itself finds nothing wrong with."""
    done = subprocess.run(["gzip", "-t", path], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    with gzip.open(path, "rb") as file:
        return file.read().splitlines(keepends=True)


def text_of(i: int) -> bytes:
    return json.dumps({"i": i, "text": "x" * (i % 200)}, separators=(",", ":")).encode() + b"\n"


def log(path: Path, numbers: range) -> mimir.Logger:
    logger = mimir.Logger(path, formatter=None)
    for i in numbers:
        logger.log({"i": i, "text": "x" * (i % 200)})
    return logger


def damage(path: Path, place: int, count: int = 1) -> bytes:
    """Turns some bytes of a file over; returns what it is then."""
    data = bytearray(path.read_bytes())
    for i in range(place, place + count):
        data[i] ^= 0xFF
    path.write_bytes(data)
    return bytes(data)


def same(some: list[bytes], others: list[bytes]) -> int:
    """How many lines two lists begin with both."""
    return sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(some, others, strict=False))
    )


@pytest.mark.parametrize("count", [0, 1, 500, 20_000], ids=str)
def test_a_copy_of_a_live_gzip_log_is_exact(tmp_path: Path, count: int) -> None:
    source, destination = tmp_path / "live.jsonl.gz", tmp_path / "copy.jsonl.gz"
    with log(source, range(count)) as logger:
        mimir.copy(source, destination)
        assert gzip_lines(destination) == [text_of(i) for i in range(count)]
        # A log of its own: what comes next goes to the one, or to the other.
        logger.log({"only": "live"})
        with mimir.Logger(destination, formatter=None) as other:
            other.log({"only": "copy"})
    assert gzip_lines(source)[count:] == [b'{"only":"live"}\n']
    assert gzip_lines(destination)[count:] == [b'{"only":"copy"}\n']
    assert sorted(file.name for file in tmp_path.iterdir()) == [destination.name, source.name]


def test_a_copy_of_a_plain_log_ends_with_a_whole_entry(path: Path, tmp_path: Path) -> None:
    path.write_text('{"i":0}\n{"i":1}\n{"torn')
    mimir.copy(path, tmp_path / "copy.jsonl")
    assert lines(tmp_path / "copy.jsonl") == [{"i": 0}, {"i": 1}]
    assert path.read_text() == '{"i":0}\n{"i":1}\n{"torn'


def test_a_copy_of_what_a_killed_writer_has_left(tmp_path: Path) -> None:
    source, destination = tmp_path / "log.jsonl.gz", tmp_path / "copy.jsonl.gz"
    log(source, range(50)).close()
    with log(source, range(50, 60)):
        torn = source.read_bytes()[:-20]
    source.write_bytes(torn)
    mimir.copy(source, destination)
    assert source.read_bytes() == torn
    assert gzip_lines(destination) == [text_of(i) for i in range(59)]


def test_paths_of_any_kind(tmp_path: Path) -> None:
    source = tmp_path / "übung ☃.jsonl.gz"
    log(source, range(3)).close()
    mimir.copy(os.fsencode(source), str(tmp_path / "as str.jsonl.gz"))
    mimir.copy(str(source), os.fsencode(tmp_path / "as bytes.jsonl.gz"))
    for name in ("as str.jsonl.gz", "as bytes.jsonl.gz"):
        assert len(gzip_lines(tmp_path / name)) == 3
    assert mimir.repair(os.fsencode(source)).healthy
    for bad in ("with\0null", b"with\0null"):
        with pytest.raises(ValueError, match="null byte"):
            mimir.copy(source, bad)
        with pytest.raises(ValueError, match="null byte"):
            mimir.repair(bad)


def test_a_destination_that_is_there(path: Path, tmp_path: Path) -> None:
    path.write_text('{"i":0}\n')
    destination = tmp_path / "there.jsonl"
    destination.write_text('{"precious":1}\n')
    with pytest.raises(FileExistsError, match=r"there\.jsonl is there already; use another name"):
        mimir.copy(path, destination)
    assert destination.read_text() == '{"precious":1}\n'
    mimir.copy(path, destination, overwrite=True)
    assert destination.read_text() == '{"i":0}\n'


def test_what_cannot_be_copied(tmp_path: Path) -> None:
    source, destination = tmp_path / "log.jsonl.gz", tmp_path / "copy.jsonl.gz"
    with pytest.raises(FileNotFoundError, match=r"log\.jsonl\.gz"):
        mimir.copy(source, destination)
    with pytest.raises(UnsupportedError, match="not a file"):
        mimir.copy(tmp_path, destination)
    log(source, range(100)).close()
    with pytest.raises(FileNotFoundError, match="missing"):
        mimir.copy(source, tmp_path / "missing" / "copy.jsonl.gz")
    with pytest.raises(InvalidArgumentError, match=r"is the log itself; copy it to another name"):
        mimir.copy(source, source, overwrite=True)
    with log(destination, range(1)), pytest.raises(LockedError, match=r"copy\.jsonl\.gz"):
        mimir.copy(source, destination, overwrite=True)
    assert gzip_lines(destination) == [text_of(0)]
    assert len(gzip_lines(source)) == 100


def test_a_damaged_gzip_log_is_copied_only_when_it_is_repaired(tmp_path: Path) -> None:
    source, destination = tmp_path / "log.jsonl.gz", tmp_path / "copy.jsonl.gz"
    with log(source, range(10)):
        live = source.read_bytes()
    source.write_bytes(live)
    damage(source, live.index(b'"i":9'))
    with pytest.raises(CorruptError, match=r"log\.jsonl\.gz is damaged.*mimir repair"):
        mimir.copy(source, destination)
    assert not destination.exists()
    mimir.repair(source)
    mimir.copy(source, destination)
    assert gzip_lines(destination) == [text_of(i) for i in range(9)]


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
def test_a_healthy_log_is_left_alone(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    log(path, range(100)).close()
    before = path.read_bytes(), path.stat().st_ino
    report = mimir.repair(path)
    assert report == mimir.RepairReport(
        healthy=True,
        entries=100,
        uncertain_entries=0,
        lines_left_out=0,
        bytes_left_out=0,
        original=None,
    )
    assert (path.read_bytes(), path.stat().st_ino) == before
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_repair_of_a_damaged_gzip_log(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl.gz"
    log(path, range(20_000)).close()
    whole = gzip_lines(path)
    damaged = damage(path, path.stat().st_size // 2, 100)
    with pytest.raises((OSError, zlib.error)):
        gzip.decompress(damaged)

    report = mimir.repair(path)
    assert not report.healthy
    assert report.original == f"{path}.damaged"
    assert Path(f"{path}.damaged").read_bytes() == damaged
    saved = gzip_lines(path)
    assert report.entries == len(saved)
    # Right up to the damaged stretch, and again behind it.
    right = same(saved, whole) + same(saved[::-1], whole[::-1])
    assert 10_000 < right < 20_000
    assert len(saved) - right <= report.uncertain_entries
    assert report.bytes_left_out > 0

    # It can be logged to again, and a second repair finds nothing to do.
    with mimir.Logger(path, formatter=None) as logger:
        logger.log({"i": "next"})
    assert gzip_lines(path) == [*saved, b'{"i":"next"}\n']
    assert mimir.repair(path).healthy


def test_repair_of_a_plain_log(path: Path) -> None:
    text = '{"i":0}\nno entry\n\0\0\0{"i":1}\n{"torn'
    for number in ("", "-2"):
        path.write_text(text)
        report = mimir.repair(path)
        assert report == mimir.RepairReport(
            healthy=False,
            entries=2,
            uncertain_entries=0,
            lines_left_out=2,
            bytes_left_out=len("no entry\n") + 3 + len('{"torn'),
            original=f"{path}.damaged{number}",
        )
        assert Path(f"{path}.damaged{number}").read_text() == text
        assert lines(path) == [{"i": 0}, {"i": 1}]


def test_what_cannot_be_repaired(path: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"log\.jsonl"):
        mimir.repair(path)
    with pytest.raises(OSError, match="Is a directory; give the path of a file"):
        mimir.repair(tmp_path)
    hopeless = tmp_path / "picture.gz"
    hopeless.write_bytes(b"\x89PNG and no entry at all")
    with pytest.raises(CorruptError, match=r"no entry of .*picture\.gz.*nothing was changed"):
        mimir.repair(hopeless)
    assert hopeless.read_bytes() == b"\x89PNG and no entry at all"
    with log(path, range(1)), pytest.raises(LockedError, match=r"log\.jsonl"):
        mimir.repair(path)
    assert len(lines(path)) == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["log.jsonl", "picture.gz"]
