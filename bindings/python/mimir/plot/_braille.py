"""Curves in characters: each is a grid of 2 by 4 dots."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ._series import Floats

Dots = NDArray[np.intp]

_EMPTY = 0x2800
_WEIGHTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint8)
"""By row, from the top, and column, as Unicode numbers braille patterns."""


class Braille:
    """`columns` by `rows` characters, with a style for each. Dots count from the lower left."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self._bits = np.zeros((rows, columns), dtype=np.uint8)
        self._styles: list[list[str]] = [[""] * columns for _ in range(rows)]
        self._characters: dict[tuple[int, int], str] = {}

    @property
    def dots(self) -> tuple[int, int]:
        """How many there are across and up."""
        return 2 * self.columns, 4 * self.rows

    def line(self, x: Dots, y: Dots, style: str) -> None:
        """Through points of which each is a dot of the grid. It covers what was drawn before."""
        width, height = self.dots
        drawn = np.zeros((height, width), dtype=bool)
        x, y = _filled(x, y)
        drawn[height - 1 - y, x] = True
        cells = drawn.reshape(self.rows, 4, self.columns, 2)
        bits = (cells * _WEIGHTS[None, :, None, :]).sum(axis=(1, 3)).astype(np.uint8)
        self._bits |= bits
        for row, column in np.argwhere(bits).tolist():
            self._styles[row][column] = style

    def put(self, x: int, y: int, character: str, style: str) -> None:
        """At a dot; it takes the place of the dots there."""
        row, column = self.rows - 1 - y // 4, x // 2
        self._characters[row, column] = character
        self._styles[row][column] = style

    def row(self, number: int) -> list[tuple[str, str]]:
        """Pieces of text with their styles, from left to right; row 0 is at the top."""
        pieces: list[tuple[str, str]] = []
        for column, bits in enumerate(self._bits[number].tolist()):
            style = self._styles[number][column]
            character = self._characters.get((number, column))
            text = character or (chr(_EMPTY + bits) if bits else " ")
            if pieces and pieces[-1][1] == style:
                pieces[-1] = (pieces[-1][0] + text, style)
            else:
                pieces.append((text, style))
        return pieces


def _filled(x: Dots, y: Dots) -> tuple[Dots, Dots]:
    """With all dots between one point and the next."""
    if len(x) < 2:
        return x, y
    across, up = np.diff(x), np.diff(y)
    counts = np.maximum(np.maximum(abs(across), abs(up)), 1)
    ends = np.cumsum(counts)
    step = np.arange(ends[-1]) - np.repeat(ends - counts, counts)
    part: Floats = step / np.repeat(counts, counts)
    between_x = np.repeat(x[:-1], counts) + np.rint(np.repeat(across, counts) * part)
    between_y = np.repeat(y[:-1], counts) + np.rint(np.repeat(up, counts) * part)
    return (
        np.append(between_x.astype(np.intp), x[-1]),
        np.append(between_y.astype(np.intp), y[-1]),
    )
