"""The Debian package, installed by dpkg on a machine without Swift; the tests go in order."""

from __future__ import annotations

import shutil
from pathlib import Path

from .programs import ROOT
from .sealed import SealedMachine

HERE = Path(__file__).parent


def test_neither_swift_nor_the_checkout_is_there(sealed: SealedMachine) -> None:
    sealed.run("sh", "-c", "! command -v swift")
    assert sealed.run("ls", ROOT) == ""


def test_it_installs(sealed: SealedMachine, package: Path) -> None:
    assert "Inst mimir" in sealed.run("apt-get", "install", "--simulate", package)
    # Systems for containers leave manuals out, unless told otherwise.
    sealed.run("dpkg", "--path-include=/*", "-i", package)
    assert sealed.run("dpkg", "--verify", "mimir") == ""
    assert "libmimir.so.0" in sealed.run("ldconfig", "-p")


def test_nothing_that_it_needs_is_missing(sealed: SealedMachine) -> None:
    library = sealed.run("pkg-config", "--variable=libdir", "mimir").strip() + "/libmimir.so"
    for binary in ("/usr/bin/mimir", library):
        needed = sealed.run("ldd", binary)
        assert "libzmq.so.5" in needed
        assert "not found" not in needed
        assert "swift" not in needed


def test_the_command_works(sealed: SealedMachine) -> None:
    version = sealed.run("dpkg-query", "-W", "-f", "${Version}", "mimir")
    assert sealed.run("mimir", "--version").split()[-1] == version
    sealed.run("mimir", "keygen", "key")
    assert (sealed.folder / "key").exists()
    assert sealed.run("man", "-w", "3", "mimir").strip() == "/usr/share/man/man3/mimir.3.gz"


def test_a_c_program_is_built_and_logs(sealed: SealedMachine) -> None:
    shutil.copy(HERE / "log_gzip.c", sealed.folder)
    sealed.run("sh", "-c", "gcc log_gzip.c $(pkg-config --cflags --libs mimir) -o log_gzip")
    sealed.run("./log_gzip", "log.jsonl.gz")
    assert sealed.run("zcat", "log.jsonl.gz") == '{"a":1}\n{"a":2}\n'


def test_a_cmake_project_is_built(sealed: SealedMachine, examples: Path) -> None:
    sealed.run("cmake", "-S", examples / "cpp", "-B", examples / "build")
    sealed.run("cmake", "--build", examples / "build")
    needed = sealed.run("ldd", examples / "build" / "train")
    assert "libmimir.so.0 => /" in needed


def test_it_can_be_removed(sealed: SealedMachine) -> None:
    paths = sealed.run("dpkg", "-L", "mimir").split()
    own = [path for path in paths if "mimir" in path]
    assert len(own) > 40
    sealed.run("dpkg", "--purge", "mimir")
    assert "mimir" not in sealed.run("ldconfig", "-p")
    sealed.run("sh", "-c", f"! ls -d {' '.join(own)} 2>/dev/null | grep .")
    sealed.run("./log_gzip", "log.jsonl.gz", status=127)
