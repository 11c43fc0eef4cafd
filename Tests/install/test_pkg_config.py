"""The examples' makefiles, which ask pkg-config, against an installed Mímir."""

from __future__ import annotations

from pathlib import Path

import pytest

from .programs import COMPILERS, Compiler, check_training, make, pkg_config, run

STRICT = "-O1 -Wall -Wextra -Wpedantic -Werror"


def build(example: Path, pkgconfig: Path, compiler: Compiler = COMPILERS[0]) -> Path:
    flags = {"CFLAGS": STRICT, "CXXFLAGS": STRICT, "PKG_CONFIG_PATH": str(pkgconfig)}
    variables = [f"{name}={value}" for name, value in {**flags, **compiler.variables}.items()]
    run(["make", *variables], example)
    return example / "train"


@pytest.mark.parametrize("language", ["c", "cpp"])
def test_an_example_is_built_and_trains(
    prefix: Path, examples: Path, data: Path, compiler: Compiler, language: str
) -> None:
    program = build(examples / language, prefix / "lib" / "pkgconfig", compiler)
    check_training(program, data, f"{language}.jsonl")


def test_the_version_is_the_commands(prefix: Path) -> None:
    version = run([prefix / "bin" / "mimir", "--version"], prefix).split()[-1]
    assert pkg_config(prefix / "lib" / "pkgconfig", "--modversion") == [version]


@pytest.mark.parametrize("libdir", ["lib", "lib/some-multiarch"])
def test_a_prefix_may_be_moved(tmp_path: Path, examples: Path, data: Path, libdir: str) -> None:
    make("install", PREFIX=tmp_path / "before", LIBDIR=libdir)
    moved = (tmp_path / "before").rename(tmp_path / "after")
    pkgconfig = moved / libdir / "pkgconfig"
    assert "before" not in "".join(pkg_config(pkgconfig, "--cflags", "--libs"))
    check_training(build(examples / "c", pkgconfig), data, "c.jsonl")
