"""The notebook's cell that is running."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._needed import needed

if TYPE_CHECKING:
    from ._notebook_plot import NotebookPlot


class Cell:
    """Ends its plots when it is run again or has been deleted."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._id = self._metadata().get("cellId")
        self._plot: NotebookPlot | None = None

    @classmethod
    def current(cls) -> Cell:
        """RuntimeError outside of a notebook."""
        with needed():
            from IPython.core.getipython import get_ipython
        shell = get_ipython()
        if getattr(shell, "kernel", None) is None:
            raise RuntimeError("this is no notebook; mimir.plot.serve_plot works everywhere")
        return cls(shell)

    def show(self, plot: NotebookPlot) -> None:
        from IPython.display import display

        display(plot.widget)  # type: ignore[no-untyped-call]
        self._plot = plot
        plot.on_end.append(self._forget)
        self._shell.events.register("pre_run_cell", self._before_a_cell)

    def _before_a_cell(self, info: Any) -> None:
        """The frontend tells with each cell that is run which ones have been deleted."""
        metadata = self._metadata()
        gone = {metadata.get("cellId"), *metadata.get("deletedCells", ())}
        if self._plot is not None and self._id is not None and self._id in gone:
            self._plot.close()

    def _forget(self) -> None:
        self._plot = None
        self._shell.events.unregister("pre_run_cell", self._before_a_cell)

    def _metadata(self) -> dict[str, Any]:
        """Of the request to run the cell that is running."""
        request = self._shell.get_parent() or {}
        return dict(request.get("metadata") or {})
