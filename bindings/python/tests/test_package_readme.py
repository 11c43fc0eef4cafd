"""The package's README says what is: its snippets run as they are written."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ENVIRONMENT, PACKAGE, run_python

SNIPPETS = re.findall(
    r"```(\w+)\n(.*?)```", (PACKAGE.parent / "README.md").read_text(encoding="utf-8"), re.DOTALL
)
PYTHON = [code for language, code in SNIPPETS if language == "python"]
VIEWER = next(code for code in PYTHON if "mimir.subscribe" in code)
STREAM = next(code for code in PYTHON if "stream=True" in code)
FAST = "import time\ntime.sleep = lambda seconds, sleep=time.sleep: sleep(seconds / 50)\n"
NAMES = "import mimir\nfrom mimir import Logger\n"


def test_all_are_found() -> None:
    assert len(PYTHON) == 11
    assert {language for language, _ in SNIPPETS} == {"python", "bash", "sh"}


def test_one_after_the_other(tmp_path: Path) -> None:
    code = FAST + NAMES + "\n".join(code for code in PYTHON if code != VIEWER)
    output = run_python(code + "\nprint('the end')", folder=tmp_path)
    printed = output.splitlines()
    assert printed[:2] == ["iteration: 0", "training_error: 1.0"]
    assert printed[-1] == "the end"
    assert printed[-11:-1] == [f"iteration: {i}" for i in range(0, 100, 10)]
    assert "Error" not in output


def test_the_viewer_sees_what_the_logger_logs(tmp_path: Path) -> None:
    viewer = subprocess.Popen(
        [sys.executable, "-u", "-c", NAMES + VIEWER],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        run_python(FAST + NAMES + STREAM, folder=tmp_path)
        assert viewer.stdout is not None
        numbers = [int(viewer.stdout.readline().split()[0]) for _ in range(50)]
    finally:
        viewer.kill()
        viewer.communicate()
    assert numbers == list(range(numbers[0], numbers[0] + 50))


@pytest.mark.parametrize("code", [code for language, code in SNIPPETS if language == "bash"])
def test_commands(code: str, tmp_path: Path) -> None:
    run_python(FAST + NAMES + PYTHON[2], folder=tmp_path)
    found = subprocess.run(
        ["bash", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert json.loads(found.stdout) == {"iteration": 99, "training_error": 0.01}
