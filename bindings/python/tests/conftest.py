from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mimir

PACKAGE = Path(__file__).resolve().parents[1] / "mimir"
# For other processes: the package that is tested here.
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(mimir.__file__).parents[1])}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.jsonl"


def lines(path: Path) -> list[Any]:
    """What the standard library reads; strictly, so that a bare NaN is an error."""

    def refuse(token: str) -> None:
        raise AssertionError(f"{token} is not JSON")

    text = path.read_text(encoding="utf-8")
    assert text == "" or text.endswith("\n")
    return [json.loads(line, parse_constant=refuse) for line in text.splitlines()]


def run_python(
    code: str, *arguments: str, env: dict[str, str] | None = None, folder: Path | None = None
) -> str:
    """The output of another Python; its errors and warnings count as output."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=env or ENVIRONMENT,
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
    )
    return done.stdout


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, without a window."""
    from playwright.sync_api import sync_playwright

    names = ("chromium-headless-shell", "chromium", "google-chrome")
    path = next(filter(None, map(shutil.which, names)))
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page that can reach nothing but this machine, and fails the test if it tries to, or if a
    script in it fails."""
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    wrong: list[str] = []

    def let_through(route: Any) -> None:
        if route.request.url.startswith(("http://127.0.0.1:", "file://", "data:", "blob:")):
            route.continue_()
        else:
            wrong.append(route.request.url)
            route.abort()

    context.route("**/*", let_through)
    made = context.new_page()
    made.on("pageerror", lambda error: wrong.append(str(error)))
    yield made
    context.close()
    assert wrong == []
