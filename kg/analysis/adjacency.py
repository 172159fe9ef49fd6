"""Facts by the nodes at their ends, in compressed sparse rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int8]
Mask = npt.NDArray[np.bool_]


class Facts(Protocol):
    """Facts by the node at one of their ends."""

    def at(self, places: Places) -> tuple[Places, Places]:
        """Every fact at some nodes: (position within ``places``, place of the fact), node by node."""
        ...

    @property
    def facts(self) -> Places:
        """All of them, node by node."""
        ...

    @property
    def nodes(self) -> Places:
        """The node of every fact."""
        ...


@dataclass(frozen=True)
class Adjacency:
    """Facts ordered by the node at one of their ends.

    ``facts[bounds[n] : bounds[n + 1]]`` are those at node ``n``.
    """

    bounds: Places
    facts: Places

    @staticmethod
    def of(ends: Places, facts: Places, nodes: int) -> Adjacency:
        """``facts`` by the nodes at their ``ends``; of ``nodes`` nodes in all."""
        bounds = np.zeros(nodes + 1, dtype=np.int32)
        np.cumsum(np.bincount(ends, minlength=nodes), out=bounds[1:])
        return Adjacency(bounds, facts[np.argsort(ends, kind="stable")])

    @property
    def nodes(self) -> Places:
        return np.repeat(np.arange(len(self.bounds) - 1, dtype=np.int32), np.diff(self.bounds))

    def at(self, places: Places) -> tuple[Places, Places]:
        starts = self.bounds[places]
        counts = self.bounds[places + 1] - starts
        which = np.repeat(np.arange(len(places), dtype=np.int32), counts)
        within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        return which, self.facts[np.repeat(starts, counts) + within]


@dataclass(frozen=True)
class OfRelations:
    """Those of some facts that are of some relations: ``relations`` are the codes of all, ``wanted`` is by code."""

    whole: Adjacency
    relations: Codes
    wanted: Mask

    def at(self, places: Places) -> tuple[Places, Places]:
        which, facts = self.whole.at(places)
        kept = self.wanted[self.relations[facts]]
        return which[kept], facts[kept]

    @property
    def facts(self) -> Places:
        kept: Places = self.whole.facts[self._kept]
        return kept

    @property
    def nodes(self) -> Places:
        return self.whole.nodes[self._kept]

    @property
    def _kept(self) -> Mask:
        return self.wanted[self.relations[self.whole.facts]]
