"""What sentences state by the words between two names: who takes part, who supervises, where companies are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from kg.model import Mention, Span, item_id
from kg.relations.proposals import Proposed
from kg.relations.rules import RelationRules

_CLAUSE = re.compile(r"[，。；：！？\n,;]")


def sentence_facts(
    texts: Mapping[str, str], mentions: Sequence[Mention], rules: RelationRules
) -> Iterator[Proposed]:
    """Every fact that a passage states; ``texts`` are the documents' by id."""
    for passage in _by_passage(mentions):
        text = texts[passage[0].source.document]
        yield from _participants(text, passage, rules)
        yield from _supervisors(text, passage, rules)
        yield from _placed(text, passage, rules)


def _by_passage(mentions: Sequence[Mention]) -> Iterator[list[Mention]]:
    groups: dict[tuple[str, int | None, str | None, str], list[Mention]] = {}
    for mention in mentions:
        key = (mention.source.document, mention.item, mention.step, mention.where)
        groups.setdefault(key, []).append(mention)
    yield from groups.values()


def _participants(text: str, passage: Sequence[Mention], rules: RelationRules) -> Iterator[Proposed]:
    """海尔、海信等倍增计划; 鼓励明月海藻、澳柯玛等企业实施倍增计划."""
    for program in (m for m in passage if m.type == "Program"):
        for company in (m for m in passage if m.type == "Company" and m.source.end <= program.source.start):
            between = text[company.source.end : program.source.start]
            near = len(between) <= rules.participating_distance and not _CLAUSE.search(between)
            if near and rules.participating.search(between):
                span = replace(_bare(company.source), end=program.source.end)
                yield company.entity, "participates_in", program.entity, span, "stated"


def _supervisors(text: str, passage: Sequence[Mention], rules: RelationRules) -> Iterator[Proposed]:
    """区委督查室跟踪督查: an office of the measures, and the word that says what it does there."""
    for office in passage:
        if office.where != "measures" or office.type != "Organization" or office.item is None:
            continue
        begin = office.source.end
        stop = text.find("。", begin)
        found = rules.supervising.search(
            text[begin : stop if stop >= 0 else begin + rules.supervising_distance]
        )
        if found:
            span = replace(_bare(office.source), end=begin + found.end())
            yield item_id(span.document, office.item), "supervised_by", office.entity, span, "pattern"


def _placed(text: str, passage: Sequence[Mention], rules: RelationRules) -> Iterator[Proposed]:
    """海信、海尔、特锐德等青岛市优秀企业: a list of companies closed by their place."""
    for place in (m for m in passage if m.type == "Place"):
        behind = text[place.source.end : place.source.end + rules.list_behind]
        closed = text.endswith(rules.list_closing, 0, place.source.start)
        if not closed or not any(noun in behind for noun in rules.list_nouns):
            continue
        for company in (m for m in passage if m.type == "Company" and m.source.end < place.source.start):
            between = text[company.source.end : place.source.start]
            if not _CLAUSE.search(between):
                span = replace(_bare(company.source), end=place.source.end)
                yield company.entity, "located_in", place.entity, span, "stated"


def _bare(span: Span) -> Span:
    """A span without its cell: what reaches from one name to another may leave the cell of the first."""
    return replace(span, table=None, row=None, column=None)
