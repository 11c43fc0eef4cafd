#!/usr/bin/env python3
"""Two hosts: a publisher with keys in one network namespace, its viewers in another.

usage: two_hosts.py LIBDIR [--down 4] [--rate 5000]

The link between them goes down for a while and up again; everything arrives. Where the kernel
allows no namespaces, the publisher gets a loopback address of its own, and viewers lose it by being
stopped.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from curve import KeyRing
from stage import Checks, Program, Stage, arguments


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


@dataclass
class Hosts:
    server: str
    publisher: list[str]
    viewers: list[str]
    link: str | None

    def cut(self, viewers: list[Program], is_cut: bool) -> None:
        if self.link is None:
            for viewer in viewers:
                viewer.process.send_signal(signal.SIGSTOP if is_cut else signal.SIGCONT)
        else:
            state = "down" if is_cut else "up"
            ip("-n", self.publisher[-1], "link", "set", self.link, state)


@contextmanager
def namespaces() -> Iterator[Hosts]:
    """Two namespaces with a cable between them."""
    number = os.getpid()
    names = [f"mimir-a{number}", f"mimir-b{number}"]
    links = [f"ma{number}", f"mb{number}"]
    addresses = ["10.213.7.1", "10.213.7.2"]
    made: list[str] = []
    try:
        for name in names:
            ip("netns", "add", name)
            made.append(name)
        ip("-n", names[0], "link", "add", links[0], "type", "veth", "peer", links[1])
        ip("-n", names[0], "link", "set", links[1], "netns", names[1])
        for name, link, address in zip(names, links, addresses, strict=True):
            ip("-n", name, "address", "add", f"{address}/24", "dev", link)
            ip("-n", name, "link", "set", link, "up")
            ip("-n", name, "link", "set", "lo", "up")
        enter = [["ip", "netns", "exec", name] for name in names]
        yield Hosts(addresses[0], enter[0], enter[1], links[0])
    finally:
        for name in made:
            ip("netns", "del", name)


@contextmanager
def hosts() -> Iterator[Hosts]:
    try:
        manager = namespaces()
        made = manager.__enter__()
    except (OSError, subprocess.CalledProcessError) as error:
        reason = error.stderr.strip() if isinstance(error, subprocess.CalledProcessError) else error
        print(f"no network namespaces here ({reason}): two loopback addresses instead", flush=True)
        yield Hosts("127.0.0.2", [], [], None)
        return
    try:
        yield made
    finally:
        manager.__exit__(None, None, None)


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--down", type=float, default=4)
    parser.add_argument("--rate", type=int, default=5000)
    given = parser.parse_args()
    checks = Checks()
    count = round(given.rate * (given.down + 4))
    with Stage(given.libdir) as stage, hosts() as two:
        ring = KeyRing(stage.folder, stage.library)
        server, client = ring.mimir("server"), ring.mimir("client")
        ring.authorize(Path(f"{client}.pub"))
        publisher = stage.publisher(
            *two.publisher,
            path=stage.folder / "run.jsonl.gz",
            bind=two.server,
            key=server,
            authorized=ring.authorized,
            count=count,
            rate=given.rate,
        )
        viewers = [
            stage.viewer(
                publisher,
                *two.viewers,
                host=two.server,
                key=client,
                server=f"{server}.pub",
                until=count,
                patience=given.down + 60,
            )
            for _ in range(3)
        ]
        publisher.go()
        time.sleep(2)
        two.cut(viewers, True)
        time.sleep(given.down)
        two.cut(viewers, False)
        viewers.append(
            stage.viewer(
                publisher,
                *two.viewers,
                host=two.server,
                key=client,
                server=f"{server}.pub",
                until=count,
            )
        )
        cost = publisher.read(120)
        checks.that(cost.get("failed") == 0, f"logging: {cost}")
        for index, viewer in enumerate(viewers):
            result = viewer.read(100)
            print(f"viewer {index}: {result}", flush=True)
            checks.got_all(result, count, f"viewer {index}")
        stranger = stage.viewer(
            publisher, *two.viewers, host=two.server, until=count, patience=1
        ).read()
        checks.that(stranger["entries"] == 0, f"a viewer without keys: {stranger}")
        checks.that(bool(publisher.close()["ended"]), "the publisher did not end well")
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
