"""mimir/torch.hpp and the example, built against an installed Mímir and the libtorch of .venv."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import mimir

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "Examples" / "torch"
DTYPES = {
    "Bool": np.bool_,
    "Char": np.int8,
    "Short": np.int16,
    "Int": np.int32,
    "Long": np.int64,
    "Byte": np.uint8,
    "UInt16": np.uint16,
    "UInt32": np.uint32,
    "UInt64": np.uint64,
    "Half": np.float16,
    "Float": np.float32,
    "Double": np.float64,
    "ComplexFloat": np.complex64,
    "ComplexDouble": np.complex128,
}


def run(*command: str | Path, timeout: float = 200, **environment: str | Path) -> str:
    """What a program prints; it must end well, and is given no MIMIR_LIBRARY to help it."""
    kept = {name: value for name, value in os.environ.items() if name != "MIMIR_LIBRARY"}
    done = subprocess.run(
        command,
        env=kept | {name: str(value) for name, value in environment.items()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="session")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed") / "prefix"
    run("make", "-C", ROOT, "install", f"PREFIX={folder}")
    return folder


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("digits")
    run(sys.executable, EXAMPLE / "save_digits.py", folder, PYTHONPATH=ROOT / "Examples")
    return folder


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The example as it lies in the checkout, elsewhere."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "example"))


def check_training(program: Path, data: Path) -> None:
    log = data / "torch.jsonl.gz"
    log.unlink(missing_ok=True)
    assert '{"trained":1000,' in run(program, data)
    lines = run("zcat", log).splitlines()
    *steps, last = [json.loads(line) for line in lines]
    assert [step["iteration"] for step in steps] == list(range(20, 1001, 20))
    assert all(isinstance(step["loss"], float) for step in steps)
    assert steps[-1]["validation_accuracy"] > 0.9 > steps[0]["validation_accuracy"]
    assert steps[-1]["gradient_norm"].keys() == {
        *("hidden.weight", "hidden.bias", "output.weight", "output.bias")
    }
    assert all(norm > 0 for step in steps for norm in step["gradient_norm"].values())

    samples = [entry["sample"] for entry in mimir.open(str(log)) if "sample" in entry]
    assert len(samples) == 5
    images = np.loadtxt(data / "validation.csv", delimiter=",", dtype=np.float32)[:, 1:]
    for sample in samples:
        assert (sample.dtype, sample.shape) == (np.float32, (8, 8))
        assert (images == sample.reshape(64)).all(axis=1).any()
    assert last["output.weight"]["shape"] == [10, 32]


def test_tensors(prefix: Path, tmp_path: Path) -> None:
    libtorch = Path(torch.__file__).parent
    program = tmp_path / "tensors"
    run(
        *("g++", "-std=c++20", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Werror"),
        *(Path(__file__).parent / "tensors.cpp", "-o", program),
        *("-isystem", libtorch / "include", f"-I{prefix}/include"),
        *(f"-L{prefix}/lib", f"-Wl,-rpath,{prefix}/lib", "-lmimir"),
        *(f"-L{libtorch}/lib", f"-Wl,-rpath,{libtorch}/lib", "-ltorch_cpu", "-lc10"),
    )
    output = run("env", "-C", tmp_path, program)
    assert output.endswith(", 0 failed\n"), output

    entries = {entry["dtype"]: entry["a"] for entry in mimir.open(str(tmp_path / "dtypes.jsonl"))}
    assert entries.keys() == DTYPES.keys()
    for name, array in entries.items():
        assert array.dtype == DTYPES[name]
        assert (array == np.arange(6).reshape(2, 3).astype(DTYPES[name])).all()


def test_the_example_with_pkg_config(prefix: Path, data: Path, example: Path) -> None:
    run(
        *("make", "-C", example, f"PYTHON={sys.executable}"),
        f"PKG_CONFIG_PATH={prefix / 'lib' / 'pkgconfig'}",
    )
    check_training(example / "train", data)


def test_the_example_with_cmake(prefix: Path, data: Path, example: Path) -> None:
    run(
        *("cmake", "-S", example, "-B", example / "build"),
        "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror",
        f"-DCMAKE_PREFIX_PATH={prefix};{torch.utils.cmake_prefix_path}",
    )
    run("cmake", "--build", example / "build")
    check_training(example / "build" / "train", data)
