"""Impact: everything that is affected if a node slips, fails or is changed, each with the way it is affected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kg.analysis.adjacency import Places
from kg.analysis.delaying import Delays, delays
from kg.analysis.impact_rules import ImpactRules
from kg.analysis.network import Hop, Network
from kg.analysis.spreading import Links, Reach, links, spread, ways

DEPTH = 5
"""Facts between the node and what is affected; more are of no use to anyone who asks."""
MAX_DEPTH = 10
MAX_PATHS = 50
"""Paths given for one node where all of them are asked for."""


@dataclass(frozen=True, slots=True)
class Affected:
    """One node that is affected.

    ``effect`` says how, ``score`` in (0, 1] how strongly, ``path`` by which facts. ``months`` are those of a
    step's plan or a target's deadline; ``expected`` where they move to by the delay asked for, 13 for January
    of the next year, and ``shift`` by how many months; ``since`` is the first planned month of a step concerned, the slipping one included.
    """

    id: str
    type: str
    name: str
    document: str | None
    item: int | None
    effect: str
    score: float
    path: tuple[Hop, ...]
    months: tuple[int, ...]
    expected: tuple[int, ...]
    shift: int | None
    since: int | None


@dataclass(frozen=True)
class Impact:
    """The whole answer as arrays; its records are made when they are asked for."""

    node: str
    network: Network
    rules: ImpactRules
    depth: int
    delay: int | None
    reach: Reach

    @cached_property
    def order(self) -> Places:
        """The entries of the reach that are results, the most affected first, each node once."""
        reach = self.reach
        listed = np.ones(len(self.rules.states), dtype=bool)
        listed[list(self.rules.passed)] = False
        places = np.flatnonzero(listed[reach.states] & (reach.nodes != reach.nodes[0]))
        # Entries come by depth, so that of two the first is the nearer one; at one depth the stronger wins.
        best = np.lexsort((-reach.scores[places], reach.depths[places], reach.nodes[places]))
        ordered = places[best]
        first = ordered[np.flatnonzero(np.diff(reach.nodes[ordered], prepend=-1))]
        return first[np.lexsort((reach.nodes[first], -reach.scores[first]))].astype(np.int32)

    @property
    def type(self) -> str:
        """The type of the node that slips."""
        return self.network.type_of(int(self.reach.nodes[0]))

    @property
    def name(self) -> str:
        """What people call it."""
        return self.network.name(int(self.reach.nodes[0]))

    def affected(self) -> Iterator[Affected]:
        """All that is affected, the most affected first."""
        for at in self.order.tolist():
            yield self._affected(at)

    def paths(self, at: int) -> Iterator[tuple[Hop, ...]]:
        """Every path to the result at a place in ``order``, in whatever way it is affected, the best first.

        Of more than ``MAX_PATHS``, one more than that.
        """
        entry = int(self.order[at])
        entries = np.flatnonzero(self.reach.nodes == self.reach.nodes[entry]).tolist()
        every = (
            tuple(way)
            for one in entries
            for way in ways(one, self.reach, self._links, self.depth, MAX_PATHS + 1)
        )
        best = tuple(self.reach.way(entry))
        others = sorted(set(every) - {best}, key=lambda way: (len(way), way))
        for found in [best, *others][: MAX_PATHS + 1]:
            yield self._hops(found)

    @cached_property
    def _links(self) -> Links:
        return links(self.reach, self.network, self.rules)

    def _hops(self, way: Sequence[int]) -> tuple[Hop, ...]:
        return tuple(self.network.hop(fact) for fact in way)

    @cached_property
    def _delays(self) -> Delays:
        return delays(self.reach, self.network, self.rules, self.delay or 0)

    def _affected(self, at: int) -> Affected:
        network, reach = self.network, self.reach
        node = int(reach.nodes[at])
        item = network.item_at(node) if node < network.first_other else None
        months, expected, shift = self._delays.of(node)
        return Affected(
            network.ids[node],
            network.type_of(node),
            network.name(node),
            item.document if item else None,
            item.no if item else None,
            self.rules.states[int(reach.states[at])],
            float(reach.scores[at]),
            self._hops(reach.way(at)),
            months,
            expected if self.delay else (),
            shift if self.delay else None,
            self._delays.since(at),
        )


def impact(
    node: str, network: Network, rules: ImpactRules, depth: int = DEPTH, delay: int | None = None
) -> Impact:
    """What is affected if a node slips, fails or is changed.

    Args:
        node: the id of any node.
        network: the facts.
        rules: how an effect spreads.
        depth: at most so many facts away, 1 to :data:`MAX_DEPTH`; a run of later steps counts once.
        delay: the months by which it slips, for the months to which steps and deadlines then move.

    Raises:
        KeyError: there is no such node.
    """
    reach = spread(network.place[node], network, rules, depth)
    return Impact(node, network, rules, depth, delay, reach)
