"""Registered documents → everything they say, doing only what changed, one document at a time.

What is kept of all documents at once is small: the names that each spells, and the entities that they turned out to
be. Plans and mentions are read from the workspace's cache when something must be made of them, and let go::

    document ─plan→ Plan ─annotate→ AnnotatedPlan ─names→ Names ┐
                                    of all documents: names ─join→ Joins ─→ Spelled, entities
                                    AnnotatedPlan, Joins ─share→ DocumentShare
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from api.workspace.store import Registered
from embeddings.blobs import BlobCache
from kg.curation import Curation, Decision, KnownName
from kg.folding import fold
from kg.knowledge import Knowledge
from kg.model import AnnotatedPlan, DocumentShare, Entity, EntityType, Mention, Plan, Target
from kg.pipeline import (
    annotate,
    curated,
    join,
    organizations,
    plan_of,
    share_of,
    units_among,
    with_targets,
)
from kg.progress import Progress
from kg.recognition import Lexer, Recogniser, Vocabulary
from kg.resolution import Joins, NameCounts, Spelled, names_in
from kg.version import code_version

R = TypeVar("R")
Source = Callable[[Registered], bytes]
_LAYOUT = ("plan.toml",)
"""The knowledge that reading uses."""
_NAMES = ("plan.toml", "names.toml", "quantities.toml", "gazetteer.toml", "topics*.ttl")
"""The knowledge that annotating uses."""
_FACTS = (*_NAMES, "relations.toml")
"""The knowledge that joining and relating use."""
_AT_HAND = 16
"""Plans and mentions of so many documents stay in memory while a build is made."""


@dataclass(frozen=True, slots=True)
class Found:
    """What recognition found in a plan: mentions, and targets by the number of the item."""

    mentions: tuple[Mention, ...]
    targets: Mapping[int, tuple[Target, ...]]


@dataclass(frozen=True)
class Names:
    """The names that a document spells, as often as it does, and its surfaces before anything was decided on them."""

    counts: tuple[tuple[EntityType, str, int], ...]
    surfaces: tuple[str, ...]

    @cached_property
    def joining(self) -> NameCounts:
        return {(type_, name): times for type_, name, times in self.counts}


@dataclass(frozen=True)
class AssembledDocument:
    """One document of a build. ``key`` changes with all that its share is made from, ``plan_key`` with its plan."""

    id: str
    plan_key: bytes
    key: str
    plan: Callable[[], Plan]
    share: Callable[[], DocumentShare]


@dataclass(frozen=True)
class Assembled:
    """Everything that the documents say, and the names that are known without them."""

    documents: Sequence[AssembledDocument]
    entities: Sequence[Entity]
    vocabulary: Vocabulary


class _Compiled:
    """What is compiled of a knowledge once."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.layout, self.names, self.facts = (knowledge.digest(*k) for k in (_LAYOUT, _NAMES, _FACTS))
        self.vocabulary = Vocabulary.load(knowledge)
        self._lexer = Lexer.of(knowledge)
        self._recognisers: dict[tuple[KnownName, ...], Recogniser] = {}

    def recogniser(self, known: tuple[KnownName, ...]) -> Recogniser:
        """One that knows some added names too."""
        if known not in self._recognisers:
            self._recognisers[known] = Recogniser.of(
                self.knowledge, self._lexer, known=known, vocabulary=self.vocabulary
            )
        return self._recognisers[known]

    def forget(self) -> None:
        """Let go of what only the documents at hand needed."""
        self._lexer.forget()
        self._recognisers.clear()


class Assembly:
    """Puts the documents of a workspace together; for one thread at a time."""

    def __init__(self, cache: Path) -> None:
        self._plans = _Kept(BlobCache(cache, "plans"), TypeAdapter(Plan), _AT_HAND)
        self._folded = _Kept(BlobCache(cache, "folded"), TypeAdapter(str), _AT_HAND)
        self._found = _Kept(BlobCache(cache, "annotations"), TypeAdapter(Found), _AT_HAND)
        self._names = _Kept(BlobCache(cache, "names"), TypeAdapter(Names))
        self._spelled = _Kept(BlobCache(cache, "spelled"), TypeAdapter(Spelled))
        self._standing: dict[bytes, dict[str, bool]] = {}
        self._compiled: _Compiled | None = None

    def plan(self, document: Registered, data: Callable[[], bytes], knowledge: Knowledge) -> Plan:
        """A document read as a plan. Raises :class:`kg.errors.InputError`."""
        return self._plan(_plan_key(document, knowledge.digest(*_LAYOUT)), document, data, knowledge)

    def joined(
        self,
        documents: Sequence[Registered],
        source: Source,
        knowledge: Knowledge,
        curation: Curation,
        progress: Progress,
    ) -> Assembled:
        """All documents, with their bytes from ``source`` where they are needed, and all entities.

        Raises:
            InputError: a document is no plan, or a file of knowledge is not as it should be.
            OSError: the cache cannot be written.
        """
        compiled = self._compile(knowledge)
        drafts = []
        for done, document in enumerate(documents):
            progress("读取文件", done, len(documents))
            progress("识别名称", done, len(documents))
            drafts.append(_Draft(self, compiled, curation, document, partial(source, document)))
        progress("汇总名称和事实", 0, 1)
        joins = join([draft.names.joining for draft in drafts], compiled.vocabulary, knowledge, curation)
        spelled = [draft.spelled(joins) for draft in drafts]
        entities = joins.entities(spelled)
        known = organizations(entities)
        assembled = [
            draft.assembled(joins, units_among(mine, known))
            for draft, mine in zip(drafts, spelled, strict=True)
        ]
        compiled.forget()
        self._keep(drafts)
        return Assembled(assembled, entities, compiled.vocabulary)

    def _keep(self, drafts: Iterable[_Draft]) -> None:
        for kept in (self._plans, self._folded, self._found, self._names, self._spelled):
            kept.save()
        used = {key for draft in drafts for key in draft.keys}
        self._names.forget_all_but(used)
        self._spelled.forget_all_but(used)
        self._standing = {key: value for key, value in self._standing.items() if key in used}

    def _compile(self, knowledge: Knowledge) -> _Compiled:
        known = self._compiled
        if known is None or known.knowledge.digest() != knowledge.digest():
            known = self._compiled = _Compiled(knowledge)
        return known

    def _plan(
        self, key: bytes, document: Registered, data: Callable[[], bytes], knowledge: Knowledge
    ) -> Plan:
        def read() -> Plan:
            plan = plan_of(data(), document.name, document.id, document.digest, knowledge)
            # Names that are added later are looked for in it, without reading the plan again.
            self._folded.get(key, lambda: fold(plan.text))
            return plan

        return self._plans.get(key, read)

    def _added(
        self, names: Iterable[KnownName], plan_key: bytes, plan: Callable[[], Plan], vocabulary: Vocabulary
    ) -> tuple[KnownName, ...]:
        """Every spelling, as a name by itself, that was added and stands in a document.

        Names that are looked for anyway, and those that do not stand there, change nothing in how it is annotated.
        """
        standing = self._standing.setdefault(plan_key, {})
        spellings = set()
        for type_, name, surfaces in names:
            for spelling in (name, *surfaces):
                folded = fold(spelling)
                if folded not in standing:
                    text = self._folded.get(plan_key, lambda: fold(plan().text))
                    standing[folded] = folded in text
                if standing[folded] and not vocabulary.looks_for(type_, spelling):
                    spellings.add((type_, spelling))
        return tuple((type_, spelling, ()) for type_, spelling in sorted(spellings))


class _Draft:
    """One document on its way through the stages."""

    def __init__(
        self,
        assembly: Assembly,
        compiled: _Compiled,
        curation: Curation,
        document: Registered,
        data: Callable[[], bytes],
    ) -> None:
        self._assembly, self._compiled, self._curation = assembly, compiled, curation
        self._document, self._data = document, data
        self._plan_key = _plan_key(document, compiled.layout)
        self._added = assembly._added(curation.known, self._plan_key, self.plan, compiled.vocabulary)
        self._key = _key(self._plan_key.hex(), compiled.names, repr(self._added))
        found = assembly._names.get(self._key, lambda: _names(self._annotated(), Curation()))
        self._about: tuple[Decision, ...] = curation.about(found.surfaces)
        self._names_key = _key(self._key.hex(), repr(self._about)) if self._about else self._key
        self.names = assembly._names.get(
            self._names_key, lambda: _names(self._annotated(), Curation(self._about))
        )
        self.keys = [self._plan_key, self._key, self._names_key]

    def plan(self) -> Plan:
        """The document as a plan."""
        return self._assembly._plan(self._plan_key, self._document, self._data, self._compiled.knowledge)

    def _annotated(self) -> AnnotatedPlan:
        plan = self.plan()
        found = self._assembly._found.get(
            self._key, lambda: _found(annotate(plan, self._compiled.recogniser(self._added)))
        )
        return AnnotatedPlan(with_targets(plan, found.targets), found.mentions)

    def spelled(self, joins: Joins) -> Spelled:
        """Which entities the document mentions."""
        view = json.dumps(joins.view(self.names.joining), ensure_ascii=True, default=sorted)
        self._resolved_key = _key(self._names_key.hex(), self._compiled.facts, view)
        self.keys.append(self._resolved_key)
        return self._assembly._spelled.get(
            self._resolved_key, lambda: joins.resolved(self._mentions()).spelled
        )

    def _mentions(self) -> tuple[Mention, ...]:
        return curated(self._annotated(), Curation(self._about))

    def assembled(self, joins: Joins, units: frozenset[str]) -> AssembledDocument:
        """The document with the key of its share, which is made when it is asked for."""

        def share() -> DocumentShare:
            plan, mentions = self._annotated().plan, joins.resolved(self._mentions()).mentions
            return share_of(plan, mentions, units, self._compiled.vocabulary, self._compiled.knowledge)

        key = _key(self._resolved_key.hex(), *sorted(units)).hex()[:32]
        return AssembledDocument(self._document.id, self._plan_key, key, self.plan, share)


def _names(document: AnnotatedPlan, curation: Curation) -> Names:
    counts = names_in(curated(document, curation))
    surfaces = dict.fromkeys(mention.surface for mention in document.mentions)
    return Names(tuple((*key, times) for key, times in counts.items()), tuple(surfaces))


def _found(made: AnnotatedPlan) -> Found:
    return Found(made.mentions, {item.no: item.targets for item in made.plan.items if item.targets})


def _plan_key(document: Registered, layout: str) -> bytes:
    return _key(document.id, document.name, document.digest, layout)


def _key(*parts: str) -> bytes:
    return sha256(json.dumps([code_version(), *parts]).encode()).digest()


class _Kept(Generic[R]):
    """Records of a stage by key, as JSON in a file; ``most`` of them are held in memory, all where it is 0."""

    def __init__(self, stored: BlobCache, adapter: TypeAdapter[R], most: int = 0) -> None:
        self._stored = stored
        self._adapter = adapter
        self._most = most
        self._known: dict[bytes, R] = {}
        self._new: dict[bytes, bytes] = {}

    def get(self, key: bytes, make: Callable[[], R]) -> R:
        if key in self._known:
            # The last used is the last to go.
            record = self._known[key] = self._known.pop(key)
            return record
        stored = self._read(key)
        record = self._known[key] = self._made(key, make) if stored is None else stored
        if self._most and len(self._known) > self._most:
            del self._known[next(iter(self._known))]
        return record

    def _made(self, key: bytes, make: Callable[[], R]) -> R:
        record = make()
        self._new[key] = self._adapter.dump_json(record)
        if len(self._new) > _AT_HAND:
            self.save()
        return record

    def save(self) -> None:
        """Write what is new."""
        self._stored.put_many(self._new)
        self._new = {}

    def forget_all_but(self, used: set[bytes]) -> None:
        """Keep in memory only what is used."""
        self._known = {key: record for key, record in self._known.items() if key in used}

    def _read(self, key: bytes) -> R | None:
        stored = self._new if key in self._new else self._stored.get_many([key])
        if key not in stored:
            return None
        try:
            return self._adapter.validate_json(stored[key])
        except ValidationError:
            return None
