#!/usr/bin/env python3
"""Two hosts: a server with keys in one network namespace, its clients in another.

usage: remote_hosts.py LIBDIR [--down 4] [--rate 2000]

The link between them goes down for a while and up again; meanwhile clients log as fast as before,
one comes and goes, and afterwards everything is in the log once. A client without keys, or with a
key that is not authorized, is not let in. Where the kernel allows no namespaces, the clients are
stopped instead of the link.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from remote_stage import Checks, KeyRing, Stage, arguments, entries_of, hosts, runs_of


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--down", type=float, default=4)
    parser.add_argument("--rate", type=int, default=2000)
    given = parser.parse_args()
    checks = Checks()
    count = round(given.rate * (given.down + 3))
    with Stage(given.libdir) as stage, hosts() as two:
        ring = KeyRing(stage.folder, stage.library)
        server_key, client_key, stranger_key = map(ring.mimir, ("server", "client", "stranger"))
        ring.authorize(Path(f"{client_key}.pub"))
        log = stage.folder / "all.jsonl.gz"
        server = stage.server(
            *two.publisher, path=log, bind=two.server, key=server_key, authorized=ring.authorized
        )
        keys: dict[str, object] = {
            "host": two.server,
            "key": client_key,
            "server": f"{server_key}.pub",
        }
        clients = [
            stage.client(
                server.port,
                *two.viewers,
                tag=tag,
                count=count,
                rate=given.rate,
                wait=round(1000 * given.down) + 60_000,
                **keys,
            )
            for tag in (1, 2, 3)
        ]
        time.sleep(1.5)
        two.cut(clients, True)
        # One whose whole life falls into the outage.
        brief = stage.client(server.port, *two.viewers, tag=4, count=1000, wait=100, **keys)
        if two.link is not None:
            result = brief.read(60)
            checks.that(result.get("spooled") == 1000, f"one that came during the outage: {result}")
        time.sleep(given.down)
        two.cut(clients, False)
        for tag, client in enumerate(clients, 1):
            result = client.read(120)
            print(f"client {tag}: {result}", flush=True)
            checks.that(
                result.get("failed") == 0 and result.get("spooled") == 0, f"{tag}: {result}"
            )
        if two.link is None:
            brief.read(60)
        sent = stage.send_spools(server.port, *two.viewers, **keys)
        print(f"spools: {sent}", flush=True)
        checks.that(sent.get("status") == 0 and not stage.spools(), f"spools: {sent}")
        strangers: dict[str, dict[str, object]] = {
            "without keys": {"host": two.server},
            "not authorized": keys | {"key": stranger_key},
        }
        for name, options in strangers.items():
            result = stage.client(
                server.port, *two.viewers, tag=9, count=10, wait=1000, **options
            ).read()
            checks.that(result.get("spooled") == 10, f"{name}: {result}")
        statistics = server.close()
        print(f"server: {statistics}", flush=True)
        checks.that(bool(statistics["ended"]), "the server did not end well")
        runs = runs_of(entries_of(log), checks)
        wanted = {1: (1, count), 2: (1, count), 3: (1, count), 4: (1, 1000)}
        checks.that(runs == wanted, f"in the log: {runs}")
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
