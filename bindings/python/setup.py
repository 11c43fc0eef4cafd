"""What pyproject.toml can't say: the package carries libmimir, which is built from the checkout."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from setuptools import Distribution, Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

ROOT = Path(__file__).resolve().parent.parent.parent
LIBRARY = ROOT / "build" / "lib" / "libmimir.so"
SOURCES = ("Sources", "include", "abi", "Package.swift", "scripts/build_lib.sh")
WHEEL = "a wheel brings the library with it: ask for one, or make one where Swift is (make wheel)"


def fail(message: str) -> NoReturn:
    """Ends the build without a traceback, which would hide the message."""
    raise SystemExit(f"error: {message}")


def is_checkout() -> bool:
    return (ROOT / "include" / "mimir.h").is_file() and (ROOT / "Makefile").is_file()


def sources() -> Iterator[Path]:
    for name in SOURCES:
        yield ROOT / name
        yield from (ROOT / name).rglob("*")


def build_library() -> None:
    """Has the Makefile build the library, unless it is there and newer than its sources."""
    if not is_checkout():
        fail(
            f"{ROOT} is no checkout of Mímir, and libmimir is built from the whole of one: "
            f"pip install CHECKOUT/bindings/python; {WHEEL}"
        )
    if LIBRARY.exists():
        built = LIBRARY.stat().st_mtime
        if all(path.stat().st_mtime <= built for path in sources()):
            return
    if missing := [name for name in ("swift", "make") if shutil.which(name) is None]:
        fail(
            f"libmimir has to be built, and {' and '.join(missing)} cannot be found: install "
            f"Swift 6.3 or later (https://www.swift.org/install/linux/) and run make lib; {WHEEL}"
        )
    # Not as a part of a make that runs pip: its job server can't be reached through it.
    environment = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
    made = subprocess.run(["make", "-C", ROOT, "lib"], env=environment, check=False)
    if made.returncode != 0 or not LIBRARY.exists():
        fail(f"make lib failed in {ROOT}, as told above; make setup installs what it needs")


class BuildWithLibrary(build_py):
    def run(self) -> None:
        build_library()
        super().run()
        # An editable install finds the library of the checkout.
        if not self.editable_mode:
            folder = os.path.join(self.build_lib, "mimir", "lib")
            self.mkpath(folder)
            self.copy_file(str(LIBRARY.resolve()), os.path.join(folder, "libmimir.so.0"))


class BuildFastcall(build_ext):
    def build_extensions(self) -> None:
        """Not with the options that this Python was built with, which may name its folders."""
        compiler = os.environ.get("CC", "cc")
        self.compiler.set_executables(
            compiler_so=f"{compiler} -std=c11 -O2 -fPIC", linker_so=f"{compiler} -shared -s"
        )
        super().build_extensions()


class WheelOfPlatform(bdist_wheel):
    def get_tag(self) -> tuple[str, str, str]:
        """Any Python 3: ctypes loads the library, and one that can't take the extension does
        without. Only this kind of machine."""
        return "py3", "none", super().get_tag()[2]


class DistributionWithLibrary(Distribution):
    def has_ext_modules(self) -> bool:
        return True  # so that it is installed among the packages of this platform


class NoSourceDistribution(sdist):
    def run(self) -> None:
        fail(f"the sources are a whole checkout, not bindings/python alone; {WHEEL}")


# In the tree they would litter the checkout, and files deleted since would get into wheels.
scratch = tempfile.mkdtemp(prefix="mimir-build-")
atexit.register(shutil.rmtree, scratch, ignore_errors=True)
setup(
    ext_modules=[
        Extension("mimir._fastcall", ["fastcall.c"], py_limited_api=True, optional=True),
    ],
    distclass=DistributionWithLibrary,
    cmdclass={
        "build_ext": BuildFastcall,
        "build_py": BuildWithLibrary,
        "bdist_wheel": WheelOfPlatform,
        "sdist": NoSourceDistribution,
    },
    options={"build": {"build_base": scratch}, "egg_info": {"egg_base": scratch}},
)
