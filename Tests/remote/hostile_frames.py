#!/usr/bin/env python3
"""Clients that do everything wrong, at once with good ones; and servers that do.

usage: hostile_frames.py LIBDIR [--seconds 6]

The server must not end or grow without bound; what good clients log is in its log, and nothing else
but what hostile ones have logged by the protocol. A client of ours that a hostile server has
answered loses nothing.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import resource
import secrets
import socket
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zmq
from remote_stage import (
    PING,
    Checks,
    RawClient,
    Server,
    Stage,
    arguments,
    entries_of,
    free_ports,
    runs_of,
)
from remote_wire import OriginalClient, WireClient

NUMBERS = ["0", "1", "-1", "007", "9223372036854775807", "9223372036854775808", "9" * 25, "1e3", ""]
NUMBERS += ["18446744073709551615", "18446744073709551616", "0x10", " ", "١٢", "+1", "1\x00"]
HEADS = [
    "MIMIR/1 hello",
    "MIMIR/1 hello 1",
    "MIMIR/1 ping",
    "MIMIR/1 bye",
    "MIMIR/1",
    "MIMIR/2 ping",
]
HEADS += ["MIMIR/1 entries", "MIMIR/1  ping", "mimir/1 ping", "MIMIR/1 stored 1", "ICANHAZ?"]
BODIES = [
    b"",
    b"{}",
    b"[]",
    b"{",
    b"null",
    b'{"id":1}',
    b"\xff\xfe",
    b"{}\n" * 3,
    b"\n",
    b"x" * 5000,
]
BODIES += [b'{"a":NaN}\n', b'{"a":1}', b"[" * 100_000, b'{"a":' * 600 + b"1" + b"}" * 600 + b"\n"]
MEMBERS: list[object] = [
    0,
    -1,
    2**63,
    2**70,
    1.5,
    None,
    "",
    "x" * 16,
    "x" * 300,
    [],
    {},
    True,
    "\x00",
    "é" * 8,
]

Hostility = Callable[["Crowd"], None]


class Crowd:
    def __init__(self, server: Server, seconds: float) -> None:
        self.server = server
        self.until = time.monotonic() + seconds
        self.done: Counter[str] = Counter()

    def is_on(self) -> bool:
        return time.monotonic() < self.until


def odd_frames(crowd: Crowd) -> None:
    while crowd.is_on():
        client = WireClient(crowd.server.port)
        for _ in range(300):
            size = random.choice([0, 1, 8, 100, 2000])
            frames = [random.randbytes(size)] * random.randint(1, 12)
            if random.random() < 0.4:
                frames[0] = random.choice(HEADS).encode()
            if random.random() < 0.3:
                frames[-1] = random.choice(BODIES)
            client.dealer.send_multipart(frames)
            crowd.done["odd messages"] += 1
        time.sleep(0.05)
        client.close()


def odd_hellos(crowd: Crowd) -> None:
    client = WireClient(crowd.server.port)
    names = ["id", "next", "name", "number", "rank", "world_size", "local_rank", "host"]
    while crowd.is_on():
        about: dict[str, object] = {"id": secrets.token_urlsafe(12), "next": random.randint(0, 3)}
        for name in random.sample(names, 2):
            about[name] = random.choice(MEMBERS)
        client.send("MIMIR/1 hello", json.dumps(about).encode())
        crowd.done["odd hellos"] += 1
        while client.dealer.poll(2):
            client.dealer.recv_multipart()
    client.close()


def odd_batches(crowd: Crowd) -> None:
    """After a proper hello: numbers that are none, huge, or leave gaps; counts and texts that are
    wrong."""
    while crowd.is_on():
        client = WireClient(crowd.server.port)
        client.hello(random.choice([1, 1, 1, 2**62, 2**63 - 1]))
        for _ in range(200):
            if random.random() < 0.5:
                first, count = random.choice(NUMBERS), random.choice(NUMBERS)
                client.send(f"MIMIR/1 entries {first} {count}", random.choice(BODIES))
            else:
                lines = [
                    random.choice(BODIES).decode("latin-1") for _ in range(random.randint(1, 5))
                ]
                client.send_entries(random.choice([1, 2, 5, 2**63 - 1]), *lines)
            crowd.done["odd batches"] += 1
        while client.dealer.poll(5):
            client.dealer.recv_multipart()
        client.close()


def no_window(crowd: Crowd) -> None:
    """Sends, and never waits for an acknowledgement; a dozen times: the log must not be huge."""
    lines = ['{"pad":"' + 500 * "x" + '"}' for _ in range(1000)]
    for _ in range(12):
        if not crowd.is_on():
            return
        client = WireClient(crowd.server.port)
        client.dealer.setsockopt(zmq.SNDHWM, 0)
        client.hello()
        for number in range(160):
            client.send_entries(1 + number * 1000, *lines)
            crowd.done["batches without an end"] += 1
        time.sleep(0.3)
        client.close()


def stolen_names(crowd: Crowd) -> None:
    """Many connections with one id, that come and go."""
    identity = secrets.token_urlsafe(12)
    while crowd.is_on():
        clients = [WireClient(crowd.server.port, identity) for _ in range(4)]
        for client in clients:
            client.send("MIMIR/1 hello", json.dumps({"id": identity, "next": 1}).encode())
        for client in clients:
            client.send_entries(random.randint(1, 5), *["{}"] * random.randint(1, 5))
            crowd.done["stolen ids"] += 1
        time.sleep(0.01)
        for client in clients:
            client.close()


def odd_originals(crowd: Crowd) -> None:
    """DEALERs that begin with an empty frame, and don't wait."""
    while crowd.is_on():
        client = WireClient(crowd.server.port)
        for _ in range(200):
            frames = [
                random.choice([b"\1", b"\2", b"\3", *BODIES]) for _ in range(random.randint(1, 3))
            ]
            client.dealer.send_multipart([b"", *frames])
            crowd.done["odd originals"] += 1
        time.sleep(0.02)
        client.close()


def garbage(crowd: Crowd) -> None:
    greeting = b"\xff" + bytes(8) + b"\x7f\x03\x01NULL" + bytes(48)
    while crowd.is_on():
        try:
            connection = socket.create_connection(("127.0.0.1", crowd.server.port), timeout=5)
            kind = random.randrange(4)
            if kind == 0:
                connection.sendall(random.randbytes(random.randint(1, 5000)))
            elif kind == 1:
                connection.sendall(greeting[: random.randint(1, len(greeting))])
            elif kind == 2:  # a frame of 2^63 bytes
                connection.sendall(greeting + b"\x06" + struct.pack(">Q", 2**63))
            else:
                connection.sendall(greeting + b"\x04\xff" + os.urandom(255))
            connection.close()
            crowd.done["broken connections"] += 1
        except OSError:
            crowd.done["refused connections"] += 1
        time.sleep(0.002)


def flood(crowd: Crowd) -> None:
    """More messages than can be taken, pings in it, and then a broken connection: where libzmq
    stops reading from such a client, it ends the process."""
    while crowd.is_on():
        message = b"\0\x01" + random.choice([b"x", b"\1", b"\0"])
        try:
            client = RawClient(crowd.server.port, b"DEALER")
            for _ in range(random.choice([1, 1, 1, 20])):
                client.socket.sendall((message * 700 + PING) * 30)
            client.break_off()
            crowd.done["floods"] += 1
        except OSError:
            crowd.done["floods that were cut off"] += 1
        time.sleep(0.1)


HOSTILITIES: list[Hostility] = [odd_frames, odd_hellos, odd_batches, no_window, stolen_names]
HOSTILITIES += [odd_originals, garbage, flood]


def check_log(log: Path, checks: Checks, count: int) -> None:
    """Nothing twice, nothing without a name, and all of the good clients."""
    good: list[dict[str, Any]] = []
    last: dict[str, int] = {}
    twice = unnamed = entries = 0
    with gzip.open(log, "rt", encoding="utf-8") as text:
        for line in text:
            entries += 1
            entry = json.loads(line)
            unnamed += "remote_log" not in entry
            if "tag" in entry:
                good.append(entry)
            identity, _, sequence = entry.get("remote_seq", "").partition(":")
            if identity:
                twice += int(sequence) <= last.get(identity, 0)
                last[identity] = int(sequence)
    print(f"{entries} entries in the log, of {len(last)} clients", flush=True)
    checks.that(twice == 0, f"{twice} entries were stored twice, or too late")
    checks.that(unnamed == 0, f"{unnamed} entries without remote_log")
    runs = runs_of(good, checks)
    checks.that(runs == dict.fromkeys((1, 2, 3), (1, count)), f"good clients: {runs}")


def hostile_clients(stage: Stage, checks: Checks, seconds: float) -> None:
    log = stage.folder / "crowd.jsonl.gz"
    server = stage.server(path=log, timeout=1000, flush=1)
    before = server.memory("VmRSS")
    crowd = Crowd(server, seconds)
    count, rate = round(1000 * seconds), 1000
    good = [
        stage.client(server.port, tag=n, count=count, rate=rate, wait=60_000) for n in (1, 2, 3)
    ]
    threads = [threading.Thread(target=hostility, args=[crowd]) for hostility in HOSTILITIES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in good:
        result = client.read(90)
        checks.that(result.get("spooled") == 0 and result.get("refused") == 0, f"{result}")
    original = OriginalClient(server.port, "honest")
    checks.that(original.join() and original.log({"honest": 1}), "an original client afterwards")
    checks.that(original.leave(), "leaving")
    growth = server.memory() - before
    statistics = server.close()
    print(", ".join(f"{number} {what}" for what, number in sorted(crowd.done.items())))
    print(f"server: +{growth:.0f} MiB, {statistics}", flush=True)
    checks.that(bool(statistics["ended"]), "the server did not end well")
    checks.that(growth < 350, f"the server grew by {growth:.0f} MiB")
    checks.that(statistics["ignored"] > 1000 and statistics["refused"] > 0, f"{statistics}")
    check_log(log, checks, count)
    for name in ("odd messages", "odd hellos", "odd batches", "stolen ids", "odd originals"):
        checks.that(crowd.done[name] >= 100, f"only {crowd.done[name]} {name}")
    checks.that(crowd.done["floods"] >= 3, f"only {crowd.done['floods']} floods")


# Not "stored 1", which is true as far as a client can know: it trusts the server that far.
ANSWERS = [head for head in HEADS if not head.startswith("MIMIR/1 stored")]
ANSWERS += ["MIMIR/1 welcome", "MIMIR/1 refused", "MIMIR/1 again", "MIMIR/1 pong"]


def hostile_answer() -> list[bytes]:
    verb = random.choice(["welcome", "stored", "again", ""])
    head = random.choice(ANSWERS)
    if verb:
        # Nothing that a server might have stored: of that nobody could know better.
        number = random.choice([*NUMBERS, *["0", "99999999"] * 10])
        head = f"MIMIR/1 {verb} {'0' if number.isascii() and number.isdigit() else number}"
        if number in ("99999999", "9223372036854775807"):
            head = f"MIMIR/1 {verb} {number}"
    body = random.choice([*BODIES, b'{"window":-1,"heartbeat":1,"number":0}', b'[[1,"x"],[]]'])
    return [head.encode(), body][: random.choice([2, 2, 2, 1])]


def hostile_server(port: int, until: float, done: Counter[str]) -> None:
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    while time.monotonic() < until:
        router = context.socket(zmq.ROUTER)
        try:
            router.bind(f"tcp://127.0.0.1:{port}")
        except zmq.ZMQError:  # not free again yet
            router.close(linger=0)
            continue
        for _ in range(random.randint(1, 4)):
            if router.poll(100):
                address = router.recv_multipart()[0]
                for _ in range(random.randint(1, 20)):
                    router.send_multipart([address, *hostile_answer()])
                    done["odd answers"] += 1
        router.close(linger=20)
        done["connections"] += 1
    context.destroy(linger=0)


def hostile_servers(stage: Stage, checks: Checks, seconds: float) -> None:
    port, _ = free_ports()
    done: Counter[str] = Counter()
    count = round(2000 * seconds)
    client = stage.client(port, tag=9, count=count, rate=1000, wait=60_000)
    hostile_server(port, time.monotonic() + seconds, done)
    log = stage.folder / "afterwards.jsonl"
    server = stage.server(path=log, port=port)
    result = client.read(120)
    checks.that(result.get("failed") == 0 and result.get("spooled") == 0, f"client: {result}")
    checks.that(result.get("refused") == 0, f"refused by a server that had none: {result}")
    print(f"hostile server: {dict(done)}; client: {result}", flush=True)
    checks.that(done["odd answers"] >= 30, f"only {done}")
    runs = runs_of(entries_of(log), checks)
    checks.that(runs == {9: (1, count)}, f"after a hostile server: {runs}")
    server.close()


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 2**32)
    given = parser.parse_args()
    random.seed(given.seed)
    print(f"seed {given.seed}", flush=True)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    checks = Checks()
    with Stage(given.libdir) as stage:
        hostile_clients(stage, checks, given.seconds)
        hostile_servers(stage, checks, given.seconds / 2)
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
