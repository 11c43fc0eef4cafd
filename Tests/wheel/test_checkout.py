"""pip and a checkout: what it builds, and what it says when it can't."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from conftest import BUILDING, LIBRARY, Environment, run

# Where there is no Swift, nor any other program.
NO_SWIFT = {**BUILDING, "PATH": "/nonexistent"}


def pip_wheel(package: Path, environment: dict[str, str], status: int) -> str:
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    return run([*command, "--wheel-dir", "../made", "."], package, environment, status)


def files(folder: Path) -> set[Path]:
    return {file for file in folder.rglob("*") if "__pycache__" not in file.parts}


def test_install_builds_the_library_that_is_missing(checkout: Path, tmp_path: Path) -> None:
    shutil.rmtree(checkout / "build")
    package = checkout / "bindings" / "python"
    before = files(package)
    environment = Environment(tmp_path / "environment")
    environment.pip("install", package)
    assert files(package) == before
    assert (checkout / "build" / "lib" / "libmimir.so").exists()
    shutil.rmtree(checkout)
    library = environment.packages / "mimir" / "lib" / "libmimir.so.0"
    assert environment.python("-m", "mimir", "--library") == f"{library} (beside the package)\n"


def test_an_editable_install_uses_the_checkouts(checkout: Path, tmp_path: Path) -> None:
    package = checkout / "bindings" / "python"
    before = files(package)
    environment = Environment(tmp_path / "environment")
    environment.pip("install", "--editable", package)
    assert files(package) == before
    library = checkout / "build" / "lib" / "libmimir.so"
    assert environment.python("-m", "mimir", "--library") == f"{library} (of the checkout)\n"
    errors = package / "mimir" / "errors.py"
    errors.write_text(errors.read_text(encoding="utf-8") + "\nNEW = 1\n", encoding="utf-8")
    assert environment.python("-c", "import mimir; print(mimir.errors.NEW)") == "1\n"


def test_a_library_that_is_there_needs_no_swift(checkout: Path) -> None:
    pip_wheel(checkout / "bindings" / "python", NO_SWIFT, 0)
    (made,) = (checkout / "bindings" / "made").glob("*.whl")
    run([sys.executable, "-m", "wheel", "unpack", made], checkout)
    (library,) = checkout.glob("mimir-*/mimir/lib/libmimir.so.0")
    assert library.read_bytes() == LIBRARY.read_bytes()


@pytest.mark.parametrize("source", ["Sources/MimirC", "include/mimir/status.h", "abi/mimir.map"])
def test_a_library_that_is_older_than_its_sources_needs_swift(checkout: Path, source: str) -> None:
    later = (checkout / "build" / "lib" / "libmimir.so").stat().st_mtime + 10
    os.utime(checkout / source, (later, later))
    said = pip_wheel(checkout / "bindings" / "python", NO_SWIFT, 1)
    assert "error: libmimir has to be built, and swift and make cannot be found" in said
    assert "install Swift 6.3 or later (https://www.swift.org/install/linux/)" in said
    assert "a wheel brings the library with it" in said
    assert "Traceback" not in said


def test_outside_a_checkout(checkout: Path, tmp_path: Path) -> None:
    package = tmp_path / "alone" / "python"
    shutil.copytree(checkout / "bindings" / "python", package)
    said = pip_wheel(package, BUILDING, 1)
    assert "is no checkout of Mímir" in said
    assert "a wheel brings the library with it" in said
    assert "Traceback" not in said


def test_no_source_distribution_that_could_not_be_installed(checkout: Path) -> None:
    code = "import setuptools.build_meta as backend; backend.build_sdist('made')"
    said = run([sys.executable, "-c", code], checkout / "bindings" / "python", BUILDING, status=1)
    assert "error: the sources are a whole checkout" in said
