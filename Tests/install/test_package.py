"""The Debian package, installed by dpkg on a machine without Swift; the last tests take it away."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .programs import ROOT
from .sealed import SealedMachine

SOURCE = Path(__file__).with_name("log_gzip.c")


@pytest.fixture(scope="module")
def machine(sealed: SealedMachine, package: Path) -> SealedMachine:
    """Where the package is installed; without options that a user would not give, but for manuals,
    which systems for containers leave out unless told otherwise."""
    sealed.run("dpkg", "--path-include=/*", "-i", package)
    return sealed


def build_log_gzip(machine: SealedMachine) -> str:
    shutil.copy(SOURCE, machine.folder)
    flags = machine.run("pkg-config", "--cflags", "--libs", "mimir").split()
    assert flags == ["-lmimir"]
    machine.run("gcc", SOURCE.name, *flags, "-o", "log_gzip")
    return "./log_gzip"


def test_neither_swift_nor_the_checkout_is_there(machine: SealedMachine) -> None:
    machine.run("sh", "-c", "! command -v swift")
    assert machine.run("ls", ROOT) == ""


def test_it_is_installed_as_it_was_packed(machine: SealedMachine) -> None:
    assert machine.run("dpkg", "--verify", "mimir") == ""
    assert "libmimir.so.0" in machine.run("ldconfig", "-p")


def test_nothing_that_it_needs_is_missing(machine: SealedMachine) -> None:
    library = machine.run("pkg-config", "--variable=libdir", "mimir").strip() + "/libmimir.so"
    for binary in ("/usr/bin/mimir", library):
        needed = machine.run("ldd", binary)
        assert "libzmq.so.5" in needed
        assert "not found" not in needed
        assert "swift" not in needed


def test_the_command_works(machine: SealedMachine) -> None:
    version = machine.run("dpkg-query", "-W", "-f", "${Version}", "mimir")
    assert machine.run("mimir", "--version").split()[-1] == version
    machine.run("mimir", "keygen", "key")
    assert (machine.folder / "key").exists()


def test_its_manual_is_found(machine: SealedMachine) -> None:
    assert machine.run("man", "-w", "3", "mimir").strip() == "/usr/share/man/man3/mimir.3.gz"


def test_a_c_program_is_built_and_logs(machine: SealedMachine) -> None:
    machine.run(build_log_gzip(machine), "log.jsonl.gz")
    assert machine.run("zcat", "log.jsonl.gz") == '{"a":1}\n{"a":2}\n'


def test_a_cmake_project_is_built(machine: SealedMachine, examples: Path) -> None:
    machine.run("cmake", "-S", examples / "cpp", "-B", examples / "build")
    machine.run("cmake", "--build", examples / "build")
    needed = machine.run("ldd", examples / "build" / "train")
    assert "libmimir.so.0 => /" in needed


def test_it_can_be_removed(machine: SealedMachine) -> None:
    program = build_log_gzip(machine)
    own = [path for path in machine.run("dpkg", "-L", "mimir").split() if "mimir" in path]
    assert len(own) > 40
    machine.run("dpkg", "--purge", "mimir")
    assert "libmimir" not in machine.run("ldconfig", "-p")
    machine.run("sh", "-c", f"! ls -d {' '.join(own)} 2>/dev/null | grep .")
    assert "libmimir.so.0" in machine.run(program, "log.jsonl.gz", status=127)


def test_apt_grants_what_it_needs(machine: SealedMachine, package: Path) -> None:
    assert "Inst mimir" in machine.run("apt-get", "install", "--simulate", package)


def test_it_is_refused_where_zeromq_is_not_installed(machine: SealedMachine, package: Path) -> None:
    machine.run("dpkg", "--force-depends", "--purge", "libzmq5")
    assert "mimir depends on libzmq5" in machine.run("dpkg", "-i", package, status=1)
