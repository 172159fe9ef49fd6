"""Rows of a table → items with their steps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kg.knowledge import Knowledge
from kg.model import Defect, Item, Responsible, Section, Span, Step, step_key
from kg.plan.columns import Column, TableHeader
from kg.plan.defects import step_defects
from kg.plan.drafts import ItemDraft, drafts_of
from kg.plan.numerals import read_number
from kg.plan.responsibility import UnitLexicon, find_notation, units_in
from kg.plan.rows import Row
from kg.plan.schedule import Calendar, DatedEntry
from kg.reading.cells import Cell

_PHONE = re.compile(r"(?<!\d)(?:\d{3,4}[-—])?\d{7,12}(?!\d)")


@dataclass(frozen=True)
class ItemReader:
    """Reads the items of one table; ``text`` is the whole document."""

    document: str
    text: str
    header: TableHeader
    knowledge: Knowledge
    calendar: Calendar
    lexicon: UnitLexicon

    def read(self, rows: Sequence[Row]) -> list[Item]:
        """The items of the rows, numbered upwards: by the source where it ascends, counted on where it does not."""
        items: list[Item] = []
        for draft in drafts_of(rows, self.header):
            items.append(self._item(draft, items[-1].no if items else 0))
        return resolve_sections(items, self.knowledge.plan["responsibility"]["unit_endings"])

    def _item(self, draft: ItemDraft, previous: int) -> Item:
        number = draft.one("number")
        stated = read_number(number.text) if number else None
        no = stated if stated is not None and stated > previous else previous + 1
        content = draft.one("content") or draft.one("measures")
        assert content is not None  # a draft is opened by one
        # Rows of one task may hold measures and criteria of their own, each in its cell.
        measures = [c for c, _ in draft.cells("measures")] if self.header.has("content") else []
        criteria = [c for c, _ in draft.cells("criteria")]
        supervision = draft.one("supervision")
        section = draft.one("section") or self._group_unit(draft)
        hotline = _PHONE.search(supervision.text) if supervision else None
        steps, defects = self._steps(draft, no, content)
        item = Item(
            document=self.document,
            no=no,
            number_in_source=no == stated,
            content=content.text,
            section=self._section(section) if section else None,
            measures="\n".join(c.text for c in measures) or None,
            hotline=hotline.group() if hotline else None,
            source=self._extent(draft),
            content_source=self.span(content),
            steps=tuple(steps),
            responsible=tuple(self._responsible(draft)),
            section_source=self.span(section) if section else None,
            measures_sources=tuple(map(self.span, measures)),
            criteria="\n".join(c.text for c in criteria) or None,
            criteria_sources=tuple(map(self.span, criteria)),
            supervision_source=self.span(supervision) if supervision else None,
        )
        return replace(item, defects=(*self._row_defects(item, draft), *defects))

    def _section(self, cell: Cell) -> Section:
        """The first unit that leads; its name is the cell's text where the cell holds but one."""
        leads = [name for name, role, _, _ in units_in(cell.text, 0, self.lexicon) if role == "lead"]
        return Section(_unbroken(leads[0] if leads else cell.text), cell.text, False)

    def _group_unit(self, draft: ItemDraft) -> Cell | None:
        # Assessment tables group their tasks under the bureau that has to do them.
        endings = tuple(self.knowledge.plan["responsibility"]["unit_endings"])
        group = draft.group
        return group if group and group.text.endswith(endings) and len(group.text) <= 20 else None

    def _responsible(self, draft: ItemDraft) -> Iterator[Responsible]:
        group = self._group_unit(draft)
        leads = [c for c, _ in draft.cells("section")] or ([group] if group else [])
        supports = [c for c, _ in draft.cells("support")]
        for cells, part in ((leads, "lead"), (supports, "support")):
            for cell in cells:
                for name, played, start, end in units_in(cell.text, 0, self.lexicon, part):  # type: ignore[arg-type]
                    yield Responsible(_unbroken(name), played, self.span(cell, start, end))
        for role in ("content", "measures"):
            for cell, _ in draft.cells(role):
                # A measure may name its own units in brackets, beside the section of the row.
                notation = find_notation(cell.text, self.lexicon)
                for name, played, start, end in notation.units if notation else ():
                    yield Responsible(_unbroken(name), played, self.span(cell, start, end))

    def _steps(self, draft: ItemDraft, no: int, content: Cell) -> tuple[list[Step], list[Defect]]:
        steps: list[Step] = []
        defects: list[Defect] = []
        keys: dict[str, int] = {}
        cells = draft.cells("steps")
        if not self.header.has("steps"):
            cells = []
            for cell, _ in draft.cells("deadline"):
                steps.append(self._deadline_step(no, content, cell))
        for cell, column in cells:
            for entry in self.calendar.entries(cell.text):
                if not re.search(r"\w", cell.text[entry.start : entry.end]):
                    continue
                step = self._step(no, cell, column, entry)
                keys[step.key] = keys.get(step.key, 0) + 1
                if keys[step.key] > 1:
                    step = replace(step, key=f"{step.key}#{keys[step.key]}")
                steps.append(step)
                defects += self._step_defects(step, cell, column, entry)
        return steps, defects

    def _step(self, no: int, cell: Cell, column: Column, entry: DatedEntry) -> Step:
        text = cell.text[entry.start : entry.end]
        quarter = quarter_of(entry.months) or quarter_of(column.months)
        months = entry.months
        key = step_key(no, months, quarter)
        if not months:
            inline = {m for m, _, _ in self.calendar.months_in_text(text)}
            months = tuple(sorted(inline & set(column.months))) if column.months else ()
        return Step(key, entry.label or None, months, quarter, text, self.span(cell, entry.start, entry.end))

    def _deadline_step(self, no: int, content: Cell, deadline: Cell) -> Step:
        months = self.calendar.months(deadline.text)
        quarter = quarter_of(months)
        key = step_key(no, months, quarter)
        return Step(key, deadline.text or None, months, quarter, content.text, self.span(content))

    def _step_defects(self, step: Step, cell: Cell, column: Column, entry: DatedEntry) -> Iterator[Defect]:
        def at(start: int, end: int) -> Span:
            return self.span(cell, entry.start + start, entry.start + end)

        yield from step_defects(step, self.calendar, at)
        outside = set(step.months) - set(column.months) if column.months else set()
        if outside:
            listed = "、".join(f"{m}月" for m in sorted(outside))
            yield Defect("month-outside-quarter", f"“{column.name}”一栏里写了{listed}", step.source)

    def _row_defects(self, item: Item, draft: ItemDraft) -> Iterator[Defect]:
        # Where rows are grouped, the numbers count the groups.
        # A number that begins anew is none that was lost.
        number = draft.one("number")
        lost = number is None or read_number(number.text) is None
        if self.header.has("number") and lost and not self.header.has("group"):
            yield Defect("missing-number", f"原文缺少序号，顺延为 {item.no}", item.content_source)
        if self.header.has("supervision") and item.supervision_source is None:
            yield Defect("missing-supervision", "原文缺少监督方式", item.source)
        for row in draft.rows:
            for index, cell in sorted(row.cells.items()):
                column = self.header.columns[index]
                if not cell.text and column.role in ("content", "steps", "section", "measures"):
                    yield Defect("empty-cell", f"“{column.name}”一栏是空的", self.span(cell))

    def _extent(self, draft: ItemDraft) -> Span:
        cells = [cell for row in draft.rows for cell in row.cells.values()]
        first, last = min(cells, key=lambda c: c.start), max(cells, key=lambda c: c.end)
        return replace(self.span(first), end=last.end)

    def span(self, cell: Cell, start: int = 0, end: int | None = None) -> Span:
        """The span of ``cell.text[start:end]``."""
        line = cell.line + cell.text.count("\n", 0, start)
        stop = cell.end if end is None else cell.start + end
        return Span(self.document, line, cell.start + start, stop, cell.table, cell.row, cell.column)


def _unbroken(name: str) -> str:
    """A name as one line: a wrapped cell breaks it anywhere."""
    return re.sub(r"\s+", "", name)


def quarter_of(months: Sequence[int]) -> int | None:
    """1..4 where all months lie in one quarter, else ``None``."""
    quarters = {(m - 1) // 3 + 1 for m in months}
    return quarters.pop() if len(quarters) == 1 else None


def resolve_sections(items: Sequence[Item], endings: Sequence[str]) -> list[Item]:
    """A section cell that only begins another section's name is taken for that one (工业 → 工业科).

    One that ends as units do is whole, though another begins with it (县政府, 县政府办).
    """
    known = {i.section.raw for i in items if i.section}
    resolved = []
    for item in items:
        raw = item.section.raw if item.section and not item.section.raw.endswith(tuple(endings)) else ""
        longer = sorted(k for k in known if raw and k != raw and k.startswith(raw) and len(k) <= len(raw) + 2)
        if len(longer) == 1 and item.section_source:
            message = f"责任科室只写了“{raw}”，按其他事项推断为“{longer[0]}”"
            defect = Defect("ambiguous-section", message, item.section_source)
            units = tuple(replace(u, name=longer[0]) if u.name == raw else u for u in item.responsible)
            item = replace(
                item,
                section=Section(longer[0], raw, True),
                defects=(*item.defects, defect),
                responsible=units,
            )
        resolved.append(item)
    return resolved
