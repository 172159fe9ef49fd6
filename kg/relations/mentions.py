"""What mentions tell by themselves: who is mentioned where, what nested names say, which units are one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from kg.model import Mention, document_id, entity_id, item_id, step_id
from kg.relations.proposals import Proposed
from kg.relations.rules import RelationRules


def mention_facts(mentions: Sequence[Mention]) -> Iterator[Proposed]:
    """Items, steps and documents with what they name; responsible units have facts of their own."""
    for mention in mentions:
        if mention.where in ("section", "supervision") or mention.type == "Section":
            continue
        document = mention.source.document
        if mention.item is None:
            yield document_id(document), "mentions", mention.entity, mention.source, "stated"
            continue
        yield item_id(document, mention.item), "mentions", mention.entity, mention.source, "stated"
        if mention.step:
            yield step_id(document, mention.step), "mentions", mention.entity, mention.source, "stated"


def nested_facts(mentions: Sequence[Mention], rules: RelationRules) -> Iterator[Proposed]:
    """What the shape of a name says: who runs it, where it is, what it is about."""
    for outer, inner in _nestings(mentions):
        if outer.entity == inner.entity:
            continue
        opens = inner.source.start == outer.source.start
        rest = outer.surface[len(inner.surface) :]
        relation = rules.nested_relation(outer.type, inner.type, opens, rest)
        if relation:
            yield outer.entity, relation, inner.entity, outer.source, "pattern"


def _nestings(mentions: Sequence[Mention]) -> Iterator[tuple[Mention, Mention]]:
    """(outer, inner) of every nested pair; mentions come in the order of the text, outer first."""
    open_: list[Mention] = []
    for mention in mentions:
        start, document = mention.source.start, mention.source.document
        open_ = [m for m in open_ if m.source.document == document and m.source.end > start]
        for outer in open_:
            if outer.source.end >= mention.source.end and outer.surface != mention.surface:
                yield outer, mention
        open_.append(mention)


def topic_facts(mentions: Sequence[Mention], broader: Mapping[str, Sequence[str]]) -> Iterator[Proposed]:
    """A narrower topic's mentions are the evidence that its broader one is concerned."""
    for mention in mentions:
        if mention.type == "Topic":
            for name in broader.get(mention.name, ()):
                yield mention.entity, "broader", entity_id("Topic", name), mention.source, "inferred"


def same_units(mentions: Sequence[Mention], organizations: Collection[str]) -> Iterator[Proposed]:
    """A unit that answers for items, and the organisation of that name in the text of some plan."""
    for mention in mentions:
        if mention.type == "Section" and mention.name in organizations:
            organization = entity_id("Organization", mention.name)
            yield mention.entity, "same_as", organization, mention.source, "pattern"
