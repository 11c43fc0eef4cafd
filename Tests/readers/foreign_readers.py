#!/usr/bin/env python3
"""Tries gzip readers that know nothing of Mímir on logs in every state.

usage: foreign_readers.py LIBDIR [--all] [--docs docs/format.md] [--reads N]

Without --all only those readers that are quick. States: a live log whose writer is stopped between
appends, a live one that takes 100 entries a second, one whose writer was killed, a closed one; and
a copy with bytes after its end, as a kill in the middle of an append may leave it, which is shown
but not asserted. --docs writes the table into the section "Readers tried".
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "crash"))
import readers
from campaign import Checks, Writer, parse, read_acknowledged
from gzip_state import State, look
from readers import Reader, ReadError

PAGE = 4096
BEFORE = 3_000  # entries in chunks before each state
STATES = ("live, stopped", "live, 100 entries/s", "killed", "closed", "bytes after the end")
RUNNING = STATES[1]
TRAILING = STATES[4]
ERROR_AT_END = "every entry, and an error"


class Log:
    def __init__(self, writer: Writer, path: Path) -> None:
        self.path = path
        self.ack = path.with_suffix(".ack")
        self.writer = writer
        process = writer.start(path, self.ack, count=BEFORE, largest=600, noise=True)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors

    def log_on(self, pause: int) -> subprocess.Popen[str]:
        """Starts a writer; returns when it has logged."""
        process = self.writer.start(
            self.path, self.ack, first=BEFORE + 1, largest=2_000, noise=True, pause=pause
        )
        deadline = time.monotonic() + 30
        while read_acknowledged(self.ack) < BEFORE + 50 and time.monotonic() < deadline:
            time.sleep(0.005)
        return process


def numbers(text: bytes) -> int:
    """How many entries a reader gave; raises ValueError unless they are whole and in order."""
    if text and not text.endswith(b"\n"):
        raise ValueError("half an entry")
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if parse(line) != (0, number):
            raise ValueError(f"line {number} is {line[:60]!r}")
    return len(lines)


def try_reader(reader: Reader, log: Path, at_least: int) -> str:
    """What went wrong; nothing when it gave every entry."""
    error = ""
    try:
        text = reader.read(reader.command(log))
    except ReadError as failure:
        text, error = failure.text, str(failure)
    try:
        count = numbers(text)
    except ValueError as broken:
        return str(broken)
    if error:
        return ERROR_AT_END if count >= at_least else f"no: {error[:70]}"
    return "" if count >= at_least else f"{count} of {at_least} entries"


def stop_between_appends(process: subprocess.Popen[str], log: Path) -> None:
    while True:
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        if look(log).state is State.VALID:
            return
        process.send_signal(signal.SIGCONT)
        time.sleep(0.001)


class Trial:
    def __init__(self, tried: list[Reader], reads: int, checks: Checks) -> None:
        self.tried = tried
        self.reads = reads
        self.checks = checks
        self.table: dict[str, dict[str, str]] = {reader.name: {} for reader in tried}

    def once(self, state: str, log: Path, at_least: int) -> None:
        for reader in self.tried:
            failure = try_reader(reader, log, at_least)
            self.table[reader.name][state] = failure or "yes"
            if state != TRAILING:
                self.checks.that(not failure, f"{reader.name}, {state}: {failure}")

    def while_it_runs(self, log: Log) -> None:
        """Each read must give at least what was acknowledged before it began.

        Foreign readers take no lock, and those that are slow or read in many steps may catch an
        append between two of them: an error behind all the data is shown, and no failure.
        """
        for reader in self.tried:
            reads = max(self.reads // 4, 3) if reader.is_slow else self.reads
            failures = []
            for _ in range(reads):
                failure = try_reader(reader, log.path, read_acknowledged(log.ack))
                if failure:
                    failures.append(failure)
            bad = [failure for failure in failures if failure != ERROR_AT_END]
            good = reads - len(failures)
            late = len(failures) - len(bad)
            self.table[reader.name][RUNNING] = f"{good} of {reads}" + (
                f", {late} with {ERROR_AT_END}" if late else ""
            )
            # How often a slow one fails is for the table to show; it must get through, though.
            allowed = reads - 1 if reader.is_slow else max(1, reads // 100)
            self.checks.that(len(bad) <= allowed, f"{reader.name}, {RUNNING}: {bad[:3]}")


def run(writer: Writer, scratch: Path, trial: Trial) -> None:
    live = Log(writer, scratch / "live.jsonl.gz")
    process = live.log_on(pause=10_000)
    trial.while_it_runs(live)
    stop_between_appends(process, live.path)
    trial.once(STATES[0], live.path, read_acknowledged(live.ack))
    process.kill()
    process.communicate()

    killed = Log(writer, scratch / "killed.jsonl.gz")
    process = killed.log_on(pause=0)
    process.kill()
    process.communicate()
    count = read_acknowledged(killed.ack)
    if look(killed.path).state is State.TRAILING:  # rare: it has a column of its own
        writer.open_and_close(killed.path)
        process = killed.log_on(pause=10_000)
        process.kill()
        process.communicate()
        count = read_acknowledged(killed.ack)
    trial.once(STATES[2], killed.path, count)
    trailing = scratch / "trailing.jsonl.gz"
    shutil.copy(killed.path, trailing)
    with trailing.open("ab") as file:
        # What lies past the border, where the write begins; zeros up to there.
        file.write(bytes(-trailing.stat().st_size % PAGE))
        file.write(b'xxxxxxxxxx"}\n\1\0\0\xff\xff' + os.urandom(8))
    trial.once(TRAILING, trailing, count)

    writer.open_and_close(killed.path)
    trial.once(STATES[3], killed.path, count)


def table(trial: Trial) -> str:
    lines = ["| reader | version | " + " | ".join(STATES) + " |"]
    lines.append("| --- | --- |" + " --- |" * len(STATES))
    for reader in trial.tried:
        row = trial.table[reader.name]
        cells = [row[state].replace("|", "\\|").replace("\n", " ") for state in STATES]
        lines.append(f"| {reader.name} | {readers.version(reader)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def write_docs(path: Path, made: str) -> None:
    text = path.read_text(encoding="utf-8")
    section = f"""## Readers tried

Written by `make readers`. Each read a live log whose writer was stopped between two appends; one
that took 100 entries a second, again and again; one whose writer was killed, before any repair; a
closed one; and one with bytes after its end, which a kill in the middle of an append that crosses a
border can leave until the next open.

{made}
"""
    text = re.sub(r"\n## Readers tried\n.*?(?=\n## |\Z)", "", text, flags=re.DOTALL)
    path.write_text(f"{text.rstrip()}\n\n{section}", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("libdir", type=Path)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--docs", type=Path)
    parser.add_argument("--reads", type=int, default=20)
    arguments = parser.parse_args()
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="mimir-readers-") as folder:
        scratch = Path(folder)
        readers.build(scratch)
        tried = readers.quick(scratch)
        if arguments.all:
            readers.build_slow(scratch)
            tried += readers.slow(scratch)
        trial = Trial(tried, arguments.reads, checks)
        run(Writer(arguments.libdir, scratch), scratch, trial)
        made = table(trial)
        print(made)
        if arguments.docs:
            write_docs(arguments.docs, made)
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
