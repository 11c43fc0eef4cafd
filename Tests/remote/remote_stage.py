"""What the remote tests share: a log server and its clients as processes, and what a log must
hold."""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.append(str(ROOT / "Tests/stream"))

from curve import KeyRing  # noqa: E402
from raw_client import PING, RawClient  # noqa: E402
from stage import Checks, Program, Programs, arguments, free_ports  # noqa: E402
from two_hosts import hosts  # noqa: E402

__all__ = ["PING", "Checks", "KeyRing", "Program", "RawClient", "Server", "Stage", "arguments"]
__all__ += ["entries_of", "free_ports", "hosts", "runs_of"]


class Server(Program):
    def __init__(self, command: Sequence[str], **options: object) -> None:
        super().__init__(command, **options)
        opened = self.read()
        if not opened:
            raise RuntimeError("the server did not open")
        self.port = int(opened["port"])

    def statistics(self) -> dict[str, Any]:
        self.tell("statistics")
        return self.read()

    def close(self) -> dict[str, Any]:
        self.tell("end")
        statistics = self.read()
        statistics["ended"] = self.ends()
        return statistics


class Stage(Programs):
    """A log server and clients, with one folder for their spools."""

    def __init__(self, library_folder: Path) -> None:
        super().__init__(library_folder, HERE, "log_server", "log_client")
        self.spool = self.folder / "spool"

    def server(self, *before: str, **options: object) -> Server:
        server = Server([*before, str(self.folder / "log_server")], **options)
        self._programs.append(server)
        return server

    def client(self, port: int, *before: str, **options: object) -> Program:
        options = {"port": port, "spool": self.spool} | options
        client = Program([*before, str(self.folder / "log_client")], **options)
        self._programs.append(client)
        return client

    def send_spools(self, port: int, *before: str, **options: object) -> dict[str, Any]:
        return self.client(port, *before, send=1, **options).read(120)

    def spools(self) -> list[Path]:
        return sorted(self.spool.iterdir()) if self.spool.exists() else []


def entries_of(path: Path) -> list[dict[str, Any]]:
    """All entries of a log, each line of which has to be one."""
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in text.splitlines()]


def runs_of(entries: list[dict[str, Any]], checks: Checks) -> dict[int, tuple[int, int]]:
    """For each tag its first and last number: all between them, once, in order, under one id that
    numbers them as they are."""
    runs: dict[int, tuple[int, int]] = {}
    ids: dict[int, str] = {}
    wrong: Counter[str] = Counter()
    for entry in entries:
        tag, number = entry["tag"], entry["n"]
        identity, _, sequence = entry["remote_seq"].partition(":")
        first, last = runs.get(tag, (number, number - 1))
        if number != last + 1:
            wrong[f"tag {tag}: {number} behind {last}"] += 1
        if ids.setdefault(tag, identity) != identity or int(sequence) != number - first + 1:
            wrong[f"tag {tag}: {entry['remote_seq']} is entry {number - first + 1}"] += 1
        runs[tag] = (first, number)
    checks.that(not wrong, f"{sum(wrong.values())} out of place: {wrong.most_common(5)}")
    return runs
