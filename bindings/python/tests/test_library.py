"""Finding and declaring the library, and what the package does when it is imported."""

from __future__ import annotations

import ctypes
import os
import pickle
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import PACKAGE, run_python

import mimir
from mimir import _ffi, _options, errors

INCLUDE = PACKAGE.parents[2] / "include" / "mimir"
HEADERS = "".join(file.read_text() for file in sorted(INCLUDE.glob("*.h")))
CODE = re.sub(r"/\*.*?\*/", "", HEADERS, flags=re.DOTALL)


def test_every_function_of_the_headers_is_declared() -> None:
    declared = {
        name: 0 if arguments.strip() == "void" else arguments.count(",") + 1
        for name, arguments in re.findall(r"MIMIR_API[^;()]*?(mimir_\w+)\(([^)]*)\)", CODE)
    }
    assert len(declared) > 30
    assert {name: len(types) - 1 for name, types in _ffi.PROTOTYPES.items()} == declared


@pytest.mark.parametrize(
    "structure",
    [
        _ffi.LoggerOptions,
        _ffi.LoggerStatistics,
        _ffi.ReaderStatistics,
        _ffi.RepairReport,
        _ffi.Text,
        _ffi.PublisherOptions,
        _ffi.PublisherStatistics,
        _ffi.SubscriberOptions,
        _ffi.SubscriberStatistics,
        _ffi.RemoteOptions,
        _ffi.RemoteStatistics,
        _ffi.SpoolReport,
        _ffi.ServerOptions,
        _ffi.ServerStatistics,
    ],
    ids=lambda s: s.__doc__,
)
def test_structures_are_those_of_the_headers(structure: type[ctypes.Structure]) -> None:
    assert structure.__doc__ is not None
    body = re.search(rf"typedef struct {structure.__doc__} {{(.*?)}}", CODE, re.DOTALL)
    assert body is not None
    fields = [line.split() for line in body[1].split(";") if line.strip()]
    simple: dict[str, Any] = {
        "uint32_t": ctypes.c_uint32,
        "uint64_t": ctypes.c_uint64,
        "size_t": ctypes.c_size_t,
        "const char *": ctypes.c_char_p,
        "char *": ctypes.c_void_p,
        "void *": ctypes.c_void_p,
        "mimir_warning_callback": _ffi.WarningCallback,
        "mimir_server_callback": _ffi.ServerCallback,
        "char": ctypes.c_char,
    }
    expected = []
    for *words, name in fields:
        type_name = " ".join(words) + (" *" if name.startswith("*") else "")
        name, _, length = name.lstrip("*").rstrip("]").partition("[")
        kind = simple[type_name]
        expected.append((name, kind * int(length) if length else kind))
    assert list(structure._fields_) == expected


def test_statuses_and_options_are_those_of_the_headers() -> None:
    constants = {name: int(value) for name, value in re.findall(r"(MIMIR_\w+) = (-?\d+)", CODE)}
    statuses = {value for name, value in constants.items() if name.startswith("MIMIR_ERROR_")}
    assert statuses == set(errors._BY_CODE)
    for group, names in {
        "MODE": _options.MODES,
        "FLUSH": _options.FLUSHES,
        "DURABILITY": _options.DURABILITIES,
        "NONFINITE": _options.NONFINITES,
    }.items():
        found = {
            name.removeprefix(f"MIMIR_{group}_").lower(): value
            for name, value in constants.items()
            if name.startswith(f"MIMIR_{group}_")
        }
        assert names == found
    assert constants["MIMIR_WARNINGS_CALLBACK"] == _ffi.WARNINGS_CALLBACK
    assert constants["MIMIR_COPY_OVERWRITE"] == _ffi.COPY_OVERWRITE
    for name in ("ALL", "NOTHING", "LAST"):
        assert constants[f"MIMIR_PAST_{name}"] == getattr(_ffi, f"PAST_{name}")
    assert f"#define MIMIR_PORT_ANY {_ffi.PORT_ANY}u" in HEADERS


def test_version_is_the_librarys() -> None:
    assert mimir.__version__ == _ffi.version()
    assert f'MIMIR_VERSION_STRING "{mimir.__version__}"' in HEADERS


@pytest.mark.parametrize("kind", errors._BY_CODE.values(), ids=lambda kind: kind.__name__)
def test_errors_are_built_in_ones_and_survive_pickling(kind: type[errors.MimirError]) -> None:
    others = [base for base in kind.__mro__ if base.__module__ in ("builtins", "io")]
    assert others[0] is not Exception
    error = pickle.loads(pickle.dumps(errors.from_status(kind.code, "what, where")))
    assert type(error) is kind
    assert (str(error), error.code) == ("what, where", kind.code)


def test_errors_of_a_later_library() -> None:
    error = errors.from_status(-999, "new")
    assert type(error) is errors.MimirError
    assert error.code == -999


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A copy of the package, far from any library."""
    shutil.copytree(PACKAGE, tmp_path / "site" / "mimir")
    return tmp_path / "site"


def import_from(folder: Path, library: object) -> str:
    # A junk library first on the system's path, so that one that is installed is not found.
    junk = folder / "junk"
    junk.mkdir()
    (junk / "libmimir.so.0").write_text("this is no library")
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder),
        "MIMIR_LIBRARY": str(library),
        "LD_LIBRARY_PATH": str(junk),
    }
    code = "import mimir; print('imported', mimir.__file__)"
    return run_python(code, env=environment, folder=folder)


def test_no_library_names_every_path_tried(elsewhere: Path) -> None:
    (elsewhere / "mimir" / "lib").mkdir()
    broken = elsewhere / "mimir" / "lib" / "libmimir.so.0"
    broken.write_text("this is no library")
    output = import_from(elsewhere, "/nonexistent/libmimir.so")
    assert "LibraryError" in output
    for tried in ("/nonexistent/libmimir.so", broken, elsewhere / "mimir" / "libmimir.so"):
        assert re.search(rf"{re.escape(str(tried))} \(.*\): .+", output), output
    assert re.search(r"libmimir\.so\.0 \(the system's search path\): .+", output)
    assert issubclass(errors.LibraryError, ImportError)
    assert issubclass(errors.LibraryError, errors.MimirError)


def test_a_library_beside_the_package_is_found(elsewhere: Path) -> None:
    (elsewhere / "mimir" / "lib").mkdir()
    shutil.copy(_ffi.library._name, elsewhere / "mimir" / "lib" / "libmimir.so.0")
    assert import_from(elsewhere, "").startswith("imported " + str(elsewhere))


@pytest.mark.parametrize("number", [2_000, 1_001_000])
def test_a_library_of_another_version_is_refused(elsewhere: Path, number: int) -> None:
    source = elsewhere / "other.c"
    source.write_text(f"unsigned mimir_version_number(void) {{ return {number}; }}\n")
    other = elsewhere / "libmimir.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", other, source], check=True, timeout=60)
    output = import_from(elsewhere, other)
    major, minor = number // 1_000_000, number // 1_000 % 1_000
    assert f"it is version {major}.{minor}.0, this package needs 0.1" in output


def test_a_library_that_lacks_functions_is_refused(elsewhere: Path) -> None:
    source = elsewhere / "other.c"
    source.write_text("unsigned mimir_version_number(void) { return 1000; }\n")
    other = elsewhere / "libmimir.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", other, source], check=True, timeout=60)
    assert re.search(r"undefined symbol: mimir_\w+", import_from(elsewhere, other))


def test_import_is_light() -> None:
    code = "import sys, mimir; print(*sorted(sys.modules))"
    modules = set(run_python(code).split())
    assert "mimir.logger" in modules
    assert not modules & {"numpy", "typing", "gzip", "dataclasses", "inspect", "asyncio", "zmq"}
