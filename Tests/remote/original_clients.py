#!/usr/bin/env python3
"""Clients of the original project, written from its protocol with pyzmq, next to ours.

usage: original_clients.py LIBDIR [--clients 6] [--entries 300]
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from remote_stage import Checks, Server, Stage, arguments, entries_of, runs_of
from remote_wire import DONE, REFUSED, STORED, OriginalClient

ENDS_WITHOUT_A_WORD = """
import sys, time
sys.path.insert(0, sys.argv[1])
from remote_wire import OriginalClient
client = OriginalClient(int(sys.argv[2]), "dead")
print(client.join() and client.log({"n": 1}), flush=True)
time.sleep(60)
"""


def log_entries(port: int, number: int, count: int, checks: Checks) -> None:
    client = OriginalClient(port, f"original {number}" if number % 2 else "")
    joined = client.join()
    stored = sum(client.log({"n": n, "who": number, "text": "é"}) for n in range(1, count + 1))
    left = client.leave()
    checks.that(joined and left and stored == count, f"{number}: {joined}, {stored}, {left}")


def side_by_side(stage: Stage, checks: Checks, clients: int, count: int) -> None:
    log = stage.folder / "both.jsonl.gz"
    server = stage.server(path=log)
    modern = [stage.client(server.port, tag=n, count=10 * count) for n in range(1, clients + 1)]
    threads = [
        threading.Thread(target=log_entries, args=[server.port, n, count, checks])
        for n in range(1, clients + 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in modern:
        checks.that(client.read(60).get("spooled") == 0, "a client of ours is not done")
    statistics = server.statistics()
    checks.that(statistics.get("idle") == 1, f"all have left: {statistics}")
    checks.that(statistics.get("joined") == 2 * clients, f"joined: {statistics}")
    checks.that(statistics.get("timed_out") == 0, f"timed out: {statistics}")
    checks.that(bool(server.close()["ended"]), "the server did not end well")
    entries = entries_of(log)
    runs = runs_of([entry for entry in entries if "tag" in entry], checks)
    checks.that(runs == dict.fromkeys(range(1, clients + 1), (1, 10 * count)), f"ours: {runs}")
    names = set()
    for number in range(1, clients + 1):
        own = [entry for entry in entries if entry.get("who") == number]
        checks.that([entry["n"] for entry in own] == list(range(1, count + 1)), f"{number}")
        checks.that(len({str(entry["remote_log"]) for entry in own}) == 1, f"{number}: one name")
        names.add(str(own[0]["remote_log"]))
        checks.that(own[0]["text"] == "é", f"{own[0]}")
        wanted = {"n", "who", "text", "remote_log"}
        checks.that(set(own[0]) == wanted, f"an entry has {set(own[0])}")
    checks.that(len(names) == clients, f"names: {names}")
    checks.that(sum(name.startswith("original ") for name in names) == (clients + 1) // 2, "names")


def what_goes_wrong(stage: Stage, checks: Checks) -> None:
    log = stage.folder / "wrong.jsonl"
    server = stage.server(path=log, clients=2, largest=2000)
    first = OriginalClient(server.port, "first")
    checks.that(first.join(), "joining")
    answer = first.ask(b'{"n": 1,}') or b""
    checks.that(answer[:1] == REFUSED and b"offset" in answer, f"no JSON: {answer!r}")
    answer = first.ask(b'{"n": "' + 3000 * b"x" + b'"}') or b""
    checks.that(answer[:1] == REFUSED and b"2000" in answer, f"too large: {answer!r}")
    checks.that(first.ask(b' {"n": NaN,\n "m": 1} ') == STORED, "NaN")
    # One that says nothing at first is let in with its first entry.
    second = OriginalClient(server.port)
    checks.that(second.log({"n": 2}), "an entry without joining")
    # No room: joining waits.
    third = OriginalClient(server.port, "third")
    checks.that(not third.join(0.5), "a third of two clients has joined")
    checks.that(first.leave(), "leaving")
    checks.that(third.receive(5) == b"\x01", "no room when one has left")
    checks.that(third.log({"n": 3}) and third.leave() and second.ask(DONE) == DONE, "the end")
    second.close()
    statistics = server.close()
    checks.that(statistics["refused"] == 2 and statistics["idle"] == 1, f"{statistics}")
    texts = log.read_text().splitlines()
    wanted = ['{"n":null,"m":1,"remote_log":"first"}', '{"n":2,"remote_log":1}']
    checks.that(texts == [*wanted, '{"n":3,"remote_log":"third"}'], f"the log: {texts}")


def becomes_idle(server: Server, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if server.statistics().get("idle") == 1:
            return True
        time.sleep(0.05)
    return False


def the_dead_hold_nobody_up(stage: Stage, checks: Checks) -> None:
    """A client that is killed, or its connection, is missed after the time limit, and not
    before."""
    log = stage.folder / "dead.jsonl"
    server = stage.server(path=log, timeout=500)
    folder = str(Path(__file__).resolve().parent)
    command = [sys.executable, "-c", ENDS_WITHOUT_A_WORD, folder, str(server.port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as dead:
        assert dead.stdout is not None
        checks.that(dead.stdout.readline() == "True\n", "the one to be killed has not logged")
        checks.that(not becomes_idle(server, 1), "a silent client counts as gone")
        dead.send_signal(signal.SIGKILL)
    checks.that(becomes_idle(server, 5), "a dead client is waited for")
    # One of ours that hangs.
    hanging = stage.client(server.port, tag=1, count=1000, rate=500)
    while server.statistics().get("joined", 0) < 2:
        time.sleep(0.05)
    hanging.process.send_signal(signal.SIGSTOP)
    other = stage.client(server.port, tag=2, count=1000)
    checks.that(other.read().get("spooled") == 0, "one beside a client that hangs")
    checks.that(becomes_idle(server, 5), "a client that hangs is waited for")
    hanging.process.send_signal(signal.SIGCONT)
    checks.that(hanging.read().get("spooled") == 0, "one that has hung goes on")
    statistics = server.close()
    checks.that(statistics["timed_out"] == 2 and statistics["ended"], f"{statistics}")
    entries = [entry for entry in entries_of(log) if "tag" in entry]
    runs = runs_of(entries, checks)
    checks.that(runs == {1: (1, 1000), 2: (1, 1000)}, f"runs: {runs}")


def the_silent_may_come_back(stage: Stage, checks: Checks) -> None:
    """An original client can't say that it is alive: given up for dead, it keeps its name."""
    log = stage.folder / "silent.jsonl"
    server = stage.server(path=log, timeout=100)
    client = OriginalClient(server.port, "silent")
    checks.that(client.join() and client.log({"n": 1}), "joining")
    checks.that(becomes_idle(server, 10), "a silent client is waited for")
    checks.that(client.log({"n": 2}) and client.leave(), "a silent client can't come back")
    statistics = server.close()
    checks.that(statistics["joined"] == 2 and statistics["timed_out"] == 1, f"{statistics}")
    names = [entry["remote_log"] for entry in entries_of(log)]
    checks.that(names == ["silent", "silent"], f"names: {names}")


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--entries", type=int, default=300)
    given = parser.parse_args()
    checks = Checks()
    with Stage(given.libdir) as stage:
        side_by_side(stage, checks, given.clients, given.entries)
        what_goes_wrong(stage, checks)
        the_dead_hold_nobody_up(stage, checks)
        the_silent_may_come_back(stage, checks)
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
