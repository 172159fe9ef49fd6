"""CSV and TSV with the position of every cell in the text (RFC 4180).

The standard ``csv`` module gives no positions, and evidence needs them. A quoted cell's span lies
inside its quotes; a doubled quote stays doubled, because a surface is what stands in the source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.reading.cells import Cell, LineCounter, trimmed

_LED = re.compile(r"\s*\t")


def has_tabbed_rows(text: str) -> bool:
    """Whether a text is what spreadsheets copy: lines whose cells have tabs between, none before."""
    lines = [line for line in text.split("\n") if line.strip()]
    rows = [line for line in lines if "\t" in line.strip("\t ")]
    return len(rows) >= 2 and not any(_LED.match(line) for line in lines)


def read_cells(text: str, delimiter: str = ",") -> Iterator[Cell]:
    """Every field as a cell with its ``row`` and ``column``; empty fields included."""
    counter = LineCounter(text)
    position, row, column = 0, 0, 0
    while position < len(text):
        start, end, after = _field(text, position, delimiter)
        first, last = trimmed(text, start, end)
        yield Cell(text[first:last], first, last, counter.at(first), "cell", "none", 0, row, column)
        if after < len(text) and text[after] == delimiter:
            column += 1
        else:
            row, column = row + 1, 0
        position = after + 1


def _field(text: str, position: int, delimiter: str) -> tuple[int, int, int]:
    """(start, end) of the content of the field at ``position``, and where its delimiter stands."""
    closed = _closing(text, position) if text[position] == '"' else -1
    if closed < 0:
        # A quote that nothing closes is a mark like any other.
        end = position
        while end < len(text) and text[end] not in (delimiter, "\n"):
            end += 1
        return position, end, end
    after = closed + 1
    while after < len(text) and text[after] not in (delimiter, "\n"):
        after += 1
    # Text behind a closing quote is malformed, yet it is somebody's words: it stays in the cell.
    end = closed if after == closed + 1 else after
    return position + 1, end, after


def _closing(text: str, position: int) -> int:
    """Where the quote that opens at ``position`` closes; -1 where it does not."""
    close = position + 1
    while (close := text.find('"', close)) >= 0 and text[close + 1 : close + 2] == '"':
        close += 2
    return close
