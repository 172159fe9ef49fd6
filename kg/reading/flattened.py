"""A table flattened to text: each cell a group of lines led by a tab.

Office suites write tables so when a document is saved as plain text. A blank line inside a group
separates paragraphs of the same cell; a blank line or a lone space before a tab *may* end a row,
which only the plan stage can decide, so it is kept as the ``gap`` of the cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.reading.cells import Cell, Gap, LineCounter, trimmed

# Behind the last cell only what is counted or dated goes on with it; the rest stands below the table.
_WRAPPED = 12
_CONTINUES = re.compile(
    r"\s*(?:[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:[)）.．、]|月)|第?[一二三四]季度|[上下]半年)"
)
_LEAD = re.compile(r"[ \u3000\xa0]*\t")


def has_cells(text: str) -> bool:
    """Whether at least two lines are led by a tab."""
    return sum(1 for line in text.split("\n") if _LEAD.match(line)) >= 2


def read_cells(text: str) -> Iterator[Cell]:
    """Cells of tab-led line groups, empty ones included, and a ``line`` cell for every other line."""
    counter = LineCounter(text)
    for start, end, is_cell, gap in _groups(text):
        first, last = trimmed(text, start, end)
        if is_cell or last > first:
            kind = "cell" if is_cell else "line"
            yield Cell(text[first:last], first, last, counter.at(first), kind, gap)  # type: ignore[arg-type]


def _groups(text: str) -> Iterator[tuple[int, int, bool, Gap]]:
    """(start, end, led by a tab, gap before) of every group of lines."""
    lines = list(_lines(text))
    last_led = max((i for i, (a, b) in enumerate(lines) if _LEAD.match(text, a, b)), default=-1)
    open_start: int | None = None
    open_end, blanks, gap = 0, 0, "none"
    for i, (start, end) in enumerate(lines):
        lead = _LEAD.match(text, start, end)
        blank = not text[start:end].strip()
        if lead:
            if open_start is not None:
                yield open_start, open_end, True, gap  # type: ignore[misc]
            gap = _gap(text[start : lead.end() - 1], blanks)
            # Cells after a tab inside the line are cells of their own.
            *inner, (open_start, open_end) = _split_tabs(text, lead.end(), end)
            for a, b in inner:
                yield a, b, True, gap  # type: ignore[misc]
                gap = "none"
            blanks = 0
        elif blank:
            blanks += 1
        elif open_start is not None and (i < last_led or _goes_on(text, lines[i:], blanks)):
            open_end, blanks = end, 0
        else:
            if open_start is not None:
                yield open_start, open_end, True, gap  # type: ignore[misc]
                open_start = None
            yield start, end, False, "none"
            blanks = 0
    if open_start is not None:
        yield open_start, open_end, True, gap  # type: ignore[misc]


def _goes_on(text: str, rest: list[tuple[int, int]], blanks: int) -> bool:
    """Whether a line behind the last led one belongs to its cell rather than below the table."""
    start, end = rest[0]
    if blanks:
        return bool(_CONTINUES.match(text, start, end))
    # One short line, and the text ends: the cell was wrapped.
    return end - start <= _WRAPPED and not any(text[a:b].strip() for a, b in rest[1:])


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1


def _split_tabs(text: str, start: int, end: int) -> list[tuple[int, int]]:
    bounds: list[tuple[int, int]] = []
    while True:
        tab = text.find("\t", start, end)
        if tab < 0:
            return [*bounds, (start, end)]
        bounds.append((start, tab))
        start = tab + 1


def _gap(before_tab: str, blanks: int) -> Gap:
    if before_tab:
        return "indent"
    return "none" if blanks == 0 else "blank" if blanks == 1 else "wide"
