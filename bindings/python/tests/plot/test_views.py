"""Zoom, axes, marks, smoothing, the saved file: in a real browser."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from seen import BLUE, colored, eventually, open_page, plot_area, points, set_control, text

import mimir
from mimir.plot import PlotServer, save, serve_plot

SPIKE = 654_321


@pytest.fixture(scope="module")
def million(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A million entries, flat but for one."""
    path = tmp_path_factory.mktemp("million") / "log.jsonl"
    with path.open("w") as file:
        file.writelines(f'{{"i":{i},"v":{float(i == SPIKE)}}}\n' for i in range(1_000_000))
    return path


@contextmanager
def shown(page: Any, path: Path, *keys: str, **options: Any) -> Iterator[PlotServer]:
    with serve_plot(*keys, file=path, open_browser=False, **options) as server:
        assert server.feed.sources[0].caught_up.wait(60)
        open_page(page, server.url)
        eventually(page, lambda: points(page))
        page.wait_for_timeout(300)
        yield server


NONFINITE = pytest.mark.filterwarnings("ignore::mimir.errors.MimirWarning")


def log(path: Path, *entries: dict[str, Any]) -> Path:
    with mimir.Logger(path, formatter=None, nonfinite="tagged", on_error="raise") as logger:
        for entry in entries:
            logger.log(entry)
    return path


def wheel(page: Any, x: float, steps: int) -> None:
    left, top, right, bottom = plot_area(page)
    page.mouse.move(left + x * (right - left), (top + bottom) / 2)
    for _ in range(steps):
        page.mouse.wheel(0, -300)
        page.wait_for_timeout(30)


def test_a_spike_among_a_million_shows_at_every_zoom(page: Any, million: Path) -> None:
    with shown(page, million, "i", "v"):
        all_points = points(page)
        assert {(0, 0), (SPIKE, 1), (999_999, 0)} <= set(all_points)
        assert len(all_points) <= 4 * 1200
        # The spike's column goes from the bottom to the top of the picture.
        rows = colored(page, BLUE)[:, 0]
        _, top, _, bottom = plot_area(page)
        assert np.ptp(rows) > 0.8 * (bottom - top)

        # The default ranges have a margin; there the spike is at this part of the width.
        wheel(page, 0.5 + (SPIKE / 1_000_000 - 0.5) / 1.1, 5)
        eventually(page, lambda: points(page) != all_points and len(points(page)) > 100)
        page.wait_for_timeout(500)
        near = points(page)
        width = near[-1][0] - near[0][0]
        assert width < 500_000
        assert (SPIKE, 1) in near
        # There are more points of this part than there were.
        before = [x for x, _ in all_points if near[0][0] <= x <= near[-1][0]]
        assert len(near) > 2 * len(before)

        # Back to all of it.
        page.locator(".bk-tool-icon-reset").first.click()
        eventually(page, lambda: points(page) == all_points)


def test_what_is_new_is_drawn_while_zoomed_in(page: Any, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl.gz"
    with mimir.Logger(path, formatter=None) as logger:
        for i in range(5000):
            logger.log({"i": i, "v": i % 7})
        with shown(page, path, "i", "v"):
            wheel(page, 0.95, 3)
            eventually(page, lambda: points(page)[0][0] > 0)
            first = points(page)[0]
            logger.log({"i": 5000, "v": 3})
            eventually(page, lambda: points(page)[-1] == (5000, 3))
            assert points(page)[0] == first


def test_log_axes(page: Any, tmp_path: Path) -> None:
    """What is not more than 0 has no place on the line, and gets a mark."""
    entries = [{"i": i, "v": 10.0 ** -(i % 5) if i != 50 else -1.0} for i in range(100)]
    path = log(tmp_path / "log.jsonl", *entries)
    with shown(page, path, "i", "v"):
        assert (50, -1) in points(page)
        assert points(page, name="marks") == []
        page.get_by_text("log x").click()
        page.get_by_text("log y").click()
        eventually(page, lambda: points(page, name="marks") == [(50, 0.015)])
        found = points(page)
        assert found[0] == (1, 0.1)
        assert len(found) == 98
        eventually(page, lambda: len(colored(page, BLUE)) > 500)
        page.get_by_text("log y").click()
        eventually(page, lambda: (50, -1) in points(page))
        assert points(page, name="marks") == []


@NONFINITE
def test_nan_and_infinities_are_marks_at_the_edges(page: Any, tmp_path: Path) -> None:
    values = {10: math.nan, 50: math.inf, 90: -math.inf}
    path = log(tmp_path / "log.jsonl", *({"i": i, "v": values.get(i, 1.0)} for i in range(101)))
    with shown(page, path, "i", "v"):
        assert points(page, name="marks") == [(10, 0.985), (50, 0.985), (90, 0.015)]
        assert not {10, 50, 90} & {x for x, _ in points(page)}
        assert "3 NaN or infinite" in text(page, "table")

        def at_edges() -> tuple[int, int]:
            rows = colored(page, BLUE)[:, 0]
            _, top, _, bottom = plot_area(page)
            height = bottom - top
            return int((rows < 0.04 * height).sum()), int((rows > 0.96 * height).sum())

        above, below = at_edges()
        assert above > 30
        assert below > 15
        wheel(page, 0.5, 2)
        # Zooming, which goes to all ranges, leaves them at the edges.
        page.wait_for_timeout(500)
        above, below = at_edges()
        assert above > 15


def test_smoothing_keeps_the_raw_line_behind(page: Any, tmp_path: Path) -> None:
    path = log(tmp_path / "log.jsonl", *({"i": i, "v": i % 2} for i in range(1000)))
    with shown(page, path, "i", "v"):
        raw = points(page)
        assert points(page, name="average") == []
        set_control(page, "smoothing", "value", 0.99)
        eventually(page, lambda: points(page, name="average"))
        assert points(page) == raw
        assert points(page, name="average")[-1][1] == pytest.approx(0.5, abs=0.01)


def test_the_legend_hides_a_curve(page: Any, tmp_path: Path) -> None:
    path = log(tmp_path / "log.jsonl", *({"i": i, "a": i % 9, "b": -i % 5} for i in range(500)))
    with shown(page, path, "i", "a", "b"):
        assert len(colored(page, BLUE)) > 1000
        page.evaluate("""() => {
          const models = [...Bokeh.documents[0]._all_models.values()];
          const legend = models.find(model => model.type == 'Legend');
          window.item = legend.items[0];
        }""")
        _, top, right, _ = plot_area(page)
        # The first item of the legend, right of the plot.
        page.mouse.click(right + 30, top + 32)
        eventually(page, lambda: page.evaluate("() => item.renderers.every(one => !one.visible)"))
        eventually(page, lambda: len(colored(page, BLUE)) == 0)


def test_a_saved_file_needs_no_network(page: Any, tmp_path: Path, million: Path) -> None:
    path = tmp_path / "plot.html"
    save(path, "i", "v", file=million)
    assert [file.name for file in tmp_path.iterdir()] == ["plot.html"]
    page.context.set_offline(True)
    open_page(page, path.as_uri())
    found = points(page)
    assert {(0, 0), (SPIKE, 1), (999_999, 0)} <= set(found)
    assert len(found) > 8000
    assert len(colored(page, BLUE)) > 500
    assert "1,000,000 entries" in text(page, "state")


def test_saving_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError, match=r"no\.jsonl: there is no such file"):
        save(tmp_path / "plot.html", "i", "v", file=tmp_path / "no.jsonl", timeout=0.5)
    with pytest.raises(TimeoutError, match="nothing to plot has come from localhost:1"):
        save(tmp_path / "plot.html", "i", "v", push_port=1, router_port=2, timeout=0.5)
    assert list(tmp_path.iterdir()) == []
