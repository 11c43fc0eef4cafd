"""Which files are meant by paths and globs, and what the runs in them are called."""

from __future__ import annotations

import os
import re

from .errors import NotFoundError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    Path: TypeAlias = str | bytes | os.PathLike[str]

_SUFFIXES = (".gz", ".jsonl", ".ndjson", ".json")  # in the order in which they come off


class Files:
    """The files of paths and globs: in the order given, those of a glob sorted, each once."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._patterns: list[str] = []
        found: dict[str, str] = {}
        for path in paths:
            name = _expanded(path)
            if is_pattern(name):
                self._patterns.append(name)
            for file in _matches(name) if is_pattern(name) else [name]:
                found.setdefault(os.path.abspath(file), file)
        self.files = list(found.values())

    def runs(self) -> list[str]:
        """The shortest part of each path that tells it from the others.

        The folders that all have in common are left out, at the beginning and at the end, and the
        suffixes, unless only they differ. A glob's only file is told from the glob.
        """
        paths = self.files if len(self.files) > 1 else self.files + self._patterns
        split = [os.path.abspath(path).strip(os.sep).split(os.sep) for path in paths]
        bare = [[*folders, _without_suffix(name)] for *folders, name in split]
        if len(set(map(tuple, bare))) == len(bare):
            split = bare
        shortest = min(map(len, split))
        for end in (0, -1):
            while shortest > 1 and len({parts[end] for parts in split}) == 1:
                for parts in split:
                    del parts[end]
                shortest -= 1
        return ["/".join(parts) for parts in split[: len(self.files)]]


def is_pattern(path: Path) -> bool:
    """Whether a path is a glob, and not the name of a file that happens to look like one."""
    name = _expanded(path)
    return any(magic in name for magic in "*?[") and not os.path.lexists(name)


def _expanded(path: Path) -> str:
    name = os.fsdecode(path)
    return name if os.path.lexists(name) else os.path.expanduser(name)


def _matches(pattern: str) -> list[str]:
    from glob import glob  # here, as it takes time to import

    matches = [match for match in glob(pattern, recursive=True) if _may_be_log(match)]
    if not matches:
        raise NotFoundError(
            f"no file matches {pattern!r} (looked in {os.path.abspath(_fixed_part(pattern))})"
        )
    return sorted(matches, key=_natural)


def _may_be_log(path: str) -> bool:
    """Not a folder, nor what a gzip log has beside it while it is written."""
    log, journal, _ = path.rpartition(".journal")
    return not os.path.isdir(path) and not (journal and not _ and os.path.exists(log))


def _fixed_part(pattern: str) -> str:
    """The folder above the first wildcard."""
    return os.path.dirname(re.split(r"[*?\[]", pattern, maxsplit=1)[0])


def _natural(path: str) -> tuple[list[list[str | int]], str]:
    """run2 before run10, folder by folder."""
    parts = [
        [int(piece) if piece.isdigit() else piece for piece in re.split("([0-9]+)", part)]
        for part in path.split(os.sep)
    ]
    return parts, path


def _without_suffix(name: str) -> str:
    for suffix in _SUFFIXES:
        if len(name) > len(suffix):
            name = name.removesuffix(suffix)
    return name
