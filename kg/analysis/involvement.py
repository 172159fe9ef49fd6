"""What an entity is involved in: everything that belongs to it, and every item and step that speaks of any of that.

An entity is involved where it is mentioned itself (``stated``), under another name (``alias``), or through
something that belongs to it — its projects and platforms, what owns it, its narrower topics (``inferred``).
Nothing is cut off: the answer is the whole set.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kg.analysis.adjacency import Codes, Mask, Places
from kg.analysis.attestation import INFERRED
from kg.analysis.network import Hop, Network

# From an entity, against these relations, one comes to what belongs to it. What a name is merely about, or
# where it stands, does not involve the entity in the work on it.
_PARTS = ("operated_by", "phase_of", "part_of", "builds", "affiliated_with", "broader")
_TOPIC_PARTS = ("about", "broader")
# What a project builds, a phase is a phase of, and a unit of that name; not the topics above, which are wider.
_WHOLES = ("phase_of", "builds")
_SAME = ("same_as",)
_OWNERS = ("operated_by",)
_DUTIES = ("responsible", "supports")
MAX_HOPS = 3
"""Facts between the entity and what is mentioned; the sample's longest chain has two."""


@dataclass(frozen=True)
class Reached:
    """What belongs to an entity, itself first: nodes, and the fact and the predecessor each was reached by.

    ``owners`` marks what owns it, whose work involves it only where the owner is named by itself.
    """

    nodes: Places
    facts: Places
    before: Places
    owners: Mask

    def path(self, at: int, network: Network) -> tuple[Hop, ...]:
        """The facts from the entity to the node at position ``at``."""
        hops: list[Hop] = []
        while self.facts[at] >= 0:
            hops.append(network.hop(int(self.facts[at])))
            at = int(self.before[at])
        return tuple(reversed(hops))


@dataclass(frozen=True)
class InvolvedPlaces:
    """Items or steps that are involved, ascending: how certainly, by which fact, through which of what was reached."""

    places: Places
    codes: Codes
    facts: Places
    through: Places


@dataclass(frozen=True)
class Involvement:
    """``items`` and ``steps`` count from the first item and the first step.

    ``titled`` are the items whose very content speaks of it; ``duties`` those that a unit answers for, all of
    whose steps are involved by the fact that they are theirs.
    """

    reached: Reached
    items: InvolvedPlaces
    steps: InvolvedPlaces
    titled: Mask
    duties: Mask


def involvement(entity: int, network: Network, owners: bool = True) -> Involvement:
    """Everything that an entity is involved in, in arrays as long as the answer.

    Args:
        entity: its place in the network.
        network: the facts.
        owners: whether work on what owns it counts. A search leaves it out: the work on a company is no work on
            each of its projects.

    Returns:
        Items and steps in the order of the plans, each once, with the code of its best certainty.
    """
    reached = belonging(entity, network, owners)
    through, facts = network.adjacency(("mentions",), against=True).at(reached.nodes)
    kept = ~reached.owners[through] | network.attested.alone[facts]
    through, facts = through[kept], facts[kept]
    codes = np.where(through == 0, network.attested.certainty[facts], INFERRED).astype(np.int8)
    heads = network.heads[facts]
    of_items, of_steps = heads < network.first_step, network.is_step(heads)
    duty_through, duties = network.adjacency(_DUTIES, against=True).at(reached.nodes)
    items = _best(
        np.concatenate([heads[of_items], network.heads[duties]]),
        np.concatenate([codes[of_items], network.attested.certainty[duties]]),
        np.concatenate([facts[of_items], duties]),
        np.concatenate([through[of_items], duty_through]),
    )
    by_duty = np.isin(items.places, network.heads[duties])
    owned, belongs = network.adjacency(("has_step",), against=False).at(items.places[by_duty])
    steps = _best(
        np.concatenate([heads[of_steps], network.tails[belongs]]) - network.first_step,
        np.concatenate([codes[of_steps], items.codes[by_duty][owned]]),
        np.concatenate([facts[of_steps], belongs]),
        np.concatenate([through[of_steps], items.through[by_duty][owned]]),
    )
    titled = np.isin(items.places, network.heads[facts[of_items & network.attested.titled[facts]]])
    return Involvement(reached, items, steps, titled, by_duty)


def _best(places: Places, codes: Codes, facts: Places, through: Places) -> InvolvedPlaces:
    """Each place once, by its most certain fact and the nearest of what was reached."""
    order = np.lexsort((facts, through, codes, places))
    first = order[np.flatnonzero(np.diff(places[order], prepend=-1))]
    return InvolvedPlaces(places[first], codes[first], facts[first], through[first])


def belonging(entity: int, network: Network, owners: bool = True) -> Reached:
    """Breadth first to what belongs to an entity; then one fact up to what it is a part of and who owns it."""
    topic = network.type_of(entity) == "Topic"
    known = {entity: (-1, -1)}
    layer = [entity]
    for _ in range(MAX_HOPS):
        parts = _TOPIC_PARTS if topic else _PARTS
        found = [*_next(layer, parts, True, network), *_next(layer, _SAME, True, network)]
        found += _next(layer, _SAME, False, network)
        layer = _new(found, known)
    _new(_next([entity], _WHOLES, False, network), known)
    belongs = len(known)
    if owners:
        _new(_next([entity], _OWNERS, False, network), known)
    nodes = list(known)
    position = {node: at for at, node in enumerate(nodes)}
    return Reached(
        np.array(nodes, dtype=np.int32),
        np.array([fact for fact, _ in known.values()], dtype=np.int32),
        np.array([position.get(before, -1) for _, before in known.values()], dtype=np.int32),
        np.arange(len(nodes)) >= belongs,
    )


def _new(
    found: Iterator[tuple[int, int, int]] | list[tuple[int, int, int]], known: dict[int, tuple[int, int]]
) -> list[int]:
    """Those of (node, fact, predecessor) that were not known, noted as such."""
    fresh = []
    for node, fact, before in found:
        if node not in known:
            known[node] = (fact, before)
            fresh.append(node)
    return fresh


def _next(
    layer: list[int], relations: tuple[str, ...], against: bool, network: Network
) -> Iterator[tuple[int, int, int]]:
    """(node, fact, predecessor) one fact away; no documents, items or steps, which own nothing."""
    places = np.array(layer, dtype=np.int32)
    which, facts = network.adjacency(relations, against).at(places)
    ends = network.other_end(facts, against)
    for node, fact, at in zip(ends.tolist(), facts.tolist(), which.tolist(), strict=True):
        if node >= network.first_other and network.type_of(node) != "Document":
            yield node, fact, layer[at]
