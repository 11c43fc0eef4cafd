"""Files that were not written to be read: no subcommand may trap, hang or give what is no JSON."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from .conftest import BINARY, ROOT, run

SEEDS = sorted(path for path in (ROOT / "Tests/fuzz/seeds").rglob("*") if path.is_file())


def outcome(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(
        [BINARY, *map(str, arguments)], capture_output=True, timeout=60, check=False
    )
    assert done.returncode in (0, 1, 2), (arguments, done)
    assert all(line.startswith((b"mimir: ", b"  ")) for line in done.stderr.splitlines())
    return done


def refuse(token: str) -> None:
    raise AssertionError(f"{token} is not JSON")


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_the_seeds_of_the_fuzzers(seed: Path, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl.gz"
    path.write_bytes(seed.read_bytes())
    commands = (["cat"], ["info", "--json"], ["check", "--json"], ["watch", "--once", "--json"])
    for command in commands:
        for line in outcome(*command, path).stdout.splitlines():
            json.loads(line, parse_constant=refuse)
    outcome("info", path)
    outcome("check", path)
    outcome("convert", path, tmp_path / "log.csv")
    outcome("convert", path, tmp_path / "log.jsonl")
    outcome("repair", path)


def test_entries_of_odd_forms(tmp_path: Path) -> None:
    deep = '{"a":' * 500 + "1" + "}" * 500
    wide = "{" + ",".join(f'"key{index}":{index}' for index in range(20000)) + "}"
    entries = [
        "{}",
        '{"":{"":1}}',
        '{"a":1,"a":"x"}',
        '{"a":{"b":1},"a.b":2}',
        '{"a":[[[{"b":"]}"}]]]}',
        '{"a":-0,"b":1e999,"c":-1E-999,"d":' + "9" * 400 + "}",
        '{"timestamp":-1e300}',
        '{"timestamp":"9999-99-99T99:99:99+99:99"}',
        '{"timestamp":"++++-++-++T++:++:++"}',
        '{"__ndarray__":1}',
        '{"a":{"__ndarray__":"","descr":5}}',
        '{"a":"\\u0000\\ud83d\\ude00\\\\"}',
        deep,
        wide,
    ]
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(entries) + "\n")
    told = json.loads(run("info", "--json", log).out)
    assert told["entries"] == len(entries)
    names = [key["name"] for key in told["keys"]]
    assert len(names) == len(set(names)) > 20000
    assert "." in names
    assert ".".join(["a"] * 500) in names
    run("info", log)
    assert run("cat", log).out == log.read_text()
    assert run("convert", log, "-", "--to", "csv").out.count("\n") == len(entries) + 1
