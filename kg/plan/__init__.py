"""Cells → a plan: the second stage of reading, the same for every format."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath

from kg.errors import NotAPlan
from kg.knowledge import Knowledge
from kg.model import Defect, Document, Item, Plan, Span
from kg.plan.columns import TableHeader, find_headers
from kg.plan.defects import repeated_steps, truncations
from kg.plan.items import ItemReader
from kg.plan.measures import read_measures
from kg.plan.responsibility import UnitLexicon
from kg.plan.rows import rows_of
from kg.plan.schedule import Calendar
from kg.reading.cells import Cell, Source, trimmed

__all__ = ["read_plan"]

_ANNEX = re.compile(r"附(?:件|表)\s*[\d一二三四五六七八九十]*[：:]?")
_CLOSING = re.compile(r"[^（）()。\n]{0,40}[）)]+[。；;]?|[^（）()。\n\s]*")
_YEAR = re.compile(r"(20\d\d)\s*年")


def read_plan(source: Source, document: str, digest: str, knowledge: Knowledge) -> Plan:
    """Read the items of a source: of its table, or of its numbered measures where it has none.

    Args:
        source: the cells of one file.
        document: the id that the document shall have; ids of items and steps hold it.
        digest: the SHA-256 of the file's bytes, kept with the document.
        knowledge: its ``plan.toml`` says how plans are laid out.

    Returns:
        The plan with its items in the order of the source, without targets, which only recognition finds.

    Raises:
        NotAPlan: neither table nor measures hold an item; the message says what was looked for.
    """
    headers = find_headers(source.cells, knowledge)
    while headers and not headers[0].understood:
        headers.pop(0)
    if headers:
        items, unread = _table(source, document, headers, knowledge)
    else:
        items, unread = read_measures(document, source.text, source.cells, knowledge), ()
    if not items:
        raise NotAPlan(_why(source, bool(headers)))
    title = _title(source, headers)
    return Plan(
        Document(
            document,
            source.name,
            source.text[title.start : title.end] if title else PurePath(source.name).stem,
            _year(source, title),
            digest,
        ),
        source.text,
        Span(document, title.line, title.start, title.end, title.table, title.row, title.column)
        if title
        else None,
        tuple(_with_defects(items, source.text, knowledge)),
        unread,
        tuple(_prose(source, document, items, headers, title)),
    )


def _table(
    source: Source, document: str, headers: Sequence[TableHeader], knowledge: Knowledge
) -> tuple[list[Item], tuple[Defect, ...]]:
    """Items of the first table and of those that repeat its columns on later pages."""
    header, cells = headers[0], source.cells
    body: list[Cell] = []
    outside = list(cells[: header.first])
    repeated = {i for h in headers if h.columns == header.columns for i in range(h.first, h.last)}
    # A header with other columns begins a table of another kind, such as a list of contacts.
    end = next((h.first for h in headers[1:] if h.columns != header.columns), len(cells))
    for i in range(header.last, end):
        if i not in repeated:
            (body if cells[i].kind == "cell" else outside).append(cells[i])
    calendar, lexicon = Calendar.of(knowledge), UnitLexicon.of(knowledge)
    reader = ItemReader(document, source.text, header, knowledge, calendar, lexicon)
    items = reader.read(rows_of(body, header, knowledge))
    measures = read_measures(document, source.text, outside, knowledge) if items else []
    return items, tuple(_unknown_columns(document, header, cells)) + tuple(
        Defect("unread-text", "表格之外还有编号的措施，未作为事项读取，请另存为单独的文件导入", item.source)
        for item in measures
    )


def _unknown_columns(document: str, header: TableHeader, cells: Sequence[Cell]) -> Iterator[Defect]:
    """Columns whose header no word list knows: they are kept as cells, and not read."""
    for column in header.columns:
        cell = next((c for c in cells[header.first : header.last] if c.text == column.name), None)
        if column.role == "unknown" and cell and cell.text:
            span = Span(document, cell.line, cell.start, cell.end, cell.table, cell.row, cell.column)
            yield Defect(
                "unread-text",
                f"不知道“{column.name}”一栏的用途，未读取，可在 plan.toml 的 headers 中写明",
                span,
            )


def _with_defects(items: Sequence[Item], text: str, knowledge: Knowledge) -> Iterator[Item]:
    """The items with the defects that only the whole document shows."""
    repeats, broken = repeated_steps(items), truncations(items, text, knowledge)
    for item in items:
        repeated = [repeats[item.no, s.key] for s in item.steps if (item.no, s.key) in repeats]
        yield replace(item, defects=(*item.defects, *broken.get(item.no, ()), *repeated))


def _title(source: Source, headers: Sequence[TableHeader]) -> Cell | None:
    before = source.cells[: headers[0].first] if headers else source.cells[:1]
    cell = next((cell for cell in before if cell.text and not _ANNEX.fullmatch(cell.text)), None)
    if cell is None or len(cell.text) <= 60:
        return cell
    # Text taken from a web page runs title and address together: 关于…的通知 各县（市、区）人民政府：
    size = cell.text.find(" ", 0, 200)
    return replace(cell, text=cell.text[:size], end=cell.start + size) if size > 0 else None


def _prose(
    source: Source, document: str, items: Sequence[Item], headers: Sequence[TableHeader], title: Cell | None
) -> Iterator[Span]:
    """What is said outside the items, the header and the title: before the first, between, behind."""
    taken = [(item.source.start, item.source.end) for item in items]
    for i, cell in enumerate(source.cells):
        start = title.end if title and cell.start == title.start else cell.start
        header = any(h.first <= i < h.last for h in headers)
        behind = cell.start >= taken[0][0] and bool(headers)
        inside = any(a < cell.end and start < b for a, b in taken)
        if cell.end > start and not (header or inside or (behind and cell.kind == "cell")):
            yield Span(document, cell.line, start, cell.end, cell.table, cell.row, cell.column)
    if not headers:
        yield from (rest for item in items for rest in _behind_notation(source.text, item))


def _behind_notation(text: str, item: Item) -> Iterator[Span]:
    """What a measure still says behind its responsible units: that closing text stands on its last line."""
    if item.section_source is None:
        return
    closing = _CLOSING.match(text, item.section_source.end, item.source.end)
    start = closing.end() if closing else item.section_source.end
    start, end = trimmed(text, start, item.source.end)
    if start < end:
        line = item.source.line + text.count("\n", item.source.start, start)
        yield Span(item.document, line, start, end)


def _year(source: Source, title: Cell | None) -> int | None:
    match = _YEAR.search(title.text if title else "") or _YEAR.search(source.text)
    return int(match.group(1)) if match else None


def _why(source: Source, has_header: bool) -> str:
    if has_header:
        return f"“{source.name}”有表头，但表格里没有读到事项，请检查文件内容。"
    return (
        f"“{source.name}”不像工作计划：既没有带表头的表格（如 序号、内容、实施步骤、责任科室），"
        "也没有写明责任单位的编号措施，请检查是否选错了文件。"
    )
