#!/usr/bin/env python3
"""Clients that do everything wrong, at once with a good viewer.

usage: hostile_clients.py LIBDIR [--seconds 8] [--rate 5000] [--connections 500]

The publisher must not end, grow without bound, or fail to log; the good viewer gets everything; an
honest question is answered meanwhile and afterwards.
"""

from __future__ import annotations

import os
import random
import resource
import socket
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable

import zmq
from client import Client, info, modern_identity
from raw_client import PING, RawClient
from stage import Checks, Publisher, Stage, arguments

GROWTH = (
    350  # MiB: 64 for viewers, 64 for answers, and what libzmq needs per connection and message
)
NUMBERS = ["0", "1", "-1", "007", "9223372036854775807", "9223372036854775808"]
NUMBERS += ["18446744073709551614", "18446744073709551615", "18446744073709551616", "9" * 19]
NUMBERS += ["9" * 25, "1e3", "0x10", "1.5", "", " ", "١٢", "+1", "1\x00"]
WORDS = ["ICANHAZ?", "MIMIR/1 info", "MIMIR/1 info ", "MIMIR/1", "MIMIR/1  info", "MIMIR/2 info"]
WORDS += ["MIMIR/1 entries", "MIMIR/1 entries  1", "mimir/1 info", "ICANHAZ", "MIMIR/1 snapshot"]

Hostility = Callable[["Crowd"], None]


class Crowd:
    def __init__(self, publisher: Publisher, seconds: float, connections: int) -> None:
        self.publisher = publisher
        self.until = time.monotonic() + seconds
        self.connections = connections
        self.done: Counter[str] = Counter()
        about = Client(publisher.push, publisher.router)
        self.run = str(info(about)["run"])
        about.close()

    def is_on(self) -> bool:
        return time.monotonic() < self.until

    def client(self, modern: bool | None = None) -> Client:
        modern = random.random() < 0.5 if modern is None else modern
        identity = modern_identity() if modern else None
        return Client(self.publisher.push, self.publisher.router, identity=identity)

    def tcp(self) -> socket.socket:
        port = random.choice([self.publisher.push, self.publisher.router])
        return socket.create_connection(("127.0.0.1", port), timeout=5)


def odd_frames(crowd: Crowd) -> None:
    """Random frames, wrong frame counts, empty and huge ones."""
    while crowd.is_on():
        client = crowd.client()
        for _ in range(300):
            frames = [random.randbytes(random.choice([0, 1, 8, 100, 2000]))] * random.randint(1, 12)
            if random.random() < 0.4:
                frames[0] = random.choice(WORDS).encode()
            if random.random() < 0.02:
                frames = [b"ICANHAZ?" + bytes(10_000_000)]
            client.dealer.send_multipart(frames)
            crowd.done["odd messages"] += 1
        time.sleep(0.05)
        client.close()


def odd_requests(crowd: Crowd) -> None:
    """Requests whose numbers are huge, negative, or none; every two of them together."""
    client = crowd.client(modern=True)
    while crowd.is_on():
        for first in NUMBERS:
            for last in [None, *NUMBERS]:
                run = random.choice([crowd.run] * 8 + ["0" * 32, "", "x" * 500])
                request = f"MIMIR/1 entries {run} {first}" + ("" if last is None else f" {last}")
                client.dealer.send(request.encode())
                crowd.done["odd requests"] += 1
        for word in WORDS:
            client.dealer.send(word.encode())
        while client.dealer.poll(20):
            client.dealer.recv_multipart()
    client.close()


def greedy(crowd: Crowd) -> None:
    """Asks for everything thousands of times, and reads nothing."""
    clients = []
    while crowd.is_on():
        client = crowd.client()
        for socket_ in (client.dealer, client.sub):
            socket_.setsockopt(zmq.RCVBUF, 4096)
        clients.append(client)
        client.dealer.setsockopt(zmq.SNDHWM, 0)
        for _ in range(2000):
            client.dealer.send(f"MIMIR/1 entries {crowd.run} 1".encode())
            client.dealer.send(b"ICANHAZ?")
            crowd.done["greedy questions"] += 2
        time.sleep(0.3)
    for client in clients:
        client.close()


def garbage(crowd: Crowd) -> None:
    """Bytes that are no ZMTP greeting, or begin like one; connections that say nothing or half."""
    greeting = b"\xff" + bytes(8) + b"\x7f\x03\x01NULL" + bytes(48)
    held: list[socket.socket] = []
    while crowd.is_on():
        try:
            connection = crowd.tcp()
            kind = random.randrange(6)
            if kind == 0:
                connection.sendall(random.randbytes(random.randint(1, 5000)))
            elif kind == 1:
                connection.sendall(greeting[: random.randint(1, len(greeting))])
            elif kind == 2:
                connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            elif kind == 3:  # a frame of 2^63 bytes
                connection.sendall(greeting + b"\x06" + struct.pack(">Q", 2**63))
            elif kind == 4:  # a command that is none
                connection.sendall(greeting + b"\x04\xff" + os.urandom(255))
            held.append(connection)
            crowd.done["broken connections"] += 1
            if len(held) > 60:
                held.pop(random.randrange(len(held))).close()
        except OSError:
            crowd.done["refused connections"] += 1
        time.sleep(0.002)
    for connection in held:
        connection.close()


def many_connections(crowd: Crowd) -> None:
    """Hundreds at once at both ports; the half of them is held open."""
    while crowd.is_on():
        held = []
        for _ in range(crowd.connections):
            try:
                held.append(crowd.tcp())
            except OSError:
                crowd.done["refused connections"] += 1
        crowd.done["connections at once"] = max(crowd.done["connections at once"], len(held))
        time.sleep(0.5)
        for connection in held:
            connection.close()


def many_subscriptions(crowd: Crowd) -> None:
    """Thousands of prefixes, taken back in another order, or never."""
    while crowd.is_on():
        client = crowd.client()
        prefixes = [random.randbytes(random.randint(0, 40)) for _ in range(3000)]
        for prefix in prefixes:
            client.sub.setsockopt(zmq.SUBSCRIBE, prefix)
            crowd.done["subscriptions"] += 1
        random.shuffle(prefixes)
        for prefix in prefixes[:1500]:
            client.sub.setsockopt(zmq.UNSUBSCRIBE, prefix)
        time.sleep(0.2)
        client.close()


def many_names(crowd: Crowd) -> None:
    """Clients that ask once and go at once; two that have the same name."""
    while crowd.is_on():
        identity = modern_identity()
        clients = [Client(0, crowd.publisher.router, identity=identity) for _ in range(2)]
        for client in clients:
            client.dealer.send(random.choice([b"ICANHAZ?", b"MIMIR/1 info"]))
        time.sleep(random.choice([0, 0.01]))
        for client in clients:
            client.close()
        crowd.done["clients that left"] += 2


HOSTILITIES: list[Hostility] = [odd_frames, odd_requests, greedy, garbage, many_connections]
HOSTILITIES += [many_subscriptions, many_names]


def check_greed(checks: Checks, stage: Stage) -> None:
    """Many who ask for everything and take nothing leave room for one who does."""
    count = 60_000
    publisher = stage.publisher(count=count, maxlen=count, pad=3000)
    publisher.go()
    publisher.read()
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    for _ in range(30):
        dealer = context.socket(zmq.DEALER)
        dealer.setsockopt(zmq.RCVHWM, 1)
        dealer.connect(f"tcp://127.0.0.1:{publisher.router}")
        dealer.send(b"ICANHAZ?")
    time.sleep(1)
    begun = time.monotonic()
    result = stage.viewer(publisher, until=count, pad=3000, patience=60).read(90)
    taken = time.monotonic() - begun
    checks.got_all(result, count, "beside greedy clients")
    # Only those who are given up after 30 s would make room.
    checks.that(taken < 20, f"beside greedy clients it took {taken:.1f} s")
    growth = publisher.memory()
    checks.that(growth < 90 + 64 + 64 + 60, f"greedy clients: the publisher has {growth:.0f} MiB")
    print(f"beside 30 greedy clients: {taken:.2f} s, {growth:.0f} MiB", flush=True)
    context.destroy(linger=0)
    publisher.kill()


def flood(publisher: Publisher, until: float, done: Counter[str]) -> None:
    """More than can be taken, without waiting for answers; pings in it, and then a broken
    connection. Where libzmq stops reading from such a client, it ends the process."""
    while time.monotonic() < until:
        kind = random.choice([b"DEALER", b"SUB"])
        message = b"\0\x01" + random.choice([b"x", b"\1", b"\0"])
        try:
            client = RawClient(publisher.router if kind == b"DEALER" else publisher.push, kind)
            for _ in range(random.choice([1, 1, 1, 30])):
                client.socket.sendall((message * 700 + PING) * 30)
            client.break_off()
            done[f"floods of {kind.decode()}"] += 1
        except OSError:  # the publisher has closed its socket, or not opened it again
            done["floods that were cut off"] += 1


def check_flood(checks: Checks, stage: Stage) -> None:
    count, rate = 6000, 1000
    log = stage.folder / "flood.jsonl.gz"
    publisher = stage.publisher(path=log, count=count, rate=rate, pad=300)
    before = publisher.memory("VmRSS")
    viewer = stage.viewer(publisher, until=count, pad=300, patience=60)
    publisher.go()
    time.sleep(1)  # a viewer that can't reach the ROUTER at first begins with what comes live
    done: Counter[str] = Counter()
    until = time.monotonic() + 4
    threads = [threading.Thread(target=flood, args=[publisher, until, done]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cost = publisher.read(60)
    checks.that(cost.get("failed") == 0, f"logging amid floods: {cost}")
    checks.got_all(viewer.read(60), count, "amid floods")
    honest = Client(publisher.push, publisher.router, identity=modern_identity())
    checks.that(info(honest, 30).get("last") == count, "no answer after the floods")
    honest.close()
    growth = publisher.memory() - before
    checks.that(growth < 100, f"floods: the publisher grew by {growth:.0f} MiB")
    for kind in ("DEALER", "SUB"):
        checks.that(done[f"floods of {kind}"] >= 5, f"only {done[f'floods of {kind}']} of {kind}")
    statistics = publisher.close()
    checks.that(statistics["ended"], "the publisher did not end well after the floods")
    print(f"floods: {dict(done)}, +{growth:.0f} MiB, {statistics}", flush=True)


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rate", type=int, default=5000)
    parser.add_argument("--connections", type=int, default=500)
    given = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    count = round(given.rate * given.seconds)
    checks = Checks()
    with Stage(given.libdir) as stage:
        log = stage.folder / "run.jsonl.gz"
        publisher = stage.publisher(path=log, count=count, rate=given.rate, pad=300)
        before = publisher.memory("VmRSS")
        viewer = stage.viewer(publisher, until=count, pad=300, patience=60)
        crowd = Crowd(publisher, given.seconds, given.connections)
        publisher.go()
        threads = [threading.Thread(target=hostility, args=[crowd]) for hostility in HOSTILITIES]
        for thread in threads:
            thread.start()
        late = stage.viewer(publisher, until=count, pad=300, patience=60)
        for thread in threads:
            thread.join()
        cost = publisher.read(120)
        checks.that(cost.get("failed") == 0, f"logging: {cost}")
        checks.that(publisher.process.poll() is None, "the publisher has ended")
        for name, good in (("viewer from the first on", viewer), ("late viewer", late)):
            result = good.read(120)
            print(f"{name}: {result}", flush=True)
            checks.got_all(result, count, name)
        honest = crowd.client(modern=True)
        checks.that(info(honest, 30).get("last") == count, "no answer afterwards")
        honest.close()
        growth = publisher.memory() - before
        statistics = publisher.close()
        print(f"log: {cost}; publisher: +{growth:.0f} MiB, {statistics}")
        print(", ".join(f"{number} {what}" for what, number in sorted(crowd.done.items())))
        checks.that(growth < GROWTH, f"the publisher grew by {growth:.0f} MiB")
        checks.that(statistics["ignored"] > 0, "nothing was ignored")
        checks.that(statistics["ended"], "the publisher did not end well")
        for name in ("odd messages", "odd requests", "greedy questions", "broken connections"):
            checks.that(crowd.done[name] >= 100, f"only {crowd.done[name]} {name}")
        check_greed(checks, stage)
        check_flood(checks, stage)
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
