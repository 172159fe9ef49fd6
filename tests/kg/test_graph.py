"""The networkx view holds every record and every fact, and nothing else."""

from __future__ import annotations

import networkx as nx
import pytest

from kg.graph import build_graph
from kg.model import Fact, Span
from kg.pipeline import Extraction


def test_there_is_an_edge_for_every_fact(graph: nx.MultiDiGraph[str], sample: Extraction) -> None:
    assert graph.number_of_edges() == len(sample.facts)
    for fact in sample.facts:
        data = graph.get_edge_data(fact.head, fact.tail, fact.relation)
        assert (data["relation"], data["method"], data["evidence"]) == (
            fact.relation,
            fact.method,
            fact.evidence,
        )


def test_every_end_of_a_fact_is_a_node_with_a_type_and_a_name(
    graph: nx.MultiDiGraph[str], sample: Extraction
) -> None:
    for fact in sample.facts:
        for node in (fact.head, fact.tail):
            assert graph.nodes[node]["type"].lower() == node.partition(":")[0]
            assert graph.nodes[node]["name"]


def test_every_record_is_a_node(graph: nx.MultiDiGraph[str], sample: Extraction) -> None:
    kinds: dict[str, int] = {}
    for _, data in graph.nodes(data=True):
        kinds[data["type"]] = kinds.get(data["type"], 0) + 1
    (plan,) = sample.plans
    assert kinds["Document"] == 1
    assert kinds["Item"] == 27
    assert kinds["Step"] == 319
    assert kinds["Month"] == 12
    assert kinds["Target"] == sum(len(item.targets) for item in plan.items)
    assert {e.id for e in sample.entities} <= set(graph)


def test_no_node_stands_alone(graph: nx.MultiDiGraph[str]) -> None:
    assert list(nx.isolates(graph)) == []


def test_a_fact_about_nothing_known_is_refused() -> None:
    span = Span("p", 1, 0, 1)
    with pytest.raises(ValueError, match="company:无"):
        build_graph([], [], [Fact("company:无", "mentions", "topic:有", (span,))])
