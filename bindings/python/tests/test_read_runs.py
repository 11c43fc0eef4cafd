"""mimir.read of several files: which are read, and what their runs are called."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_read import write

import mimir


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_glob_gives_runs_in_natural_order(folder: Path) -> None:
    for number in (10, 2, 1):
        write(folder / f"runs/run{number}/log.jsonl", {"i": number}, {"i": number + 0.5})
    columns = mimir.read("runs/*/log.jsonl")
    assert list(columns) == ["run", "i"]
    assert columns["run"] == ["run1", "run1", "run2", "run2", "run10", "run10"]
    assert columns["i"] == [1, 1.5, 2, 2.5, 10, 10.5]
    assert mimir.read(folder / "runs" / "*" / "log.jsonl") == columns
    assert mimir.read(b"runs/*/log.jsonl") == columns
    assert mimir.read("runs/*/log.jsonl", last=1)["i"] == [1.5, 2.5, 10.5]


def test_columns_that_only_some_files_have(folder: Path) -> None:
    write(folder / "a.jsonl", {"i": 0, "old": 1})
    write(folder / "b.jsonl", {"i": 1, "new": None})
    columns = mimir.read(["b.jsonl", "a.jsonl"])
    assert columns == {"run": ["b", "a"], "i": [1, 0], "new": [None, None], "old": [None, 1]}
    assert columns.missing("new") == [False, True]
    assert columns.missing("run") == [False, False]


def test_one_path_has_no_runs_and_one_of_several_has(folder: Path) -> None:
    write(folder / "runs/a/log.jsonl", {"i": 0})
    assert list(mimir.read("runs/a/log.jsonl")) == ["i"]
    assert mimir.read(["runs/a/log.jsonl"])["run"] == ["log"]
    assert mimir.read("runs/*/log.jsonl")["run"] == ["a"]
    assert mimir.read("runs/a/l*.jsonl")["run"] == ["log"]
    assert mimir.read("**/*.jsonl")["run"] == ["runs/a/log"]


@pytest.mark.parametrize(
    ("paths", "runs"),
    [
        (["x/a.jsonl.gz", "x/b.jsonl"], ["a", "b"]),
        (["x/a.jsonl", "x/a.jsonl.gz"], ["a.jsonl", "a.jsonl.gz"]),
        (["x/a/log.json", "y/a/log.json"], ["x", "y"]),
        (["x/a/log.json", "x/b/log.json", "y/a/log.json"], ["x/a", "x/b", "y/a"]),
        (["a/log.jsonl", "a/b/log.jsonl"], ["log", "b/log"]),
        (["a.b.jsonl", "a.c"], ["a.b", "a.c"]),
        ([".gz", ".jsonl"], [".gz", ".jsonl"]),
    ],
    ids=str,
)
def test_runs_are_named_by_what_tells_them_apart(
    folder: Path, paths: list[str], runs: list[str]
) -> None:
    for path in paths:
        write(folder / path, {"i": 0})
    assert mimir.read(paths)["run"] == runs


def test_a_key_run_of_the_entries_is_kept(folder: Path) -> None:
    write(folder / "a.jsonl", {"i": 0, "run": 7})
    write(folder / "b.jsonl", {"run": {"id": 8}})
    assert mimir.read("a.jsonl") == {"i": [0], "run": [7]}
    both = mimir.read("*.jsonl")
    assert both == {"run": ["a", "b"], "i": [0, None], "run#2": [7, None], "run.id": [None, 8]}
    chosen = mimir.read("*.jsonl", keys=["run"])
    assert list(chosen) == ["run", "run#2", "run.id"]
    assert chosen["run#2"] == [7, None]
    assert list(mimir.read("*.jsonl", keys=["i"])) == ["run", "i"]


def test_a_file_is_read_once(folder: Path) -> None:
    write(folder / "a.jsonl", {"i": 0})
    write(folder / "b.jsonl", {"i": 1})
    assert mimir.read(["b.jsonl", "*.jsonl", folder / "a.jsonl"])["i"] == [1, 0]
    assert mimir.read(path for path in ("a.jsonl", "b.jsonl"))["i"] == [0, 1]


def test_a_file_named_like_a_glob(folder: Path) -> None:
    write(folder / "a[1].jsonl", {"i": 1})
    write(folder / "a1.jsonl", {"i": 2})
    assert mimir.read("a[1].jsonl") == {"i": [1]}
    assert mimir.read("a[0-9].jsonl") == {"run": ["a1"], "i": [2]}


def test_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder / "home"))
    write(folder / "home/a.jsonl", {"i": 1})
    assert mimir.read("~/a.jsonl") == {"i": [1]}
    assert mimir.read(Path("~") / "*.jsonl") == {"run": ["a"], "i": [1]}
    write(folder / "~/a.jsonl", {"i": 2})
    assert mimir.read("~/a.jsonl") == {"i": [2]}


def test_what_lies_beside_a_log_is_no_log(folder: Path) -> None:
    write(folder / "runs/a.jsonl.gz", {"i": 1})
    (folder / "runs/a.jsonl.gz.journal").write_bytes(b"MIJ1\0")
    (folder / "runs/folder").mkdir()
    write(folder / "runs/my.journal", {"i": 2})
    assert mimir.read("runs/*")["i"] == [1, 2]


def test_errors_say_what_and_where(folder: Path) -> None:
    (folder / "runs").mkdir()
    with pytest.raises(FileNotFoundError, match=r"no file matches 'runs/\*\.jsonl'.*/runs\)"):
        mimir.read("runs/*.jsonl")
    with pytest.raises(FileNotFoundError, match=r"no file matches '\*\*/x'"):
        mimir.read(["**/x"])
    with pytest.raises(FileNotFoundError, match=r"nowhere/log\.jsonl"):
        mimir.read("nowhere/log.jsonl")
    write(folder / "a.jsonl", {"i": 0})
    with pytest.raises(FileNotFoundError, match=r"b\.jsonl"):
        mimir.read(["a.jsonl", "b.jsonl"])
    with pytest.raises(OSError, match="runs"):
        mimir.read("runs")
    with pytest.raises(ValueError, match="path is empty"):
        mimir.read([])
    with pytest.raises(TypeError, match="not int"):
        mimir.read(1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="int"):
        mimir.read([1])  # type: ignore[list-item]
