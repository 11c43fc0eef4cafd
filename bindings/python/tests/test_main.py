"""python -m mimir."""

from __future__ import annotations

import subprocess
import sys

import pytest
from conftest import ENVIRONMENT

import mimir
from mimir import _ffi


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mimir", *arguments],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("arguments", [[], ["-h"], ["--help"]])
def test_help(arguments: list[str]) -> None:
    done = command(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: python -m mimir ")
    assert "--version" in done.stdout
    assert "mimir.subscribe" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_version() -> None:
    done = command("--version")
    said = f"mimir {mimir.__version__}, libmimir {_ffi.version()}\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, said, "")


def test_library() -> None:
    path, origin = _ffi.origin
    done = command("--library")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{path} ({origin})\n", "")


@pytest.mark.parametrize("argument", ["--wrong", "wrong"])
def test_wrong_use(argument: str) -> None:
    done = command(argument)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: python -m mimir ")
    assert f"unrecognized arguments: {argument}" in done.stderr
