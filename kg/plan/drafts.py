"""Rows of a table grouped into items, before any of them is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kg.plan.columns import Column, TableHeader
from kg.plan.rows import Row
from kg.reading.cells import Cell


@dataclass(slots=True)
class ItemDraft:
    """The rows of one item; ``group`` is the merged cell they stand under."""

    header: TableHeader
    rows: list[Row] = field(default_factory=list)
    group: Cell | None = None

    def cells(self, role: str) -> list[tuple[Cell, Column]]:
        """The filled cells of a role, a merged cell that is repeated only once."""
        found: dict[tuple[str, int], tuple[Cell, Column]] = {}
        for row in self.rows:
            for index, cell in sorted(row.cells.items()):
                column = self.header.columns[index]
                if column.role == role and cell.text:
                    key = (cell.text, index) if role != "steps" else (cell.text, cell.start)
                    found.setdefault(key, (cell, column))
        return list(found.values())

    def one(self, role: str) -> Cell | None:
        """The first filled cell of a role."""
        return next((cell for cell, _ in self.cells(role)), None)


def drafts_of(rows: Iterable[Row], header: TableHeader) -> list[ItemDraft]:
    """Rows grouped into items: a row without a content of its own continues the one before.

    Headings that span the table and rows that only name a group belong to no item.
    """
    drafts: list[ItemDraft] = []
    group: Cell | None = None
    for row in rows:
        if row.heading:
            continue
        named = _cell(row, "group", header)
        group = named if named and named.text else group
        content = _cell(row, "content", header) or _cell(row, "measures", header)
        if named and named.text and not (content and content.text):
            continue
        before = drafts[-1].rows[0] if drafts else None
        if before and (not content or not content.text or _repeats(before, row, content, header)):
            drafts[-1].rows.append(row)
        elif content and content.text:
            drafts.append(ItemDraft(header, [row], group))
    return drafts


def _repeats(before: Row, row: Row, content: Cell, header: TableHeader) -> bool:
    # A table file repeats a merged cell in every row that it spans.
    known = _cell(before, "content", header)
    number, numbered = _cell(before, "number", header), _cell(row, "number", header)
    same_number = (number.text if number else "") == (numbered.text if numbered else "")
    return content.row is not None and known is not None and known.text == content.text and same_number


def _cell(row: Row, role: str, header: TableHeader) -> Cell | None:
    return next((c for i, c in sorted(row.cells.items()) if header.columns[i].role == role), None)
