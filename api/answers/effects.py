"""What would be affected if something slipped, as an impact has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from api.answers.answer import Draft, Value, cited, no_answer
from api.answers.context import AnswerContext
from api.answers.selection import narrow, select
from api.questions.query import Query
from api.wording import months
from kg.analysis import Affected, impact
from kg.analysis.impact import DEPTH
from kg.model import entity_id, parse_id


def affected(query: Query, context: AnswerContext) -> Draft:
    """The steps, targets, sections and things that a slip of the query's subject touches, and from when on."""
    nodes = _nodes(query, context)
    if not nodes:
        return no_answer(f"文件中没有找到{context.subject(query) or '这个对象'}，无法推算影响。")
    network, rules = context.network, context.snapshot.rules
    found: dict[str, Affected] = {}
    for node in nodes:
        for one in impact(node, network, rules, DEPTH, query.delay).affected():
            if one.id not in nodes and (one.id not in found or found[one.id].score < one.score):
                found[one.id] = one
    if not found:
        return no_answer(f"“{network.name(network.place[nodes[0]])}”拖后不影响文件中的其他内容。")
    results = sorted(found.values(), key=lambda one: -one.score)
    own = [
        network.item_at(network.place[node]) for node in nodes if parse_id(node).kind in ("step", "target")
    ]
    items = dict.fromkeys((i.document, i.no) for i in own)
    items |= dict.fromkeys((one.document, one.item) for one in results if one.type == "Item")  # type: ignore[misc]
    seeds = [network.place[node] for node in nodes if parse_id(node).kind == "step"]
    steps = [(network.item_at(at).document, network.steps[at - network.first_step].key) for at in seeds]
    steps += [(one.document or "", parse_id(one.id).local) for one in results if one.type == "Step"]
    return Draft(
        _text(nodes, results, query, context),
        items=tuple(items),
        steps=tuple(steps),
        entities=tuple(one.id for one in results if one.document is None and one.type != "Month"),
        values=tuple(Value(one.name, one.path[-1].evidence) for one in results if one.type == "Target"),
        citations=cited(hop.evidence for one in results for hop in one.path),
    )


def _nodes(query: Query, context: AnswerContext) -> list[str]:
    """What slips: the steps of the months that are named, else the entity, the item or the section."""
    network = context.network
    if query.months:
        selection = select(query, context.searcher)
        if not selection.steps.size and query.items:
            selection = select(replace(query, entities=()), context.searcher)
        narrowed = narrow(selection, query, context.searcher) or selection
        places = narrowed.steps if len(narrowed.steps) else selection.steps
        return [network.ids[place + network.first_step] for place in places.tolist()]
    if query.items:
        selection = select(replace(query, entities=()), context.searcher)
        return [network.ids[place] for place in selection.items.tolist()]
    return [*query.entities[:1]] or [entity_id("Section", name) for name in query.sections[:1]]


def _text(nodes: Sequence[str], results: Sequence[Affected], query: Query, context: AnswerContext) -> str:
    network = context.network
    name = "、".join(f"“{network.name(network.place[node])}”" for node in nodes[:3])
    delay = f"拖后 {query.delay} 个月" if query.delay else "拖后"
    since = min((one.since for one in results if one.since), default=None)
    by_type = {
        type_: [one for one in results if one.type == type_]
        for type_ in ("Item", "Step", "Target", "Section")
    }
    parts = [
        f"{name}{delay}，会影响 {len(by_type['Step'])} 个步骤、{len(by_type['Item'])} 个事项、"
        f"{len(by_type['Target'])} 个目标" + (f"，最早从{since}月起" if since else ""),
        _steps(by_type["Step"], query, context),
        _list("目标", [f"“{one.name}”" for one in by_type["Target"]], context),
        _list("责任科室", [one.name for one in by_type["Section"]], context),
    ]
    return "。".join(part for part in parts if part) + "。"


def _steps(steps: Sequence[Affected], query: Query, context: AnswerContext) -> str:
    phrases = []
    for one in steps:
        key = parse_id(one.id).local
        moved = f"→{months(one.expected)}" if query.delay and one.shift else ""
        phrases.append(f"{context.phrasing.of(one.document or '')}{key}（{months(one.months)}{moved}）")
    return _list("步骤", phrases, context)


def _list(title: str, phrases: Sequence[str], context: AnswerContext) -> str:
    return f"{title}：{context.phrasing.some(phrases, '、', f'等 {len(phrases)} 个')}" if phrases else ""
