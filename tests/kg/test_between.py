"""The shortest paths between two nodes, against networkx on the same facts."""

from __future__ import annotations

import random

import networkx as nx
import pytest

from kg.analysis import Network, between
from kg.analysis.between import MAX_LENGTH
from kg.pipeline import Extraction
from tests.kg.test_impact import HAIER, HISENSE, PLATFORM, evidence_of, holds
from tests.kg.works import Works, built


@pytest.fixture(scope="module")
def undirected(graph: nx.MultiDiGraph[str]) -> nx.Graph[str]:
    """The facts without months and documents, through which nothing is explained."""
    hidden = [node for node, data in graph.nodes(data=True) if data["type"] in ("Month", "Document")]
    plain = nx.Graph(graph.to_undirected())
    plain.remove_nodes_from(hidden)
    return plain


def test_paths_are_as_short_as_they_can_be(
    sample: Extraction, network: Network, undirected: nx.Graph[str]
) -> None:
    known = evidence_of(sample)
    common = network.popularity > max(5, 0.25 * len(network.items))
    hubs = {network.ids[place] for place in common.nonzero()[0]}
    nodes = random.Random(5).sample(sorted(undirected), 80)
    lengths = set()
    for one, other in zip(nodes[:40], nodes[40:], strict=True):
        # What every fourth item names is passed only where nothing else joins the two well.
        rare = undirected.subgraph(set(undirected) - hubs | {one, other})
        short = nx.single_source_shortest_path_length(rare, one, cutoff=MAX_LENGTH).get(other)
        shortest = short or nx.shortest_path_length(undirected, one, other)
        paths = between(one, other, network, 3)
        assert {len(path) for path in paths} == {shortest}
        assert all(holds(known, path, one, other) for path in paths)
        assert len(set(paths)) == len(paths)
        lengths.add(shortest)
    assert len(lengths) > 2


def test_rarely_named_nodes_are_preferred_to_common_ones() -> None:
    works = Works()
    everywhere, rare = ("Program", "倍增计划"), ("Platform", "云平台")
    works.item("甲科", {(1,): [HAIER, everywhere, rare]})
    works.item("乙科", {(1,): [HISENSE, everywhere, rare]})
    works.item("丙科", {(1,): [everywhere]})
    path, *_ = between("company:海尔", "company:海信", built(works).network, 5)
    assert "platform:云平台" in {hop.tail for hop in path}


def test_what_a_quarter_of_all_items_name_is_passed_only_if_it_must_be() -> None:
    works = Works()
    everywhere = ("Program", "倍增计划")
    for section in "甲乙丙丁戊己庚":
        works.item(f"{section}科", {(1,): [everywhere]})
    works.item("辛科", {(1,): [HAIER, everywhere]})
    works.item("壬科", {(1,): [HISENSE, everywhere]})
    made = built(works)
    (path, *_) = between("company:海尔", "company:海信", made.network, 5)
    assert "program:倍增计划" in {hop.tail for hop in path}


def test_nothing_joins_two_nodes_of_different_worlds() -> None:
    one, other = Works("a"), Works("b")
    one.item("甲科", {(1,): [PLATFORM]})
    other.item("乙科", {(1,): [HISENSE]})
    assert between("platform:海尔平台", "company:海信", built(one, other).network, 5) == ()


def test_a_node_needs_no_path_to_itself(network: Network) -> None:
    assert between("company:金能", "company:金能", network, 5) == ()


def test_an_id_that_is_no_node_is_refused(network: Network) -> None:
    with pytest.raises(KeyError):
        between("company:金能", "company:没有", network, 5)
