"""The arrays hold the same facts as the networkx graph that people use."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from kg.analysis import Network
from kg.analysis.adjacency import Adjacency
from kg.model import Fact, Span
from kg.pipeline import Extraction
from tests.kg.works import Works, built


def test_nodes_and_facts_are_those_of_the_graph(network: Network, graph: nx.MultiDiGraph[str]) -> None:
    assert set(network.ids) == set(graph)
    assert len(network.ids) == len(set(network.ids))
    assert {(n, network.type_of(p), network.name(p)) for n, p in network.place.items()} == {
        (node, data["type"], data["name"]) for node, data in graph.nodes(data=True)
    }
    mine = {
        (network.ids[h], network.relation(at), network.ids[t])
        for at, (h, t) in enumerate(zip(network.heads, network.tails, strict=True))
    }
    assert mine == {(head, relation, tail) for head, tail, relation in graph.edges(keys=True)}


@pytest.mark.parametrize("against", [False, True])
@pytest.mark.parametrize("relations", [("mentions",), ("precedes", "has_target"), ("no_such_relation",)])
def test_an_adjacency_finds_the_facts_of_its_relations(
    relations: tuple[str, ...], against: bool, network: Network, graph: nx.MultiDiGraph[str]
) -> None:
    places = np.arange(0, len(network.ids), 7, dtype=np.int32)
    which, facts = network.adjacency(relations, against).at(places)
    mine = sorted(
        (network.ids[places[w]], network.ids[e])
        for w, e in zip(which, network.other_end(facts, against), strict=True)
    )
    edges = graph.in_edges if against else graph.out_edges
    wanted = [
        (network.ids[p], head if against else tail)
        for p in places
        for head, tail, relation in edges(network.ids[p], keys=True)
        if relation in relations
    ]
    assert mine == sorted(wanted)


def test_an_adjacency_counted_by_hand() -> None:
    ends, facts = np.array([2, 0, 2], dtype=np.int32), np.array([5, 6, 7], dtype=np.int32)
    adjacency = Adjacency.of(ends, facts, 4)
    which, found = adjacency.at(np.array([2, 3, 0, 2], dtype=np.int32))
    assert which.tolist() == [0, 0, 2, 3, 3]
    assert found.tolist() == [5, 7, 6, 5, 7]


def test_items_steps_and_targets_come_first_in_the_order_of_the_plans(
    sample: Extraction, network: Network
) -> None:
    items = [item for plan in sample.plans for item in plan.items]
    assert [network.ids[at] for at in range(len(items))] == [item.id for item in items]
    steps = [f"step:{item.document}/{step.key}" for item in items for step in item.steps]
    assert list(network.ids[network.first_step : network.first_target]) == steps
    assert all(
        network.item_at(at + network.first_target).no == items[network.item_of_target[at]].no
        for at in range(len(network.targets))
    )


def test_a_fact_that_names_no_node_is_refused() -> None:
    works = Works()
    works.item("工业科", {(3,): ()})
    made = built(works)
    strange = Fact("company:谁", "operated_by", "company:甲", (Span("d", 1, 0, 1),))
    with pytest.raises(KeyError):
        Network.of(made.plans, made.entities, [*made.facts, strange], made.mentions)


def test_a_name_inside_the_name_of_another_thing_does_not_stand_alone() -> None:
    works = Works()
    works.item("工业科", {(1,): [("Company", "海尔")], (2,): [("Platform", "海尔平台")]})
    network = built(works).network
    alone = {
        (network.facts[at].head, network.facts[at].tail): bool(network.attested.alone[at])
        for at in range(len(network.facts))
        if network.relation(at) == "mentions"
    }
    assert alone["step:d/1:1", "company:海尔"]
    assert not alone["step:d/1:2", "company:海尔"]
    assert alone["step:d/1:2", "platform:海尔平台"]


def test_which_steps_come_before_which() -> None:
    """One follows another where it begins no earlier and ends later, and nothing lies between."""
    works = Works()
    works.item("工业科", {(1, 2, 3): (), (2,): (), (4,): (), (4, 5): (), (6,): ()})
    facts = built(works).facts
    pairs = {
        (f.head.rpartition("/")[2], f.tail.rpartition("/")[2]) for f in facts if f.relation == "precedes"
    }
    assert pairs == {("1:1-2-3", "1:4"), ("1:2", "1:4"), ("1:4", "1:4-5"), ("1:4-5", "1:6")}
