#!/usr/bin/env python3
"""Makes the inputs from which the fuzz targets start: seeds/logs, for those that take a log, and
seeds/json.

usage: make_seeds.py LIBDIR

The logs are real ones, in every state that docs/format.md has. Their form, see LogCase in
support.hpp: flags, count, length of the log in 3 bytes, the log, its journal.
"""

from __future__ import annotations

import gzip
import shutil
import struct
import sys
import tempfile
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "readers"))
from library import Library

HERE = Path(__file__).resolve().parent
JOURNAL, PLAIN, SHARED, DURABLE = 1, 2, 4, 8
HEADER = 52
END = 13


def lines(first: int, count: int, extra: str = "") -> list[bytes]:
    return [
        f'{{"iteration":{i},"training_error":{1 / i!r},"kind":"æøå"{extra}}}'.encode()
        for i in range(first, first + count)
    ]


def case(log: bytes, journal: bytes | None = None, flags: int = 0, count: int = 3) -> bytes:
    if journal is not None:
        flags |= JOURNAL
    return bytes([flags, count]) + struct.pack("<I", len(log))[:3] + log + (journal or b"")


def written(library: Library, folder: Path, rounds: list[list[bytes]], close: bool) -> bytes:
    """A log that was opened and closed so many times; the last time still open, unless `close`."""
    path = folder / "log.jsonl.gz"
    path.unlink(missing_ok=True)
    for number, entries in enumerate(rounds, 1):
        with library.logger(path) as logger:
            for entry in entries:
                logger.log_json(entry)
            if number == len(rounds) and not close:
                return path.read_bytes()
    return path.read_bytes()


def deflated(text: bytes) -> bytes:
    stream = zlib.compressobj(6, zlib.DEFLATED, -15)
    return stream.compress(text) + stream.flush(zlib.Z_FULL_FLUSH)


def state(flags: int, generation: int, tail: int, length: int, crc: int) -> bytes:
    fields = struct.pack("<BBHQQQI", 1, flags, 0, generation, tail, length, crc)
    return fields + struct.pack("<I", zlib.crc32(fields))


def compaction(log: bytes, rest: int) -> tuple[bytes, bytes]:
    """The journal that makes a chunk of all but the last `rest` blocks of the tail; the chunk."""
    generation, tail, length = struct.unpack_from("<QQQ", log, 20)
    blocks = []
    at = tail
    while log[at] == 0:
        blocks.append(at)
        at += 5 + struct.unpack_from("<H", log, at + 1)[0]
    blocks.append(at)
    start = blocks[-1 - rest]
    text = gzip.decompress(log)
    done = length + start - tail - 5 * (len(blocks) - 1 - rest)
    chunk = deflated(text[length:done])
    after = state(0, generation + 1, tail + len(chunk), done, zlib.crc32(text[:done]))
    body = struct.pack("<QQQQ", generation, tail, len(chunk), start)
    body += after + struct.pack("<I", zlib.crc32(chunk))
    return b"MIJ1" + struct.pack("<I", zlib.crc32(body)) + body + chunk, chunk


def changed(log: bytes, flags: int = 0, **other: int) -> bytes:
    """The log with something else in its header."""
    generation, tail, length, crc = struct.unpack_from("<QQQI", log, 20)
    fields = {"generation": generation, "tail": tail, "length": length, "crc": crc}
    return log[:16] + state(flags, **(fields | other)) + log[HEADER:]


def flagged(log: bytes) -> bytes:
    return changed(log, flags=1)


def gzlog(text: bytes) -> bytes:
    """As the original gzlog leaves it: its subfield 'ap', then stored blocks."""
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff" + struct.pack("<H2sH", 39, b"ap", 35)
    first, last = text[: len(text) // 2], text[len(text) // 2 :]
    body = stream.compress(first) + stream.flush(zlib.Z_FULL_FLUSH)
    offsets = struct.pack("<QQIIH", len(head) + 35, len(head) + 35 + len(body), 0, len(first), 0)
    stored = struct.pack("<BHH", 1, len(last), ~len(last) & 0xFFFF) + last
    trailer = struct.pack("<II", zlib.crc32(text), len(text))
    return head + offsets.ljust(35, b"\0") + body + stored + trailer


def log_cases(library: Library, folder: Path) -> dict[str, bytes]:
    empty = written(library, folder, [[]], close=True)
    tail = written(library, folder, [lines(1, 5)], close=False)
    page = written(library, folder, [lines(1, 90)], close=False)
    chunks = written(library, folder, [lines(n, 12) for n in (1, 13, 25)], close=True)
    mixed = written(library, folder, [lines(1, 30), lines(31, 8)], close=False)
    wide = ',"long":"' + "0123456789" * 2_000 + '"'
    two_chunks = written(library, folder, [lines(1, 20, wide)], close=True)
    text = b"".join(line + b"\n" for line in lines(1, 20))
    tagged = b'{"loss":null,"a":[null],"__nonfinite__":{"/loss":"NaN","/a/0":"-Infinity"}}\n'
    journal, chunk = compaction(page, 4)
    (at,) = struct.unpack_from("<Q", page, 28)
    half = page[:at] + chunk[:40] + page[at + 40 :]
    all_of_it, _ = compaction(mixed, 0)
    foreign = gzip.compress(text, mtime=0)
    named = b"\x1f\x8b\x08\x1a" + foreign[4:10] + b"log\0remark\0"
    named += struct.pack("<H", zlib.crc32(named) & 0xFFFF) + foreign[10:]
    return {
        "nothing": case(b""),
        "empty": case(empty),
        "tail": case(tail),
        "tail-shared": case(tail, flags=SHARED | DURABLE),
        "tail-over-a-page": case(page),
        "torn-end": case(tail[:-5]),
        "torn-line": case(mixed[:-40]),
        "torn-page": case(page[:4096] + bytes(len(page) - 4096)),
        "torn-chunk": case(chunks[:200]),
        "bytes-behind": case(tail + b'\0\x10\0\xef\xff{"iteration":6}\n'),
        "chunks": case(chunks, count=15),
        "chunks-and-tail": case(mixed, count=12),
        "two-chunks": case(two_chunks),
        "wrong-crc": case(tail[:-8] + b"\1" + tail[-7:]),
        "wrong-chunk": case(chunks[:300] + b"\1\2\3" + chunks[303:]),
        "header-far-tail": case(changed(chunks, tail=1 << 60)),
        "header-tail-behind-end": case(changed(chunks, tail=len(chunks) + 500)),
        "header-early-tail": case(changed(chunks, tail=HEADER)),
        "header-huge-length": case(changed(tail, length=(1 << 64) - 1)),
        "header-last-generation": case(changed(tail, generation=(1 << 64) - 1)),
        "header-version": case(tail[:16] + b"\2" + tail[17:]),
        "journal": case(page, journal),
        "journal-torn": case(page[:-5], journal),
        "journal-flagged": case(flagged(page), journal),
        "journal-half-done": case(flagged(half), journal),
        "journal-no-rest": case(flagged(mixed), all_of_it),
        "journal-missing": case(flagged(half)),
        "journal-cut": case(page, journal[:90]),
        "journal-stale": case(chunks, journal),
        "foreign": case(foreign),
        "foreign-named": case(named),
        "foreign-no-newline": case(gzip.compress(text[:-1], mtime=0)),
        "foreign-torn-line": case(gzip.compress(text[:-9], mtime=0)),
        "foreign-cut": case(foreign[:-20]),
        "foreign-members": case(foreign + gzip.compress(lines(21, 1)[0] + b"\n", mtime=0)),
        "foreign-zeros": case(foreign + bytes(64)),
        "foreign-gzlog": case(gzlog(text)),
        "plain": case(text, flags=PLAIN),
        "plain-tagged": case(tagged + b"\n 7\n" + tagged, flags=PLAIN, count=2),
        "plain-torn": case(text[:-9], flags=PLAIN),
        "plain-under-gz": case(text),
    }


JSON = {
    "flat": b'{"iteration":1,"training_error":0.5,"name":"\xc3\xa6"}',
    "spaces": b' {\t"a" : [ 1 , -2.5e+10, true, false,null ] ,\r\n "b" : { } }\n',
    "escapes": b'{"\\u0041\\ud83d\\ude00\\"\\\\\\/\\b\\f\\n\\r\\t":"\xf0\x9f\x98\x80\xef\xbf\xbf"}',
    "nonfinite": b'{"a":NaN,"b":[Infinity,{"c/~":-Infinity}]}',
    "tagged": b'{"a":null,"b":[null],"__nonfinite__":{"/a":"NaN","/b/0":"-Infinity"}}',
    "deep": b'{"a":' + b"[" * 511 + b"]" * 511 + b"}",
    "too-deep": b'{"a":' + b"[" * 512 + b"]" * 512 + b"}",
    "array": b'{"__ndarray__":"AAAAAAAA8D8=","descr":"<f8","fortran_order":false,"shape":[1]}',
    "numbers": b'{"a":[0,-0,18446744073709551616,1e400,-1E-400,0.1,123456789.123456789]}',
    "long-string": b'{"key":"' + b"The quick brown fox " * 20 + b'"}',
    "lines": b'{"a":1}\n\n[1]\n{"a":2}\n{"a"',
    "value": b'[ 1, {"a": "b"} ]',
}


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    library = Library(Path(sys.argv[1]))
    with tempfile.TemporaryDirectory() as folder:
        logs = log_cases(library, Path(folder))
    # The first byte: bits 3 and 4 by a file and back, the rest modulo 5 the policy.
    json = {name: bytes([24 + n % 5]) + text for n, (name, text) in enumerate(JSON.items())}
    for target, seeds in ("logs", logs), ("json", json):
        shutil.rmtree(HERE / "seeds" / target, ignore_errors=True)
        (HERE / "seeds" / target).mkdir(parents=True)
        for name, seed in seeds.items():
            (HERE / "seeds" / target / name).write_bytes(seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
