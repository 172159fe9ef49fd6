"""How items hang together through the things they share: couplings, communities, what holds the plan together.

Two items that share a thing of ``k`` items are coupled by ``1 / (k - 1)`` through it, as in collaboration
networks (Newman, Physical Review E 64, 016132, 2001): what everybody shares joins nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import networkx as nx

from kg.analysis.attestation import THINGS
from kg.analysis.network import Network
from kg.analysis.share import units_of

_WIDELY_SHARED = 200
"""A thing of more items joins them no more than being in one plan does, and costs the square of its items."""
_SAMPLED = 400
"""Nodes from which betweenness is estimated in a large graph (Brandes and Pich, 2007)."""
_SEED = 2021


@dataclass(frozen=True, slots=True)
class Coupling:
    """Two items or sections by place or name, the strength of their coupling and the things they share."""

    one: str
    other: str
    strength: float
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Keystone:
    """An entity that holds the plan together: ``betweenness`` in [0, 1] among items and things."""

    id: str
    items: int
    sections: tuple[str, ...]
    betweenness: float


def items_of_things(network: Network) -> Mapping[int, tuple[int, ...]]:
    """The items that mention each thing, by places; things of a single item are left out."""
    mentions = network.adjacency(("mentions",), against=True)
    found: dict[int, set[int]] = defaultdict(set)
    things = network.are(mentions.nodes, THINGS)
    for thing, fact in zip(mentions.nodes[things].tolist(), mentions.facts[things].tolist(), strict=True):
        head = int(network.heads[fact])
        if head < network.first_step:
            found[thing].add(head)
    return {thing: tuple(sorted(items)) for thing, items in found.items() if len(items) > 1}


def couplings(network: Network) -> tuple[Coupling, ...]:
    """Every pair of items that share a thing, by id, the strongest first."""
    groups = [
        (network.ids[thing], [network.ids[i] for i in items])
        for thing, items in items_of_things(network).items()
    ]
    return _couplings(groups, _owners(network))


def section_couplings(network: Network) -> tuple[Coupling, ...]:
    """Every pair of sections that share a thing, or answer for one item together, by name."""
    groups: list[tuple[str, list[str]]] = []
    for thing, items in items_of_things(network).items():
        named = {unit for item in items for unit in units_of(network.items[item])}
        groups.append((network.ids[thing], sorted(named)))
    groups += [(item.id, sorted(units_of(item))) for item in network.items]
    return _couplings(groups, _owners(network))


def _owners(network: Network) -> Mapping[str, frozenset[str]]:
    """By id, what each thing belongs to: sharing a company's project is not sharing the company once more."""
    found: dict[str, set[str]] = defaultdict(set)
    for fact in network.adjacency(("operated_by", "phase_of", "builds"), against=False).facts.tolist():
        found[network.ids[network.heads[fact]]].add(network.ids[network.tails[fact]])
    return {node: frozenset(owners) for node, owners in found.items()}


def _couplings(
    groups: Iterable[tuple[str, Sequence[str]]], owners: Mapping[str, frozenset[str]]
) -> tuple[Coupling, ...]:
    weights: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for through, members in groups:
        if 1 < len(members) <= _WIDELY_SHARED:
            for one, other in combinations(members, 2):
                weights[one, other][through] = 1 / (len(members) - 1)
    pairs = [_coupling(*pair, shared, owners) for pair, shared in weights.items()]
    return tuple(sorted(pairs, key=lambda pair: (-pair.strength, pair.one, pair.other)))


def _coupling(
    one: str, other: str, shared: Mapping[str, float], owners: Mapping[str, frozenset[str]]
) -> Coupling:
    owning = {owner for thing in shared for owner in owners.get(thing, ())}
    counted = {thing: weight for thing, weight in shared.items() if thing not in owning}
    return Coupling(one, other, sum(counted.values()), tuple(counted))


def communities(network: Network) -> tuple[tuple[str, ...], ...]:
    """Groups of items by Louvain (Blondel et al., 2008) over their couplings; single items are left out."""
    graph: nx.Graph[str] = nx.Graph()
    for pair in couplings(network):
        graph.add_edge(pair.one, pair.other, weight=pair.strength)
    if not graph:
        return ()
    found = nx.community.louvain_communities(graph, weight="weight", seed=_SEED)
    place = network.place
    groups = [tuple(sorted(group, key=place.__getitem__)) for group in found if len(group) > 1]
    return tuple(sorted(groups, key=lambda group: (-len(group), place[group[0]])))


def keystones(network: Network) -> tuple[Keystone, ...]:
    """The things that several items share, those first through which most of the shortest ways lead."""
    shared = items_of_things(network)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_edges_from((thing, item) for thing, items in shared.items() for item in items)
    sample = min(_SAMPLED, len(graph)) or None
    between = nx.betweenness_centrality(graph, k=sample if len(graph) > _SAMPLED else None, seed=_SEED)
    found = [
        Keystone(
            network.ids[thing],
            len(items),
            tuple(dict.fromkeys(unit for item in items for unit in units_of(network.items[item]))),
            between[thing],
        )
        for thing, items in shared.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.betweenness, -one.items, one.id)))
