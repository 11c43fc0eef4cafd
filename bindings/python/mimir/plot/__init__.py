"""Live plots of logs: in the browser, in a notebook, in the terminal, as a file.

They need what `pip install 'mimir[plot]'` brings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._notebook import notebook_plot
    from ._save import save
    from ._serve import PlotServer, serve_plot
    from ._terminal import terminal_plot

__all__ = ["PlotServer", "notebook_plot", "save", "serve_plot", "terminal_plot"]

_PLACES = {
    "PlotServer": "_serve",
    "notebook_plot": "_notebook",
    "save": "_save",
    "serve_plot": "_serve",
    "terminal_plot": "_terminal",
}


def __getattr__(name: str) -> Any:
    """Imports what is used: Bokeh takes most of a second, and may not be installed."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    from ._needed import needed

    with needed():
        module = import_module(f".{_PLACES[name]}", __name__)
    return getattr(module, name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
