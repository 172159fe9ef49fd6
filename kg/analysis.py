"""Trace: all work that touches an entity, each item with its certainty and its path of facts.

An entity is touched where it is mentioned itself (``stated``), under another name (``alias``), or
through something that belongs to it — its projects and platforms, what owns it, its narrower
topics (``inferred``). Nothing is cut off: the answer is the whole set.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import networkx as nx

from kg.model import Item, Mention, Plan, Span, Step, Target

Certainty = Literal["stated", "alias", "inferred"]
_RANK: Mapping[str, int] = {"stated": 0, "alias": 1, "inferred": 2}

# From an entity, against or along these relations, one comes to what belongs to it. What a name is
# merely about, or where it stands, does not make the work on it touch the entity.
_TOWARDS_PARTS = ("operated_by", "phase_of", "part_of", "builds", "affiliated_with", "broader")
_TOPIC_PARTS = ("about", "broader")
MAX_HOPS = 3
"""Facts between the entity and what is mentioned; the sample's longest chain has two."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One fact of a path, in the fact's own direction, and a span of its evidence.

    A path leads from the entity to the item; its facts may point either way along it.
    """

    head: str
    relation: str
    tail: str
    evidence: Span


@dataclass(frozen=True, slots=True)
class TracedStep:
    step: Step
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class TracedItem:
    """An item that is touched, the steps that are, and the path from the entity to the item."""

    document: str
    item: int
    certainty: Certainty
    steps: tuple[TracedStep, ...]
    path: tuple[Hop, ...]
    mentions: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Related:
    id: str
    why: str


@dataclass(frozen=True)
class Trace:
    """The whole answer; ``timeline`` maps months (1..12) to step keys per document."""

    entity: str
    items: tuple[TracedItem, ...]
    sections: tuple[str, ...]
    projects: tuple[str, ...]
    platforms: tuple[str, ...]
    targets: tuple[Target, ...]
    timeline: tuple[tuple[int, tuple[tuple[str, str], ...]], ...]
    related: tuple[Related, ...] = field(default_factory=tuple)


def trace(
    entity: str, graph: nx.MultiDiGraph[str], plans: Sequence[Plan], mentions: Sequence[Mention]
) -> Trace:
    """Trace an entity that is a node of ``graph``. Raises :class:`KeyError` for any other id."""
    if entity not in graph:
        raise KeyError(entity)
    reached = belonging(entity, graph)
    by_item: dict[tuple[str, int], list[Mention]] = {}
    for mention in mentions:
        if mention.item is not None and mention.entity in reached:
            by_item.setdefault((mention.source.document, mention.item), []).append(mention)
    items = {(item.document, item.no): item for plan in plans for item in plan.items}
    responsible = {
        (item.document, item.no) for key, item in items.items() if entity in _responsible(item.id, graph)
    }
    found = [
        _traced(entity, items[key], by_item.get(key, []), reached, graph, key in responsible)
        for key in items
        if key in by_item or key in responsible
    ]
    return _summary(entity, found, items, by_item, reached, graph)


def belonging(entity: str, graph: nx.MultiDiGraph[str]) -> dict[str, tuple[Hop, ...]]:
    """Every entity that belongs to this one, with the path of facts that leads there."""
    reached: dict[str, tuple[Hop, ...]] = {entity: ()}
    queue = deque([entity])
    topic = graph.nodes[entity]["type"] == "Topic"
    relations = _TOPIC_PARTS if topic else _TOWARDS_PARTS
    while queue:
        node = queue.popleft()
        path = reached[node]
        if len(path) >= MAX_HOPS:
            continue
        for owned, _, relation, data in graph.in_edges(node, keys=True, data=True):
            if (
                relation in relations
                and owned not in reached
                and graph.nodes[owned]["type"] not in ("Item", "Step")
            ):
                reached[owned] = (*path, Hop(owned, relation, node, data["evidence"][0]))
                queue.append(owned)
    for _, owner, relation, data in graph.out_edges(entity, keys=True, data=True):
        # What a project is run by or a phase is a phase of; not the topics above, which are wider.
        if relation in ("phase_of", "builds") and owner not in reached:
            reached[owner] = (Hop(entity, relation, owner, data["evidence"][0]),)
    return reached


def _responsible(item: str, graph: nx.MultiDiGraph[str]) -> set[str]:
    edges = graph.out_edges(item, keys=True)
    return {tail for _, tail, relation in edges if relation in ("responsible", "supports")}


def _traced(
    entity: str,
    item: Item,
    mentions: Sequence[Mention],
    reached: Mapping[str, tuple[Hop, ...]],
    graph: nx.MultiDiGraph[str],
    responsible: bool,
) -> TracedItem:
    by_step: dict[str, list[Mention]] = {}
    for mention in mentions:
        if mention.step:
            by_step.setdefault(mention.step, []).append(mention)
    steps = tuple(
        TracedStep(
            step,
            _responsibility(entity, item.id, graph)
            if responsible
            else certainty_of(entity, by_step[step.key]),
        )
        for step in item.steps
        if responsible or step.key in by_step
    )
    certainty: Certainty = (
        _responsibility(entity, item.id, graph) if responsible else certainty_of(entity, mentions)
    )
    relation = "responsible" if responsible else "mentions"
    spoken = min(mentions, key=lambda m: (_RANK[certainty_of(entity, [m])], m.source.start), default=None)
    middle = entity if responsible or spoken is None else spoken.entity
    path = () if responsible or spoken is None else reached[spoken.entity]
    evidence = spoken.source if spoken and not responsible else _evidence(item, middle, relation, graph)
    if responsible and not graph.has_edge(item.id, entity, relation):
        relation = "supports"
        evidence = _evidence(item, middle, relation, graph)
    hop = Hop(item.id, relation, middle, evidence)
    return TracedItem(
        item.document, item.no, certainty, steps, (*path, hop), tuple(m.source for m in mentions)
    )


def _responsibility(section: str, item: str, graph: nx.MultiDiGraph[str]) -> Certainty:
    """``inferred`` where the section's cell was only a beginning of its name."""
    edges = graph.get_edge_data(item, section) or {}
    return "inferred" if all(data["method"] == "inferred" for data in edges.values()) else "stated"


def _evidence(item: Item, entity: str, relation: str, graph: nx.MultiDiGraph[str]) -> Span:
    data = graph.get_edge_data(item.id, entity, relation)
    return data["evidence"][0] if data else item.content_source


def certainty_of(entity: str, mentions: Iterable[Mention]) -> Certainty:
    """How surely mentions touch an entity: under its name, another of its names, or something of its own."""
    best: Certainty = "inferred"
    for mention in mentions:
        if mention.entity == entity:
            if mention.surface == mention.name:
                return "stated"
            best = "alias"
    return best


def _summary(
    entity: str,
    found: Sequence[TracedItem],
    items: Mapping[tuple[str, int], Item],
    by_item: Mapping[tuple[str, int], Sequence[Mention]],
    reached: Mapping[str, tuple[Hop, ...]],
    graph: nx.MultiDiGraph[str],
) -> Trace:
    whole = [items[t.document, t.item] for t in found]
    touched = {m.entity for ms in by_item.values() for m in ms}
    nodes = sorted(set(reached) | touched)
    keys = {(t.document, s.step.key) for t in found for s in t.steps}
    timeline: dict[int, list[tuple[str, str]]] = {}
    for traced in found:
        for traced_step in traced.steps:
            for month in traced_step.step.months:
                timeline.setdefault(month, []).append((traced.document, traced_step.step.key))
    return Trace(
        entity,
        tuple(found),
        tuple(dict.fromkeys(i.section.name for i in whole if i.section)),
        tuple(n for n in nodes if n in graph and graph.nodes[n]["type"] == "Project" and n != entity),
        tuple(n for n in nodes if n in graph and graph.nodes[n]["type"] == "Platform" and n != entity),
        tuple(t for i in whole for t in i.targets if _concerns(t, i, by_item, keys)),
        tuple((month, tuple(timeline[month])) for month in sorted(timeline)),
        tuple(_related(entity, reached, graph)),
    )


def _concerns(
    target: Target,
    item: Item,
    by_item: Mapping[tuple[str, int], Sequence[Mention]],
    keys: set[tuple[str, str]],
) -> bool:
    """Whether a target stands in a traced step, or in a content that is itself touched."""
    if target.step is not None:
        return (item.document, target.step) in keys
    mentions = by_item.get((item.document, item.no))
    return mentions is None or any(m.where == "content" for m in mentions)


def _related(
    entity: str, reached: Mapping[str, tuple[Hop, ...]], graph: nx.MultiDiGraph[str]
) -> list[Related]:
    related: dict[str, str] = {}
    for node, path in reached.items():
        if path:
            related[node] = path[-1].relation
    for head, tail, relation in [*graph.out_edges(entity, keys=True), *graph.in_edges(entity, keys=True)]:
        other = tail if head == entity else head
        if graph.nodes[other]["type"] not in ("Item", "Step", "Target", "Month", "Document"):
            related.setdefault(other, relation)
    return [Related(node, why) for node, why in sorted(related.items())]
