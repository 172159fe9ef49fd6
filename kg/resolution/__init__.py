"""Mentions → entities: which names are one thing, each merge with its reason.

Names are joined where a dictionary says so, where one is the other without a legal ending or a
place, where only a variant ending differs, or where the row of the plan settles what a short name
means. Names are never joined on what is left after stripping Chinese: 海尔AI平台 is not 工业AI平台.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from kg.curation import Curation
from kg.knowledge import Knowledge
from kg.model import Entity, Mention, entity_id
from kg.resolution.joiner import Cluster, Joiner
from kg.resolution.local import LocalRules
from kg.resolution.rules import Canonical, JoinRules
from kg.resolution.shortening import ShortForms, join_editions

__all__ = ["Canonical", "resolve"]


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
    surfaces = [_plain(m) for m in mentions]
    joiner = _joined(mentions, surfaces, canonical, knowledge, curation or Curation())
    local = LocalRules.of(knowledge).meanings(mentions, surfaces, joiner)
    entities = {id(c): _entity(c) for c in joiner.clusters.values()}
    named = []
    for mention, surface in zip(mentions, surfaces, strict=True):
        name = local.get((mention.source.document, mention.item, mention.type, surface), surface)
        entity = entities[id(joiner.clusters[mention.type, name])]
        named.append(replace(mention, entity=entity.id, name=entity.name))
    kept = list(_without_self_nested(named))
    used = {m.entity for m in kept}
    spelt: dict[str, set[str]] = {}
    for mention, surface in zip(named, surfaces, strict=True):
        spelt.setdefault(mention.entity, set()).add(surface)
    by_id = {e.id: _with_local(e, spelt[e.id]) for e in entities.values() if e.id in used}
    return [by_id[key] for key in sorted(by_id)], kept


def _joined(
    mentions: Sequence[Mention],
    surfaces: Sequence[str],
    canonical: Canonical,
    knowledge: Knowledge,
    decided: Curation,
) -> Joiner:
    """All names, joined by every rule that holds whatever the document; the order is that of trust."""
    joiner = Joiner(apart=decided.apart)
    for mention, name in zip(mentions, surfaces, strict=True):
        joiner.add(mention.type, name)
    rules, short = JoinRules.of(knowledge), ShortForms.of(knowledge)
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
    apply_decisions(joiner, decided)
    return joiner


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


def _plain(mention: Mention) -> str:
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
