"""Reading whole logs, for analysis."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import index as to_int

from ._builder import Builder
from ._columns import Columns
from ._parse import make_parse
from ._reader import _Reader
from ._runs import Files, is_pattern
from ._warning import warn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._runs import Path


def read(
    path: Path | Iterable[Path],
    *,
    keys: str | Iterable[str] | None = None,
    last: int | None = None,
    **loads_kwargs: Any,
) -> Columns:
    """The entries of a log, or of several side by side, as columns: a mapping from names to lists
    of equal length, with to_pandas(), to_polars() and to_arrow().

        frame = mimir.read("runs/*/log.jsonl.gz").to_pandas()
        frame.groupby("run")["val.loss"].min()

    path          a log; a glob, in which ** is any number of folders; or any number of both. ~ is
                  the home folder. A file that is there is taken by its name, also with * in it
    keys          only these, in this order; `val` is also what is nested in it. One that no entry
                  has is a column of None, with a MimirWarning, as a log may be too young for it
    last          how many entries to read, at most, from the end of each file; None: all. Takes
                  time and memory for these only. Lines that are no entries count
    loads_kwargs  go to json.loads; without any, orjson parses if it is installed

    Files are plain or gzip, may be in use, and may have been cut short by a kill. All entries that
    are there at the call are read, and maybe some that come meanwhile. What can't be read is left
    out with a MimirWarning, as by mimir.open.

    Columns come in the order in which their keys first appear. {"val": {"loss": 1}} is in the
    column `val.loss`, and so is {"val.loss": 1}. An entry that has both has the second of them in
    the column `val.loss#2`. Lists and empty objects are values as they are; arrays are NumPy's, if
    that is installed. In a column of numbers, "NaN", "Infinity" and "-Infinity", which a logger
    with nonfinite='string' writes, are numbers.

    A glob or an iterable, also of one file, gives a first column `run`: the shortest part of the
    file's path that tells it from the others, "a" and "b" for runs/a/log.jsonl.gz and
    runs/b/log.jsonl.gz. What entries have themselves under the key `run` is then in `run#2`. The
    files come in the order given, those of a glob sorted, run2 before run10; each is read once.

    Raises FileNotFoundError for a missing file and a glob that matches none, other OSErrors for one
    that can't be read, ValueError for no path at all or a negative `last`, and what json.loads
    raises.
    """
    if isinstance(path, (str, bytes, os.PathLike)):
        paths, several = [path], is_pattern(path)
    elif isinstance(path, Iterable):
        paths, several = list(path), True
    else:
        raise TypeError(f"path is a path, a glob or several of them, not {type(path).__name__}")
    if not paths:
        raise ValueError("path is empty: there is nothing to read")
    count = _last(last)
    builder = Builder(_keys(keys), several)
    parse = make_parse(loads_kwargs)
    found = Files(paths)
    for file, run in zip(found.files, found.runs(), strict=True):
        builder.begin(run)
        reader = _Reader(os.fsencode(file), count)
        try:
            for text in _texts(reader, file, count):
                builder.add(parse(text))
        finally:
            reader.close()
    if builder.entries:
        _warn_of_unknown_keys(builder)
    builder.finish()
    return Columns(builder.columns, builder.entries, builder.nulls)


def _texts(reader: _Reader, file: str, last: int | None) -> Iterator[str]:
    """The entries that are there now. The reader goes on to those that are added while it reads,
    and may never catch up with a writer that is quicker."""
    if last is not None:
        yield from islice(reader.texts(), min(last, sys.maxsize))
        return
    size = os.stat(file).st_size
    with open(file, "rb") as opened:
        limit = math.inf if opened.read(2) == b"\x1f\x8b" else size
    for text in reader.texts():
        yield text
        limit -= len(text) + 1  # at most the line's bytes, so that none of them is missed
        if limit <= 0:
            return


def _keys(keys: str | Iterable[str] | None) -> list[str] | None:
    if keys is None:
        return None
    names = [keys] if isinstance(keys, str) else list(keys)
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"keys are text, not {type(name).__name__}")
    return names


def _last(last: int | None) -> int | None:
    if last is None:
        return None
    number = to_int(last)
    if number < 0:
        raise ValueError(f"last is {number}; it can be 0 or more, or None for all")
    return min(number, 2**63)


def _warn_of_unknown_keys(builder: Builder) -> None:
    for key in builder.unknown_keys():
        from difflib import get_close_matches  # here, as it takes time to import

        close = get_close_matches(key, builder.known_keys(), n=1)
        warn(f"no entry has the key {key!r}" + (f"; is it {close[0]!r}?" if close else ""))
