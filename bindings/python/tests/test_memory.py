from __future__ import annotations

import math
import signal
import threading
from pathlib import Path

import pytest
from conftest import lines

import mimir


def make(count: int, maxlen: int | None = 10, path: Path | None = None) -> mimir.Logger:
    logger = mimir.Logger(path, maxlen=maxlen, formatter=None)
    for i in range(count):
        logger.log({"i": i})
    return logger


def numbers(entries: object) -> list[int]:
    assert isinstance(entries, (list, mimir.Logger))
    return [entry["i"] for entry in entries]


def test_the_last_maxlen_entries_stay() -> None:
    logger = make(25)
    assert len(logger) == 10
    assert numbers(logger) == list(range(15, 25))
    assert (logger[0]["i"], logger[9]["i"], logger[-1]["i"], logger[-10]["i"]) == (15, 24, 24, 15)


@pytest.mark.parametrize(
    "part",
    [
        slice(None),
        slice(-3, None),
        slice(2, 5),
        slice(None, None, -1),
        slice(8, 100),
        slice(1, -1, 3),
        slice(5, 2),
    ],
)
def test_slices(part: slice) -> None:
    assert numbers(make(25)[part]) == list(range(15, 25))[part]


@pytest.mark.parametrize("index", [10, -11, 2**63, -(2**70)])
def test_out_of_range(index: int) -> None:
    with pytest.raises(IndexError):
        make(25)[index]


def test_it_is_a_sequence() -> None:
    logger = make(3)
    assert {"i": 1} in logger
    assert logger.index({"i": 2}) == 2
    assert [entry["i"] for entry in reversed(logger)] == [2, 1, 0]


def test_iteration_is_over_what_was_there_when_it_began() -> None:
    logger = make(25)
    seen = []
    for entry in logger:
        seen.append(entry["i"])
        logger.log({"i": -1})
    assert seen == list(range(15, 25))


def test_changing_an_entry_changes_no_memory() -> None:
    logger = make(0)
    entry = {"i": 1}
    logger.log(entry)
    entry["i"] = 2
    logger[0]["i"] = 3
    assert logger[0] == {"i": 1}


@pytest.mark.parametrize("with_file", [True, False])
def test_memory_outlives_close(with_file: bool, path: Path) -> None:
    logger = make(25, path=path if with_file else None)
    logger.close()
    logger.close()
    assert numbers(logger) == list(range(15, 25))
    assert (len(logger), logger[-1], logger[1:2]) == (10, {"i": 24}, [{"i": 16}])
    with pytest.raises(IndexError):
        logger[10]


def test_load_keeps_the_last_and_counts_all(path: Path) -> None:
    make(100, 0, path).close()
    logger = make(0, 5)
    logger.log({"i": -1})
    assert logger.load(path) == 100
    assert numbers(logger) == [95, 96, 97, 98, 99]


def test_load_passes_kwargs_to_json(path: Path) -> None:
    path.write_text('{"i":1,"x":0.5}\n')
    logger = make(0)
    assert logger.load(path, parse_float=lambda text: f"<{text}>") == 1
    assert logger[0] == {"i": 1, "x": "<0.5>"}
    assert list(logger) == [{"i": 1, "x": "<0.5>"}]


def test_load_leaves_out_what_is_no_entry(path: Path) -> None:
    path.write_text('{"i":1}\n[2]\n{"i":3}\n{"i":4')
    logger = make(0)
    with pytest.warns(mimir.errors.MimirWarning, match="torn entry.* 1 line of "):
        assert logger.load(path) == 2
    assert numbers(logger) == [1, 3]


def test_load_of_nothing() -> None:
    with pytest.raises(FileNotFoundError, match="absent"):
        make(0).load("/absent/log.jsonl")


def test_nan_is_kept_in_memory_and_null_on_disk(path: Path) -> None:
    logger = mimir.Logger(path, maxlen=10, formatter=None)
    with pytest.warns(mimir.errors.MimirWarning, match="loss.*NaN") as caught:
        logger.log({"loss": math.nan, "i": 0})
        logger.log({"loss": math.nan, "i": 1})
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert math.isnan(logger[-1]["loss"])
    assert lines(path) == [{"loss": None, "i": 0}, {"loss": None, "i": 1}]
    assert logger.stats["nonfinite"] == 2
    logger.close()


def test_tagged_nan_comes_back(path: Path) -> None:
    entry = {"a/b": math.inf, "list": [1.0, {"~": -math.inf}], "loss": math.nan}
    with pytest.warns(mimir.errors.MimirWarning):
        logger = mimir.Logger(path, formatter=None, nonfinite="tagged")
        logger.log(entry)
        logger.close()
    assert lines(path)[0]["loss"] is None
    with mimir.open(path) as entries:
        assert repr(next(entries)) == repr(entry)


def test_nan_without_a_file_or_memory_is_nobodys_business() -> None:
    mimir.Logger(formatter=None).log({"loss": math.nan})


def test_nan_as_an_error_stores_nothing(path: Path) -> None:
    with mimir.Logger(path, maxlen=1, formatter=None, nonfinite="error") as logger:
        with pytest.raises(ValueError, match="loss"):
            logger.log({"loss": math.nan})
        assert len(logger) == 0
    assert lines(path) == []


def test_threads_lose_nothing_and_close_is_safe(path: Path) -> None:
    logger = mimir.Logger(path, maxlen=None, formatter=None)
    logged = [0] * 4
    go = threading.Barrier(5)

    def work(number: int) -> None:
        go.wait()
        try:
            for i in range(100_000):
                logger.log({"thread": number, "i": i})
                logged[number] += 1
        except mimir.errors.ClosedError:
            return

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    go.wait()
    while min(logged) < 500:
        pass
    logger.close()
    for thread in threads:
        thread.join()
    entries = lines(path)
    for number, count in enumerate(logged):
        assert [e["i"] for e in entries if e["thread"] == number] == list(range(count))


def test_a_signal_handler_may_log(path: Path) -> None:
    fired = []

    def on_alarm(number: int, frame: object) -> None:
        fired.append(number)
        logger.log({"signal": len(fired)})

    before = signal.signal(signal.SIGALRM, on_alarm)
    try:
        with mimir.Logger(path, formatter=None) as logger:
            signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
            count = 0
            while len(fired) < 50:
                logger.log({"i": count})
                count += 1
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    entries = lines(path)
    assert [entry["i"] for entry in entries if "i" in entry] == list(range(count))
    assert sum("signal" in entry for entry in entries) == len(fired)


def test_every_slice_is_a_lists() -> None:
    logger = mimir.Logger(maxlen=5, formatter=None)
    for i in range(8):
        logger.log({"i": i})
    held = [{"i": i} for i in range(3, 8)]
    ends = [None, *range(-7, 8), 2**70, -(2**70)]
    for start in ends:
        for stop in ends:
            for step in (None, 1, 2, 3, -1, -2, 2**70, -(2**70)):
                assert logger[start:stop:step] == held[start:stop:step], (start, stop, step)
    with pytest.raises(ValueError, match="zero"):
        logger[::0]


def test_a_slice_is_of_one_moment(path: Path) -> None:
    with mimir.Logger(path, maxlen=200, formatter=None) as logger:
        stop = threading.Event()

        def log() -> None:
            i = 0
            while not stop.is_set():
                logger.log({"i": i})
                i += 1

        thread = threading.Thread(target=log)
        thread.start()
        try:
            for _ in range(300):
                for found in (logger[:], logger[-50:], logger[3:], list(logger)):
                    numbers = [entry["i"] for entry in found]
                    first = numbers[0] if numbers else 0
                    assert numbers == list(range(first, first + len(numbers)))
        finally:
            stop.set()
            thread.join()


def test_memory_stays_when_closed_and_threads_are_told(path: Path) -> None:
    logger = mimir.Logger(path, maxlen=10, formatter=None)
    told = []

    def log() -> None:
        try:
            while True:
                logger.log({"i": 1})
        except ValueError as error:
            told.append(str(error))

    threads = [threading.Thread(target=log) for _ in range(4)]
    for thread in threads:
        thread.start()
    while logger.stats["entries"] < 1000:
        pass
    logger.close()
    for thread in threads:
        thread.join()
    assert len(told) == 4
    assert all("closed" in text for text in told)
    assert logger[:] == [{"i": 1}] * 10
    assert len(lines(path)) == logger.stats["entries"]
