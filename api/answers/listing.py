"""Which items, which steps, which things: answers that are whole sets."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from api.answers.answer import Draft, Value, cited, no_answer
from api.answers.context import AnswerContext
from api.answers.selection import Selection, spans_of, whole_items
from api.questions.query import Query
from kg.analysis import Trace, trace
from kg.analysis.involvement import belonging
from kg.model import Span, parse_id


def items(query: Query, context: AnswerContext) -> Draft:
    """Which items involve X, or are a section's."""
    selection = context.about(query, top=None)
    if selection is None or not len(selection.items):
        return _none(query, context, "事项")
    records = selection.item_records()
    phrases = context.phrasing.items(records)
    lead = f"{_subject(query, context, selection)}的事项共 {len(records)} 个"
    return Draft(
        f"{lead}。" if query.count and len(records) > context.phrasing.named else f"{lead}：{phrases}。",
        items=selection.item_keys,
        steps=selection.step_keys if query.entities or query.months or query.words else (),
        entities=query.entities,
        citations=cited(_evidence(selection, query)),
    )


def steps(query: Query, context: AnswerContext) -> Draft:
    """What a section does in a month, what happens to a company in a half-year."""
    selection = context.about(query)
    if selection is not None and query.whole_item:
        selection = whole_items(selection)
    if (
        selection is not None
        and not query.months
        and not any(item.steps for item in selection.item_records())
    ):
        # A plan without steps tells in its items what is to be done.
        return items(query, context)
    if selection is None or not len(selection.steps):
        return _none(query, context, "步骤", selection)
    records = list(selection.step_records())
    owners = len(np.unique(selection.network.item_of[selection.steps]))
    return Draft(
        f"{_subject(query, context, selection)}的步骤共 {len(records)} 个，属于 {owners} 个事项。"
        + (
            ""
            if query.count and len(records) > context.phrasing.named
            else f"{context.phrasing.steps(records)}。"
        ),
        items=tuple(dict.fromkeys((item.document, item.no) for item, _ in records)),
        steps=selection.step_keys,
        entities=query.entities,
        citations=cited(step.source for _, step in records),
    )


def entities(query: Query, context: AnswerContext) -> Draft:
    """Which companies, projects, platforms … appear in items, sections, months."""
    selection = context.about(query)
    if selection is None:
        return _none(query, context, "内容")
    network = context.network
    found = _named(query, selection, context)
    labels = context.snapshot.labels
    kind, measure = labels.types[query.kinds[0]], labels.measures[query.kinds[0]]
    if not found and "PolicyDocument" in query.kinds and context.phrasing.several:
        # 哪些文件涉及… asks for the plans themselves.
        return items(query, context)
    if not found:
        return no_answer(f"文件中{_subject(query, context)}的内容没有提到{kind}。")
    heads = sorted({int(network.heads[fact]) for facts in found.values() for fact in facts})
    works = [(head, network.item_at(head)) for head in heads if head < network.first_target]
    shown = {node: network.facts[facts[0]].evidence[0] for node, facts in found.items()}
    phrases = context.phrasing.some(
        [network.name(node) for node in found], "、", f"等共 {len(found)} {measure}"
    )
    return Draft(
        f"{_subject(query, context)}的内容提到 {len(found)} {measure}{kind}：{phrases}。",
        items=tuple(dict.fromkeys((item.document, item.no) for _, item in works)),
        steps=tuple(
            (item.document, network.steps[head - network.first_step].key)
            for head, item in works
            if head >= network.first_step
        ),
        entities=tuple(network.ids[node] for node in found),
        values=tuple(Value(network.name(node), span) for node, span in shown.items()),
        citations=cited(shown.values()),
    )


def _named(query: Query, selection: Selection, context: AnswerContext) -> dict[int, list[int]]:
    """The entities asked for with the facts that name them, those of the query itself left out."""
    dated = bool(query.months or (query.entities and len(selection.steps)))
    whole = selection.items[:0] if dated or query.words else selection.items
    found = context.mentioned(np.concatenate([whole, context.nodes_of(selection, dated)]), query.kinds)
    own = {} if query.constrained else _belonging(query, context)
    if own and all(parse_id(entity).kind == "company" for entity in query.entities):
        # 海信有哪些项目 asks for its own, not for those that the same steps name.
        found = {node: found.get(node, facts) for node, facts in own.items()}
    found = own | found
    if not found and not query.months:
        found = context.mentioned(selection.items, query.kinds)
    return {node: facts for node, facts in found.items() if context.network.ids[node] not in query.entities}


def _belonging(query: Query, context: AnswerContext) -> dict[int, list[int]]:
    """What belongs to the entities of a query, is about them if they are topics, with the facts that say so."""
    network, found = context.network, dict[int, list[int]]()
    for entity in query.entities:
        reached = belonging(network.place[entity], network, owners=False)
        kept = network.are(reached.nodes, query.kinds) & (reached.facts >= 0)
        found |= {
            int(node): [int(fact)]
            for node, fact in zip(reached.nodes[kept], reached.facts[kept], strict=True)
        }
    return found


def traced(query: Query, context: AnswerContext) -> Draft:
    """All that touches an entity, as a trace has it."""
    result = trace(query.entities[0], context.network)
    found = list(result.items())
    if not found:
        return no_answer(f"文件中没有涉及“{context.name(query.entities[0])}”的事项。")
    counts = {c: sum(t.certainty == c for t in found) for c in ("stated", "alias", "inferred")}
    sure = "、".join(
        f"{title} {counts[c]} 个"
        for c, title in (("stated", "原文写明"), ("alias", "以别名写明"), ("inferred", "由关联推断"))
        if counts[c]
    )
    touched = [step for item in found for step in item.steps]
    return Draft(
        f"涉及“{context.name(query.entities[0])}”的事项共 {len(found)} 个（{sure}），步骤 {len(touched)} 个："
        f"{context.phrasing.items([item.item for item in found])}。{_when_and_who(result)}",
        items=tuple((t.item.document, t.item.no) for t in found),
        steps=tuple((t.item.document, s.step.key) for t in found for s in t.steps),
        entities=tuple(
            dict.fromkeys((query.entities[0], *result.of_type("Project"), *result.of_type("Platform")))
        ),
        values=tuple(Value(target.text, target.source) for _, target in result.targets),
        citations=cited(span for item in found for span in item.mentions or (item.path[-1].evidence,)),
    )


def _when_and_who(result: Trace) -> str:
    sections = f"责任科室：{'、'.join(result.sections)}。" if result.sections else ""
    targets = "；".join(f"“{target.text}”" for _, target in result.targets[:6])
    dated = "、".join(str(month) for month, _ in result.timeline)
    return (
        sections + (f"有安排的月份：{dated}月。" if dated else "") + (f"目标：{targets}。" if targets else "")
    )


def _evidence(selection: Selection, query: Query) -> Iterable[Span]:
    """Of every item the words that speak of the entities, else its content."""
    for place in selection.items.tolist():
        spans = list(spans_of(place, query.entities, selection.network))
        yield from spans or [selection.network.items[place].content_source]


def _subject(query: Query, context: AnswerContext, selection: Selection | None = None) -> str:
    subject = context.subject(query)
    if selection is not None and selection.narrowed and subject:
        subject += _said(query)
    if query.entities and not query.constrained:
        return f"涉及{subject}"
    if query.everything and not query.words:
        return "全部文件中"
    return subject or f"与“{query.text}”相关"


def _none(query: Query, context: AnswerContext, thing: str, selection: Selection | None = None) -> Draft:
    if selection is not None and len(selection.items):
        return no_answer(
            f"{context.phrasing.items(selection.item_records())}提到了{context.subject(query)}，但没有写明分月的步骤。"
        )
    return no_answer(
        f"文件中没有{_subject(query, context)}{_said(query) if context.subject(query) else ''}的{thing}。"
    )


def _said(query: Query) -> str:
    """说到“招商”, for words that narrow."""
    return f"说到{'、'.join(f'“{word}”' for word, *_ in query.words)}" if query.words else ""
