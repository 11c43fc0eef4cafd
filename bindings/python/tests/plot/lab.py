"""A real JupyterLab with a notebook that is open in a real browser."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conftest import ENVIRONMENT
from playwright.sync_api import Browser, Page

PATIENCE = 60
"""Seconds. A kernel takes some time to start on a busy machine."""

# What the browser's own documents hold, as plain JSON.
_DOCUMENTS = """() => (window.Bokeh?.documents ?? []).map(doc => [...doc._all_models.values()])
  .map(models => ({
    text: models.filter(m => m.type == "Div").map(m => m.text).join("\\n"),
    curves: models.filter(m => m.type == "GlyphRenderer" && m.glyph.type == "Line")
      .map(m => [m.name, Array.from(m.data_source.data.x), Array.from(m.data_source.data.y)]),
  }))"""


class Notebook:
    """The page of one."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def save(self) -> None:
        self.page.keyboard.press("Control+s")
        self.page.wait_for_selector(".jp-mod-dirty", state="detached", timeout=PATIENCE * 1000)

    def reload(self) -> None:
        self.page.reload()
        self.wait_ready()

    def wait_ready(self) -> None:
        patience = PATIENCE * 1000
        self.page.wait_for_selector(".jp-Notebook .jp-Cell .cm-content", timeout=patience)
        # The sign in the notebook's toolbar says so before there is a kernel.
        self.page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=patience)

    def cell(self, number: int) -> Any:
        return self.page.locator(".jp-Notebook .jp-Cell").nth(number)

    def run(self, number: int) -> None:
        self.cell(number).locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")

    def output(self, number: int) -> str:
        return str(self.cell(number).locator(".jp-Cell-outputArea").inner_text())

    def wait_output(self, number: int, text: str) -> str:
        self.until(lambda: text in self.output(number), number)
        return self.output(number)

    def documents(self) -> list[dict[str, Any]]:
        """Those on the page, the newest last."""
        found: list[dict[str, Any]] = self.page.evaluate(_DOCUMENTS)
        return [document for document in found if document["curves"] or document["text"]]

    def curve(self, name: str) -> tuple[list[float], list[float]]:
        """The newest document's; empty as long as there is none."""
        for document in reversed(self.documents()):
            for found, x, y in document["curves"]:
                if found == name and x:
                    return x, y
        return [], []

    def state(self) -> str:
        documents = self.documents()
        return str(documents[-1]["text"]) if documents else ""

    def until(self, is_so: Any, number: int = 0) -> None:
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < deadline, (self.output(number), self.documents())
            self.page.wait_for_timeout(50)


class Lab:
    """A server."""

    def __init__(self, url: str, folder: Path, browser: Browser) -> None:
        self.url = url
        self._folder = folder
        self._browser = browser
        self._notebooks = 0

    @contextmanager
    def notebook(self, cells: Sequence[str]) -> Iterator[Notebook]:
        self._notebooks += 1
        name = f"notebook{self._notebooks}.ipynb"
        made: list[dict[str, Any]] = [
            {
                "cell_type": "code",
                "id": f"cell{number}",
                "source": code,
                "metadata": {},
                "outputs": [],
                "execution_count": None,
            }
            for number, code in enumerate(cells)
        ]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        content = {
            "cells": made,
            "metadata": {"kernelspec": kernel},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        (self._folder / name).write_text(json.dumps(content))
        page = self._browser.new_page(viewport={"width": 1100, "height": 1000})
        try:
            page.goto(f"{self.url}lab/tree/{name}?reset")
            notebook = Notebook(page)
            notebook.wait_ready()
            yield notebook
        finally:
            page.close()


@contextmanager
def running_lab(folder: Path, browser: Browser) -> Iterator[Lab]:
    runtime, notebooks = folder / "runtime", folder / "notebooks"
    notebooks.mkdir()
    settings = folder / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    # No question whether it may look for news.
    (settings / "notification.jupyterlab-settings").write_text(
        '{"fetchNews": "false", "checkForUpdates": false}'
    )
    environment = {
        **ENVIRONMENT,
        "HOME": str(folder),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    command = [
        *(sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root"),
        *("--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", "--IdentityProvider.token="),
        f"--ServerApp.root_dir={notebooks}",
    ]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)
        try:
            yield Lab(_url(runtime, server), notebooks, browser)
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _url(runtime: Path, server: subprocess.Popen[bytes]) -> str:
    """The server writes it into a file once it listens."""
    deadline = time.monotonic() + PATIENCE
    path = runtime / f"jpserver-{server.pid}.json"
    while True:
        if path.exists() and (text := path.read_text()):
            return str(json.loads(text)["url"])
        assert server.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
