"""The wheel, built once; environments in which nothing of this checkout is to be found."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "Tests"))

import running  # noqa: E402

LIBRARY = ROOT / "build" / "lib" / "libmimir.so"
BARE = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
# The programs that a build needs, and where pip finds packages; nothing that names a library.
BUILDING = {
    name: value
    for name, value in os.environ.items()
    if name not in ("MIMIR_LIBRARY", "PYTHONPATH", "LD_LIBRARY_PATH", "MAKEFLAGS")
}


def run(
    command: Sequence[str | Path],
    folder: Path,
    environment: Mapping[str, str] = BARE,
    status: int = 0,
    timeout: float = 60,
) -> str:
    return running.run(command, folder, environment, status, timeout)


@dataclass
class Environment:
    """A virtual environment, and an empty folder to work in."""

    folder: Path
    bin: Path = field(init=False)

    def __post_init__(self) -> None:
        self.bin = self.folder / "venv" / "bin"
        self.elsewhere = self.folder / "elsewhere"
        self.elsewhere.mkdir(parents=True)
        run([sys.executable, "-m", "venv", self.folder / "venv"], self.folder)

    def pip(self, *arguments: str | Path, environment: Mapping[str, str] = BUILDING) -> str:
        command = [self.bin / "python", "-m", "pip", "--disable-pip-version-check", *arguments]
        return run(command, self.elsewhere, environment, timeout=400)

    def python(self, *arguments: str | Path, status: int = 0) -> str:
        """Errors for warnings, and no variable but PATH."""
        command = [self.bin / "python", "-W", "error", *arguments]
        return run(command, self.elsewhere, status=status)

    @property
    def packages(self) -> Path:
        return next((self.folder / "venv" / "lib").glob("python3.*")) / "site-packages"


@pytest.fixture(scope="session")
def wheel() -> Path:
    run([ROOT / "scripts" / "build_wheel.sh"], ROOT, BUILDING, timeout=120)
    (made,) = (ROOT / "build" / "wheel").glob("*.whl")
    return made


@pytest.fixture(scope="session")
def contents(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's files; `wheel unpack` checks them against RECORD."""
    folder = tmp_path_factory.mktemp("contents")
    run([sys.executable, "-m", "wheel", "unpack", wheel], folder)
    (unpacked,) = folder.iterdir()
    return unpacked


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Where the wheel, and nothing else, is installed."""
    environment = Environment(tmp_path_factory.mktemp("installed"))
    environment.pip("install", "--no-index", wheel, environment=BARE)
    return environment


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the checkout with the library that make lib built, newer than all sources."""
    copy = tmp_path / "checkout"
    leave_out = shutil.ignore_patterns(
        ".git", ".venv", ".build", "build", "__pycache__", ".*_cache"
    )
    shutil.copytree(ROOT, copy, symlinks=True, ignore=leave_out)
    shutil.copytree(LIBRARY.parent, copy / "build" / "lib", symlinks=True)
    (copy / "build" / "lib" / LIBRARY.resolve().name).touch()
    return copy
