"""The header of a table: which columns it has, and what each is for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kg.knowledge import Knowledge
from kg.plan.schedule import Calendar
from kg.reading.cells import Cell

MAX_HEADER = 24
"""A longer cell is no header (characters)."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its role, the header's words, and the months a header such as 一季度 gives."""

    role: str
    name: str
    months: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TableHeader:
    """Columns in order, and the cells ``[first, last)`` that spell them."""

    columns: tuple[Column, ...]
    first: int
    last: int

    @property
    def understood(self) -> bool:
        """Whether it is the header of a plan rather than of some other table."""
        known = {c.role for c in self.columns} - {"unknown", "other"}
        return len(known) >= 2 and bool(known & {"content", "group", "steps", "measures"})

    def has(self, role: str) -> bool:
        """Whether a column plays a role, such as ``content``; the roles are the keys of ``plan.toml``."""
        return any(column.role == role for column in self.columns)


def role_of(text: str, headers: Mapping[str, Sequence[str]]) -> str | None:
    """The role that the longest known word in a header's text stands for."""
    folded = re.sub(r"\s+", "", text)
    if not folded or len(folded) > MAX_HEADER:
        return None
    found = [(len(word), role) for role, words in headers.items() for word in words if word in folded]
    # A header is little more than its word: 工作任务完成情况汇总 is a title, 任务分解/时序进度 a header.
    size, role = max(found, default=(0, ""))
    return role if size * 3 >= len(folded) else None


def find_headers(cells: Sequence[Cell], knowledge: Knowledge) -> list[TableHeader]:
    """Every header row among ``cells``: of the plan, of its later pages, and of other tables."""
    words: Mapping[str, Sequence[str]] = knowledge.plan["headers"]
    calendar = Calendar.of(knowledge)
    headers, i = [], 0
    while i < len(cells):
        header = _header_at(cells, i, words, calendar)
        if header:
            headers.append(header)
            i = header.last
        else:
            i += 1
    return headers


def _header_at(
    cells: Sequence[Cell], first: int, words: Mapping[str, Sequence[str]], calendar: Calendar
) -> TableHeader | None:
    last = _row_end(cells, first)
    columns = [
        Column(_role(c.text, words, calendar), c.text, calendar.period(c.text)) for c in cells[first:last]
    ]
    known = {c.role for c in columns} - {""}
    counted = columns[0].role == "number" and len(columns) > 1
    if not (counted or len(known - {"other"}) >= 2) or not columns[0].role:
        return None
    if any(len(c.name) > MAX_HEADER for c in columns) or any(c.name.isdecimal() for c in columns):
        return None
    named = [Column(c.role or "unknown", c.name, c.months) for c in columns]
    if "content" not in known:
        # 类别 groups the tasks of a table; where no other column holds tasks, it is the tasks.
        named = [replace(c, role="content") if c.role == "group" else c for c in named]
    return _with_subheader(cells, first, last, named, calendar)


def _role(text: str, words: Mapping[str, Sequence[str]], calendar: Calendar) -> str:
    return role_of(text, words) or ("steps" if calendar.period(text) else "")


def _row_end(cells: Sequence[Cell], first: int) -> int:
    last = first + 1
    while last < len(cells) and cells[last].kind == "cell":
        same = (
            cells[last].row == cells[first].row if cells[last].row is not None else cells[last].gap == "none"
        )
        if not same:
            break
        last += 1
    return last


def _with_subheader(
    cells: Sequence[Cell], first: int, last: int, columns: list[Column], calendar: Calendar
) -> TableHeader:
    """Expand 实施步骤 where the next row names its quarters or months."""
    end = _row_end(cells, last) if last < len(cells) else last
    row = cells[last:end]
    filled = [c for c in row if c.text]
    if not filled or not all(calendar.period(c.text) for c in filled):
        return TableHeader(tuple(columns), first, last)
    periods = [Column("steps", c.text, calendar.period(c.text)) for c in filled]
    if row[0].row is not None and len(row) == len(columns):
        joined = [
            Column("steps", c.text, calendar.period(c.text)) if c.text else old
            for old, c in zip(columns, row, strict=True)
        ]
        return TableHeader(tuple(joined), first, end)
    place = next((i for i, c in enumerate(columns) if c.role == "steps"), len(columns))
    return TableHeader((*columns[:place], *periods, *columns[place + 1 :]), first, end)
