"""The judge of the test run: what it must not let pass."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from sum_counts import judge

SWIFT_PASSED = "✔ Test run with 12 tests in 3 suites passed after 0.1 seconds.\n"
SWIFT_FAILED = """\
✘ Test case passing 1 argument x → 3 to twice(x:) recorded an issue at A.swift:3:4
✘ Test twice(x:) with 3 test cases failed after 0.001 seconds with 2 issues.
✘ Test "a name" failed after 0.001 seconds with 1 issue.
✘ Suite Numbers failed after 0.001 seconds with 3 issues.
✘ Test run with 12 tests in 3 suites failed after 0.1 seconds with 3 issues.
"""


@pytest.mark.parametrize(
    ("status", "output", "expected"),
    [
        (0, SWIFT_PASSED, (12, 0)),
        (1, SWIFT_FAILED, (10, 2)),
        (1, SWIFT_PASSED, (12, 1)),
        (0, "======= 7 passed in 0.12s =======\n", (7, 0)),
        (1, "=== 2 failed, 7 passed, 1 warning, 1 error in 62.00s (0:01:02) ===\n", (7, 3)),
        (0, "3 passed, 0 failed\nmore\n8 passed, 0 failed\n", (8, 0)),
        (1, "8 passed, 2 failed\n", (8, 2)),
        (139, "8 passed, 0 failed\n", (8, 1)),
        (0, "\x1b[32m5 passed\x1b[0m in 0.01s\n", (5, 0)),
    ],
)
def test_counts_are_read(status: int, output: str, expected: tuple[int, int]) -> None:
    assert judge(status, output) == expected


@pytest.mark.parametrize("output", ["", "0 passed, 0 failed\n", "no tests ran in 0.01s\n"])
@pytest.mark.parametrize("status", [0, 1, 124])
def test_a_suite_that_ran_nothing_failed(status: int, output: str) -> None:
    assert judge(status, output) == (0, 1)
