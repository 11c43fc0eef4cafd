"""The snippets of the original project's README, word for word but for sleeps and .gz."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy
import pytest
from conftest import lines

import mimir
from mimir import Logger
from mimir.serialization import deserialize_numpy, serialize_numpy


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_quickstart_prints_and_keeps_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    logger = mimir.Logger()
    for i in range(100):
        logger.log({"iteration": i, "training_error": 1.0 / (i + 1)})
    printed = capsys.readouterr().out.splitlines()
    assert printed[:4] == [
        "iteration: 0",
        "training_error: 1.0",
        "iteration: 1",
        "training_error: 0.5",
    ]
    assert len(printed) == 200
    assert len(logger) == 0


def test_memory() -> None:
    logger = mimir.Logger(maxlen=10)
    logger.log({"iteration": 0, "training_error": 10})
    assert logger[-1]["training_error"] == 10


@pytest.mark.parametrize("maxlen", [None, sys.maxsize, sys.maxsize + 1])
def test_unlimited_memory(maxlen: int | None) -> None:
    logger = mimir.Logger(maxlen=maxlen, formatter=None)
    for i in range(1000):
        logger.log({"iteration": i})
    assert [entry["iteration"] for entry in logger] == list(range(1000))


def test_saving_to_disk() -> None:
    logger = mimir.Logger(filename="log.jsonl")
    for i in range(100):
        logger.log({"iteration": i, "training_error": 1.0 / (i + 1)})
    # On disk before close: nothing is lost if the process dies here.
    expected = [{"iteration": i, "training_error": 1.0 / (i + 1)} for i in range(100)]
    assert lines(Path("log.jsonl")) == expected
    logger.close()


def test_a_reopened_log_is_in_memory() -> None:
    logger = mimir.Logger("log.jsonl")
    logger.log({"iteration": 12})

    new_logger = mimir.Logger("log.jsonl", maxlen=10)
    assert new_logger[-1]["iteration"] == 12
    new_logger.close()
    logger.close()


def test_context_manager() -> None:
    with Logger(filename="log.jsonl") as logger:
        logger.log({"iteration": 0, "training_error": 10})
    assert Path("log.jsonl").read_text() == '{"iteration":0,"training_error":10}\n'
    with pytest.raises(ValueError, match="closed"):
        logger.log({})


def test_custom_serialization() -> None:
    def serialize_set(obj: object) -> object:
        if isinstance(obj, set):
            return tuple(obj)
        return serialize_numpy(obj)

    logger = mimir.Logger(filename="log.jsonl", default=serialize_set, formatter=None)
    array = numpy.random.rand(10, 10)
    logger.log({"foo": {1, 2}, "bar": array})
    logger.close()

    with mimir.open("log.jsonl") as entries:
        entry = next(entries)
    assert entry["foo"] == [1, 2]
    assert numpy.array_equal(entry["bar"], array)
    with mimir.open("log.jsonl", object_hook=deserialize_numpy) as entries:
        assert numpy.array_equal(next(entries)["bar"], array)


def test_streaming() -> None:
    # Other ports than the snippet's: something may use those.
    logger = mimir.Logger(stream=True, stream_maxlen=50, push_port=0, router_port=0)
    for i in range(100):
        logger.log({"iteration": i, "training_error": 1.0 / (i + 1)})
    logger.close()
