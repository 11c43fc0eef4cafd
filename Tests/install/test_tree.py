"""What is installed, where, and that it goes away again."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from .programs import ROOT, files, make, pkg_config, run


def test_everything_is_there_and_nothing_else(prefix: Path) -> None:
    found = files(prefix)
    version = run([ROOT / "build" / "bin" / "mimir", "--version"], ROOT).split()[-1]
    headers = [str(path.relative_to(ROOT)) for path in (ROOT / "include").rglob("*.h*")]
    manuals = [f"share/man/man{page.suffix[1:]}/{page.name}" for page in ROOT.glob("man/*.*")]
    assert len(headers) > 20
    assert len(manuals) >= 2
    expected = {
        **dict.fromkeys(headers + manuals, "0o644"),
        "bin/mimir": "0o755",
        f"lib/libmimir.so.{version}": "0o755",
        "lib/libmimir.so.0": f"libmimir.so.{version}",
        "lib/libmimir.so": "libmimir.so.0",
        "lib/pkgconfig/mimir.pc": "0o644",
        "lib/cmake/mimir/mimirConfig.cmake": "0o644",
        "lib/cmake/mimir/mimirConfigVersion.cmake": "0o644",
        "share/bash-completion/completions/mimir": "0o644",
        "share/zsh/site-functions/_mimir": "0o644",
        "share/fish/vendor_completions.d/mimir.fish": "0o644",
    }
    documents = {name: mode for name, mode in found.items() if name.startswith("share/doc/mimir/")}
    assert found == {**expected, **documents}
    assert set(documents.values()) == {"0o644"}
    assert {"README.md", "LICENSE", "examples/c/train.c", "examples/cpp/CMakeLists.txt"} <= {
        name.removeprefix("share/doc/mimir/") for name in documents
    }


def test_uninstall_takes_away_what_install_put_there(tmp_path: Path) -> None:
    theirs = tmp_path / "include" / "mimir" / "theirs.h"
    theirs.parent.mkdir(parents=True)
    theirs.touch()
    make("install", PREFIX=tmp_path, LIBDIR="lib/some-multiarch")
    make("uninstall", PREFIX=tmp_path, LIBDIR="lib/some-multiarch")
    assert list(files(tmp_path)) == ["include/mimir/theirs.h"]
    theirs.unlink()
    make("install", PREFIX=tmp_path)
    make("uninstall", PREFIX=tmp_path)
    assert files(tmp_path) == {}
    assert not list(tmp_path.rglob("mimir"))


def test_a_staged_install_does_not_know_its_stage(tmp_path: Path) -> None:
    make("install", PREFIX="/usr", DESTDIR=tmp_path, LIBDIR="/usr/lib/some-multiarch")
    assert {path.name for path in tmp_path.iterdir()} == {"usr"}
    libdir = tmp_path / "usr" / "lib" / "some-multiarch"
    assert run(["grep", "-rl", tmp_path, tmp_path], tmp_path, status=1) == ""
    assert pkg_config(libdir / "pkgconfig", "--variable=prefix") == ["/usr"]
    assert pkg_config(libdir / "pkgconfig", "--variable=libdir") == ["/usr/lib/some-multiarch"]
    # The compiler looks into /usr/include by itself.
    assert "-I" not in "".join(pkg_config(libdir / "pkgconfig", "--cflags"))
    make("uninstall", PREFIX="/usr", DESTDIR=tmp_path, LIBDIR="/usr/lib/some-multiarch")
    assert files(tmp_path) == {}


def test_what_is_built_is_not_built_again(tmp_path: Path) -> None:
    (tmp_path / "swift").write_text("#!/bin/sh\necho called\nexit 1\n")
    (tmp_path / "swift").chmod(0o755)
    built = files(ROOT / "build" / "completions")
    times = {name: (ROOT / "build" / "completions" / name).stat().st_mtime for name in built}
    environment = {"PATH": f"{tmp_path}:{os.defpath}"}
    printed = run(["make", "install", f"PREFIX={tmp_path}/prefix"], ROOT, environment)
    assert "called" not in printed
    assert sorted(times) == ["bash", "fish", "zsh"]
    for name, time in times.items():
        assert (ROOT / "build" / "completions" / name).stat().st_mtime == time


def test_the_command_works_where_it_is_moved(prefix: Path, tmp_path: Path) -> None:
    moved = tmp_path / "mimir"
    shutil.copy(prefix / "bin" / "mimir", moved)
    assert run([moved, "--version"], tmp_path) == run(
        [prefix / "bin" / "mimir", "--version"], prefix
    )
    run([moved, "keygen", tmp_path / "key"], tmp_path)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_bash_completes_subcommands(prefix: Path) -> None:
    completion = prefix / "share" / "bash-completion" / "completions" / "mimir"
    script = (
        'source "$1"; COMP_WORDS=(mimir keyg); COMP_CWORD=1; COMP_LINE="mimir keyg"; COMP_POINT=10;'
        ' $(complete -p mimir | sed "s/.*-F //; s/ .*//") mimir keyg mimir; echo "${COMPREPLY[@]}"'
    )
    assert run(["bash", "-c", script, "bash", completion], prefix).split() == ["keygen"]
