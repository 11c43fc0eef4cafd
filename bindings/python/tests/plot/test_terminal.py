"""terminal_plot in real terminals: tmux's, whose screen can be read, and bare pseudo terminals."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import ENVIRONMENT, run_python

import mimir
import mimir.plot

PATIENCE = 30
TRAINING = """
import sys, mimir
logger = mimir.Logger(stream=True, stream_maxlen=None, formatter=None,
                      push_port=int(sys.argv[1]), router_port=int(sys.argv[2]))
print(logger.push_port, logger.router_port, flush=True)
i = 0
for line in sys.stdin:
    for _ in range(int(line)):
        logger.log({"i": i, "loss": 1 / (i + 1), "accuracy": 1 - 1 / (i + 1)})
        i += 1
"""


class Training:
    """A process that logs when it is told to."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.ports = process.stdout.readline().split()

    def log(self, count: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()


@contextmanager
def training(*ports: str) -> Iterator[Training]:
    process = subprocess.Popen(
        [sys.executable, "-c", TRAINING, *(ports or "00")],
        env=ENVIRONMENT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield Training(process)
    finally:
        process.kill()
        process.communicate()


class Terminal:
    """A shell in tmux."""

    def __init__(self, folder: Path) -> None:
        self.pid_file = folder / "pid"
        self._command = ["tmux", "-u", "-S", str(folder / "tmux"), "-f", "/dev/null"]
        self.tmux("new-session", "-d", "-x", "90", "-y", "26", "env PS1='$ ' sh")

    def tmux(self, *arguments: str) -> str:
        environment = {**ENVIRONMENT, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            [*self._command, *arguments],
            env=environment,
            text=True,
            encoding="utf-8",
            capture_output=True,
            check=True,
            timeout=PATIENCE,
        )
        return done.stdout

    def type(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    def screen(self) -> list[str]:
        return self.tmux("capture-pane", "-p").splitlines()

    def until(self, is_so: Callable[[list[str]], bool]) -> list[str]:
        deadline = time.monotonic() + PATIENCE
        while not is_so(screen := self.screen()):
            assert time.monotonic() < deadline, "\n".join(screen)
            time.sleep(0.05)
        return screen

    def shows(self, *texts: str) -> list[str]:
        return self.until(lambda screen: all(text in "\n".join(screen) for text in texts))


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path)
    made.type("echo 'it was''here'", "Enter")
    made.shows("it washere")
    yield made
    made.tmux("kill-server")


def start(terminal: Terminal, training: Training) -> None:
    push_port, router_port = training.ports
    terminal.type(
        f"clear; echo 'it was''here'; sh -c 'echo $$ >{terminal.pid_file}; exec {sys.executable} "
        "-m mimir.plot i loss accuracy --terminal "
        f"--push-port {push_port} --router-port {router_port}'; "
        "echo left with $?; stty -a | tr ' ' '\\n' | grep -c -e '^echo$' -e '^icanon$'",
        "Enter",
    )


def curves(screen: list[str]) -> list[str]:
    return [line for line in screen if "│" in line or "┤" in line]


def test_live_with_a_run_that_ends_and_the_next_one(terminal: Terminal) -> None:
    with training() as first:
        start(terminal, first)
        terminal.shows("waiting")
        first.log(50)
        before = terminal.shows("live", "50 entries", "━━ loss 0.02", "━━ accuracy 0.98")
        assert len(curves(before)) > 15
        first.log(1000)
        after = terminal.shows("1,050 entries", "1000")
        assert curves(after) != curves(before)
        terminal.tmux("resize-window", "-x", "60", "-y", "15")
        small = terminal.until(lambda screen: len(screen) == 15 and "└" in screen[-2])
        assert max(map(len, small)) <= 60
        first.process.kill()
        terminal.shows("ended, the publisher is gone since")
        ports = first.ports
    with training(*ports) as second:
        second.log(30)
        terminal.shows("live", "1,080 entries", "loss · run", "0.0333333")


def test_q_leaves_the_terminal_as_it_was(terminal: Terminal) -> None:
    with training() as run:
        start(terminal, run)
        run.log(50)
        terminal.shows("50 entries")
        terminal.type("q")
        screen = terminal.shows("left with 0")
        assert screen[0] == "it washere"
        assert "50 entries" not in "\n".join(screen)
        terminal.until(lambda screen: screen[2:3] == ["2"])


def test_so_do_ctrl_c_and_a_polite_kill(terminal: Terminal) -> None:
    with training() as run:
        start(terminal, run)
        run.log(50)
        terminal.shows("50 entries")
        terminal.type("C-c")
        screen = terminal.until(lambda screen: "50 entries" not in "\n".join(screen))
        assert screen[0] == "it washere"
    with training() as run:
        start(terminal, run)
        terminal.shows("waiting")
        os.kill(int(terminal.pid_file.read_text()), signal.SIGTERM)
        screen = terminal.shows("left with 143")
        assert screen[0] == "it washere"
        terminal.until(lambda screen: "2" in screen)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.jsonl"
    with mimir.Logger(path, formatter=None) as logger:
        for i in range(100):
            logger.log({"i": i, "loss": {"train": 1 / (i + 1)}})
    return path


def test_without_a_terminal_it_is_printed_once(log: Path) -> None:
    found = run_python(
        "import sys; from mimir.plot import terminal_plot\n"
        "terminal_plot('i', 'loss.train', file=sys.argv[1], width=60, height=20)",
        str(log),
    )
    lines = found.splitlines()
    assert len(lines) == 20
    assert "\x1b" not in found
    assert "100 entries" in lines[1]
    assert "loss.train 0.01" in lines[2]
    assert len(curves(lines)) == 15


def test_nothing_to_print(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError, match="there is no such file yet"):
        mimir.plot.terminal_plot("i", "loss", file=tmp_path / "none", timeout=0.1)


def test_arguments(log: Path) -> None:
    with pytest.raises(ValueError, match="width is 3"):
        mimir.plot.terminal_plot("i", "loss", file=log, width=3)
    with pytest.raises(ValueError, match="smoothing is 1"):
        mimir.plot.terminal_plot("i", "loss", file=log, smoothing=1)


def test_a_library_that_is_missing() -> None:
    found = run_python(
        "import sys; sys.modules['rich'] = None\nimport mimir.plot.__main__ as main\n"
        "sys.exit(main.main(['i', 'loss', '--terminal']))"
    )
    assert "pip install 'mimir[plot]'" in found
    assert "rich" in found


@contextmanager
def in_pty(log: Path) -> Iterator[int]:
    """The terminal's other side."""
    ours, its = pty.openpty()
    command = [sys.executable, "-m", "mimir.plot", "i", "loss.train", "--file", str(log)]
    environment = {**ENVIRONMENT, "TERM": "xterm", "COLUMNS": "80", "LINES": "24"}
    with subprocess.Popen(
        [*command, "--terminal"], env=environment, stdin=its, stdout=its, stderr=its
    ) as process:
        os.close(its)
        try:
            yield ours
        finally:
            process.kill()
            os.close(ours)


def received(terminal: int, seconds: float) -> bytes:
    found = b""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            found += os.read(terminal, 1 << 16)
    return found


def test_it_is_drawn_only_when_something_is_new(log: Path) -> None:
    old = time.time() - 60
    os.utime(log, (old, old))
    with in_pty(log) as terminal:
        found = b""
        deadline = time.monotonic() + PATIENCE
        while b"no one writes it" not in found:
            assert time.monotonic() < deadline
            found += received(terminal, 0.2)
        assert received(terminal, 1.5) == b""


def test_at_most_ten_times_a_second(log: Path) -> None:
    with in_pty(log) as terminal, mimir.Logger(log, formatter=None) as logger:
        found = b""
        deadline = time.monotonic() + PATIENCE
        while b"100 entries" not in found:
            assert time.monotonic() < deadline
            found += received(terminal, 0.2)
        begin = time.monotonic()
        found = b""
        for i in range(300):
            logger.log({"i": 100 + i, "loss": {"train": 1.0}})
            found += received(terminal, 0.01)
        draws = found.count(b"entries")
        assert 2 <= draws <= 10 * (time.monotonic() - begin) + 1
