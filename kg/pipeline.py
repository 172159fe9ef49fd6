"""The whole way on one page: file → plan → mentions → entities → facts.

Each stage is a function from records to records, in a module of its own; here they only meet. What is made of one
document by itself (:class:`AnnotatedPlan`) depends on no other document. Joining looks at all of them, but what it makes
of one (:class:`DocumentShare`) stays the same as long as the names that it shares with others stay joined as they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.curation import Curation
from kg.folding import fold
from kg.knowledge import Knowledge
from kg.model import AnnotatedPlan, DocumentShare, Entity, Fact, Mention, Plan, Target, parse_id
from kg.plan import read_plan
from kg.progress import Progress
from kg.reading import read_source
from kg.recognition import ANNOTATORS, Recogniser
from kg.recognition.vocabulary import Vocabulary
from kg.relations import merged, relate
from kg.resolution import Joins, NameCounts, Spelled, join_names, names_in


@dataclass(frozen=True)
class Extraction:
    """Everything that the documents say."""

    plans: tuple[Plan, ...]
    mentions: tuple[Mention, ...]
    entities: tuple[Entity, ...]
    facts: tuple[Fact, ...]

    @staticmethod
    def of(documents: Sequence[DocumentShare], entities: Iterable[Entity]) -> Extraction:
        """The shares of all documents put together; facts that several documents show become one."""
        return Extraction(
            tuple(document.plan for document in documents),
            tuple(mention for document in documents for mention in document.mentions),
            tuple(entities),
            tuple(merged(document.facts for document in documents)),
        )


def plan_of(data: bytes, name: str, document: str, digest: str, knowledge: Knowledge) -> Plan:
    """Read one file as a plan. Raises :class:`kg.errors.InputError`."""
    return read_plan(read_source(data, name), document, digest, knowledge)


def annotate(plan: Plan, recogniser: Recogniser) -> AnnotatedPlan:
    """Find the names and the targets of one plan."""
    mentions, measured = recogniser.recognise(plan)
    return AnnotatedPlan(measured, tuple(mentions))


def with_targets(plan: Plan, targets: Mapping[int, tuple[Target, ...]]) -> Plan:
    """A plan with the targets of its items, by number."""
    return replace(plan, items=tuple(replace(i, targets=targets.get(i.no, ())) for i in plan.items))


def curated(document: AnnotatedPlan, curation: Curation) -> tuple[Mention, ...]:
    """The mentions of a plan without those that were rejected, and with the types that were decided."""
    decisions = curation.about({mention.surface for mention in document.mentions})
    if not decisions:
        return document.mentions
    return tuple(Curation(decisions).curated(document.mentions, [document.plan]))


def join(
    names: Iterable[NameCounts], vocabulary: Vocabulary, knowledge: Knowledge, curation: Curation
) -> Joins:
    """Which names of all documents are one; the only step that looks at all of them together."""
    canonical = vocabulary.with_names(curation.known).canonical
    return join_names(names, lambda type_, name: canonical.get((type_, fold(name))), knowledge, curation)


def organizations(entities: Iterable[Entity]) -> frozenset[str]:
    """The names of the organisations that plans speak of."""
    return frozenset(entity.name for entity in entities if entity.type == "Organization")


def units_among(spelled: Spelled, known: frozenset[str]) -> frozenset[str]:
    """The sections of a document that are known organisations too."""
    nodes = map(parse_id, spelled.entities)
    return frozenset(node.name for node in nodes if node.kind == "section" and node.name in known)


def share_of(
    plan: Plan,
    mentions: tuple[Mention, ...],
    units: frozenset[str],
    vocabulary: Vocabulary,
    knowledge: Knowledge,
) -> DocumentShare:
    """A document as a part of the whole: its facts, from its resolved mentions."""
    facts = relate([plan], mentions, broader_topics(vocabulary), knowledge, units)
    return DocumentShare(plan, mentions, tuple(facts))


def extract(
    plans: Sequence[Plan],
    knowledge: Knowledge,
    progress: Progress | None = None,
    annotators: Iterable[str] = ANNOTATORS,
    curation: Curation | None = None,
) -> Extraction:
    """Annotate, join and relate some plans; all of them together, so that names join across them."""
    return Extraction.of(*shares(plans, knowledge, progress, annotators, curation))


def shares(
    plans: Sequence[Plan],
    knowledge: Knowledge,
    progress: Progress | None = None,
    annotators: Iterable[str] = ANNOTATORS,
    curation: Curation | None = None,
) -> tuple[list[DocumentShare], list[Entity]]:
    """The same document by document: the share of each, in their order, and the entities of all."""
    decided = curation or Curation()
    recogniser = Recogniser.of(knowledge, annotators=annotators, known=decided.known)
    documents: list[tuple[Plan, tuple[Mention, ...]]] = []
    for done, plan in enumerate(plans):
        if progress:
            progress("识别名称", done, len(plans))
        document = annotate(plan, recogniser)
        documents.append((document.plan, curated(document, decided)))
    vocabulary = recogniser.vocabulary
    joins = join([names_in(mentions) for _, mentions in documents], vocabulary, knowledge, decided)
    resolved = [joins.resolved(mentions) for _, mentions in documents]
    entities = joins.entities(found.spelled for found in resolved)
    known = organizations(entities)
    return [
        share_of(plan, found.mentions, units_among(found.spelled, known), vocabulary, knowledge)
        for (plan, _), found in zip(documents, resolved, strict=True)
    ], entities


def broader_topics(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """The names of the directly broader topics, by topic name."""
    return {c.name: c.broader for c in vocabulary.concepts if c.type == "Topic" and c.broader}
