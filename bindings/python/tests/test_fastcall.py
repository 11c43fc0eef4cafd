"""What is faster in C does the same there, and nothing needs it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, cast

import pytest
from conftest import run_python

import mimir
from mimir import _fastcall

HERE = Path(__file__).parent


@pytest.mark.parametrize("length", [0, 1, 3, 4, 5, 31, 32, 34, 35, 36, 37, 66, 67, 68, 100])
def test_null_is_found_wherever_it_is(length: int) -> None:
    for filler in (b"x", b"n", b"nul", b"l", b"\xff"):
        text = (filler * length)[:length]
        assert _fastcall.has_null(text) is (b"null" in text)
        for at in range(length - 3):
            assert _fastcall.has_null(text[:at] + b"null" + text[at + 4 :])


def test_other_types_are_refused() -> None:
    for wrong in ("null", None, 4, bytearray(b"null")):
        with pytest.raises(TypeError):
            _fastcall.has_null(cast("Any", wrong))
        logger = mimir.Logger(maxlen=1, formatter=None)
        with pytest.raises(TypeError):
            logger._sinks.core.log(cast("Any", wrong))
        assert len(logger) == 0
    with pytest.raises(TypeError):
        _fastcall.bind(cast("Any", None), 0)


WITHOUT = """
import sys
sys.modules["mimir._fastcall"] = None
import pytest
from mimir import _ffi
assert _ffi.bind_fastcall is None
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", *sys.argv[1:]]))
"""


def test_all_works_without() -> None:
    tests = [str(HERE / name) for name in ("test_encoding.py", "test_memory.py", "test_files.py")]
    assert sys.modules["mimir._fastcall"] is not None
    output = run_python(WITHOUT, *tests, folder=HERE)
    assert " passed" in output.splitlines()[-1], output
    assert "failed" not in output.splitlines()[-1], output
