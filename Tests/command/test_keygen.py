from __future__ import annotations

import re
from pathlib import Path

from .conftest import run


def test_makes_a_pair_that_only_its_owner_can_read(tmp_path: Path) -> None:
    made = run("keygen", "server.key", folder=tmp_path)
    assert made.out == "made server.key and server.key.pub\n"
    assert (tmp_path / "server.key").stat().st_mode & 0o777 == 0o600
    public, secret = [(tmp_path / name).read_text() for name in ("server.key.pub", "server.key")]
    assert "secret-key" in secret
    assert "secret-key" not in public
    assert re.findall('public-key = "(.{40})"', public) == re.findall(
        'public-key = "(.{40})"', secret
    )


def test_never_overwrites_one(tmp_path: Path) -> None:
    run("keygen", tmp_path / "key")
    before = (tmp_path / "key").read_bytes()
    refused = run("keygen", tmp_path / "key", status=1)
    assert refused.err.startswith("mimir: ")
    assert "key" in refused.err
    assert (tmp_path / "key").read_bytes() == before


def test_says_what_is_wrong_with_the_command_line() -> None:
    assert "Missing expected argument" in run("keygen", status=64).err
    assert "nonsense" in run("nonsense", status=64).err
