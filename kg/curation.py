"""What a curator has decided: records that are applied at every build, and can be undone.

A decision names things by type and surface, never by position alone, so that it survives a new
version of a document. Applying them is a pure step before, inside and after resolution.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from kg.model import EntityType, Mention, Plan

Kind = Literal["merge", "split", "reject", "rename", "retype", "alias", "name"]
KnownName = tuple[EntityType, str, tuple[str, ...]]
"""A name that was added: its type, the preferred name, and other spellings."""
CONTEXT = 12
"""Characters on each side by which a rejected mention is known again."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision; ``when`` is ISO 8601 in UTC. Which fields are filled depends on the kind.

    merge: ``surfaces`` of ``type`` belong to ``name``. split: ``surfaces`` stand alone. reject:
    ``surfaces`` are no names, or only the one between ``before`` and ``after`` in ``document``.
    rename: the entity with ``surfaces`` is called ``name``. retype: ``surfaces`` of ``type`` are of
    ``to_type``. alias, name: ``surfaces`` name the thing called ``name``, and are looked for in texts.
    """

    id: str
    kind: Kind
    who: str
    when: str
    type: EntityType
    name: str
    surfaces: tuple[str, ...] = ()
    to_type: EntityType | None = None
    document: str | None = None
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Curation:
    """Decisions in force, grouped by what they do."""

    decisions: tuple[Decision, ...] = ()
    joined: tuple[tuple[EntityType, str, str], ...] = field(init=False)
    apart: frozenset[tuple[EntityType, str]] = field(init=False)
    renamed: Mapping[tuple[EntityType, str], str] = field(init=False)
    known: tuple[KnownName, ...] = field(init=False)

    def __post_init__(self) -> None:
        joined: list[tuple[EntityType, str, str]] = []
        apart: set[tuple[EntityType, str]] = set()
        renamed: dict[tuple[EntityType, str], str] = {}
        known: list[KnownName] = []
        for d in self.decisions:
            if d.kind in ("merge", "alias"):
                joined += [(d.type, surface, d.name) for surface in d.surfaces if surface != d.name]
            if d.kind == "split":
                apart |= {(d.type, surface) for surface in d.surfaces}
            if d.kind == "rename":
                renamed |= {(d.type, surface): d.name for surface in d.surfaces}
            if d.kind in ("alias", "name"):
                known.append((d.type, d.name, d.surfaces))
        object.__setattr__(self, "joined", tuple(joined))
        object.__setattr__(self, "apart", frozenset(apart))
        object.__setattr__(self, "renamed", renamed)
        object.__setattr__(self, "known", tuple(known))

    def about(self, surfaces: Collection[str]) -> tuple[Decision, ...]:
        """The decisions that reject mentions of some surfaces or give them another type."""
        return tuple(
            d
            for d in self.decisions
            if d.kind in ("reject", "retype") and not set(d.surfaces).isdisjoint(surfaces)
        )

    def curated(self, mentions: Sequence[Mention], plans: Iterable[Plan]) -> list[Mention]:
        """The mentions without rejected ones, and with the types that were decided."""
        texts = {plan.document.id: plan.text for plan in plans}
        rejected = [d for d in self.decisions if d.kind == "reject"]
        types = {
            (d.type, surface): d.to_type
            for d in self.decisions
            if d.kind == "retype" and d.to_type
            for surface in d.surfaces
        }
        kept = []
        for mention in mentions:
            if not any(_rejects(d, mention, texts) for d in rejected):
                type_ = types.get((mention.type, mention.surface), mention.type)
                kept.append(replace(mention, type=type_) if type_ != mention.type else mention)
        return kept


def in_force(history: Sequence[tuple[Decision | None, str | None]]) -> tuple[Decision, ...]:
    """The decisions of a history of (decision, id that is undone) that have not been undone."""
    undone = {target for _, target in history if target}
    return tuple(d for d, _ in history if d is not None and d.id not in undone)


def _rejects(decision: Decision, mention: Mention, texts: Mapping[str, str]) -> bool:
    if mention.type != decision.type or mention.surface not in decision.surfaces:
        return False
    if decision.document is None:
        return True
    text = texts[mention.source.document]
    before, after = context_of(text, mention.source.start, mention.source.end)
    return mention.source.document == decision.document and (before, after) == (
        decision.before,
        decision.after,
    )


def context_of(text: str, start: int, end: int) -> tuple[str, str]:
    """The characters around a mention, inside its line."""
    before = text[max(0, start - CONTEXT) : start].rpartition("\n")[2]
    after = text[end : end + CONTEXT].partition("\n")[0]
    return before, after
