"""Runs the built command, in pipes and in a terminal, on logs of real writers."""

from __future__ import annotations

import fcntl
import os
import pty
import random
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import mimir

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("MIMIR_COMMAND", ROOT / "build" / "bin" / "mimir"))
# For other Pythons: the package that is tested here.
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(mimir.__file__).parents[1])}


@dataclass
class Outcome:
    """What a run of the command has printed."""

    status: int
    out: str
    err: str


def run(
    *arguments: str | Path,
    status: int = 0,
    text: str | None = None,
    folder: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 60,
) -> Outcome:
    """Runs `mimir ARGUMENTS` between pipes; it must end with the status."""
    done = subprocess.run(
        [BINARY, *map(str, arguments)],
        input=text,
        cwd=folder,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == status, (
        f"mimir {' '.join(map(str, arguments))} ended with {done.returncode}\n"
        f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


class Terminal:
    """`mimir ARGUMENTS` with a terminal as its standard input, output and error."""

    def __init__(
        self,
        *arguments: str | Path,
        columns: int = 80,
        rows: int = 24,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.output = ""
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process = subprocess.Popen(
            [BINARY, *map(str, arguments)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "TERM": "xterm-256color", **(env or {})},
            start_new_session=True,
        )
        os.close(slave)

    def read_until(self, wanted: str) -> str:
        """All output so far, once it has the text (or has ended without it: a failure)."""
        while wanted not in self.output:
            assert self._read(), f"{wanted!r} never came; there was {self.output!r}"
        return self.output

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def finish(self, status: int = 0) -> str:
        """All of the output of a run that ends by itself with the status."""
        while self._read():
            pass
        ended = self.process.wait(30)
        assert ended == status, f"ended with {ended}: {self.output!r}"
        return self.output

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)

    def _read(self) -> bool:
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:
            # So Linux says that the other end is closed.
            return False
        self.output += data.decode(errors="replace")
        return bool(data)


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    """Starts the command in a terminal; see `Terminal`."""
    opened: list[Terminal] = []

    def start(*arguments: str | Path, **options: Any) -> Terminal:
        opened.append(Terminal(*arguments, **options))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


def write_log(path: Path, entries: Iterable[Mapping[str, Any]], **options: Any) -> Path:
    """A log that its writer has closed."""
    with mimir.Logger(path, formatter=None, **options) as logger:
        for entry in entries:
            logger.log(dict(entry))
    return path


def training(count: int) -> Iterator[dict[str, Any]]:
    """The entries of the sample logs."""
    for index in range(count):
        yield {
            "iteration": index,
            "loss": {"train": 1 / (index + 1), "test": 2 / (index + 1)},
            "phase": "warm-up" if index < count // 10 else "main",
        }


@pytest.fixture(params=["log.jsonl", "log.jsonl.gz"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A log of 1000 entries, plain and gzip."""
    return write_log(tmp_path / str(request.param), training(1000))


class Writer:
    """Another process that writes a log: `count` entries at once, then one for each `log`."""

    CODE = """
import sys, mimir
logger = mimir.Logger(sys.argv[1], formatter=None)
for index in range(int(sys.argv[2])):
    logger.log({'iteration': index, 'loss': 1 / (index + 1)})
print('ready', flush=True)
for line in sys.stdin:
    index += 1
    logger.log({'iteration': index, 'loss': 1 / (index + 1)})
    print('logged', flush=True)
logger.close()
"""

    def __init__(self, path: Path, count: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.CODE, str(path), str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        )
        self._expect("ready")

    @property
    def pid(self) -> int:
        return self.process.pid

    def log(self) -> None:
        """One more entry, which is in the log when this returns."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self._expect("logged")

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def close(self) -> None:
        """Ends as a program does that closes its logger."""
        self.process.communicate(timeout=30)

    def _expect(self, word: str) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == word


@pytest.fixture
def writer() -> Iterator[Callable[[Path, int], Writer]]:
    """Starts a process that writes a log; see `Writer`."""
    started: list[Writer] = []

    def start(path: Path, count: int) -> Writer:
        started.append(Writer(path, count))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.kill()


def noisy(count: int) -> Iterator[dict[str, Any]]:
    """Entries that do not compress well: several chunks, of which one can be damaged."""
    noise = random.Random(1)
    for index in range(count):
        yield {"iteration": index, "noise": noise.randbytes(300).hex()}


def damage(path: Path, place: float, count: int = 1) -> Path:
    """Changes so many bytes, so far into the file."""
    data = bytearray(path.read_bytes())
    start = int(len(data) * place)
    for index in range(start, start + count):
        data[index] ^= 0x55
    path.write_bytes(data)
    return path


@pytest.fixture(scope="session")
def long_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain log of two million entries: work that takes a while."""
    path = tmp_path_factory.mktemp("long") / "log.jsonl"
    block = "".join(f'{{"iteration":{index},"loss":{1 / (index + 1)}}}\n' for index in range(1000))
    with path.open("w") as file:
        for _ in range(2000):
            file.write(block)
    return path
