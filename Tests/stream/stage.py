"""What the stream tests share: a publisher and viewers as processes, the counting of checks."""

from __future__ import annotations

import argparse
import json
import selectors
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
T = TypeVar("T", bound="Programs")
NOT_OK = {"wrong": 0, "disordered": 0, "skipped": 0, "missed": 0}


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

    def got_all(self, result: dict[str, Any], count: int, who: str) -> None:
        """A viewer's result: entries 1 to `count` of the last run, once, in order, as logged."""
        faults = {name: result.get(name) for name in NOT_OK if result.get(name) != 0}
        self.that(result.get("in_run") == count and not faults, f"{who}: {result}")

    def close(self) -> int:
        print(f"{self.passed} passed, {self.failed} failed")
        return 0 if self.failed == 0 else 1


class Program:
    """A process that prints lines of JSON."""

    def __init__(self, command: Sequence[str], **options: object) -> None:
        arguments = [f"{name}={value}" for name, value in options.items() if value is not None]
        self.process = subprocess.Popen(
            [*command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def read(self, timeout: float = 60) -> dict[str, Any]:
        """Its next line; {} when none comes."""
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(timeout):
                return {}
        line = self.process.stdout.readline()
        return dict(json.loads(line)) if line else {}

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def ends(self, timeout: float = 60) -> bool:
        """Whether it ends by itself, and well."""
        try:
            return self.process.wait(timeout) == 0
        except subprocess.TimeoutExpired:
            self.kill()
            return False

    def memory(self, name: str = "VmHWM") -> float:
        """In MiB; by default the most that it has ever had."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1]) / 1024
        return 0


class Publisher(Program):
    def __init__(self, command: Sequence[str], **options: object) -> None:
        super().__init__(command, **options)
        self.opened = self.read()
        if not self.opened:
            raise RuntimeError("the publisher did not open")
        self.push = int(self.opened["push"])
        self.router = int(self.opened["router"])

    def go(self) -> None:
        self.tell("go")

    def close(self, timeout: float = 60) -> dict[str, Any]:
        """Its statistics, and how long closing took."""
        self.tell("end")
        statistics = self.read(timeout) | self.read(timeout)
        statistics["ended"] = self.ends(timeout)
        return statistics


class Programs:
    """Builds C programs against a libmimir, and ends those that were started. A context manager."""

    def __init__(self, library_folder: Path, sources: Path, *names: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"mimir-{sources.name}-"))
        self._programs: list[Program] = []
        self.library = library_folder.resolve()
        for name in names:
            command = ["gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"]
            command += [f"-I{ROOT / 'include'}", str(sources / f"{name}.c")]
            command += ["-o", str(self.folder / name), f"-L{self.library}", "-lmimir"]
            subprocess.run([*command, f"-Wl,-rpath,{self.library}"], check=True)

    def __enter__(self: T) -> T:
        return self

    def __exit__(self, *_: object) -> None:
        for program in self._programs:
            if program.process.poll() is None:
                program.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Stage(Programs):
    """A publisher and viewers."""

    def __init__(self, library_folder: Path) -> None:
        super().__init__(library_folder, HERE, "publisher", "viewer")

    def publisher(self, *before: str, **options: object) -> Publisher:
        publisher = Publisher([*before, str(self.folder / "publisher")], **options)
        self._programs.append(publisher)
        return publisher

    def viewer(self, publisher: Publisher | None, *before: str, **options: object) -> Program:
        if publisher is not None:
            options = {"push": publisher.push, "router": publisher.router} | options
        viewer = Program([*before, str(self.folder / "viewer")], **options)
        self._programs.append(viewer)
        return viewer


def free_ports() -> tuple[int, int]:
    """Two ports that nobody listens on at this moment."""
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return int(first.getsockname()[1]), int(second.getsockname()[1])


def arguments(description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("libdir", type=Path)
    return parser
