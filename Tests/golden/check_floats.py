#!/usr/bin/env python3
"""Compares the text of floating-point numbers in libmimir with Python's, over many bit patterns.

Usage: Tests/golden/check_floats.py PATH/libmimir.so

Doubles must read exactly as `repr` writes them. Python has no float32, so for those the rules are
checked with exact fractions: the text reads back to the same float, no shorter one does, none of
the same length that does is nearer, and it is laid out as `repr` would.
"""

from __future__ import annotations

import ctypes
import math
import random
import struct
import sys
from collections.abc import Iterator
from fractions import Fraction

DOUBLES = 1_000_000
FLOATS = 200_000
BLOCK = 1000
SHOWN = 10


class LoggerOptions(ctypes.Structure):
    _fields_ = (
        ("struct_size", ctypes.c_uint32),
        ("mode", ctypes.c_uint32),
        ("path", ctypes.c_char_p),
        ("maxlen", ctypes.c_uint64),
        ("max_entry_bytes", ctypes.c_uint64),
        ("max_pending_bytes", ctypes.c_uint64),
        ("flush", ctypes.c_uint32),
        ("flush_interval_ms", ctypes.c_uint32),
        ("durability", ctypes.c_uint32),
        ("shared", ctypes.c_uint32),
        ("nonfinite", ctypes.c_uint32),
        ("print", ctypes.c_uint32),
        ("warnings", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32),
        ("on_warning", ctypes.c_void_p),
        ("warning_context", ctypes.c_void_p),
    )


WARNINGS_OFF = 2


class Library:
    """An entry, and a logger that keeps the last one in memory."""

    def __init__(self, path: str) -> None:
        self.c = ctypes.CDLL(path)
        self.c.mimir_last_error.restype = ctypes.c_char_p
        self.c.mimir_entry_new.restype = ctypes.c_void_p
        options = LoggerOptions(
            struct_size=ctypes.sizeof(LoggerOptions), maxlen=1, warnings=WARNINGS_OFF
        )
        self.logger = ctypes.c_void_p()
        self.check(self.c.mimir_logger_open(ctypes.byref(options), ctypes.byref(self.logger)))
        self.entry = ctypes.c_void_p(self.c.mimir_entry_new())

    def check(self, status: int) -> None:
        if status != 0:
            raise RuntimeError(f"status {status}: {self.c.mimir_last_error().decode()}")

    def logged(self) -> str:
        """Logs the entry, empties it, and returns its text."""
        self.check(self.c.mimir_logger_log(self.logger, self.entry))
        self.c.mimir_entry_clear(self.entry)
        text, length = ctypes.c_void_p(), ctypes.c_size_t()
        self.check(
            self.c.mimir_logger_get(
                self.logger, ctypes.c_int64(-1), ctypes.byref(text), ctypes.byref(length)
            )
        )
        result = ctypes.string_at(text.value or 0, length.value).decode()
        self.c.mimir_free(text)
        return result

    def write_doubles(self, values: tuple[float, ...]) -> list[str]:
        array = (ctypes.c_double * len(values))(*values)
        self.check(
            self.c.mimir_entry_set_doubles(
                self.entry, b"d", ctypes.c_size_t(1), array, ctypes.c_size_t(len(values))
            )
        )
        line = self.logged()
        head, tail = '{"d":[', "]}"
        if not (line.startswith(head) and line.endswith(tail)):
            raise RuntimeError(f"not a list of doubles: {line[:60]}")
        return line[len(head) : -len(tail)].split(",")

    def write_floats(self, values: tuple[float, ...]) -> list[str]:
        for value in values:
            self.check(
                self.c.mimir_entry_set_float(
                    self.entry, b"f", ctypes.c_size_t(1), ctypes.c_float(value)
                )
            )
        members = self.logged()[1:-1].split(",")
        if not all(member.startswith('"f":') for member in members):
            raise RuntimeError(f"not a line of floats: {members[:3]}")
        return [member[4:] for member in members]

    def close(self) -> None:
        self.c.mimir_entry_free(self.entry)
        self.check(self.c.mimir_logger_close(self.logger))


def double_patterns() -> Iterator[int]:
    """64-bit patterns: every exponent, powers of ten, the tiniest, what is logged, random."""
    rng = random.Random(1)
    for exponent in range(2048):
        for step in range(-2, 3):
            yield ((exponent << 52) + step) & (1 << 64) - 1
    yield from range(1000)
    edges = [float(f"1e{exponent}") for exponent in range(-323, 309)]
    edges += [float(whole) for whole in range(-1000, 1000)]
    edges += [0.0, -0.0, 0.1, 1 / 3, 2.5, 1e16 - 2, 2.0**53 + 2, math.inf, -math.inf, math.nan]
    logged = [round(rng.uniform(-100, 100), rng.randrange(17)) for _ in range(100_000)]
    for value in edges + logged:
        bits = struct.unpack("<Q", struct.pack("<d", value))[0]
        yield from (bits, bits ^ 1)
    for _ in range(DOUBLES):
        yield rng.getrandbits(64)


def float_patterns() -> Iterator[int]:
    rng = random.Random(2)
    for exponent in range(256):
        for step in range(-2, 3):
            yield ((exponent << 23) + step) & (1 << 32) - 1
    yield from range(1000)
    for _ in range(FLOATS):
        yield rng.getrandbits(32)


def json_repr(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value)


def reading_interval(bits: int) -> tuple[Fraction, Fraction, bool]:
    """What reads back to the positive, finite float32: from, to, and whether the ends do too."""
    exponent, fraction = bits >> 23, bits & (1 << 23) - 1
    significand = fraction | (1 << 23 if exponent else 0)
    gap = Fraction(2) ** (max(exponent, 1) - 150)
    below = gap / 4 if fraction == 0 and exponent > 1 else gap / 2
    return significand * gap - below, significand * gap + gap / 2, significand % 2 == 0


def decimals_near(value: float, digits: int) -> list[Fraction]:
    """The decimals of so many digits around a number: the nearest, and its two neighbours."""
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    whole, unit = int(mantissa.replace(".", "")), Fraction(10) ** (int(exponent) - digits + 1)
    return [(whole + step) * unit for step in (-1, 0, 1)]


def float_is_right(bits: int, text: str) -> bool:
    value = struct.unpack("<f", struct.pack("<I", bits))[0]
    if not math.isfinite(value) or value == 0:
        return text == json_repr(value)
    if text != repr(float(text)) or text.startswith("-") != (value < 0):
        return False
    value, exact = abs(value), Fraction(abs(value))
    low, high, ends = reading_interval(bits & 0x7FFF_FFFF)

    def reads_back(decimal: Fraction) -> bool:
        return low < decimal < high or (ends and decimal in (low, high))

    written = Fraction(text.lstrip("-"))
    digits = len(text.lstrip("-").split("e")[0].replace(".", "").strip("0"))
    if not reads_back(written):
        return False
    if digits > 1 and any(map(reads_back, decimals_near(value, digits - 1))):
        return False
    rivals = filter(reads_back, decimals_near(value, digits))
    return all(abs(written - exact) <= abs(rival - exact) for rival in rivals)


def blocks(patterns: Iterator[int]) -> Iterator[list[int]]:
    block: list[int] = []
    for bits in patterns:
        block.append(bits)
        if len(block) == BLOCK:
            yield block
            block = []
    if block:
        yield block


def check_doubles(library: Library) -> Iterator[str | None]:
    """For each pattern what is wrong with its text, or None."""
    for block in blocks(double_patterns()):
        values = struct.unpack(f"<{len(block)}d", struct.pack(f"<{len(block)}Q", *block))
        for value, text in zip(values, library.write_doubles(values), strict=True):
            expected = json_repr(value)
            yield None if text == expected else f"double {expected} is written {text}"


def check_floats(library: Library) -> Iterator[str | None]:
    for block in blocks(float_patterns()):
        values = struct.unpack(f"<{len(block)}f", struct.pack(f"<{len(block)}I", *block))
        for bits, value, text in zip(block, values, library.write_floats(values), strict=True):
            yield None if float_is_right(bits, text) else f"float {value!r} is written {text}"


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    library = Library(sys.argv[1])
    passed = failed = 0
    for check in (check_doubles, check_floats):
        values = faults = 0
        for fault in check(library):
            values += 1
            if fault is not None:
                faults += 1
                if faults <= SHOWN:
                    print(fault)
        print(f"{check.__name__}: {values} values, {faults} wrong")
        # A kind of number counts as one test, or a million values would drown every other suite.
        passed += faults == 0
        failed += faults > 0
    library.close()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
