from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import Writer, run, training, write_log
from .streams import Publisher, publishing
from .tmux import Screen, screen

__all__ = ["publishing", "screen"]


def table(out: str) -> dict[str, list[str]]:
    return {line.split()[0]: line.split()[1:] for line in out.splitlines()[1:] if line}


def test_prints_the_last_value_of_each_key(log: Path) -> None:
    out = run("watch", log).out
    assert out.splitlines()[0] == "1,000 entries"
    assert table(out) == {
        "key": ["last", "min", "max", "count"],
        "iteration": ["999", "0", "999", "1,000"],
        "loss.train": ["0.001", "0.001", "1", "1,000"],
        "loss.test": ["0.002", "0.002", "2", "1,000"],
        "phase": ["main", "1,000"],
    }
    assert "\x1b" not in out
    assert run("watch", "--once", log).out == out
    few = table(run("watch", "-n", "10", log).out)
    assert few["iteration"] == ["999", "990", "999", "10"]


def test_prints_json(tmp_path: Path) -> None:
    array = {"__ndarray__": "AAAA", "descr": "|u1", "fortran_order": False, "shape": [3]}
    entries: list[dict[str, Any]] = [
        {"a": 1, "text": 'é"\n', "list": [1, 2]},
        {"a": None, "b": {"c.d": 2.5, "e": {"f": True}}},
        {
            "a": -3,
            "w": array,
        },
    ]
    path = write_log(tmp_path / "log.jsonl", entries)
    assert json.loads(run("watch", "--once", "--json", path).out) == {
        "entries": 3,
        "keys": {
            "a": {"last": -3, "min": -3, "max": 1, "count": 3},
            "text": {"last": 'é"\n', "count": 1},
            "list": {"last": None, "count": 1},
            "b.c.d": {"last": 2.5, "min": 2.5, "max": 2.5, "count": 1},
            "b.e.f": {"last": True, "count": 1},
            "w": {"last": None, "count": 1},
        },
    }
    assert "needs --once" in run("watch", "--json", path, status=64).err


def test_says_what_is_wrong(tmp_path: Path) -> None:
    assert "nothing" in run("watch", tmp_path / "nothing.jsonl", status=1).err
    (tmp_path / "log.jsonl").write_text('{"a":1}\n{"a":')
    torn = run("watch", tmp_path / "log.jsonl", status=2)
    assert table(torn.out)["a"] == ["1", "1", "1", "1"]
    assert "torn" in torn.err


def test_a_stream(publishing: Callable[..., Publisher]) -> None:
    publisher = publishing(30)
    out = run("watch", *publisher.address).out
    assert table(out)["iteration"] == ["29", "0", "29", "30"]


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
def test_follows_a_log_on_the_screen(
    name: str, tmp_path: Path, screen: Screen, writer: Callable[[Path, int], Writer]
) -> None:
    path = tmp_path / name
    screen.start("watch", path)
    screen.until(lambda text: "   waiting" in text)
    writing = writer(path, 5)
    shown = screen.until(lambda text: "5 entries" in text)
    assert table("\n".join(shown.splitlines()[1:]))["loss"][:4] == ["0.2", "0.2", "1", "5"]
    writing.log()
    screen.until(lambda text: "6 entries" in text and "0.166667" in text)
    writing.close()
    path.unlink()
    write_log(path, training(2))
    screen.until(lambda text: "2 entries" in text and "restarts: 1" in text)
    screen.type("q")
    screen.assert_restored()


def test_scrolls_through_many_keys(tmp_path: Path, screen: Screen) -> None:
    path = write_log(tmp_path / "log.jsonl", [{f"key{i:02}": i for i in range(60)}])
    screen.start("watch", path)
    screen.until(lambda text: "key00" in text and "keys 1 to 20 of 60" in text)
    screen.type("j")
    screen.until(lambda text: "key00" not in text and "keys 2 to 21 of 60" in text)
    screen.type("Space")
    screen.until(lambda text: "keys 22 to 41 of 60" in text)
    for _ in range(3):
        screen.type("Space")
    screen.until(lambda text: "key59" in text and "keys 41 to 60 of 60" in text)
    screen.resize(30, 70)
    wide = screen.until(lambda text: "key00" in text and "key59" in text)
    assert max(map(len, wide.splitlines())) <= 30
    assert "scroll" not in wide
    os.kill(screen.command_pid(), signal.SIGTERM)
    screen.assert_restored()


def strict(text: str) -> Any:
    """JSON without NaN and infinities."""

    def refuse(token: str) -> None:
        raise AssertionError(token)

    return json.loads(text, parse_constant=refuse)


def test_json_is_exact_and_json(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(
        '{"n":9007199254740993,"i":1,"x":NaN,"y":1,"z":-Infinity}\n{"n":7,"i":1,"x":2.5,"y":NaN}\n'
    )
    out = run("watch", "--once", "--json", path).out
    assert '"max":9007199254740993' in out
    keys = strict(out)["keys"]
    assert keys["i"] == {"last": 1, "min": 1, "max": 1, "count": 2}
    assert isinstance(keys["i"]["min"], int)
    assert keys["x"] == {"last": 2.5, "min": 2.5, "max": 2.5, "count": 2}
    assert keys["y"] == {"last": None, "min": 1, "max": 1, "count": 2}
    assert keys["z"] == {"last": None, "count": 1}


def test_a_key_that_stands_twice_is_in_one_entry(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"a":1,"a":2}\n')
    keys = strict(run("watch", "--once", "--json", path).out)["keys"]
    assert keys == {"a": {"last": 2, "min": 1, "max": 2, "count": 1}}


def test_keys_without_end(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with path.open("w") as file:
        for index in range(12_000):
            file.write(f'{{"key{index}":{index}}}\n')
    done = run("watch", "--once", "--json", path, status=2)
    assert "only the first 10,000 keys" in done.err
    told = strict(done.out)
    assert (told["entries"], len(told["keys"])) == (12_000, 10_000)


def test_ends_amid_lines_that_are_no_entries(tmp_path: Path, screen: Screen) -> None:
    path = tmp_path / "log.jsonl"
    with path.open("w") as file:
        file.write('{"a":1}\n')
        file.writelines("no entry\n" * 1000 for _ in range(5000))
    screen.start("watch", path)
    screen.until(lambda _: screen.format == ("1", "0"))
    os.kill(screen.command_pid(), signal.SIGTERM)
    screen.assert_restored()


def test_an_ignored_signal_does_not_end_it(log: Path, screen: Screen) -> None:
    screen.type("trap '' HUP", "Enter")
    screen.start("watch", log)
    screen.until(lambda text: "1,000 entries" in text)
    os.kill(screen.command_pid(), signal.SIGHUP)
    screen.resize(60, 20)
    screen.until(lambda text: max(map(len, text.splitlines())) <= 60 and "1,000 entries" in text)
    assert screen.format == ("1", "0")
    screen.type("q")
    screen.assert_restored()
