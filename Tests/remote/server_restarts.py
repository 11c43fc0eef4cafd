#!/usr/bin/env python3
"""A server that is killed and started again and again, and clients that are killed at random.

usage: server_restarts.py LIBDIR [--clients 16] [--entries 4000] [--restarts 8] [--seconds 8]

Every entry for which log has returned is in the log once, in its client's order, after the spools
that were left behind are sent; so is, perhaps, the one that a kill came into.
"""

from __future__ import annotations

import random
import signal
import sys
import threading
import time
from pathlib import Path

from remote_stage import Checks, Program, Server, Stage, arguments, entries_of, free_ports, runs_of


class Slot:
    """One place in the training: processes one after the other, each going on where the last one
    was killed."""

    def __init__(self, stage: Stage, port: int, number: int, entries: int, rate: int) -> None:
        self.stage = stage
        self.port = port
        self.number = number
        self.entries = entries
        self.rate = rate
        self.runs: list[tuple[int, Path]] = []
        self.first = 1
        self.program = self.start()

    def start(self) -> Program:
        tag = self.number * 1000 + len(self.runs)
        progress = self.stage.folder / f"progress-{tag}"
        self.runs.append((tag, progress))
        return self.stage.client(
            self.port,
            tag=tag,
            first=self.first,
            count=self.entries - self.first + 1,
            rate=self.rate,
            progress=progress,
            wait=60_000,
            name=random.choice([f"slot {self.number}", None]),
        )

    def logged(self, progress: Path) -> int:
        data = progress.read_bytes() if progress.exists() else b""
        return int.from_bytes(data, sys.byteorder)

    def restart(self) -> None:
        if self.program.process.poll() is not None:
            return
        self.program.kill()
        self.first = max(self.first, self.logged(self.runs[-1][1]) + 1)
        if self.first <= self.entries:
            self.program = self.start()


class Campaign:
    def __init__(self, stage: Stage, clients: int, entries: int, seconds: float) -> None:
        self.stage = stage
        self.log = stage.folder / "all.jsonl.gz"
        self.port, _ = free_ports()
        self.server = self.start()
        rate = round(entries / seconds)
        self.slots = [Slot(stage, self.port, n + 1, entries, rate) for n in range(clients)]
        self.kills = 0
        self.over = threading.Event()

    def start(self) -> Server:
        # Gathering, too: what is acknowledged is in the file all the same.
        return self.stage.server(
            path=self.log, port=self.port, timeout=2000, flush=random.choice([0, 1])
        )

    def kill_server(self) -> None:
        if random.random() < 0.3:
            self.server.process.send_signal(signal.SIGSTOP)
            time.sleep(random.uniform(0, 0.5))
        self.server.kill()
        time.sleep(random.choice([0, 0, 0.1, 0.4]))
        self.server = self.start()

    def kill_clients(self) -> None:
        while not self.over.wait(random.uniform(0.05, 0.5)):
            random.choice(self.slots).restart()
            self.kills += 1

    def check(self, checks: Checks) -> None:
        entries = entries_of(self.log)
        runs = runs_of(entries, checks)
        for slot in self.slots:
            for tag, progress in slot.runs:
                logged = slot.logged(progress)
                first, last = runs.pop(tag, (logged + 1, logged))
                checks.that(
                    logged <= last <= logged + 1 or (logged == 0 and last <= first),
                    f"tag {tag}: logged up to {logged}, in the log {first} to {last}",
                )
        checks.that(not runs, f"nobody's entries: {list(runs.items())[:5]}")
        print(f"{len(entries)} entries in the log", flush=True)


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--entries", type=int, default=4000)
    parser.add_argument("--restarts", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 2**32)
    given = parser.parse_args()
    random.seed(given.seed)
    print(f"seed {given.seed}", flush=True)
    checks = Checks()
    with Stage(given.libdir) as stage:
        campaign = Campaign(stage, given.clients, given.entries, given.seconds)
        killer = threading.Thread(target=campaign.kill_clients)
        killer.start()
        for _ in range(given.restarts):
            time.sleep(random.uniform(0.3, 1.2) * given.seconds / given.restarts)
            campaign.kill_server()
        campaign.over.set()
        killer.join()
        reconnected = 0
        for slot in campaign.slots:
            if slot.program.process.poll() is not None and slot.program.process.returncode < 0:
                continue
            result = slot.program.read(90)
            checks.that(
                result.get("failed") == 0 and result.get("spooled") == 0,
                f"slot {slot.number}: {result}",
            )
            reconnected += int(result.get("reconnections", 0))
        sent = stage.send_spools(campaign.port)
        print(f"{campaign.kills} clients killed; spools: {sent}", flush=True)
        checks.that(
            sent.get("status") == 0 and sent.get("busy") == 0, f"sending the spools: {sent}"
        )
        checks.that(not stage.spools(), f"spools are left: {stage.spools()[:3]}")
        checks.that(reconnected > 0, "no client has seen a server go")
        statistics = campaign.server.close()
        print(f"server: {statistics}", flush=True)
        checks.that(bool(statistics["ended"]), "the server did not end well")
        campaign.check(checks)
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
