#!/usr/bin/env python3
"""Kills a process that logs to a gzip file, again and again, at random moments.

usage: kill_gzip.py LIBDIR [--kills 200] [--seed N]

After each kill the file is one valid member, or that with bytes after it (the first half of an
append that was never acknowledged), or a compaction is under way and its journal complete. The next
open makes it clean: `gzip -t`, every entry whose log had returned, whole, once, in order. One more
open changes nothing. Each kill counts as one check, and so does each kind of moment that was to be
met.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from campaign import UNTIL_KILLED, Checks, Writer, parse, read_acknowledged
from gzip_state import State, gzip_test, is_flagged, journal_of, look

KILLS_PER_FILE = 12
LARGEST_FILE = 12 << 20
LARGE_ENTRY = 150_000  # three blocks


class Log:
    """One file that lives through many kills; what was checked once is only compared again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.checked = 0  # bytes of text
        self.crc = 0
        self.last = 0  # number of the last entry

    def check(self, text: bytes, acknowledged: int) -> None:
        if len(text) < self.checked or zlib.crc32(text[: self.checked]) != self.crc:
            raise ValueError("what was there before has changed")
        new = text[self.checked :]
        if new and not new.endswith(b"\n"):
            raise ValueError(f"half an entry: {new[-60:]!r}")
        for line in new.splitlines():
            number = parse(line)[1]
            if number != self.last + 1:
                raise ValueError(f"entry {number} follows entry {self.last}")
            self.last = number
        self.crc = zlib.crc32(new, self.crc)
        self.checked = len(text)
        if self.last < acknowledged:
            raise ValueError(f"entry {acknowledged} was acknowledged, the last is {self.last}")


class Campaign:
    def __init__(self, writer: Writer, scratch: Path, chance: random.Random) -> None:
        self.writer = writer
        self.scratch = scratch
        self.chance = chance
        self.met: Counter[str] = Counter()
        self.files = 0
        self.log = self.new_log()

    def new_log(self) -> Log:
        self.files += 1
        return Log(self.scratch / f"{self.files}.jsonl.gz")

    def start(self, count: int = UNTIL_KILLED, pause: int = 0) -> subprocess.Popen[str]:
        self.ack.unlink(missing_ok=True)
        largest = self.chance.choice([0, 300, 5_000, 5_000, 20_000, LARGE_ENTRY])
        return self.writer.start(
            self.log.path,
            self.ack,
            first=self.log.last + 1,
            count=count,
            largest=min(largest, 2_000) if pause else largest,
            noise=self.chance.random() < 0.8,
            pause=pause,
        )

    @property
    def ack(self) -> Path:
        return self.log.path.with_suffix(".ack")

    def while_it_opens(self) -> subprocess.Popen[str]:
        process = self.start()
        time.sleep(self.chance.uniform(0, 0.008))
        return process

    def while_it_logs(self) -> subprocess.Popen[str]:
        process = self.start()
        wait(process, lambda: read_acknowledged(self.ack) > 0)
        time.sleep(self.chance.uniform(0, 0.006))
        return process

    def while_it_closes(self) -> subprocess.Popen[str]:
        """Closing compacts at once."""
        process = self.start(count=self.chance.randint(100, 400))
        self.meet_compaction(process)
        return process

    def while_the_thread_compacts(self) -> subprocess.Popen[str]:
        """A second after the tail has become large; entries go on meanwhile."""
        process = self.start(pause=self.chance.choice([100, 200, 300]))
        self.meet_compaction(process)
        return process

    def meet_compaction(self, process: subprocess.Popen[str]) -> None:
        """Waits for the journal to be begun, or for the header's flag; then for a moment."""
        journal = journal_of(self.log.path)

        def changed() -> int:
            # The process removes it, when it opens the log or ends a compaction.
            try:
                return journal.stat().st_mtime_ns
            except FileNotFoundError:
                return 0

        stale = changed()

        def is_begun() -> bool:
            return changed() not in (0, stale)

        if self.chance.random() < 0.5:
            wait(process, is_begun)
        else:
            wait(process, self.log.path.exists)
            with self.log.path.open("rb") as file:
                wait(process, lambda: is_flagged(file.fileno()))
        spin(self.chance.choice([0, 2e-5, 2e-4, 1e-3, 3e-3]) * self.chance.random())

    def kill_once(self) -> None:
        moments = [self.while_it_opens, self.while_it_logs]
        moments += [self.while_it_closes, self.while_the_thread_compacts]
        moment = self.chance.choices(moments, [15, 45, 28, 12])[0]
        process = moment()
        process.kill()
        _, errors = process.communicate()
        if errors:
            raise ValueError(f"the writer stopped by itself: {errors}")
        self.met[moment.__name__] += 1
        acknowledged = read_acknowledged(self.ack)
        is_known = self.check_as_left(acknowledged, moment.__name__)
        if not is_known:  # what the next writer may go on from
            for _ in range(self.chance.randint(0, 3)):
                self.kill_repair(acknowledged)
        # Or else the next writer repairs it, and may be killed doing so.
        if not is_known or self.chance.random() < 0.6:
            self.check_repaired(acknowledged)

    def kill_repair(self, acknowledged: int) -> None:
        process = self.writer.start(self.log.path, self.ack.with_suffix(".none"), count=0)
        time.sleep(self.chance.uniform(0, 0.006))
        process.kill()
        process.communicate()
        self.met["while a compaction is redone"] += 1
        self.check_as_left(acknowledged, "")

    def check_as_left(self, acknowledged: int, moment: str) -> bool:
        """Returns whether the last entry is known now."""
        if not self.log.path.exists() or self.log.path.stat().st_size == 0:
            if acknowledged or self.log.last:
                raise ValueError("the log is gone")
            self.met["left: no file yet"] += 1
            return True
        seen = look(self.log.path)
        self.met[f"left: {seen.state.value}"] += 1
        if seen.has_journal:
            self.met["left: a journal"] += 1
            if moment == "while_the_thread_compacts":
                self.met["left: a journal of the thread's"] += 1
        if seen.state is State.BROKEN:
            raise ValueError("as left: broken")
        if seen.state is State.COMPACTING:
            return False
        self.log.check(seen.text, acknowledged)
        return True

    def check_repaired(self, acknowledged: int) -> None:
        path = self.log.path
        self.writer.open_and_close(path)
        complaint = gzip_test(path)
        if complaint:
            raise ValueError(f"after the next open: {complaint}")
        self.log.check(look(path).text, acknowledged)
        if journal_of(path).exists():
            raise ValueError("opening and closing left a journal")
        before = path.read_bytes()
        self.writer.open_and_close(path)
        if path.read_bytes() != before:
            raise ValueError("a second open changed the file")


def wait(process: subprocess.Popen[str], is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    polls = 0
    while not is_so():
        polls += 1
        if polls % 100 == 0 and (process.poll() is not None or time.monotonic() > deadline):
            return


def spin(seconds: float) -> None:
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        pass


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("libdir", type=Path)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 2**32)
    arguments = parser.parse_args()
    print(f"{arguments.kills} kills, seed {arguments.seed}", flush=True)
    checks = Checks()
    entries = 0
    with tempfile.TemporaryDirectory(prefix="mimir-kill-") as folder:
        scratch = Path(folder)
        writer = Writer(arguments.libdir, scratch)
        campaign = Campaign(writer, scratch, random.Random(arguments.seed))
        for kill in range(arguments.kills):
            if kill % KILLS_PER_FILE == 0 or campaign.log.checked > LARGEST_FILE:
                entries += campaign.log.last
                campaign.log.path.unlink(missing_ok=True)
                campaign.log = campaign.new_log()
            try:
                campaign.kill_once()
                checks.that(True, "")
            except (ValueError, AssertionError) as error:
                checks.that(False, f"kill {kill}: {error}")
                campaign.log = campaign.new_log()
        entries += campaign.log.last
    print(f"{entries} entries survived {arguments.kills} kills")
    for what, count in sorted(campaign.met.items()):
        print(f"{count:6} {what}")
    if arguments.kills >= 100:
        checks.that(campaign.met["left: a journal"] > 0, "no kill met a compaction")
        under_way = campaign.met[f"left: {State.COMPACTING.value}"]
        checks.that(under_way > 0, "no kill met a compaction that was being written in place")
        checks.that(
            campaign.met["left: a journal of the thread's"] > 0,
            "no kill met a compaction while entries went on",
        )
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
