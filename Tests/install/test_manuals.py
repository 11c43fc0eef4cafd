"""The manual pages: they format without warnings, and name what there is."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from .programs import BARE, ROOT

PAGES = sorted(ROOT.glob("man/*.*"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_formats_without_warnings(page: Path) -> None:
    command = ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", str(page)]
    done = subprocess.run(command, env=BARE, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout
    assert done.stderr == ""


def test_the_library_page_names_every_function() -> None:
    page = (ROOT / "man" / "mimir.3").read_text()
    functions = (ROOT / "abi" / "mimir.symbols").read_text().split()
    assert set(re.findall(r"(mimir_[a-z0-9_]+) ?\"?\(\)", page)) == set(functions)
