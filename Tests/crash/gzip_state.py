"""What a gzip log looks like from outside, as a kill has left it. See docs/format.md."""

from __future__ import annotations

import enum
import os
import subprocess
import zlib
from pathlib import Path
from typing import NamedTuple

FLAGS_OFFSET = 17
JOURNAL_HEADER = 80


class State(enum.Enum):
    VALID = "valid"
    TRAILING = "valid, with bytes after it"
    COMPACTING = "compaction under way, its journal complete"
    BROKEN = "broken"


class Look(NamedTuple):
    state: State
    text: bytes  # none while a compaction is under way
    has_journal: bool


def journal_of(log: Path) -> Path:
    return log.with_name(log.name + ".journal")


def is_flagged(file: int) -> bool:
    """Whether a compaction is being written in place."""
    return os.pread(file, 1, FLAGS_OFFSET) == b"\x01"


def is_complete_journal(data: bytes) -> bool:
    return (
        len(data) >= JOURNAL_HEADER
        and data[:4] == b"MIJ1"
        and int.from_bytes(data[4:8], "little") == zlib.crc32(data[8:JOURNAL_HEADER])
        and int.from_bytes(data[24:32], "little") == len(data) - JOURNAL_HEADER
        and int.from_bytes(data[76:80], "little") == zlib.crc32(data[JOURNAL_HEADER:])
    )


def look(log: Path) -> Look:
    data = log.read_bytes()
    journal = journal_of(log)
    has_journal = journal.exists()
    if data[FLAGS_OFFSET] & 1:
        complete = has_journal and is_complete_journal(journal.read_bytes())
        return Look(State.COMPACTING if complete else State.BROKEN, b"", has_journal)
    stream = zlib.decompressobj(wbits=31)  # one gzip member, CRC and length checked
    try:
        text = stream.decompress(data)
    except zlib.error:
        return Look(State.BROKEN, b"", has_journal)
    if not stream.eof:
        return Look(State.BROKEN, text, has_journal)
    return Look(State.TRAILING if stream.unused_data else State.VALID, text, has_journal)


def gzip_test(log: Path) -> str:
    """What `gzip -t` has against the file; nothing when it is clean."""
    run = subprocess.run(["gzip", "-t", str(log)], capture_output=True, text=True, timeout=60)
    return "" if run.returncode == 0 and not run.stderr else run.stderr or "gzip -t failed"
