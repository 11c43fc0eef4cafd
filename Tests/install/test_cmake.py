"""The examples' CMake projects against an installed Mímir, and what find_package() accepts."""

from __future__ import annotations

from pathlib import Path

import pytest

from .programs import COMPILERS, Compiler, check_training, make, run


def build(example: Path, prefix: Path, compiler: Compiler = COMPILERS[0]) -> Path:
    defined = [f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_COMPILE_WARNING_AS_ERROR=ON"]
    run(["cmake", "-B", "build", *defined], example, compiler.variables)
    run(["cmake", "--build", "build"], example, timeout=120)
    return example / "build" / "train"


@pytest.mark.parametrize("language", ["c", "cpp"])
def test_an_example_is_built_and_trains(
    prefix: Path, examples: Path, data: Path, compiler: Compiler, language: str
) -> None:
    program = build(examples / language, prefix, compiler)
    check_training(program, data, f"{language}.jsonl")


def test_a_prefix_may_be_moved(tmp_path: Path, examples: Path, data: Path) -> None:
    # Below the folder of libraries that CMake looks into on this machine.
    machine = run(["gcc", "-print-multiarch"], tmp_path).strip()
    make("install", PREFIX=tmp_path / "before", LIBDIR=f"lib/{machine}")
    moved = (tmp_path / "before").rename(tmp_path / "after")
    check_training(build(examples / "cpp", moved), data, "cpp.jsonl")


def found(prefix: Path, folder: Path, *requests: str) -> list[str]:
    """The requests that find_package(mimir …) grants."""
    lines = ["cmake_minimum_required(VERSION 3.19)", "project(requests LANGUAGES NONE)"]
    for request in requests:
        lines += [
            "unset(mimir_FOUND)",
            f"find_package(mimir {request} QUIET)",
            f'if(mimir_FOUND)\nmessage(STATUS "granted:{request}:")\nendif()',
        ]
    (folder / "CMakeLists.txt").write_text("\n".join(lines))
    printed = run(["cmake", "-B", "build", f"-DCMAKE_PREFIX_PATH={prefix}"], folder)
    return [line.split(":")[1] for line in printed.splitlines() if "granted" in line]


def test_versions_of_one_minor_series_are_found(prefix: Path, tmp_path: Path) -> None:
    granted = ["", "0.1", "0.1.0", "0.1.0 EXACT", "0.1...0.3", "0.0...<0.2"]
    refused = ["0.0", "0.1.99", "0.2", "1.0", "0.2...1", "0.0...<0.1", "0.1 COMPONENTS torch"]
    assert found(prefix, tmp_path, *granted, *refused) == granted


def test_a_library_that_is_gone_is_named(tmp_path: Path) -> None:
    make("install", PREFIX=tmp_path / "prefix")
    (library,) = (tmp_path / "prefix" / "lib").glob("libmimir.so.0.*")
    library.unlink()
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.16)\nproject(p LANGUAGES NONE)\n"
        "find_package(mimir REQUIRED)\n"
    )
    printed = run(
        ["cmake", "-B", "build", f"-DCMAKE_PREFIX_PATH={tmp_path}/prefix"], tmp_path, status=1
    )
    assert library.name in printed
