"""Following one of Mímir's gzip logs, at the cost of what is new. docs/format.md has the format."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from time import monotonic
from typing import NamedTuple

from ._follow import Follower, Reading, ReplacedError, StuckError

_HEADER_LENGTH = 52
_MAGIC = b"\x1f\x8b\x08\x04"
_PIECE = 64 << 10
_PATIENCE = 2.0
_FINGERPRINT = 64
_TRIES = 50
_END = 64


class Header(NamedTuple):
    flags: int
    generation: int
    tail: int
    """Where in the file the tail begins."""
    length: int
    """Bytes of text before it."""
    crc: int

    @classmethod
    def read(cls, file: int) -> Header | None:
        """None for another file than one of Mímir's."""
        data = os.pread(file, _HEADER_LENGTH, 0)
        if len(data) < _HEADER_LENGTH or data[:4] != _MAGIC or data[12:16] != b"MI\x24\x00":
            return None
        version, flags, _, generation, tail, length, crc, check = struct.unpack(
            "<BBHQQQII", data[16:]
        )
        if version != 1 or zlib.crc32(data[16:48]) != check:
            return None
        return cls(flags, generation, tail, length, crc)


class GzipFollower(Follower):
    """What has been given is known by its place in the text. Chunks never move or change, and each
    header's tail offset is where one begins; the tail moves with each compaction."""

    def __init__(self, file: int) -> None:
        super().__init__(file)
        self._given = 0  # bytes of text, whole lines
        self._known: Header | None = None
        self._chunks = (_HEADER_LENGTH, 0)  # the start of one: offset in the file, in the text
        self._rest = b""  # of a line that chunks end within
        self._before = b""  # the last text given, when it was in the tail
        self._trouble_since: float | None = None

    def _new(self, size: int) -> Reading:
        header = Header.read(self.file)
        if header is None:
            return self._trouble()
        if header.flags & 1:  # a compaction, a moment
            return self._trouble()
        self._check(header)
        if header.length > self._given:
            yield from self._from_chunks(header)
            # Read it again, and the tail: it may have taken a while.
            header = Header.read(self.file) or header
            if header.length > self._given + len(self._rest):
                return False
        text = self._tail(header)
        if text is None:
            return self._trouble()
        self._trouble_since = None
        self._known = header
        yield from self._from_tail(text, self._given + len(self._rest) - header.length)
        return True

    def _check(self, header: Header) -> None:
        known = self._known
        if known is None:
            return
        same = header.generation == known.generation
        if header.generation < known.generation or (same and header[2:] != known[2:]):
            raise ReplacedError

    def _trouble(self) -> bool:
        """For a moment it is nothing: a write or a compaction is under way."""
        now = monotonic()
        if self._trouble_since is None:
            self._trouble_since = now
        elif now - self._trouble_since > _PATIENCE:
            raise StuckError
        return False

    def _from_chunks(self, header: Header) -> Iterator[list[bytes]]:
        offset, position = self._chunks
        skip = self._given + len(self._rest) - position
        inflate = zlib.decompressobj(wbits=-15)
        while offset < header.tail:
            piece = os.pread(self.file, min(_PIECE, header.tail - offset), offset)
            if not piece:
                raise ReplacedError
            offset += len(piece)
            try:
                text = inflate.decompress(piece)
            except zlib.error:
                raise StuckError from None
            position += len(text)
            text, skip = text[skip:], max(skip - len(text), 0)
            lines = (self._rest + text).split(b"\n")
            if len(lines) > 1:
                self._given += len(self._rest) + len(text) - len(lines[-1])
                self._rest = lines.pop()
                yield lines
            else:
                self._rest = lines[0]
        if position != header.length:
            raise StuckError
        self._before = b""
        self._chunks = (header.tail, header.length)

    def _tail(self, header: Header) -> bytes | None:
        """Its text; None when it could not be read as it was at one moment."""
        texts: list[bytes] = []
        offset, crc = header.tail, header.crc
        for _ in range(_TRIES):
            stored = Stored.read(self._from(offset), crc)
            texts.append(stored.text)
            if stored.is_whole:
                return b"".join(texts)
            # Only what a write was changing is read again: that is quicker than the next write.
            offset, crc = offset + stored.length, stored.crc
        return None

    def _from(self, offset: int) -> bytes:
        return os.pread(self.file, max(os.fstat(self.file).st_size - offset, 0), offset)

    def _from_tail(self, text: bytes, start: int) -> Iterator[list[bytes]]:
        if start > len(text) or start < 0:
            raise ReplacedError
        if not text[:start].endswith(self._before[-start:] if start else b""):
            raise ReplacedError
        end = text.rfind(b"\n", start) + 1
        # A torn end is not taken yet: who opens the log for writing cuts it off.
        if end <= start:
            return
        lines = (self._rest + text[start:end]).split(b"\n")
        self._given += len(self._rest) + end - start
        self._rest = b""
        self._before = text[max(end - _FINGERPRINT, 0) : end]
        yield lines


class Stored(NamedTuple):
    """The text of stored blocks."""

    text: bytes
    is_whole: bool
    """They, what ends them and the checksum are right. Else the text is that of the blocks that
    were complete a while before the end, which appends overwrite."""
    length: int
    """Bytes of the file in which that text is."""
    crc: int

    @classmethod
    def read(cls, blocks: bytes, crc: int) -> Stored:
        texts: list[bytes] = []
        at = known = known_blocks = 0
        while len(blocks) >= at + 5:
            length, complement = struct.unpack_from("<HH", blocks, at + 1)
            if blocks[at] > 1 or length ^ complement != 0xFFFF:
                break
            if blocks[at] == 1:
                text = b"".join(texts)
                check = zlib.crc32(text, crc)
                if length == 0 and blocks[at + 5 : at + 9] == struct.pack("<I", check):
                    return cls(text, True, at, check)
                break
            texts.append(blocks[at + 5 : at + 5 + length])
            at += 5 + length
            if at <= len(blocks) - _END:
                known, known_blocks = at, len(texts)
        text = b"".join(texts[:known_blocks])
        return cls(text, False, known, zlib.crc32(text, crc))
