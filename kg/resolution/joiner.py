"""Which names are one: clusters of names of one type, joined for a reason each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from kg.model import EntityType


@dataclass
class Cluster:
    """Names of one type that are being joined; ``reasons`` by name."""

    type: EntityType
    names: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, str] = field(default_factory=dict)
    preferred: str | None = None


@dataclass
class Joiner:
    """Union of names, remembering why each pair was joined; ``apart`` names are never joined."""

    apart: frozenset[tuple[EntityType, str]] = frozenset()
    clusters: dict[tuple[str, str], Cluster] = field(default_factory=dict)
    _names: dict[str, list[str]] = field(default_factory=dict)

    def add(self, type_: EntityType, name: str, times: int = 1) -> Cluster:
        """Count a name ``times`` more, 0 for one that only a dictionary spells; gives back its cluster."""
        cluster = self.clusters.get((type_, name))
        if cluster is None:
            cluster = self.clusters[type_, name] = Cluster(type_)
            self._names.setdefault(type_, []).append(name)
        cluster.names[name] += times
        return cluster

    def join(self, type_: EntityType, name: str, to: str, reason: str) -> None:
        """Make ``name`` and ``to`` one; the reason is kept with ``name``."""
        mine, theirs = self.clusters.get((type_, name)), self.clusters.get((type_, to))
        if mine is None or theirs is None or mine is theirs:
            return
        if (type_, name) in self.apart or (type_, to) in self.apart:
            return
        theirs.reasons.setdefault(name, reason)
        for key, why in mine.reasons.items():
            theirs.reasons.setdefault(key, why)
        theirs.preferred = theirs.preferred or mine.preferred
        theirs.names += mine.names
        for joined in mine.names:
            self.clusters[type_, joined] = theirs

    def names(self, type_: str) -> list[str]:
        """All names of a type, sorted."""
        return sorted(self._names.get(type_, ()))
