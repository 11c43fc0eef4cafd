from __future__ import annotations

import math
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from .conftest import BINARY, Terminal, Writer, run, write_log
from .streams import Publisher, publishing
from .tmux import Screen, screen

__all__ = ["publishing", "screen"]

BRAILLE = re.compile("[\u2801-\u28ff]")


def rows(out: str) -> list[str]:
    """The picture's rows, from the axis on."""
    return [line for line in out.splitlines() if "│" in line or "┤" in line]


def columns_with_dots(out: str) -> set[int]:
    return {match.start() for row in rows(out) for match in BRAILLE.finditer(row)}


def test_draws_the_curves_of_a_log(log: Path) -> None:
    out = run("plot", log, "iteration", "loss.train", "loss.test").out
    lines = out.splitlines()
    assert len(lines) == 23
    assert all(len(line) <= 80 for line in lines)
    assert lines[0] == "a loss.train 0.001   b loss.test 0.002"
    assert "\x1b" not in out
    assert out.count("a") >= 3
    assert re.search(r"^ +2 ┤", out, re.MULTILINE)
    assert lines[-1].split() == ["0", "200", "400", "600", "800", "iteration"]
    # From side to side.
    assert len(columns_with_dots(out)) > 65


def test_a_line_is_where_its_numbers_are(tmp_path: Path) -> None:
    path = write_log(tmp_path / "log.jsonl", ({"x": i, "y": i} for i in range(100)))
    out = run("plot", path, "x", "y", "--width", "44", "--height", "13").out
    dots = [[match.start() for match in BRAILLE.finditer(row)] for row in rows(out)]
    assert len(dots) == 10
    # From the lower left to the upper right, without a gap.
    assert all(lower[-1] <= upper[0] + 1 for upper, lower in pairwise(dots))
    assert dots[-1][0] == min(map(min, dots))
    assert dots[0][-1] == 43


def test_a_single_key_is_drawn_over_the_number_of_the_entry(log: Path) -> None:
    alone = run("plot", log, "loss.train").out
    assert alone.splitlines()[-1].split()[-1] == "entry"
    assert run("plot", log, "-", "loss.train").out == alone
    assert alone.startswith("━━ loss.train 0.001\n")


def test_no_spike_is_lost_among_many_entries(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with path.open("w") as file:
        for index in range(200_000):
            file.write(f'{{"i":{index},"y":{100 if index == 77_777 else 0.5}}}\n')
    out = run("plot", path, "i", "y").out
    assert BRAILLE.search(rows(out)[0])
    top = BRAILLE.search(rows(out)[0])
    bottom = rows(out)[-1]
    assert top is not None
    assert abs(top.start() / len(bottom) - 77_777 / 200_000) < 0.05


def test_logarithmic_axes(tmp_path: Path) -> None:
    entries = ({"x": 10.0**i, "y": 10.0**-i} for i in range(7))
    path = write_log(tmp_path / "log.jsonl", entries)
    out = run("plot", path, "x", "y", "--log-x", "--log-y", "--height", "30").out
    for tick in ("1e-06", "0.0001", "0.01", "100", "10000"):
        assert tick in out
    # A straight line.
    dots = [[match.start() for match in BRAILLE.finditer(row)] for row in rows(out)]
    assert all(0 < len(row) < 6 for row in dots)
    entries = ({"x": i, "y": i % 2} for i in range(10))
    path = write_log(tmp_path / "zeros.jsonl", entries)
    assert "5 values of y are not above 0" in run("plot", path, "x", "y", "--log-y").out


def test_says_what_is_left_out(tmp_path: Path) -> None:
    entries: list[dict[str, Any]] = [
        {"x": 1, "y": 1},
        {"y": 2},
        {"x": 2, "y": math.nan},
        {"x": 3, "y": "big"},
        {"x": 4},
    ]
    path = write_log(tmp_path / "log.jsonl", entries, nonfinite="tagged")
    out = run("plot", path, "x", "y").out
    assert "1 entries without a number in x" in out
    assert "1 values of y are null, NaN or infinite" in out
    assert "1 values of y are no numbers" in out


def test_says_what_is_wrong(log: Path, tmp_path: Path) -> None:
    missing = run("plot", log, "iteration", "accuracy", status=1)
    assert "accuracy" in missing.err
    assert "loss.train" in missing.err
    (tmp_path / "empty.jsonl").touch()
    assert "no entries" in run("plot", tmp_path / "empty.jsonl", "x", status=1).err
    assert "standard output is none" in run("plot", "-f", log, "loss", status=64).err
    assert "--width is 3" in run("plot", "--width", "3", log, "loss", status=64).err
    assert "Missing expected argument" in run("plot", log, status=64).err


def test_keys_of_others_do_not_steer_the_terminal(tmp_path: Path) -> None:
    path = write_log(tmp_path / "log.jsonl", [{"a\x1b[2J": 1}, {"a\x1b[2J": 2}])
    assert "\x1b" not in run("plot", path, "a\x1b[2J").out


def test_has_colors_in_a_terminal(log: Path, terminal: Callable[..., Terminal]) -> None:
    command = ("plot", log, "iteration", "loss.train", "loss.test")
    colored = terminal(*command).finish()
    assert "\x1b[94m" in colored
    assert "\x1b[91m" in colored
    plain = terminal(*command, env={"NO_COLOR": "1"}).finish()
    assert "\x1b" not in plain
    assert max(map(len, terminal(*command, columns=60).finish().split("\r\n"))) > 60
    wide = terminal(*command, columns=100, rows=40, env={"NO_COLOR": "1"}).finish()
    assert len(wide.rstrip().split("\r\n")) == 39


def test_a_stream(publishing: Callable[..., Publisher]) -> None:
    publisher = publishing(50)
    out = run("plot", *publisher.address, "iteration", "loss").out
    assert "loss 0.02" in out
    assert len(columns_with_dots(out)) > 60


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
def test_follows_a_log_on_the_screen(
    name: str, tmp_path: Path, screen: Screen, writer: Callable[[Path, int], Writer]
) -> None:
    path = tmp_path / name
    writing = writer(path, 5)
    screen.start("plot", "-f", path, "iteration", "loss")
    screen.until(lambda text: "loss 0.2" in text and bool(BRAILLE.search(text)))
    assert screen.format == ("1", "0")
    # To the last cell.
    assert screen.text.splitlines()[0].endswith("q: quit")
    assert screen.text.splitlines()[-1].endswith("iteration")
    for _ in range(3):
        writing.log()
    screen.until(lambda text: "loss 0.125" in text)
    screen.resize(50, 14)
    smaller = screen.until(lambda text: len(rows(text)) == 10)
    assert max(map(len, smaller.splitlines())) <= 50
    screen.resize(100, 30)
    screen.until(lambda text: len(rows(text)) == 26 and max(columns_with_dots(text)) > 90)
    screen.type("q")
    screen.assert_restored()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_gives_the_terminal_back_whatever_ends_it(
    number: int, tmp_path: Path, log: Path, screen: Screen
) -> None:
    screen.start("plot", "-f", log, "loss.train")
    screen.until(lambda text: bool(BRAILLE.search(text)))
    os.kill(screen.command_pid(), number)
    screen.assert_restored()


def test_control_c_and_control_z(log: Path, screen: Screen) -> None:
    screen.start("plot", "-f", log, "loss.train")
    screen.until(lambda text: bool(BRAILLE.search(text)))
    screen.type("C-z")
    screen.until(lambda text: "topped" in text)
    assert screen.format == ("0", "1")
    screen.type("fg", "Enter")
    screen.until(lambda text: bool(BRAILLE.search(text)))
    assert screen.format == ("1", "0")
    screen.type("C-c")
    screen.assert_restored()


def test_a_long_run_looks_the_same_and_takes_no_more_memory(tmp_path: Path) -> None:
    """Flat but for a few spikes, of which one log has all points and the other one few."""
    count, spikes = 3_000_000, {0: 3, 1_234_567: 10, 2_000_000: -4, 2_999_999: 1}
    beside = {index + step for index in spikes for step in (-1, 0, 1)} & set(range(count))
    (long, few) = (tmp_path / "long.jsonl", tmp_path / "few.jsonl")
    with long.open("w") as file:
        file.writelines(f'{{"i":{i},"y":{spikes.get(i, 0)}}}\n' for i in range(count))
    with few.open("w") as file:
        file.writelines(f'{{"i":{i},"y":{spikes.get(i, 0)}}}\n' for i in sorted(beside))
    for options in ([], ["--width", "200", "--height", "50"]):
        assert run("plot", long, "i", "y", *options).out == run("plot", few, "i", "y", *options).out
    assert memory("plot", long, "i", "y") < memory("plot", few, "i", "y") + 25_000


def memory(*arguments: str | Path) -> int:
    """The most that a run takes, in KiB; from a small process, whose own memory would count too."""
    code = """
import os, sys
pid = os.posix_spawn(
    sys.argv[1], sys.argv[1:], os.environ,
    file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
_, status, usage = os.wait4(pid, 0)
print(status, usage.ru_maxrss)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, BINARY, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    status, most = map(int, done.stdout.split())
    assert status == 0
    return most


def test_a_long_run_whose_x_goes_back_and_forth(long_log: Path) -> None:
    out = run("plot", long_log, "iteration", "loss").out
    assert len(columns_with_dots(out)) > 65
    assert re.search(r"^ +1 ┤", out, re.MULTILINE)


def test_many_curves_leave_room_for_the_picture(tmp_path: Path) -> None:
    keys = [f"some key {index}" for index in range(41)]
    path = write_log(
        tmp_path / "log.jsonl", (dict.fromkeys(keys, step * 1e-07) for step in range(9))
    )
    out = run("plot", path, "-", *keys, "--width", "20", "--height", "8").out
    assert len(rows(out)) >= 3
    assert columns_with_dots(out)
    assert len(out.splitlines()) == 8
    assert "…" in out


def test_tells_keys_of_all_entries(tmp_path: Path) -> None:
    path = write_log(tmp_path / "log.jsonl", [{"a": 1}, {"b": 2}])
    assert "it has a, b" in run("plot", path, "c", status=1).err


def test_a_terminal_that_is_stopped(log: Path, screen: Screen) -> None:
    screen.start("plot", "-f", log, "loss.train")
    screen.until(lambda text: bool(BRAILLE.search(text)))
    screen.type("C-s")
    screen.resize(60, 20)
    os.kill(screen.command_pid(), signal.SIGTERM)
    screen.assert_restored()
