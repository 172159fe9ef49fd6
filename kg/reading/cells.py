"""What every format becomes: a text, and cells that partition its visible characters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Gap = Literal["none", "blank", "wide", "indent"]
"""What stands before a cell led by a tab: nothing, one blank line, several, or a space."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch ``text[start:end]`` of the source without surrounding white space.

    ``kind`` is ``cell`` inside a table and ``line`` outside one; ``table``, ``row`` and ``column``
    (0-based) are known only where the format states them.
    """

    text: str
    start: int
    end: int
    line: int
    kind: Literal["cell", "line"]
    gap: Gap = "none"
    table: int | None = None
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A decoded file and its cells, in the order of the text."""

    name: str
    text: str
    cells: tuple[Cell, ...]


class LineCounter:
    """1-based line numbers for ascending offsets, in one pass over the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._offset = 0
        self._line = 1

    def at(self, offset: int) -> int:
        """The line of an offset that is not before the one asked for last."""
        self._line += self._text.count("\n", self._offset, offset)
        self._offset = offset
        return self._line


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The bounds of ``text[start:end]`` without white space at its ends."""
    piece = text[start:end]
    lead = len(piece) - len(piece.lstrip())
    return (start + lead, start + lead + len(piece.strip())) if piece.strip() else (start, start)
