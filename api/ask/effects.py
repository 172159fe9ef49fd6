"""What would be affected if something slipped, as an impact has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from api.ask.answer import Draft, Value, cited, nothing
from api.ask.frame import Frame
from api.ask.query import Query
from api.ask.selection import saying, select
from api.ask.wording import months
from kg.analysis import Affected, impact
from kg.analysis.impact import DEPTH
from kg.model import entity_id


def affected(query: Query, frame: Frame) -> Draft:
    """The steps, targets, sections and things that a slip of the query's subject touches, and from when on."""
    nodes = _nodes(query, frame)
    if not nodes:
        return nothing(f"文件中没有找到{frame.subject(query) or '这个对象'}，无法推算影响。")
    network, rules = frame.network, frame.snapshot.rules
    found: dict[str, Affected] = {}
    for node in nodes:
        for one in impact(node, network, rules, DEPTH, query.delay).affected():
            if one.id not in nodes and (one.id not in found or found[one.id].score < one.score):
                found[one.id] = one
    if not found:
        return nothing(f"“{network.name(network.place[nodes[0]])}”拖后不影响文件中的其他内容。")
    results = sorted(found.values(), key=lambda one: -one.score)
    own = [network.item_at(network.place[node]) for node in nodes if node.startswith(("step:", "target:"))]
    items = dict.fromkeys((i.document, i.no) for i in own)
    items |= dict.fromkeys((one.document, one.item) for one in results if one.type == "Item")  # type: ignore[misc]
    seeds = [network.place[node] for node in nodes if node.startswith("step:")]
    steps = [(network.item_at(at).document, network.steps[at - network.first_step].key) for at in seeds]
    steps += [(one.document or "", one.id.rpartition("/")[2]) for one in results if one.type == "Step"]
    return Draft(
        _text(nodes, results, query, frame),
        items=tuple(items),
        steps=tuple(steps),
        entities=tuple(one.id for one in results if one.document is None and one.type != "Month"),
        values=tuple(Value(one.name, one.path[-1].evidence) for one in results if one.type == "Target"),
        citations=cited(hop.evidence for one in results for hop in one.path),
    )


def _nodes(query: Query, frame: Frame) -> list[str]:
    """What slips: the steps of the months that are named, else the entity, the item or the section."""
    network = frame.network
    if query.months:
        selection = select(query, frame.searcher)
        if not selection.steps.size and query.items:
            selection = select(replace(query, entities=()), frame.searcher)
        narrowed = saying(selection, query, frame.searcher) or selection
        places = narrowed.steps if len(narrowed.steps) else selection.steps
        return [network.ids[place + network.first_step] for place in places.tolist()]
    if query.items:
        selection = select(replace(query, entities=()), frame.searcher)
        return [network.ids[place] for place in selection.items.tolist()]
    return [*query.entities[:1]] or [entity_id("Section", name) for name in query.sections[:1]]


def _text(nodes: Sequence[str], results: Sequence[Affected], query: Query, frame: Frame) -> str:
    network = frame.network
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
        _steps(by_type["Step"], query, frame),
        _list("目标", [f"“{one.name}”" for one in by_type["Target"]], frame),
        _list("责任科室", [one.name for one in by_type["Section"]], frame),
    ]
    return "。".join(part for part in parts if part) + "。"


def _steps(steps: Sequence[Affected], query: Query, frame: Frame) -> str:
    told = []
    for one in steps:
        key = one.id.rpartition("/")[2]
        moved = f"→{months(one.expected)}" if query.delay and one.shift else ""
        told.append(f"{frame.wording.of(one.document or '')}{key}（{months(one.months)}{moved}）")
    return _list("步骤", told, frame)


def _list(title: str, told: Sequence[str], frame: Frame) -> str:
    return f"{title}：{frame.wording.some(told, '、', f'等 {len(told)} 个')}" if told else ""
