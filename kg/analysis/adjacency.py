"""Facts by the nodes at their ends, in compressed sparse rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int8]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Adjacency:
    """The facts of some relations, ordered by the node at one of their ends.

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
        """The node of every fact."""
        return np.repeat(np.arange(len(self.bounds) - 1, dtype=np.int32), np.diff(self.bounds))

    def at(self, places: Places) -> tuple[Places, Places]:
        """Every fact at some nodes: (position within ``places``, place of the fact), node by node."""
        starts = self.bounds[places]
        counts = self.bounds[places + 1] - starts
        which = np.repeat(np.arange(len(places), dtype=np.int32), counts)
        within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        return which, self.facts[np.repeat(starts, counts) + within]
