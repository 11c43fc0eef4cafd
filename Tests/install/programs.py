"""Runs make, compilers and what they build, with nothing of the checkout in the environment."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import running

ROOT = Path(__file__).resolve().parents[2]
BARE = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}


def swift_toolchain() -> Path:
    """The folder that the Swift toolchain was unpacked in: it has bin/swift and bin/clang."""
    swift = shutil.which("swift")
    assert swift is not None, "swift is not in PATH"
    return Path(swift).resolve().parents[1]


@dataclass(frozen=True)
class Compiler:
    name: str
    c: str
    cpp: str

    @property
    def variables(self) -> dict[str, str]:
        return {"CC": self.c, "CXX": self.cpp}


CLANG = swift_toolchain() / "bin" / "clang"
COMPILERS = [Compiler("gcc", "gcc", "g++"), Compiler("clang", str(CLANG), f"{CLANG}++")]


def run(
    command: Sequence[str | Path],
    folder: Path,
    environment: Mapping[str, str] | None = None,
    status: int = 0,
    timeout: float = 60,
) -> str:
    return running.run(command, folder, {**BARE, **(environment or {})}, status, timeout)


def make(target: str, **variables: str | Path) -> str:
    """make TARGET NAME=VALUE… in the checkout, as somebody who has no Swift."""
    return run(["make", target, *(f"{name}={value}" for name, value in variables.items())], ROOT)


def pkg_config(folder: Path, *arguments: str) -> list[str]:
    environment = {"PKG_CONFIG_PATH": str(folder)}
    return run(["pkg-config", *arguments, "mimir"], Path("/"), environment).split()


def check_training(program: Path, data: Path, log: str) -> None:
    """Runs an example, which finds the library by itself, and looks at its log."""
    (data / log).unlink(missing_ok=True)
    assert "the last but one entry" in run([program, data], data)
    entries = [json.loads(line) for line in (data / log).read_text().splitlines()]
    assert len(entries) == 100
    assert entries[-1]["gradient_norm"] < entries[0]["gradient_norm"]


def files(folder: Path) -> dict[str, str]:
    """What lies in a folder that is not a folder itself: its path, and the link's target or the
    mode."""
    found = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            what = str(path.readlink()) if path.is_symlink() else oct(path.stat().st_mode & 0o777)
            found[str(path.relative_to(folder))] = what
    return found
