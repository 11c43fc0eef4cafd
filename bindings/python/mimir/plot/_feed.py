"""What a view draws: runs that grow, and where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Condition
from types import TracebackType

from ._run import Run
from ._source import Source


class Feed:
    """Reads sources in threads of their own, from start() to close(). A view looks at `version`, or
    waits, and draws `runs` and `sources` again when it is another one."""

    def __init__(self, x_key: str | None, y_keys: Sequence[str], sources: Sequence[Source]) -> None:
        self.x_key = x_key
        self.y_keys = tuple(dict.fromkeys(y_keys))
        if not self.y_keys:
            raise ValueError("there is no key to plot")
        self.sources = tuple(sources)
        self._runs: tuple[Run, ...] = ()
        self._changed = Condition()
        self._version = 0

    def start(self) -> Feed:
        for source in self.sources:
            source.start(self)
        return self

    def close(self) -> None:
        for source in self.sources:
            source.stop()

    @property
    def version(self) -> int:
        """Another one after every change."""
        return self._version

    @property
    def runs(self) -> tuple[Run, ...]:
        """In the order of the sources, and of each source the oldest first."""
        return self._runs

    def wait(self, version: int, timeout: float | None = None) -> bool:
        """Until it is no longer this version. Returns whether it is another one."""
        with self._changed:
            return self._changed.wait_for(lambda: self._version != version, timeout)

    def make_run(self, source: Source) -> Run:
        """Not seen before it is shown."""
        return Run(source.run_name, self.x_key, self.y_keys, self.sources.index(source))

    def show(self, run: Run) -> None:
        """Its name gets a number where another run has it already."""
        with self._changed:
            names = {shown.name for shown in self._runs}
            base, number = run.name, 1
            while run.name in names:
                number += 1
                run.name = f"{base} ({number})"
            # In the order of the sources: which thread was first is chance.
            self._runs = tuple(sorted((*self._runs, run), key=lambda run: run.place))
        self.changed()

    def changed(self) -> None:
        with self._changed:
            self._version += 1
            self._changed.notify_all()

    def __enter__(self) -> Feed:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
