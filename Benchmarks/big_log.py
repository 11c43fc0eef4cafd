"""Builds a large gzip log in seconds, straight from docs/format.md: a few chunks, over and over."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

CHUNK = 256 << 10
HEADER_SIZE = 52
PAGE = 4096
END_SIZE = 13


def lines(chance: random.Random, size: int) -> bytes:
    """Whole lines of a counter and 19 doubles, `size` bytes or a little more."""
    made: list[bytes] = []
    total = 0
    while total < size:
        fields = ",".join(f'"metric_{i:02}":{chance.random()!r}' for i in range(1, 20))
        made.append(f'{{"iteration":{chance.randrange(10**9)},{fields}}}\n'.encode())
        total += len(made[-1])
    return b"".join(made)


def chunk(text: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)


def header(tail: int, length: int, crc: int) -> bytes:
    state = struct.pack("<BBHQQQI", 1, 0, 0, 1, tail, length, crc)
    extra = b"MI" + struct.pack("<H", 36) + state + struct.pack("<I", zlib.crc32(state))
    return b"\x1f\x8b\x08\x04" + bytes(5) + b"\xff" + struct.pack("<H", len(extra)) + extra


def stored(text: bytes) -> Iterator[bytes]:
    """One block per line, as appends leave them."""
    for line in text.splitlines(keepends=True):
        yield struct.pack("<BHH", 0, len(line), len(line) ^ 0xFFFF) + line


def write(path: Path, size: int, tail: int, *, torn: bool = False) -> int:
    """Writes a log of `size` bytes or a little more, and a tail that holds `tail` bytes of text.

    `torn`: the last block is cut in its middle, and no end follows. Returns the length of the text.
    """
    chance = random.Random(2026)
    texts = [lines(chance, CHUNK) for _ in range(32)]
    chunks = [chunk(text) for text in texts]
    length = crc = 0
    with path.open("wb") as file:
        file.write(bytes(HEADER_SIZE))
        number = 0
        while file.tell() < size:
            file.write(chunks[number % 32])
            crc = zlib.crc32(texts[number % 32], crc)
            length += len(texts[number % 32])
            number += 1
        beginning = header(file.tell(), length, crc)
        text = lines(chance, tail) if tail else b""
        blocks = b"".join(stored(text))
        if torn:
            file.write(blocks[:-100])
        else:
            file.write(blocks)
            while file.tell() % PAGE > PAGE - END_SIZE:
                file.write(b"\0\0\0\xff\xff")
            length += len(text)
            end = b"\1\0\0\xff\xff" + struct.pack("<II", zlib.crc32(text, crc), length % 2**32)
            file.write(end)
        file.seek(0)
        file.write(beginning)
    return length
