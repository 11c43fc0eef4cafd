from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Writer, run, write_log


@pytest.mark.parametrize("name", ["log.jsonl", "log.jsonl.gz"])
def test_a_live_log(name: str, tmp_path: Path, writer: Callable[[Path, int], Writer]) -> None:
    log = tmp_path / name
    copy = tmp_path / f"copy-{name}"
    live = writer(log, 500)
    assert run("copy", log, copy).out == ""
    assert run("check", copy).out == f"{copy}: ok, 500 entries\n"
    live.log()
    refused = run("copy", copy, log, "--force", status=1)
    assert f"pid {live.pid}" in refused.err
    run("copy", "--force", log, copy)
    assert run("cat", copy).out == run("cat", log).out
    live.close()


def test_never_overwrites_unless_told(log: Path, tmp_path: Path) -> None:
    target = write_log(tmp_path / "mine.jsonl", [{"mine": 1}])
    refused = run("copy", log, target, status=1)
    assert refused.err == (
        f"mimir: {target} is there already; use another name, or --force to overwrite it\n"
    )
    assert run("cat", target).out == '{"mine":1}\n'
    run("copy", "-f", log, target)
    assert run("cat", target).out == run("cat", log).out


def test_into_a_folder(log: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    run("copy", log, f"{tmp_path}/folder")
    assert run("cat", tmp_path / "folder" / log.name).out == run("cat", log).out
    run("copy", log, f"{tmp_path}/folder/", status=1)


def test_a_log_that_is_not_there(tmp_path: Path) -> None:
    refused = run("copy", tmp_path / "none", tmp_path / "copy", status=1)
    assert refused.err.startswith(f"mimir: cannot open {tmp_path}/none: No such file")
    assert list(tmp_path.iterdir()) == []
