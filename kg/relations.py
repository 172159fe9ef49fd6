"""Plans and mentions → facts, each with the spans that show it and how it was found.

``stated``: the layout of the plan or a sentence says so. ``pattern``: the shape of a name says so
(宸芯科技 opens 宸芯科技国家重点实验室). ``inferred``: it follows from something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from kg.knowledge import Knowledge
from kg.model import (
    Fact,
    Item,
    Mention,
    Method,
    Plan,
    Span,
    Step,
    document_id,
    entity_id,
    month_id,
    step_id,
    target_id,
)

Proposed = tuple[str, str, str, Span, Method]
"""(head, relation, tail, evidence, method) before equal facts are put together."""

Period = tuple[int, int]
"""The first and the last month of a step."""

_RANK: Mapping[Method, int] = {"stated": 0, "pattern": 1, "inferred": 2}
_OWNED = ("Project", "Platform")
_CLAUSE = re.compile(r"[，。；：！？\n,;]")


def relate(
    plans: Sequence[Plan],
    mentions: Sequence[Mention],
    broader: Mapping[str, Sequence[str]],
    knowledge: Knowledge,
) -> list[Fact]:
    """All facts, in order of head, relation and tail; evidence in the order of the text.

    ``broader`` gives the broader topics' names by topic name.
    """
    proposed: list[Proposed] = []
    texts = {plan.document.id: plan.text for plan in plans}
    for plan in plans:
        proposed += _plan_facts(plan)
    proposed += _mention_facts(mentions)
    proposed += _nested_facts(mentions)
    proposed += _sentence_facts(texts, mentions, knowledge)
    proposed += _topic_facts(mentions, broader)
    proposed += _same_units(mentions)
    return _together(proposed)


def _together(proposed: Iterable[Proposed]) -> list[Fact]:
    evidence: dict[tuple[str, str, str], dict[Span, None]] = {}
    methods: dict[tuple[str, str, str], Method] = {}
    for head, relation, tail, span, method in proposed:
        key = (head, relation, tail)
        evidence.setdefault(key, {})[span] = None
        known = methods.get(key, method)
        methods[key] = min(known, method, key=_RANK.__getitem__)
    return [
        Fact(head, relation, tail, tuple(sorted(spans, key=_order)), methods[head, relation, tail])
        for (head, relation, tail), spans in sorted(evidence.items())
    ]


def _order(span: Span) -> tuple[str, int, int]:
    return span.document, span.start, span.end


def _plan_facts(plan: Plan) -> Iterator[Proposed]:
    document = document_id(plan.document.id)
    for item in plan.items:
        yield document, "has_item", item.id, item.content_source, "stated"
        yield from _responsible(item)
        for step in item.steps:
            yield item.id, "has_step", step_id(item.document, step.key), step.source, "stated"
            for month in step.months:
                yield step_id(item.document, step.key), "scheduled_in", month_id(month), step.source, "stated"
        yield from _order_of_steps(item)
        yield from _targets(item)


def _responsible(item: Item) -> Iterator[Proposed]:
    if item.section and item.section_source:
        method: Method = "inferred" if item.section.inferred else "stated"
        yield item.id, "responsible", entity_id("Section", item.section.name), item.section_source, method
    for unit in item.responsible:
        relation = "responsible" if unit.role == "lead" else "supports"
        if not item.section or unit.name != item.section.name:
            yield item.id, relation, entity_id("Section", unit.name), unit.source, "stated"


def _order_of_steps(item: Item) -> Iterator[Proposed]:
    """From every step to those that come next; steps of the same time come neither before nor after."""
    by_time: dict[Period, list[Step]] = {}
    for step in item.steps:
        months = step.months or _of_quarter(step.quarter)
        if months:
            by_time.setdefault((months[0], months[-1]), []).append(step)
    for earlier, later in _successions(sorted(by_time)):
        for one, next_ in product(by_time[earlier], by_time[later]):
            pair = step_id(item.document, one.key), step_id(item.document, next_.key)
            yield pair[0], "precedes", pair[1], next_.source, "stated"


def _successions(periods: Sequence[Period]) -> Iterator[tuple[Period, Period]]:
    """Each period with those that follow it without another between: a transitive reduction.

    One follows another where it begins no earlier and ends later.
    """

    def follows(later: Period, earlier: Period) -> bool:
        return later[0] >= earlier[0] and later[1] > earlier[1]

    for earlier in periods:
        after = [period for period in periods if follows(period, earlier)]
        for later in after:
            if not any(follows(later, between) for between in after):
                yield earlier, later


def _of_quarter(quarter: int | None) -> tuple[int, ...]:
    return tuple(range(3 * quarter - 2, 3 * quarter + 1)) if quarter else ()


def _targets(item: Item) -> Iterator[Proposed]:
    for ordinal, target in enumerate(item.targets, 1):
        node = target_id(item.document, item.no, ordinal)
        head = step_id(item.document, target.step) if target.step else item.id
        yield head, "has_target", node, target.source, "stated"
        if target.step:
            yield item.id, "has_target", node, target.source, "stated"
        if target.month:
            yield node, "scheduled_in", month_id(target.month), target.source, "stated"


def _mention_facts(mentions: Sequence[Mention]) -> Iterator[Proposed]:
    for mention in mentions:
        if mention.where in ("section", "supervision") or mention.type == "Section":
            continue
        document = mention.source.document
        if mention.item is None:
            yield document_id(document), "mentions", mention.entity, mention.source, "stated"
            continue
        yield f"item:{document}/{mention.item}", "mentions", mention.entity, mention.source, "stated"
        if mention.step:
            yield step_id(document, mention.step), "mentions", mention.entity, mention.source, "stated"


def _nested_facts(mentions: Sequence[Mention]) -> Iterator[Proposed]:
    """What the shape of a name says: who runs it, where it is, what it is about."""
    for outer, inner in _nestings(mentions):
        if outer.entity == inner.entity:
            continue
        opens = inner.source.start == outer.source.start
        relation = _nested_relation(outer, inner, opens)
        if relation:
            yield outer.entity, relation, inner.entity, outer.source, "pattern"


def _nested_relation(outer: Mention, inner: Mention, opens: bool) -> str | None:
    if inner.type == "Company" and opens:
        return (
            "operated_by" if outer.type in _OWNED else "affiliated_with" if outer.type == "Company" else None
        )
    if inner.type == "Platform" and outer.type == "Project":
        phase = re.fullmatch(r"[一二三四五]期(?:项目)?", outer.surface[len(inner.surface) :])
        return "phase_of" if opens and phase else "builds"
    if inner.type == "Organization" and opens:
        return "affiliated_with" if outer.type in (*_OWNED, "Organization") else None
    if inner.type == "Place":
        return "located_in" if outer.type in (*_OWNED, "Organization", "Event") else None
    if inner.type == "Topic":
        return "about" if outer.type not in ("Company", "Place", "Topic") else None
    return (
        "part_of"
        if inner.type in ("Project", "Program") and outer.type in ("Project", "PolicyDocument")
        else None
    )


def _nestings(mentions: Sequence[Mention]) -> Iterator[tuple[Mention, Mention]]:
    """(outer, inner) of every nested pair; mentions come in the order of the text, outer first."""
    open_: list[Mention] = []
    for mention in mentions:
        start, document = mention.source.start, mention.source.document
        open_ = [m for m in open_ if m.source.document == document and m.source.end > start]
        for outer in open_:
            if outer.source.end >= mention.source.end and outer.surface != mention.surface:
                yield outer, mention
        open_.append(mention)


def _sentence_facts(
    texts: Mapping[str, str], mentions: Sequence[Mention], knowledge: Knowledge
) -> Iterator[Proposed]:
    joins = re.compile("|".join(knowledge.relations["participates_in"]["words"]))
    watches = re.compile("|".join(knowledge.relations["supervised_by"]["words"]))
    for passage in _by_passage(mentions):
        text = texts[passage[0].source.document]
        yield from _participants(text, passage, joins)
        yield from _supervisors(text, passage, watches)
        yield from _placed(text, passage)


def _by_passage(mentions: Sequence[Mention]) -> Iterator[list[Mention]]:
    groups: dict[tuple[str, int | None, str | None, str], list[Mention]] = {}
    for mention in mentions:
        key = (mention.source.document, mention.item, mention.step, mention.where)
        groups.setdefault(key, []).append(mention)
    yield from groups.values()


def _participants(text: str, passage: Sequence[Mention], joins: re.Pattern[str]) -> Iterator[Proposed]:
    """海尔、海信等倍增计划; 鼓励明月海藻、澳柯玛等企业实施倍增计划."""
    for program in (m for m in passage if m.type == "Program"):
        for company in (m for m in passage if m.type == "Company" and m.source.end <= program.source.start):
            between = text[company.source.end : program.source.start]
            if len(between) <= 40 and not _CLAUSE.search(between) and joins.search(between):
                span = Span(
                    company.source.document, company.source.line, company.source.start, program.source.end
                )
                yield company.entity, "participates_in", program.entity, span, "stated"


def _supervisors(text: str, passage: Sequence[Mention], watches: re.Pattern[str]) -> Iterator[Proposed]:
    for office in (
        m for m in passage if m.where == "measures" and m.type == "Organization" and m.item is not None
    ):
        stop = text.find("。", office.source.end)
        rest = text[office.source.end : stop if stop >= 0 else office.source.end + 60]
        found = watches.search(rest)
        if found:
            end = office.source.end + found.end()
            span = Span(office.source.document, office.source.line, office.source.start, end)
            yield (
                f"item:{office.source.document}/{office.item}",
                "supervised_by",
                office.entity,
                span,
                "pattern",
            )


def _placed(text: str, passage: Sequence[Mention]) -> Iterator[Proposed]:
    """海信、海尔、特锐德等青岛市优秀企业: a list of companies closed by their place."""
    for place in (m for m in passage if m.type == "Place"):
        before = text[max(0, place.source.start - 60) : place.source.start]
        after = text[place.source.end : place.source.end + 8]
        if not before.endswith("等") or "企业" not in after:
            continue
        for company in (m for m in passage if m.type == "Company" and m.source.end < place.source.start):
            between = text[company.source.end : place.source.start]
            if not _CLAUSE.search(between):
                span = Span(
                    company.source.document, company.source.line, company.source.start, place.source.end
                )
                yield company.entity, "located_in", place.entity, span, "stated"


def _topic_facts(mentions: Sequence[Mention], broader: Mapping[str, Sequence[str]]) -> Iterator[Proposed]:
    """A narrower topic's mentions are the evidence that its broader one is concerned."""
    for mention in mentions:
        if mention.type == "Topic":
            for name in broader.get(mention.name, ()):
                yield mention.entity, "broader", entity_id("Topic", name), mention.source, "inferred"


def _same_units(mentions: Sequence[Mention]) -> Iterator[Proposed]:
    """A unit that answers for items, and the organisation of that name in the text."""
    organizations = {m.name: m.entity for m in mentions if m.type == "Organization"}
    for mention in mentions:
        if mention.type == "Section" and mention.name in organizations:
            yield mention.entity, "same_as", organizations[mention.name], mention.source, "pattern"
