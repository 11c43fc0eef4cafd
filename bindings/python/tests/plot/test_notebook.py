"""notebook_plot in a real JupyterLab: a kernel, a browser, a training process."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from conftest import ENVIRONMENT, run_python
from lab import Lab, Notebook, running_lab
from PIL import Image
from playwright.sync_api import Browser

TRAINING = """
import sys, time, mimir
push_port, router_port, start = map(int, sys.argv[1:])
logger = mimir.Logger(stream=True, stream_maxlen=None, formatter=None,
                      push_port=push_port, router_port=router_port)
for i in range(200):
    logger.log({"i": start + i, "loss": 1 / (i + 1)})
print(logger.push_port, logger.router_port, flush=True)
while True:
    i += 1
    logger.log({"i": start + i, "loss": 1 / (i + 1)})
    time.sleep(0.01)
"""
BUSY = "import time\nfor k in range(6): time.sleep(1); print('second', k)\nprint('through')"
RIGHT = """() => [...Bokeh.documents.at(-1)._all_models.values()]
  .find(model => model.type == "Figure").x_range.end"""
BLUE = (0x1F, 0x77, 0xB4)


@contextmanager
def training(*ports: str, start: int = 0) -> Iterator[list[str]]:
    """Its ports; 200 entries have been logged, and more come until it is killed."""
    command = [sys.executable, "-c", TRAINING, *(ports or "00"), str(start)]
    process = subprocess.Popen(command, env=ENVIRONMENT, text=True, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split()
    finally:
        process.kill()
        process.communicate()


def plot_cell(ports: list[str], more: str = "") -> str:
    push_port, router_port = ports
    return (
        "import mimir.plot\nplot = mimir.plot.notebook_plot('i', 'loss', "
        f"push_port={push_port}, router_port={router_port}{more})"
    )


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Lab]:
    with running_lab(tmp_path_factory.mktemp("lab"), browser) as lab:
        yield lab


def newest_x(notebook: Notebook, curve: str = "loss") -> float:
    return max(notebook.curve(curve)[0], default=-1.0)


def wait_more(notebook: Notebook, beyond: float, curve: str = "loss") -> None:
    notebook.until(lambda: newest_x(notebook, curve) > beyond)


def blue(notebook: Notebook) -> int:
    """How many pixels of the plot have the curve's color."""
    picture = Image.open(io.BytesIO(notebook.cell(0).screenshot())).convert("RGB")
    return sum(count for count, color in picture.getcolors(1 << 24) or [] if color == BLUE)


def test_entries_arrive_while_another_cell_runs_until_stop(lab: Lab) -> None:
    with (
        training() as ports,
        lab.notebook([plot_cell(ports), BUSY, "plot.stop(); print(plot)"]) as notebook,
    ):
        notebook.run(0)
        wait_more(notebook, 0)
        assert newest_x(notebook) - min(notebook.curve("loss")[0]) < newest_x(notebook) / 2
        notebook.run(1)
        notebook.wait_output(1, "second 0")
        seen = newest_x(notebook)
        wait_more(notebook, seen + 50)
        assert "through" not in notebook.output(1)
        assert blue(notebook) > 50
        assert "live" in notebook.state()
        notebook.wait_output(1, "through")
        notebook.run(2)
        notebook.wait_output(2, "ended")
        notebook.until(lambda: "stopped at" in notebook.state())
        seen = newest_x(notebook)
        notebook.page.wait_for_timeout(1000)
        assert newest_x(notebook) == seen
        assert blue(notebook) > 50


def test_a_plot_whose_view_comes_late_because_a_cell_runs(lab: Lab) -> None:
    """All cells are run at once: the kernel is busy before it hears that the plot is seen."""
    with training() as ports, lab.notebook([plot_cell(ports, ", last=None"), BUSY]) as notebook:
        notebook.page.get_by_role("menuitem", name="Run", exact=True).click()
        notebook.page.get_by_text("Run All Cells", exact=True).click()
        notebook.wait_output(1, "second 0")
        wait_more(notebook, 200)
        wait_more(notebook, newest_x(notebook) + 50)
        assert "through" not in notebook.output(1)
        assert min(notebook.curve("loss")[0]) == 0


def test_a_run_that_is_killed_and_the_next_one(lab: Lab) -> None:
    with training() as ports:
        pass
    with lab.notebook([plot_cell(ports, ", patience=2"), "print(plot)"]) as notebook:
        notebook.run(0)
        notebook.until(lambda: "waiting" in notebook.state())
        with training(*ports):
            wait_more(notebook, 0)
        notebook.until(lambda: "is gone since" in notebook.state())
        with training(*ports, start=10_000):
            notebook.until(lambda: any(max(x, default=0) > 10_200 for x in xs(notebook)))
            assert len(xs(notebook)) == 2
        notebook.until(lambda: "stopped at" in notebook.state())
        notebook.run(1)
        notebook.wait_output(1, "ended")


def xs(notebook: Notebook) -> list[list[float]]:
    documents = notebook.documents()
    return [x for _, x, _ in documents[-1]["curves"] if x] if documents else []


def test_a_cell_that_is_run_again_or_deleted(lab: Lab) -> None:
    keep = "plots = globals().get('plots', []); plots.append(plot)"
    look = "print([plot.is_live for plot in plots])"
    with (
        training() as ports,
        lab.notebook([f"{plot_cell(ports)}\n{keep}", look, look]) as notebook,
    ):
        notebook.run(0)
        wait_more(notebook, 0)
        notebook.run(0)
        notebook.until(lambda: "[2]" in notebook.cell(0).inner_text())
        notebook.run(1)
        notebook.wait_output(1, "[False, True]")
        wait_more(notebook, newest_x(notebook) + 20)
        notebook.cell(0).locator(".jp-InputPrompt").click()
        notebook.page.keyboard.press("Escape")
        notebook.page.keyboard.press("d")
        notebook.page.keyboard.press("d")
        notebook.until(lambda: "notebook_plot" not in notebook.cell(0).inner_text())
        notebook.run(1)
        notebook.wait_output(1, "[False, False]")


def test_a_page_that_is_loaded_anew(lab: Lab) -> None:
    with training() as ports, lab.notebook([plot_cell(ports)]) as notebook:
        notebook.run(0)
        wait_more(notebook, 0)
        notebook.save()
        seen = newest_x(notebook)
        notebook.reload()
        wait_more(notebook, seen + 50)
        wait_more(notebook, newest_x(notebook) + 50)
        assert blue(notebook) > 50
        # The axes follow.
        notebook.until(lambda: notebook.page.evaluate(RIGHT) >= seen + 50)


def test_controls_and_the_rate_of_updates(lab: Lab) -> None:
    with training() as ports, lab.notebook([plot_cell(ports)]) as notebook:
        notebook.run(0)
        wait_more(notebook, 0)
        counted = notebook.page.evaluate("""async () => {
          const line = [...Bokeh.documents.at(-1)._all_models.values()]
            .find(model => model.type == "GlyphRenderer" && model.glyph.type == "Line");
          let count = 0;
          const begin = performance.now();
          line.data_source.properties.data.change.connect(() => { count += 1 });
          await new Promise(resolve => setTimeout(resolve, 3000));
          return [count, (performance.now() - begin) / 1000];
        }""")
        updates, seconds = counted
        assert 1 <= updates <= 20 * seconds
        notebook.cell(0).get_by_text("log y").click()
        wait_more(notebook, newest_x(notebook) + 20)
        kinds = notebook.page.evaluate(
            "() => [...Bokeh.documents.at(-1)._all_models.values()].map(m => m.type)"
        )
        assert "LogAxis" in kinds


def test_without_jupyter_bokeh_it_says_how_to_install_it(lab: Lab) -> None:
    missing = "import sys\nsys.modules['jupyter_bokeh'] = None\n"
    with lab.notebook([missing + plot_cell(["1", "2"])]) as notebook:
        notebook.run(0)
        text = notebook.wait_output(0, "ImportError")
        assert "pip install 'mimir[notebook]'" in text


def test_outside_of_a_notebook() -> None:
    found = run_python("import mimir.plot; mimir.plot.notebook_plot('i', 'loss')")
    assert re.search(r"RuntimeError: this is no notebook.*serve_plot", found)
