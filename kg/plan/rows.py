"""Cells → rows: which cell stands in which column, where the format did not say.

A flattened table loses empty and merged cells, and a blank line may end a row or a paragraph. So
the cells are aligned to the columns as a whole: the cheapest path (Viterbi) over a cost for what a
cell looks like, for each column passed over, and for breaking or not breaking a row at a gap.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kg.knowledge import Knowledge
from kg.plan.columns import Column, TableHeader
from kg.plan.schedule import Calendar
from kg.reading.cells import Cell, Gap

_STAY: dict[Gap, float] = {"none": 0.0, "wide": 1.0, "blank": 2.5, "indent": 6.0}
_BREAK: dict[Gap, float] = {"none": 5.0, "wide": 0.6, "blank": 0.0, "indent": 0.0}
_SKIP_INSIDE, _SKIP_LEADING, _SKIP_TRAILING = 3.0, 0.7, 1.2
_SPLIT = 1.5

_ORDINAL = re.compile(r"[（(]?\s*(?:\d{1,4}(?:[.-]\d{1,3}){0,2}|[一二三四五六七八九十百]{1,4})\s*[）).．、]?")
_CHAPTER = re.compile(
    r"(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|第[一二三四五六七八九十]+[章部类]).{2,40}"
)
_PHONE = re.compile(r"\d{7,}|\d{3,4}-\d{7,8}")


@dataclass(slots=True)
class Row:
    """Cells by the index of their column; ``heading`` rows span the table and name a group."""

    cells: dict[int, Cell] = field(default_factory=dict)
    heading: bool = False


def rows_of(cells: Sequence[Cell], header: TableHeader, knowledge: Knowledge) -> list[Row]:
    """The rows of a table.

    Args:
        cells: those of its body, in order, without header rows that are repeated on later pages.
        header: the columns.
        knowledge: its ``plan.toml`` tells dates and units, by which cells are known.

    Returns:
        The rows in order; a heading that spans the table is a row of its own.
    """
    if not cells:
        return []
    if cells[0].row is not None:
        return _grid_rows(cells, len(header.columns))
    looks = _Looks(Calendar.of(knowledge), tuple(knowledge.plan["responsibility"]["unit_endings"]))
    return _read_path(cells, _align(cells, header.columns, looks), len(header.columns))


def _grid_rows(cells: Sequence[Cell], width: int) -> list[Row]:
    rows: dict[int, Row] = {}
    for cell in cells:
        if cell.row is not None and cell.column is not None and cell.column < width:
            rows.setdefault(cell.row, Row()).cells[cell.column] = cell
    for row in rows.values():
        texts = {cell.text for cell in row.cells.values()}
        # A heading that spans the table is repeated in every column it spans.
        row.heading = len(texts) == 1 and len(row.cells) > 1
    return [row for row in rows.values() if any(cell.text for cell in row.cells.values())]


@dataclass(frozen=True)
class _Looks:
    """What a cell looks like, as a cost against the role of a column: 0 is just what it should be."""

    calendar: Calendar
    unit_endings: tuple[str, ...]

    def cost(self, cell: Cell, column: Column) -> float:
        if not cell.text:
            return 0.5
        check: Callable[[Cell, Column], float] = getattr(self, "_" + column.role, self._text)
        return check(cell, column)

    def heading(self, cell: Cell) -> float:
        return 0.5 if _CHAPTER.fullmatch(cell.text) and not cell.text.endswith("。") else 9.0

    def _number(self, cell: Cell, column: Column) -> float:
        return 0.0 if _ORDINAL.fullmatch(cell.text) else 9.0

    def _score(self, cell: Cell, column: Column) -> float:
        return 0.0 if re.fullmatch(r"[\d.]+\s*[分%]?", cell.text) else 3.0

    def _steps(self, cell: Cell, column: Column) -> float:
        months = {m for entry in self.calendar.entries(cell.text) for m in entry.months}
        if not months:
            return 2.0 + (2.0 if _ORDINAL.fullmatch(cell.text) else 0.0)
        if column.months:
            return 0.0 if months & set(column.months) else 3.0
        return 0.0

    def _deadline(self, cell: Cell, column: Column) -> float:
        return 0.0 if self.calendar.months(cell.text) and len(cell.text) < 30 else 2.5

    def _content(self, cell: Cell, column: Column) -> float:
        if _ORDINAL.fullmatch(cell.text):
            return 6.0
        return 3.0 if self._dated(cell) else 1.5 if self._unit(cell) else 0.0

    def _section(self, cell: Cell, column: Column) -> float:
        if self._unit(cell):
            return 0.0
        return 1.5 if len(cell.text) <= 8 and not _ORDINAL.fullmatch(cell.text) else 4.0

    _support = _section

    def _supervision(self, cell: Cell, column: Column) -> float:
        return 0.0 if _PHONE.search(cell.text) or re.search("监督|电话|热线", cell.text) else 3.0

    def _text(self, cell: Cell, column: Column) -> float:
        if _ORDINAL.fullmatch(cell.text):
            return 3.0
        return 2.0 if self._dated(cell) else 1.0 if _PHONE.search(cell.text) else 0.2

    def _unit(self, cell: Cell) -> bool:
        units = re.split(r"[、，,；;\s]+", cell.text)
        return len(cell.text) <= 160 and all(
            len(u) <= 20 and u.endswith(self.unit_endings) for u in units if u
        )

    def _dated(self, cell: Cell) -> bool:
        return any(entry.label for entry in self.calendar.entries(cell.text))


Placement = tuple[int, bool]
"""The column of a cell, and whether the cell begins a row."""


def _align(cells: Sequence[Cell], columns: tuple[Column, ...], looks: _Looks) -> list[Placement]:
    """The cheapest place of each cell; column ``len(columns)`` is a heading that fills a row."""
    width = len(columns)
    best = [_SKIP_LEADING * j + looks.cost(cells[0], c) for j, c in enumerate(columns)]
    best.append(looks.heading(cells[0]))
    came_from: list[list[Placement]] = []
    for cell in cells[1:]:
        ends = _ends(best, width)
        row_end = min(range(width + 1), key=ends.__getitem__)
        broken = ends[row_end] + _BREAK[cell.gap]
        now, came = [], []
        for b, column in enumerate(columns):
            cost, source = broken + _SKIP_LEADING * b, (row_end, True)
            # A group's cell may be split (重点考核部门 | 县农粮局): the later cell is the narrower.
            for a in range(b + (column.role == "group")):
                passed = _SPLIT if a == b else _SKIP_INSIDE * (b - a - 1)
                stay = best[a] + _STAY[cell.gap] + passed
                if stay < cost:
                    cost, source = stay, (a, False)
            now.append(cost + looks.cost(cell, column))
            came.append(source)
        best = [*now, broken + looks.heading(cell)]
        came_from.append([*came, (row_end, True)])
    return _trace_back(_ends(best, width), came_from)


def _ends(best: list[float], width: int) -> list[float]:
    """What it costs to end a row in each column."""
    return [best[a] + _SKIP_TRAILING * (width - 1 - a) for a in range(width)] + [best[width]]


def _trace_back(best: list[float], came_from: list[list[Placement]]) -> list[Placement]:
    column = min(range(len(best)), key=best.__getitem__)
    places = []
    for came in reversed(came_from):
        source, begins_row = came[column]
        places.append((column, begins_row))
        column = source
    return [(column, True), *reversed(places)]


def _read_path(cells: Sequence[Cell], places: list[Placement], width: int) -> list[Row]:
    rows: list[Row] = []
    for cell, (column, begins_row) in zip(cells, places, strict=True):
        if begins_row:
            rows.append(Row(heading=column == width))
        rows[-1].cells[column] = cell
    return rows
