"""Keys, as they are pressed."""

from __future__ import annotations

import os
import select
import sys
import termios
import time
from types import TracebackType
from typing import Any


class Keyboard:
    """Standard input without waiting for a line, and without showing what is typed. Where it is no
    terminal, no keys come."""

    def __init__(self) -> None:
        self._file: int | None = None
        self._before: Any = None

    def __enter__(self) -> Keyboard:
        try:
            self._before = termios.tcgetattr(sys.stdin.fileno())
            self._file = sys.stdin.fileno()
        except (termios.error, OSError, ValueError, AttributeError):
            return self
        attributes = termios.tcgetattr(self._file)
        attributes[3] &= ~(termios.ICANON | termios.ECHO)
        # Ctrl-Z would leave the shell with a terminal that is not its own.
        attributes[6][termios.VSUSP] = b"\0"
        termios.tcsetattr(self._file, termios.TCSADRAIN, attributes)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._file is not None:
            termios.tcsetattr(self._file, termios.TCSADRAIN, self._before)

    def read(self, seconds: float) -> str:
        """What has been typed; it waits so long for it."""
        if self._file is None:
            time.sleep(seconds)
            return ""
        if not select.select([self._file], [], [], seconds)[0]:
            return ""
        typed = os.read(self._file, 256)
        if not typed:  # the terminal is gone
            raise EOFError
        return typed.decode(errors="replace")
