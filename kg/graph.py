"""Facts → a networkx MultiDiGraph, the view that notebooks and analyses use.

Node attributes: ``type``, ``name`` and ``aliases`` for entities; ``type``, ``name``, ``document``
and ``no`` or ``key`` for items, steps and targets. Edge keys are relations; edge attributes are
``relation``, ``method`` and ``evidence`` (a tuple of :class:`kg.model.Span`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import networkx as nx

from kg.model import (
    Entity,
    Fact,
    Plan,
    document_id,
    month_id,
    parse_id,
    step_id,
    target_id,
)


def build_graph(
    plans: Sequence[Plan], entities: Iterable[Entity], facts: Iterable[Fact]
) -> nx.MultiDiGraph[str]:
    """One node for every record and entity, one edge for every fact.

    Args:
        plans: documents, items, steps and targets are their records.
        entities: all that the facts name; months, broader topics and further units may be known by facts alone.
        facts: at most one for each head, relation and tail.

    Raises:
        ValueError: a fact names a node that no record stands for.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for entity in entities:
        graph.add_node(entity.id, type=entity.type, name=entity.name, aliases=entity.aliases)
    for plan in plans:
        graph.add_nodes_from(_plan_nodes(plan))
    for fact in facts:
        for node in (fact.head, fact.tail):
            if node not in graph:
                graph.add_node(node, **_implied(node))
        graph.add_edge(
            fact.head,
            fact.tail,
            key=fact.relation,
            relation=fact.relation,
            method=fact.method,
            evidence=fact.evidence,
        )
    return graph


def _plan_nodes(plan: Plan) -> Iterator[tuple[str, dict[str, Any]]]:
    document = plan.document
    yield document_id(document.id), {"type": "Document", "name": document.title, "document": document.id}
    for item in plan.items:
        where = {"document": item.document, "no": item.no}
        yield item.id, {"type": "Item", "name": item.content, **where}
        for step in item.steps:
            yield (
                step_id(item.document, step.key),
                {"type": "Step", "name": step.text, "key": step.key, **where},
            )
        for ordinal, target in enumerate(item.targets, 1):
            yield target_id(item.document, item.no, ordinal), {"type": "Target", "name": target.text, **where}


def _implied(node: str) -> dict[str, Any]:
    """Months, broader topics and further units are known by the facts that name them alone."""
    kind, name = parse_id(node)
    if kind == "month" and node == month_id(int(name)):
        return {"type": "Month", "name": f"{name}月", "aliases": ()}
    types = {"topic": "Topic", "section": "Section"}
    if kind not in types:
        raise ValueError(f"a fact names {node}, which no record stands for")
    return {"type": types[kind], "name": name, "aliases": (name,)}
