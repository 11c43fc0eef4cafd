"""The command in a real terminal emulator, whose screen can be looked at."""

from __future__ import annotations

import shlex
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .conftest import BINARY

_PATIENCE = 30


class Screen:
    """A shell in tmux, of a server of its own."""

    def __init__(self, socket: Path, columns: int, rows: int) -> None:
        self._socket = str(socket)
        size = ["-x", str(columns), "-y", str(rows)]
        shell = "env -i PATH=/usr/bin:/bin TERM=$TERM LC_ALL=C.UTF-8 PS1='$ ' sh"
        self.tmux("-u", "-f", "/dev/null", "new-session", "-d", *size, shell)
        self.until(lambda text: "$" in text)

    def tmux(self, *arguments: str) -> str:
        return subprocess.run(
            ["tmux", "-S", self._socket, *arguments],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        ).stdout

    def start(self, *arguments: str | Path) -> None:
        """Types `mimir ARGUMENTS`."""
        self.type(shlex.join([str(BINARY), *map(str, arguments)]), "Enter")

    def type(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    @property
    def text(self) -> str:
        return self.tmux("capture-pane", "-p")

    @property
    def format(self) -> tuple[str, str]:
        """Whether the alternate screen is shown, and the cursor."""
        alternate, cursor = self.tmux(
            "display-message", "-p", "#{alternate_on} #{cursor_flag}"
        ).split()
        return alternate, cursor

    def until(self, condition: Callable[[str], bool]) -> str:
        """The screen, once it is as wanted."""
        for _ in range(_PATIENCE * 20):
            text = self.text
            if condition(text):
                return text
            time.sleep(0.05)
        raise AssertionError(f"it never came to that; the screen is\n{text}")

    def resize(self, columns: int, rows: int) -> None:
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def command_pid(self) -> int:
        """Of the command that runs in the shell."""
        shell = self.tmux("display-message", "-p", "#{pane_pid}").strip()
        children = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
        return int(children[-1])

    def assert_restored(self) -> None:
        """The command has ended, and left the terminal as it was: what is typed is shown."""
        self.until(lambda text: text.rstrip().endswith("$"))
        assert self.format == ("0", "1")
        self.type("echo st=$(stty -a | grep -c -- ' -echo ')", "Enter")
        self.until(lambda text: "st=0" in text and "echo st=" in text)

    def close(self) -> None:
        self.tmux("kill-server")


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    opened = Screen(tmp_path / "tmux", 80, 24)
    yield opened
    opened.close()
