#!/usr/bin/env python3
"""Publishers that do everything wrong, at viewers of ours.

usage: hostile_publishers.py LIBDIR [--seconds 3] [--seed N]

One publisher for each kind of hostility. Its viewer must not end, must come back from each call in
time, must not turn round and round, and its memory stays bounded; when a good publisher takes the
place of the bad one, it gets all of that one's entries.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import zmq
from stage import Checks, Program, Stage, arguments, free_ports

RUN = "0123456789abcdef" * 2
MOST = 2**64 - 1
NUMBERS = [0, 1, 2, 5, 1000, 2**31, 2**32, 2**63 - 1, 2**63, MOST - 1, MOST]
GROWTH = 400  # MiB: twice the queue's 64, and what libzmq takes in before it is asked
GOOD = 2000

Answers = Callable[["Bad", bytes], list[list[bytes]]]


def about(first: object = 1, last: object = 100, run: object = RUN) -> list[bytes]:
    text = {"run": run, "first": first, "last": last, "version": "0.1.0"}
    return [b"MIMIR/1 info", json.dumps(text).encode()]


def entries(first: object, last: object, text: bytes, run: str = RUN) -> list[bytes]:
    return [f"MIMIR/1 entries {run} {first} {last}".encode(), text]


def any_number() -> str:
    return str(random.choice([*NUMBERS, -1, "", "x", 10**30, random.getrandbits(64)]))


def noise(_: Bad, request: bytes) -> list[list[bytes]]:
    frames = [
        random.randbytes(random.choice([0, 1, 10, 5000])) for _ in range(random.randint(1, 11))
    ]
    heads = [b"-1", b"0", b"MIMIR/1 info", b"MIMIR/1 entries", b"MIMIR/1 entries a b c", request]
    return [frames, [random.choice(heads), *frames]]


def wrong_info(_: Bad, request: bytes) -> list[list[bytes]]:
    texts = ["", "{", "[]", "null", "{}", '{"run":1,"first":2,"last":3}', "[" * 100_000]
    texts += ['{"run":"","first":-1,"last":-5}', '{"run":"x","first":1e300,"last":1e300}']
    texts += [f'{{"run":"{RUN}","first":{MOST},"last":{MOST}}}']
    texts += [f'{{"run":"{RUN}","first":{2**63 - 1},"last":0}}']
    return [[b"MIMIR/1 info", random.choice(texts).encode()] for _ in range(3)]


def wrong_numbers(_: Bad, request: bytes) -> list[list[bytes]]:
    if b"entries" not in request:
        return [about(random.choice(NUMBERS[:8]), random.choice(NUMBERS[:8]))]
    text = random.choice([b"", b"\n", b"\n\n\n", b'{"n":1}\n', b"x" * 100, b'{"n":1}\n' * 1000])
    return [entries(any_number(), any_number(), text) for _ in range(2)]


def lying_last(bad: Bad, request: bytes) -> list[list[bytes]]:
    """Always more to come, which never comes."""
    if b"entries" not in request:
        return [about(1, 2**63 - 1)]
    bad.count += 1
    first = request.split(b" ")[3].decode()
    return [entries(first, 0 if bad.count % 2 else MOST, b'{"n":1}\n' if bad.count % 3 else b"")]


def other_run(_: Bad, request: bytes) -> list[list[bytes]]:
    run = random.choice([RUN, RUN[::-1], "", "a b", "é" * 40, "x" * 100_000])
    return [about(1, 100, run), entries(1, 5, b'{"n":1}\n' * 5, "f" * 32)]


def endless_snapshot(bad: Bad, request: bytes) -> list[list[bytes]]:
    bad.flood = [b"7", b'{"pad":"%s"}' % (b"x" * 10_000)]
    return [[b"1", b'{"n":1}']]


def endless_info(bad: Bad, request: bytes) -> list[list[bytes]]:
    bad.flood = about(1, 0)
    return [about(1, 0)]


def no_answer(_: Bad, request: bytes) -> list[list[bytes]]:
    return []


def stale(bad: Bad, request: bytes) -> list[list[bytes]]:
    """Numbers far ahead, so that all that PUB sends is of the past."""
    if b"entries" not in request:
        return [about(1, 10**6)]
    return [entries(1, 10**6, b"")]


KINDS: list[Answers] = [noise, wrong_info, wrong_numbers, lying_last, other_run, endless_snapshot]
KINDS += [endless_info, no_answer, stale]


class Bad(threading.Thread):
    """A hostile publisher: PUB and ROUTER on their ports, until it is stopped."""

    def __init__(self, push: int, router: int, answers: Answers) -> None:
        super().__init__()
        self.ports = (push, router)
        self.answers = answers
        self.count = 0
        self.flood: list[bytes] = []
        self.asked = 0
        self.stopped = threading.Event()
        self.fault = ""

    def run(self) -> None:
        context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        try:
            pub, router = context.socket(zmq.PUB), context.socket(zmq.ROUTER)
            for socket, port in zip((pub, router), self.ports, strict=True):
                socket.setsockopt(zmq.SNDHWM, 2000)
                socket.bind(f"tcp://127.0.0.1:{port}")
            self._be_bad(pub, router)
        except zmq.ZMQError as error:
            self.fault = str(error)
        context.destroy(linger=0)

    def _be_bad(self, pub: zmq.Socket[bytes], router: zmq.Socket[bytes]) -> None:
        client = b""
        while not self.stopped.is_set():
            for _ in range(20):
                pub.send_multipart(self._live(), zmq.NOBLOCK)
            while router.poll(1):
                client, request = router.recv_multipart()[:2]
                self.asked += 1
                for answer in self.answers(self, request):
                    router.send_multipart([client, *answer])
            for _ in range(200 if self.flood else 0):
                router.send_multipart([client, *self.flood])

    def _live(self) -> list[bytes]:
        if self.answers in (stale, endless_info):
            return [str(random.randint(1, 5)).encode(), b'{"pad":"%s"}' % (b"x" * 8000)]
        kind = random.random()
        if kind < 0.2:
            return [random.randbytes(random.randint(0, 30)) for _ in range(random.randint(1, 10))]
        if kind < 0.25:
            return [b"", b""]
        number = any_number() if kind < 0.8 else str(random.randint(1, 1000))
        return [number.encode(), random.choice([b"", b"{}", b"no JSON", b"\n\n", b"x" * 20_000])]


def processor_time(viewer: Program) -> float:
    fields = Path(f"/proc/{viewer.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def meet(
    checks: Checks, stage: Stage, answers: Answers, seconds: float, options: dict[str, object]
) -> None:
    name = f"{answers.__name__} {options or ''}".strip()
    push, router = free_ports()
    bad = Bad(push, router, answers)
    viewer = stage.viewer(None, push=push, router=router, until=GOOD, tag=1, patience=20, **options)
    before = viewer.memory("VmRSS")
    bad.start()
    time.sleep(seconds)
    bad.stopped.set()
    bad.join()
    checks.that(not bad.fault, f"{name}: {bad.fault}")
    checks.that(bad.asked > 0, f"{name}: the viewer asked nothing")
    if not checks.that(viewer.process.poll() is None, f"{name}: the viewer has ended"):
        return
    growth = viewer.memory() - before
    checks.that(growth < GROWTH, f"{name}: the viewer grew by {growth:.0f} MiB")
    time.sleep(1.5)  # it has taken in what was on its way
    used = processor_time(viewer)
    time.sleep(0.5)
    used = processor_time(viewer) - used
    checks.that(used < 0.3, f"{name}: {used:.2f} s of the processor in 0.5 s, with nothing to do")
    good = stage.publisher(push=push, router=router, count=GOOD, maxlen=GOOD)
    good.go()
    checks.that(good.read().get("failed") == 0, f"{name}: logging")
    result = viewer.read(40)
    # What the bad one sent was no entry; but those of the good one have to be there.
    wanted = options.get("past_count", GOOD)
    checks.that(
        result.get("in_run", 0) == wanted, f"{name}: the good publisher's entries: {result}"
    )
    checks.that(result.get("slowest", 99) < 5, f"{name}: a call took {result.get('slowest')} s")
    print(f"{name}: +{growth:.0f} MiB, {bad.asked} questions, {result}", flush=True)
    good.kill()


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 2**32)
    given = parser.parse_args()
    random.seed(given.seed)
    print(f"seed {given.seed}", flush=True)
    checks = Checks()
    with Stage(given.libdir) as stage:
        cases: list[tuple[Answers, dict[str, object]]] = [(kind, {}) for kind in KINDS]
        cases += [(endless_snapshot, {"past": 2, "past_count": 10})]
        threads = [
            threading.Thread(target=meet, args=[checks, stage, kind, given.seconds, options])
            for kind, options in cases
        ]
        for part in (threads[:5], threads[5:]):  # all at once would be a test of the processor
            for thread in part:
                thread.start()
            for thread in part:
                thread.join()
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
