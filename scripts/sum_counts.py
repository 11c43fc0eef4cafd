#!/usr/bin/env python3
"""Reads one suite's output and prints how many of its checks passed and failed.

usage: sum_counts.py STATUS LOG        (STATUS: the suite's exit status)

Knows Swift Testing, pytest and the plain closing line "N passed, N failed". A suite counts as one
failure when it prints no counts (it ran no test), or ends with an error none of its counts admits.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ANSI = re.compile(r"\x1b\[[0-9;]*m")
PLAIN = re.compile(r"^(\d+) passed, (\d+) failed$", re.M)
PYTEST = re.compile(r"^=* ?((?:\d+ [a-z]+(?:, )?)+) in [0-9.]+s.*$", re.M)
SWIFT_RUN = re.compile(r"^\S+ Test run with (\d+) tests?\b.* (passed|failed) after", re.M)
SWIFT_FAILED = re.compile(r"^\S+ Test (?!run |case )(.+) failed after ", re.M)


def counts(output: str) -> tuple[int, int] | None:
    """Checks passed and failed by the suite's own account; None when it gives none."""
    output = ANSI.sub("", output)
    if swift := SWIFT_RUN.findall(output):
        tests = sum(int(number) for number, _ in swift)
        failed = len(SWIFT_FAILED.findall(output))
        if failed == 0 and any(verdict == "failed" for _, verdict in swift):
            failed = 1
        return max(tests - failed, 0), failed
    if plain := PLAIN.findall(output):
        return int(plain[-1][0]), int(plain[-1][1])
    if pytest := PYTEST.findall(output):
        words = {word: int(number) for number, word in re.findall(r"(\d+) ([a-z]+)", pytest[-1])}
        failed = sum(words.get(word, 0) for word in ("failed", "error", "errors"))
        return words.get("passed", 0), failed
    return None


def judge(status: int, output: str) -> tuple[int, int]:
    """The counts that go into the sum: nothing that went wrong may be missing from them."""
    passed, failed = counts(output) or (0, 0)
    if failed == 0 and (status != 0 or passed == 0):
        failed = 1
    return passed, failed


def main() -> int:
    status, log = int(sys.argv[1]), Path(sys.argv[2])
    passed, failed = judge(status, log.read_text(encoding="utf-8", errors="replace"))
    print(passed, failed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
