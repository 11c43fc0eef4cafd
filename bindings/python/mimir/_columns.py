"""What mimir.read gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    import pandas
    import polars
    import pyarrow


class Columns(Mapping[str, "list[Any]"]):
    """The entries of logs as columns: for each name a list with one value an entry.

    A value is None where the entry lacks the key, and where it has null; `missing` tells which.
    """

    entries: int
    """How many there are: the length of each column."""

    def __init__(
        self, columns: dict[str, list[Any]], entries: int, nulls: Mapping[str, Sequence[int]]
    ) -> None:
        self.entries = entries
        self._columns = columns
        self._nulls = nulls

    def __getitem__(self, name: str) -> list[Any]:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __repr__(self) -> str:
        names = ", ".join(map(repr, list(self)[:8])) + (", …" if len(self) > 8 else "")
        return f"<mimir.Columns: {self.entries} entries, {len(self)} columns: {names}>"

    def missing(self, name: str) -> list[bool]:
        """For each entry whether it lacks the column's key: True only there, not for null.

        Null is what a logger writes for NaN and infinities, unless its `nonfinite` says otherwise.
        """
        missing = [value is None for value in self[name]]
        for row in self._nulls.get(name, ()):
            missing[row] = False
        return missing

    def to_pandas(self) -> pandas.DataFrame:
        """A pandas.DataFrame. Raises ImportError without pandas (pip install mimir[pandas]).

        floats, or floats and integers      float64; NaN for what is missing or null
        integers                            int64; float64 with NaN where some are missing or null
        bools                               bool; boolean, which has NA, where some are
        text                                what pandas takes for text
        nothing but missing or null         float64, NaN
        all else                            object: the values as they are, None for what is missing

        No integer is rounded: where float64 can't hold them all, the column is Int64 or UInt64,
        which have NA, or object when they are beyond 64 bits or there are floats among them.
        """
        from ._frames import to_pandas

        frame: pandas.DataFrame = to_pandas(self)
        return frame

    def to_polars(self) -> polars.DataFrame:
        """A polars.DataFrame. Raises ImportError without polars (pip install mimir[polars]).

        What is missing or null is null; NaN stays NaN. Integers are Int64, or UInt64 where they
        need it, and with floats among them Float64. Lists and NumPy arrays are lists of their
        elements' type. A column whose values have no type in common that holds them exactly is
        text, the JSON of each value ('1', '"one"', 'true', '{}'): text among numbers, objects
        within lists, integers beyond 64 bits, or beyond 2**53 among floats.
        """
        from ._frames import to_polars

        frame: polars.DataFrame = to_polars(self)
        return frame

    def to_arrow(self) -> pyarrow.Table:
        """A pyarrow.Table, of the same types as to_polars gives. Raises ImportError without pyarrow
        (pip install mimir[arrow])."""
        from ._frames import to_arrow

        table: pyarrow.Table = to_arrow(self)
        return table
