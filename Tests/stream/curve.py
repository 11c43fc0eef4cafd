#!/usr/bin/env python3
"""Keys: who gets entries of a publisher that has them, and who does not.

usage: curve.py LIBDIR [--seconds 2]

Five kinds of client, each against PUB and against ROUTER: only the one with the right keys that is
authorized gets anything. A key that is taken away admits no new connection, one that is added does;
key files of pyzmq work on either side.
"""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

import zmq
import zmq.auth
from client import Client, modern_identity
from stage import Checks, Publisher, Stage, arguments

RATE = 500
Keys = tuple[bytes, bytes]


def load(path: Path) -> Keys:
    public, secret = zmq.auth.load_certificate(path)
    assert secret is not None
    return public, secret


class KeyRing:
    def __init__(self, folder: Path, library: Path) -> None:
        self.folder = folder
        self.authorized = folder / "authorized"
        self.authorized.mkdir()
        self._library = ctypes.CDLL(str(library / "libmimir.so"))

    def mimir(self, name: str) -> Path:
        """A key pair of mimir_keygen's."""
        path = self.folder / name
        status = self._library.mimir_keygen(str(path).encode())
        assert status == 0, f"mimir_keygen: {status}"
        assert path.stat().st_mode & 0o777 == 0o600, "the key file can be read by others"
        return path

    def pyzmq(self, name: str) -> tuple[Path, Path]:
        public, secret = zmq.auth.create_certificates(self.folder, name)
        Path(secret).chmod(0o600)
        return Path(public), Path(secret)

    def authorize(self, public: Path) -> Path:
        place = self.authorized / public.name
        place.write_bytes(public.read_bytes())
        return place


def gets(
    publisher: Publisher, seconds: float, keys: Keys | None, server: bytes | None
) -> tuple[bool, bool]:
    """Whether such a client gets anything from PUB, and from ROUTER, whatever it asks."""
    client = Client(
        publisher.push, publisher.router, identity=modern_identity(), keys=keys, server_key=server
    )
    try:
        for request in (b"MIMIR/1 info", b"ICANHAZ?", b"MIMIR/1 info"):
            client.dealer.send(request, zmq.NOBLOCK)
        live = client.receive(client.sub, seconds)
        answer = client.receive(client.dealer, 0.2 if not live else seconds)
        return bool(live), bool(answer)
    finally:
        client.close()


def check_clients(checks: Checks, stage: Stage, ring: KeyRing, seconds: float) -> None:
    server, client = ring.mimir("server"), ring.mimir("client")
    stranger, other = ring.mimir("stranger"), ring.mimir("other")
    known = ring.authorize(client.with_name("client.pub"))
    (ring.authorized / "README").write_text("no key\n")
    publisher = stage.publisher(
        count=10**6, rate=RATE, key=server, authorized=ring.authorized, maxlen=10**6
    )
    publisher.go()
    right = load(server)[0]
    kinds = [
        ("right key, authorized", load(client), right, True),
        ("right key, not authorized", load(stranger), right, False),
        ("wrong server key", load(client), load(other)[0], False),
        ("no key", None, None, False),
        (
            "another's public key without its secret",
            (load(client)[0], load(other)[1]),
            right,
            False,
        ),
    ]
    for name, keys, server_key, admitted in kinds:
        live, answer = gets(publisher, seconds, keys, server_key)
        print(f"{name}: PUB {live}, ROUTER {answer}", flush=True)
        checks.that(live == admitted, f"{name}: from PUB: {live}")
        checks.that(answer == admitted, f"{name}: from ROUTER: {answer}")
    for name, key, admitted in (("client", client, True), ("stranger", stranger, False)):
        viewer = stage.viewer(
            publisher, until=100, key=key, server=server.with_name("server.pub"), patience=seconds
        )
        result = viewer.read()
        checks.that((result["entries"] > 0) == admitted, f"viewer as {name}: {result}")
        checks.that((result["denied"] > 0) != admitted, f"viewer as {name} was told: {result}")
    plain = stage.viewer(publisher, until=100, patience=seconds).read()
    checks.that(plain["entries"] == 0, f"viewer without key: {plain}")
    known.unlink()
    checks.that(gets(publisher, seconds, load(client), right) == (False, False), "key taken away")
    known.write_bytes(client.with_name("client.pub").read_bytes())
    checks.that(gets(publisher, seconds, load(client), right) == (True, True), "key brought back")
    publisher.kill()


def check_pyzmq_keys(checks: Checks, stage: Stage, ring: KeyRing) -> None:
    server_public, server = ring.pyzmq("pyzmq-server")
    client_public, client = ring.pyzmq("pyzmq-client")
    ring.authorize(client_public)
    publisher = stage.publisher(count=2000, key=server, authorized=ring.authorized, maxlen=5000)
    publisher.go()
    result = stage.viewer(publisher, until=2000, key=client, server=server_public).read()
    checks.got_all(result, 2000, "keys of pyzmq on both sides")
    publisher.kill()


def main() -> int:
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=2)
    given = parser.parse_args()
    checks = Checks()
    with Stage(given.libdir) as stage:
        ring = KeyRing(stage.folder, stage.library)
        check_clients(checks, stage, ring, given.seconds)
        check_pyzmq_keys(checks, stage, ring)
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
