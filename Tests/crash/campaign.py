"""What the crash tests share: the writer, its acknowledgements, the counting of checks."""

from __future__ import annotations

import functools
import json
import string
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
UNTIL_KILLED = -1
NOISE_SIZE = 1 << 17


class Writer:
    """The program that logs numbered entries (writer.c), built against a libmimir."""

    def __init__(self, library_folder: Path, scratch: Path) -> None:
        self._program = scratch / "writer"
        folder = library_folder.resolve()
        command = ["gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"]
        command += [f"-I{ROOT / 'include'}", str(HERE / "writer.c"), "-o", str(self._program)]
        command += [f"-L{folder}", "-lmimir", f"-Wl,-rpath,{folder}"]
        subprocess.run(command, check=True)

    def start(
        self,
        log: Path,
        acknowledged: Path,
        *,
        identity: int = 0,
        count: int = UNTIL_KILLED,
        first: int = 1,
        largest: int = 20_000,
        shared: bool = False,
        noise: bool = False,
        pause: int = 0,
    ) -> subprocess.Popen[str]:
        arguments = [identity, count, first, largest, int(shared), int(noise), pause]
        command = [str(self._program), str(log), str(acknowledged), *map(str, arguments)]
        return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)

    def open_and_close(self, log: Path, *, shared: bool = False) -> None:
        """Opens a log for writing and closes it again: what repairs it."""
        process = self.start(log, log.with_suffix(".none"), count=0, shared=shared)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors


def read_acknowledged(path: Path) -> int:
    """The number of the last entry that log has taken; 0 when there was none."""
    data = path.read_bytes() if path.exists() else b""
    return int.from_bytes(data[:8], "little")


@functools.cache
def noise() -> str:
    """What writer.c takes noisy pads from, repeated so that a slice never has to go round."""
    letters = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+-"
    mask = 2**64 - 1
    state = 2026
    made = []
    for _ in range(NOISE_SIZE):
        state ^= state << 13 & mask
        state ^= state >> 7
        state ^= state << 17 & mask
        made.append(letters[state >> 58])
    return "".join(made) * 3


def is_pad(pad: str, number: int) -> bool:
    if pad == chr(ord("a") + number % 26) * len(pad):
        return True
    start = number * 7919 % NOISE_SIZE
    return pad == noise()[start : start + len(pad)]


def parse(line: bytes) -> tuple[int, int]:
    """The writer and number of a line; raises ValueError unless it is exactly what was logged."""
    entry = json.loads(line.decode("utf-8"))
    if not isinstance(entry, dict) or list(entry) != ["writer", "n", "pad"]:
        raise ValueError(f"not what was logged: {line[:80]!r}")
    identity, number, pad = entry["writer"], entry["n"], entry["pad"]
    if not is_pad(pad, number):
        raise ValueError(f"entry {number} holds what belongs to another: {line[:80]!r}")
    return identity, number


class Checks:
    """Counts checks, shows the first failures, prints the closing line."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def that(self, condition: bool, failure: str) -> bool:
        if condition:
            self.passed += 1
        else:
            self.failed += 1
            if self.failed <= 20:
                print(f"not ok: {failure}", flush=True)
        return condition

    def close(self) -> int:
        print(f"{self.passed} passed, {self.failed} failed")
        return 0 if self.failed == 0 else 1
