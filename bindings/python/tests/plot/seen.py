"""What a page shows: from Bokeh's document in the browser, and from the picture itself."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

PATIENCE = 20
BLUE = (0x1F, 0x77, 0xB4)
ORANGE = (0xFF, 0x7F, 0x0E)

_COLUMNS = """name => [...Bokeh.documents[0]._all_models.values()]
  .filter(model => model.type == 'ColumnDataSource' && model.name == name)
  .map(model => [Array.from(model.get_column('x')), Array.from(model.get_column('y'))])"""
_TEXT = "name => Bokeh.documents[0].get_model_by_name(name).text"
_SET = "([name, key, value]) => { Bokeh.documents[0].get_model_by_name(name)[key] = value }"


def eventually(page: Any, condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it has not come true"
        page.wait_for_timeout(50)  # and not sleep: the page's events come through here


def open_page(page: Any, url: str) -> None:
    page.goto(url)
    page.wait_for_function(
        "() => window.Bokeh && Bokeh.documents.length && Bokeh.documents[0].is_idle"
    )


def points(page: Any, curve: int = 0, name: str = "raw") -> list[tuple[float, float]]:
    """Of a curve's source; none while there is no such curve."""
    found = page.evaluate(_COLUMNS, name)
    return list(zip(*found[curve], strict=True)) if curve < len(found) else []


def text(page: Any, name: str) -> str:
    return str(page.evaluate(_TEXT, name))


def set_control(page: Any, name: str, key: str, value: object) -> None:
    page.evaluate(_SET, [name, key, value])


def picture(page: Any) -> np.ndarray[Any, Any]:
    return np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")).astype(int)


def plot_area(page: Any) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the plot between its axes, in pixels of the page."""
    return tuple(
        page.evaluate("""() => {
          let found;
          const look = view => {
            if (view.model.type == 'Figure') found = view;
            for (const child of view.child_views ?? []) look(child);
          };
          for (const root of Bokeh.index.roots) look(root);
          const outer = found.el.getBoundingClientRect(), box = found.frame.bbox;
          return [outer.x + box.x0, outer.y + box.y0, outer.x + box.x1, outer.y + box.y1]
            .map(Math.round);
        }""")
    )


def colored(page: Any, color: tuple[int, int, int]) -> np.ndarray[Any, Any]:
    """Where in the plot pixels have this color, also where the line's edge blends it with the white
    behind: rows and columns."""
    left, top, right, bottom = plot_area(page)
    missing = 255 - picture(page)[top:bottom, left:right]
    full = 255 - np.array(color)
    strength = missing.sum(axis=2) / full.sum()
    fits = np.abs(missing - strength[..., None] * full).max(axis=2) < 20
    return np.argwhere(fits & (strength > 0.4))
