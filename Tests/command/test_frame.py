"""What all subcommands have in common."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from .conftest import BINARY, ROOT, run


def subcommands() -> dict[str, dict[str, Any]]:
    """By name, as the command itself describes them."""
    told = json.loads(run("--experimental-dump-help").out)["command"]["subcommands"]
    return {each["commandName"]: each for each in told if each["commandName"] != "help"}


def names(argument: dict[str, Any]) -> list[str]:
    """Of an option or flag, as they are typed."""
    prefixes = {"long": "--", "short": "-"}
    return [prefixes[each["kind"]] + each["name"] for each in argument.get("names", [])]


def sections() -> dict[str, str]:
    """The manual's text on each subcommand."""
    manual = (ROOT / "man" / "mimir.1").read_text(encoding="utf-8")
    body = manual.split(".Sh SUBCOMMANDS\n")[1].split("\n.Sh ")[0]
    parts = body.split(".Ss ")[1:]
    return dict(part.split("\n", 1) for part in parts)


def test_the_manual_has_every_subcommand_in_order() -> None:
    assert list(sections()) == sorted(subcommands())


@pytest.mark.parametrize("name", sorted(subcommands()))
def test_the_manual_has_every_option(name: str) -> None:
    section = sections()[name]
    items = [line.split()[1:] for line in section.splitlines() if line.startswith(".It Fl")]
    documented = set()
    for words in items:
        for index, word in enumerate(words):
            if word != "Fl":
                continue
            # `Fl Fl long`, and `Fl s` for a short one.
            following = words[index + 1]
            if following == "Fl":
                documented.add("--" + words[index + 2])
            elif index == 0 or words[index - 1] != "Fl":
                documented.add("-" + following)
    arguments = subcommands()[name]["arguments"]
    given = {each for argument in arguments for each in names(argument)}
    assert documented == given - {"--version", "--help", "-h"}
    for argument in arguments:
        if argument["kind"] == "positional":
            assert f".Ar {argument['valueName'].rstrip('s')}" in section.replace("Op Ar", "Ar")


def test_the_manual_is_well_formed() -> None:
    checked = subprocess.run(
        ["mandoc", "-T", "lint", "-W", "warning", ROOT / "man" / "mimir.1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.stdout, checked.returncode) == ("", 0)


def test_help_has_every_subcommand_and_the_exit_statuses() -> None:
    told = run("--help").out
    for name in subcommands():
        assert f"\n  {name} " in told
        assert "USAGE: mimir " + name in run(name, "--help").out
    assert "Exit status: 0 done" in told


def test_the_version_is_that_of_the_library() -> None:
    header = (ROOT / "include" / "mimir" / "status.h").read_text()
    assert f'MIMIR_VERSION_STRING "{run("--version").out.strip()}"' in header


def test_wrong_usage_is_said_as_all_errors_are() -> None:
    for arguments in (["cat"], ["nonsense"], ["info", "--nonsense", "x"], ["cat", "-n", "x", "y"]):
        wrong = run(*arguments, status=64)
        assert wrong.out == ""
        assert wrong.err.startswith("mimir: ")
        assert "Usage: mimir" in wrong.err


def test_a_stream_is_no_file() -> None:
    wrong = run("info", "tcp://localhost", status=1)
    assert wrong.err.startswith("mimir: tcp://localhost is a live stream")


def test_help_on_a_full_disk_is_an_error() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([BINARY, "--help"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(b"mimir: writing to standard output failed")


def complete(line: str, folder: Path) -> list[str]:
    """What bash offers for a line, of which the last word is unfinished."""
    script = """
shopt -s extglob
source <("$1" --generate-completion-script bash)
read -ra COMP_WORDS <<<"$2"
[[ $2 = *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$2 COMP_POINT=${#2}
_mimir mimir "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}" 2>/dev/null
printf '%s\\n' "${COMPREPLY[@]}"
"""
    done = subprocess.run(
        ["bash", "-c", script, "bash", BINARY, line],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_bash_completes_subcommands_options_and_files(tmp_path: Path) -> None:
    (tmp_path / "run.jsonl.gz").touch()
    assert complete("mimir che", tmp_path) == ["check"]
    assert complete("mimir convert --for", tmp_path) == ["--force"]
    assert complete("mimir cat --nonfinite ta", tmp_path) == ["tagged"]
    assert complete("mimir info ru", tmp_path) == ["run.jsonl.gz"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_has_completions(shell: str) -> None:
    script = run("--generate-completion-script", shell).out
    for name in subcommands():
        assert name in script


def test_what_is_wrong_is_said_without_steering_the_terminal(tmp_path: Path) -> None:
    wrong = run("cat", tmp_path / "a\x1b[2J\x9b\u202e.jsonl", status=1)
    assert "a\\u001b[2J\\u009b\\u202e.jsonl" in wrong.err
    assert wrong.err.count("\n") == 1
