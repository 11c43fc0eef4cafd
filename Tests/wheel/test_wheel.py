"""What is in the wheel: enough, nothing of the build machine, and true words about it."""

from __future__ import annotations

import email
import os
import platform
import re
import sys
from email.message import Message
from pathlib import Path

import pytest
from conftest import BUILDING, ROOT, run

# What manylinux lets a wheel take from any system.
OF_THE_SYSTEM = re.compile(
    r"lib(c|m|dl|rt|pthread|resolv|stdc\+\+|gcc_s|z)\.so\.\d+|ld-linux-[\w-]+\.so\.\d"
)


def libraries(contents: Path) -> list[Path]:
    found = [file for file in contents.rglob("*") if ".so" in file.name]
    assert len(found) > 1
    return found


def readelf(option: str, file: Path) -> str:
    return run(["readelf", "-W", option, file], file.parent)


@pytest.fixture
def info(contents: Path) -> Path:
    (found,) = contents.glob("*.dist-info")
    return found


@pytest.fixture
def metadata(info: Path) -> Message:
    return email.message_from_string((info / "METADATA").read_text(encoding="utf-8"))


def test_the_tag_promises_what_the_libraries_keep(wheel: Path, contents: Path, info: Path) -> None:
    tag = re.fullmatch(
        rf"mimir-[\d.]+-(py3-none-manylinux_2_(\d+)_{platform.machine()})\.whl", wheel.name
    )
    assert tag is not None, wheel.name
    needed = {
        int(minor)
        for library in libraries(contents)
        for minor in re.findall(r"\bGLIBC_2\.(\d+)", readelf("--version-info", library))
    }
    ours = int(platform.libc_ver()[1].split(".")[1])
    assert max(needed) <= int(tag[2]) <= ours
    about = email.message_from_string((info / "WHEEL").read_text())
    assert about.get_all("Tag") == [tag[1]]
    assert about["Root-Is-Purelib"] == "false"


def test_it_brings_every_library_that_not_every_system_has(contents: Path) -> None:
    brought = {library.name for library in libraries(contents)}
    for stem in ("libmimir.so.0", "libzmq-", "libsodium-"):
        assert any(name.startswith(stem) for name in brought), brought
    for library in libraries(contents):
        needed = re.findall(r"\(NEEDED\).*\[(.+)\]", readelf("--dynamic", library))
        others = [name for name in needed if OF_THE_SYSTEM.fullmatch(name) is None]
        assert set(others) <= brought, library.name


def test_it_looks_for_libraries_only_in_itself(contents: Path) -> None:
    for library in libraries(contents):
        for paths in re.findall(r"\((?:RPATH|RUNPATH)\).*\[(.*)\]", readelf("--dynamic", library)):
            for path in paths.split(":"):
                assert path.startswith("$ORIGIN"), library.name
                folder = Path(path.replace("$ORIGIN", str(library.parent)))
                assert contents in [folder.resolve(), *folder.resolve().parents]


def test_nothing_names_a_place_of_the_build_machine(contents: Path) -> None:
    names = [os.fsencode(place) + b"/" for place in (ROOT, Path.home()) if place != Path("/")]
    names.append(b"/mimir-build-")  # setup.py's own folder
    for file in contents.rglob("*"):
        if file.is_file():
            assert not [name for name in names if name in file.read_bytes()], file
    for library in libraries(contents):
        assert ".debug_" not in readelf("--sections", library)


def test_it_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size < 8_000_000


def test_it_has_every_module_and_nothing_else(contents: Path) -> None:
    package = ROOT / "bindings" / "python" / "mimir"
    modules = [file for file in package.rglob("*") if file.suffix in (".py", ".pyi")]
    expected = {file.relative_to(package) for file in modules}
    expected |= {Path("py.typed"), Path("_fastcall.abi3.so"), Path("lib", "libmimir.so.0")}
    files = [file for file in (contents / "mimir").rglob("*") if file.is_file()]
    assert {file.relative_to(contents / "mimir") for file in files} == expected


def test_the_licences_are_in_it(info: Path) -> None:
    licences = info / "licenses"
    assert (licences / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    bundled = {file.name for file in (licences / "bundled").iterdir()}
    assert {"zeromq3", "libsodium"} <= bundled
    for file in (licences / "bundled").iterdir():
        # Debian's descriptions leave the text of common licences to files of their own.
        text = file.read_text(encoding="utf-8")
        assert set(re.findall(r"/usr/share/common-licenses/([\w.-]*\w)", text)) <= bundled, file


def test_metadata(metadata: Message) -> None:
    header = (ROOT / "include" / "mimir" / "status.h").read_text(encoding="utf-8")
    assert f'MIMIR_VERSION_STRING "{metadata["Version"]}"' in header
    assert metadata["Name"] == "mimir"
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Description-Content-Type"] == "text/markdown"
    readme = ROOT / "bindings" / "python" / "README.md"
    assert metadata.get_payload() == readme.read_text(encoding="utf-8")
    required = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert required == []


def test_an_index_would_take_it(wheel: Path) -> None:
    said = run([sys.executable, "-m", "twine", "check", "--strict", wheel], ROOT, BUILDING)
    assert "PASSED" in said
