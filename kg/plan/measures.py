"""Numbered measures in running text → items.

Notices and opinions list measures under numbers (一、 / （一） / 1.), each closing with who is
responsible. A measure is the innermost numbered paragraph that says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kg.knowledge import Knowledge
from kg.model import Item, Responsible, Section, Span
from kg.plan.numerals import read_number
from kg.plan.responsibility import Notation, UnitLexicon, find_notation, first_leads
from kg.reading.cells import Cell, trimmed

_MARKER = re.compile(
    r"(?P<chapter>[一二三四五六七八九十]{1,3})[、．]|[（(](?P<section>[一二三四五六七八九十]{1,3})[）)]|"
    r"(?P<point>\d{1,3})(?:[.．、]|(?=[\u4e00-\u9fff]))(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A numbered paragraph with the lines that follow it."""

    level: str
    number: int
    start: int
    body: int
    end: int
    line: int


def read_measures(document: str, text: str, cells: Sequence[Cell], knowledge: Knowledge) -> list[Item]:
    """The measures among the lines of a text; empty where no two of them say who is responsible.

    Numbers are the source's where they ascend, and counted on where chapters begin anew.
    """
    lexicon = UnitLexicon.of(knowledge)
    found: list[tuple[Paragraph, Notation | None]] = [
        (paragraph, find_notation(text[paragraph.body : paragraph.end], lexicon))
        for paragraph in _paragraphs(cells)
    ]
    levels = Counter(paragraph.level for paragraph, notation in found if notation)
    if levels.total() < 2:
        return []
    usual = levels.most_common(1)[0][0]
    items: list[Item] = []
    for paragraph, notation in _with_leads(found, lexicon):
        # A measure that forgets to say who is responsible is one all the same.
        if notation or paragraph.level == usual:
            items.append(_item(document, text, paragraph, notation, items[-1].no if items else 0))
    return items


def _with_leads(
    found: Sequence[tuple[Paragraph, Notation | None]], lexicon: UnitLexicon
) -> Iterator[tuple[Paragraph, Notation | None]]:
    """Tell lead from support where a remark says that the first of a list leads (…，下同)."""
    from_here = False
    for paragraph, notation in found:
        if notation:
            here = bool(lexicon.first_leads.search(notation.remark))
            from_here = from_here or (here and "下同" in notation.remark)
            if here or from_here:
                notation = replace(notation, units=first_leads(notation.units))
        yield paragraph, notation


def _paragraphs(cells: Sequence[Cell]) -> Iterator[Paragraph]:
    lines = [cell for cell in cells if cell.text]
    heads = [(i, m) for i, cell in enumerate(lines) if (m := _MARKER.match(cell.text))]
    ends = [i for i, _ in heads[1:]] + [len(lines)]
    for (i, match), following in zip(heads, ends, strict=False):
        cell = lines[i]
        number = read_number(match.group(match.lastgroup or 0)) or 0
        yield Paragraph(
            match.lastgroup or "",
            number,
            cell.start,
            cell.start + match.end(),
            lines[following - 1].end,
            cell.line,
        )


def _item(document: str, text: str, paragraph: Paragraph, notation: Notation | None, previous: int) -> Item:
    body = paragraph.body
    start, end = trimmed(text, body, body + notation.start if notation else paragraph.end)
    no = paragraph.number if paragraph.number > previous else previous + 1
    units = tuple(
        Responsible(name, role, _span(document, text, paragraph, body + a, body + b))
        for name, role, a, b in (notation.units if notation else ())
    )
    named = _named(text, units)
    return Item(
        document=document,
        no=no,
        number_in_source=no == paragraph.number,
        content=text[start:end],
        section=named[0] if named else None,
        measures=None,
        hotline=None,
        source=_span(document, text, paragraph, paragraph.start, paragraph.end),
        content_source=_span(document, text, paragraph, start, end),
        responsible=units,
        section_source=_span(document, text, paragraph, *named[1]) if named else None,
    )


def _named(text: str, units: Sequence[Responsible]) -> tuple[Section, tuple[int, int]] | None:
    """The section that leads, and the stretch that lists all units."""
    if not units:
        return None
    lead = next((unit for unit in units if unit.role == "lead"), units[0])
    start, end = units[0].source.start, max(unit.source.end for unit in units)
    return Section(lead.name, text[start:end], False), (start, end)


def _span(document: str, text: str, paragraph: Paragraph, start: int, end: int) -> Span:
    return Span(document, paragraph.line + text.count("\n", paragraph.start, start), start, end)
