"""Mentions → entities: which names are one thing, each merge with its reason.

Names are joined where a dictionary says so, where one is the other without a legal ending or a
place, where only a variant ending differs, or where the row of the plan settles what a short name
means. Names are never joined on what is left after stripping Chinese: 海尔AI平台 is not 工业AI平台.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from kg.curation import Curation
from kg.knowledge import Knowledge
from kg.model import Entity, EntityType, Mention, entity_id
from kg.resolution.joiner import Cluster, Joiner
from kg.resolution.local import LocalRules
from kg.resolution.rules import Canonical, JoinRules
from kg.resolution.shortening import ShortForms, join_editions

__all__ = ["Canonical", "Joins", "NameCounts", "Resolved", "Spelled", "join_names", "names_in", "resolve"]


NameCounts = Mapping[tuple[EntityType, str], int]
"""How often each name of each type is spelt."""


def resolve(
    mentions: Sequence[Mention],
    canonical: Canonical,
    knowledge: Knowledge,
    curation: Curation | None = None,
) -> tuple[list[Entity], list[Mention]]:
    """Which entities the mentions of all documents name.

    Args:
        mentions: in the order of the text, document by document, the longer of two that begin together first.
        canonical: what a dictionary calls a thing of a type.
        knowledge: its ``names.toml`` and ``gazetteer.toml`` say when two names are one.
        curation: what a curator decided; it comes last and wins.

    Returns:
        Entities in order of id, and the mentions with ``entity`` and ``name`` filled in. A mention nested in one
        of the same entity is dropped (金能 inside 金能科技).
    """
    joins = join_names([names_in(mentions)], canonical, knowledge, curation or Curation())
    resolved = joins.resolved(mentions)
    return joins.entities([resolved.spelled]), list(resolved.mentions)


def names_in(mentions: Iterable[Mention]) -> NameCounts:
    """The names that some mentions spell, in the order of their first mention."""
    counts: dict[tuple[EntityType, str], int] = {}
    for mention in mentions:
        key = mention.type, spelt(mention)
        counts[key] = counts.get(key, 0) + 1
    return counts


def join_names(
    documents: Iterable[NameCounts], canonical: Canonical, knowledge: Knowledge, curation: Curation
) -> Joins:
    """Which names of all documents are one; the only step that looks at all of them together."""
    rules, short = JoinRules.of(knowledge), ShortForms.of(knowledge)
    joiner = Joiner(apart=curation.apart)
    total: dict[tuple[EntityType, str], int] = {}
    for counts in documents:
        for key, times in counts.items():
            total[key] = total.get(key, 0) + times
    for (type_, name), times in total.items():
        joiner.add(type_, name, times)
    rules.join_known(joiner, canonical)
    rules.join_companies(joiner)
    rules.join_variants(joiner)
    rules.join_prefixed(joiner)
    known = knowledge.gazetteer["Place"]
    short.join_full_companies(
        joiner, rules.stem, {*known, *(alias for aliases in known.values() for alias in aliases)}
    )
    short.join_unranked(joiner)
    short.join_zones(joiner)
    join_editions(joiner, canonical)
    apply_decisions(joiner, curation)
    return Joins(joiner, LocalRules.of(knowledge))


@dataclass(frozen=True, slots=True)
class Spelled:
    """Which entities a document mentions, by id, and (entity, surface) of how it spells them."""

    entities: frozenset[str]
    surfaces: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Resolved:
    """The mentions of a document with their entities."""

    mentions: tuple[Mention, ...]
    spelled: Spelled


@dataclass(frozen=True)
class Joins:
    """Which names are one, over all documents."""

    joiner: Joiner
    local: LocalRules

    @cached_property
    def _entities(self) -> dict[int, Entity]:
        return {id(cluster): _entity(cluster) for cluster in self.joiner.clusters.values()}

    @cached_property
    def _companies(self) -> frozenset[str]:
        return frozenset(name for type_, name in self.joiner.clusters if type_ == "Company")

    def entity_of(self, type_: str, name: str) -> Entity:
        """The entity of a name. Raises :class:`KeyError` for one that was not counted."""
        return self._entities[id(self.joiner.clusters[type_, name])]

    def view(self, names: NameCounts) -> tuple[object, ...]:
        """All that :meth:`resolved` reads of the joins for a document with these names.

        As long as it is equal, so is what is made of the document, whatever other documents say.
        """
        clusters, labels = self.joiner.clusters, self._labels
        owners = (self.local.bare_owner(name, self._companies) for type_, name in names if type_ == "Project")
        return (
            [labels[id(clusters[key])] for key in names],
            self.joiner.apart & names.keys() if self.joiner.apart else frozenset(),
            [(owner, sorted(clusters["Company", owner].names)) for owner in owners if owner],
        )

    @cached_property
    def _labels(self) -> dict[int, tuple[str, str, str | None]]:
        """Of every cluster its entity, the first of its names, which no other cluster has, and what it prefers."""
        return {
            id(cluster): (self._entities[id(cluster)].id, min(cluster.names, default=""), cluster.preferred)
            for cluster in self.joiner.clusters.values()
        }

    def resolved(self, mentions: Sequence[Mention]) -> Resolved:
        """The mentions of a document, in the order of its text, joined to their entities."""
        surfaces = [spelt(mention) for mention in mentions]
        local = self.local.meanings(mentions, surfaces, self.joiner, self._companies)
        joined = []
        for mention, surface in zip(mentions, surfaces, strict=True):
            name = local.get((mention.source.document, mention.item, mention.type, surface), surface)
            entity = self.entity_of(mention.type, name)
            joined.append(replace(mention, entity=entity.id, name=entity.name))
        spelling = frozenset((m.entity, surface) for m, surface in zip(joined, surfaces, strict=True))
        kept = tuple(_without_self_nested(joined))
        return Resolved(kept, Spelled(frozenset(mention.entity for mention in kept), spelling))

    def entities(self, documents: Iterable[Spelled]) -> list[Entity]:
        """Every entity that a document mentions, in order of id."""
        used: set[str] = set()
        extra: dict[str, set[str]] = {}
        for document in documents:
            used |= document.entities
            for entity, surface in document.surfaces:
                extra.setdefault(entity, set()).add(surface)
        by_id = {e.id: _with_local(e, extra.get(e.id, ())) for e in self._entities.values() if e.id in used}
        return [by_id[key] for key in sorted(by_id)]


def apply_decisions(joiner: Joiner, curation: Curation) -> None:
    """Merges and names that a curator has decided; they come last and so win."""
    for type_, surface, name in curation.joined:
        if (type_, surface) in joiner.clusters:
            joiner.add(type_, name, 0)
            joiner.join(type_, surface, name, "人工合并")
            joiner.clusters[type_, name].preferred = name
    for (type_, surface), name in curation.renamed.items():
        if (type_, surface) in joiner.clusters:
            joiner.clusters[type_, surface].preferred = name


def spelt(mention: Mention) -> str:
    """The name that a surface spells: without the marks of a title or the noise of a line break."""
    if mention.type == "Section":
        return mention.name or mention.surface
    name = re.sub(r"\s+", "", mention.surface)
    if mention.type == "PolicyDocument" and name.startswith("《") and name.endswith("》"):
        return name[1:-1]
    return name


def _entity(cluster: Cluster) -> Entity:
    names = [n for n, _ in sorted(cluster.names.items(), key=lambda n: (-len(n[0]), -n[1], n[0]))]
    seen = [n for n in names if cluster.names[n]] or names
    name = cluster.preferred or (
        min(seen, key=lambda n: (len(n), n)) if cluster.type == "Company" else seen[0]
    )
    aliases = tuple(sorted({*seen, name}))
    reasons = {alias: cluster.reasons[alias] for alias in aliases if alias in cluster.reasons}
    return Entity(entity_id(cluster.type, name), cluster.type, name, aliases, reasons)


def _with_local(entity: Entity, surfaces: Iterable[str]) -> Entity:
    """Add the surfaces that only a row or a document joined to the entity."""
    extra = {s: "同一事项或文件中的简称" for s in sorted(surfaces) if s not in entity.aliases}
    if not extra:
        return entity
    aliases = tuple(sorted({*entity.aliases, *extra}))
    return replace(entity, aliases=aliases, reasons={**entity.reasons, **extra})


def _without_self_nested(mentions: Sequence[Mention]) -> Iterator[Mention]:
    """Drop mentions inside a longer one of the same entity; mentions come in the order of the text."""
    open_: list[Mention] = []
    for mention in mentions:
        open_ = [
            m
            for m in open_
            if m.source.end > mention.source.start and m.source.document == mention.source.document
        ]
        if not any(m.entity == mention.entity and m.source.end >= mention.source.end for m in open_):
            yield mention
        open_.append(mention)
