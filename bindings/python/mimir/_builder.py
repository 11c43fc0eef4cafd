"""Gathers entries into columns, in one pass."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

RUN = "run"
_NONFINITE = {token: float(token) for token in ("NaN", "Infinity", "-Infinity")}


class Builder:
    """A column begins with the first entry that has its key, filled with None before that."""

    def __init__(self, keys: list[str] | None, with_runs: bool) -> None:
        self.entries = 0
        self.columns: dict[str, list[Any]] = {}
        self.nulls: dict[str, array[int]] = {}
        """Rows of columns in which the entry has null."""
        self._keys = keys
        self._below = tuple(f"{key}." for key in keys or ())
        self._left_out: set[str] = set()
        self._origins: dict[str, str] = {}
        self._run = ""
        self._runs: list[str] | None = [] if with_runs else None
        if self._runs is not None:
            self.columns[RUN] = self._runs

    def begin(self, run: str) -> None:
        """The entries that follow are of this run."""
        self._run = run

    def add(self, entry: Any) -> None:
        if not isinstance(entry, dict):
            raise TypeError(f"what parses the JSON made {type(entry).__name__} of an entry")
        row, column_of = self.entries, self.columns.get
        if self._runs is not None:
            self._runs.append(self._run)
        for key, value in entry.items():
            # An array stays a dict where NumPy is not installed.
            if isinstance(value, dict) and value and "__ndarray__" not in value:
                for name, leaf in _leaves(key, value):
                    self._put(name, leaf)
                continue
            column = column_of(key)
            if column is None or len(column) != row or value is None or self._keys is not None:
                self._put(key, value)
            else:
                column.append(value)
        self.entries = row + 1

    def finish(self) -> None:
        """Fills up, puts the columns in order, and turns the policy 'string' back to numbers."""
        for column in self.columns.values():
            column.extend([None] * (self.entries - len(column)))
            _restore_nonfinite(column)
        if self._keys is None:
            return
        chosen = {RUN: self.columns[RUN]} if self._runs is not None else {}
        for key in self._keys:
            for name in self._named(key) or [key]:
                chosen.setdefault(name, self.columns.get(name) or [None] * self.entries)
        self.columns = chosen

    def unknown_keys(self) -> list[str]:
        """Those of `keys` that no entry has."""
        return [key for key in self._keys or () if not self._named(key)]

    def known_keys(self) -> set[str]:
        """What could have been asked for: the names of all columns, also of those left out."""
        return self._left_out | {self._origins.get(name, name) for name in self.columns}

    def _put(self, name: str, value: Any) -> None:
        if self._keys is not None and (name in self._left_out or not self._wanted(name)):
            self._left_out.add(name)
            return
        row = self.entries
        column = self.columns.get(name)
        if column is not None and len(column) > row:
            origin, name = name, self._free(name)
            self._origins[name] = origin
            column = self.columns.get(name)
        if column is None:
            column = self.columns[name] = []
        if len(column) < row:
            column.extend([None] * (row - len(column)))
        column.append(value)
        if value is None:
            self.nulls.setdefault(name, array("Q")).append(row)

    def _free(self, name: str) -> str:
        """Another name for what the entry has twice, or for its own `run`."""
        number = 2
        while len(self.columns.get(f"{name}#{number}", ())) > self.entries:
            number += 1
        return f"{name}#{number}"

    def _wanted(self, name: str) -> bool:
        return self._keys is not None and (name in self._keys or name.startswith(self._below))

    def _named(self, key: str) -> list[str]:
        """The columns that a key chooses: its own, and those nested in it."""
        names = []
        for name, column in self.columns.items():
            origin = self._origins.get(name, name)
            if column is not self._runs and (origin == key or origin.startswith(f"{key}.")):
                names.append(name)
        return names


def _leaves(prefix: str, value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Nested values by their dotted names, in order. Without recursion: entries may be deep."""
    items = iter(value.items())
    above = []
    while True:
        for key, item in items:
            if isinstance(item, dict) and item and "__ndarray__" not in item:
                above.append((prefix, items))
                prefix, items = f"{prefix}.{key}", iter(item.items())
                break
            yield f"{prefix}.{key}", item
        else:
            if not above:
                return
            prefix, items = above.pop()


def _restore_nonfinite(column: list[Any]) -> None:
    """A column of numbers, and else of nothing but "NaN" and the like, has only numbers."""
    types = set(map(type, column))
    if str not in types or not types & {int, float} or types - {int, float, str, type(None)}:
        return
    rows = [row for row, value in enumerate(column) if type(value) is str]
    if all(column[row] in _NONFINITE for row in rows):
        for row in rows:
            column[row] = _NONFINITE[column[row]]
