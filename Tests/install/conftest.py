"""Mímir installed in an empty prefix, the examples' sources and data in folders of their own."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from .programs import COMPILERS, ROOT, Compiler, make, run
from .sealed import SealedMachine


@pytest.fixture(scope="session")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed") / "prefix"
    make("install", PREFIX=folder)
    return folder


@pytest.fixture(scope="session", params=COMPILERS, ids=lambda compiler: compiler.name)
def compiler(request: pytest.FixtureRequest) -> Compiler:
    assert isinstance(request.param, Compiler)
    return request.param


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    """The examples as they lie in the checkout, elsewhere."""
    copy = tmp_path / "examples"
    for language in ("c", "cpp"):
        shutil.copytree(ROOT / "Examples" / language, copy / language)
    return copy


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of what the examples train on; the pixels of a class lie around its own one."""
    folder = tmp_path / "data"
    folder.mkdir()
    choice = random.Random(1)
    for name, count in (("training", 100), ("validation", 20)):
        rows = []
        for i in range(count):
            pixels = [choice.random() / 4 + (pixel // 6 == i % 10) / 2 for pixel in range(64)]
            rows.append(",".join(map(str, [i % 10, *pixels])))
        (folder / f"{name}.csv").write_text("\n".join(rows) + "\n")
    return folder


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make dist` makes of what is built."""
    run([ROOT / "scripts" / "build_dist.sh"], ROOT, timeout=200)
    return Path(shutil.copytree(ROOT / "build" / "dist", tmp_path_factory.mktemp("dist") / "dist"))


@pytest.fixture(scope="session")
def package(dist: Path) -> Path:
    (made,) = dist.glob("*.deb")
    return made


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SealedMachine]:
    """A copy of this machine without Swift and without the checkout."""
    machine = SealedMachine(tmp_path_factory.mktemp("sealed"))
    yield machine
    machine.close()
