"""Registered documents → everything they say, doing only what changed.

A document is read once per content and layout knowledge, and annotated once per knowledge of names and per added
names that stand in its text: both are kept in the workspace's cache, and in memory by a service that goes on. Joining
looks at all documents and is cheap (:class:`kg.pipeline.Corpus`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from api.workspace.store import Registered
from embeddings.blobs import BlobCache
from kg.curation import Curation, KnownName
from kg.knowledge import Knowledge
from kg.memo import Memo
from kg.model import Entity, Mention, Plan, Target
from kg.pipeline import (
    AnnotatedPlan,
    Corpus,
    DocumentShare,
    Progress,
    annotate,
    code_version,
    plan_of,
    with_targets,
)
from kg.recognition import Lexer, Recogniser, Vocabulary
from kg.recognition.vocabulary import fold

R = TypeVar("R")
_LAYOUT = ("plan.toml",)
"""The knowledge that reading uses."""
_NAMES = ("plan.toml", "names.toml", "quantities.toml", "gazetteer.toml", "topics*.ttl")
"""The knowledge that annotating uses."""


@dataclass(frozen=True)
class Found:
    """What recognition found in a plan: mentions, and targets by the number of the item."""

    mentions: tuple[Mention, ...]
    targets: Mapping[int, tuple[Target, ...]]


@dataclass(frozen=True)
class Assembled:
    """Everything that the documents say, and the names that are known without them."""

    documents: Sequence[DocumentShare]
    entities: Sequence[Entity]
    vocabulary: Vocabulary


class _Compiled:
    """What is compiled of a knowledge once, and what is kept of the documents that it was used on."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.layout, self.names = knowledge.digest(*_LAYOUT), knowledge.digest(*_NAMES)
        self.vocabulary = Vocabulary.load(knowledge)
        self.corpus = Corpus(self.vocabulary, knowledge)
        self._lexer = Lexer.of(knowledge)
        self._recognisers: dict[tuple[KnownName, ...], Recogniser] = {}

    def added(self, names: Iterable[KnownName], folded: str) -> tuple[KnownName, ...]:
        """Every spelling, as a name by itself, that was added and stands in a folded text.

        Names that are looked for anyway, and those that do not stand there, change nothing in how it is annotated.
        """
        spellings = {
            (type_, spelling)
            for type_, name, surfaces in names
            for spelling in (name, *surfaces)
            if fold(spelling) in folded and not self.vocabulary.looks_for(type_, spelling)
        }
        return tuple((type_, spelling, ()) for type_, spelling in sorted(spellings))

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
    """What was made of documents, kept between builds; for one thread at a time."""

    def __init__(self, cache: Path) -> None:
        self._plans = _Kept(BlobCache(cache, "plans"), TypeAdapter(Plan))
        self._found = _Kept(BlobCache(cache, "annotations"), TypeAdapter(Found))
        self._annotated: dict[bytes, AnnotatedPlan] = {}
        self._compiled: _Compiled | None = None
        self._memo = Memo()

    def plan(self, document: Registered, data: bytes, knowledge: Knowledge) -> Plan:
        """A document read as a plan. Raises :class:`kg.errors.InputError`."""
        return self._plans.get(
            _plan_key(document, knowledge.digest(*_LAYOUT)),
            lambda: plan_of(data, document.name, document.id, document.digest, knowledge),
        )

    def joined(
        self,
        documents: Sequence[tuple[Registered, bytes]],
        knowledge: Knowledge,
        curation: Curation,
        progress: Progress,
    ) -> Assembled:
        """The share of every document, with its bytes given, and all entities.

        Raises:
            InputError: a document is no plan, or a file of knowledge is not as it should be.
            OSError: the cache cannot be written.
        """
        compiled = self._compile(knowledge)
        annotated: dict[bytes, AnnotatedPlan] = {}
        for done, (document, data) in enumerate(documents):
            progress("读取文件", done, len(documents))
            plan = self.plan(document, data, compiled.knowledge)
            progress("识别名称", done, len(documents))
            key, made = self._annotate(document, plan, compiled, curation)
            annotated[key] = made
        compiled.forget()
        progress("汇总名称和事实", 0, 1)
        vocabulary = compiled.vocabulary.with_names(curation.known)
        shares, entities = compiled.corpus.join(list(annotated.values()), curation, vocabulary)
        self._annotated = annotated
        self._memo.forget_all_but({document.id for document, _ in documents})
        self._plans.save(_plan_key(document, compiled.layout) for document, _ in documents)
        self._found.save(annotated)
        return Assembled(shares, entities, compiled.vocabulary)

    def _compile(self, knowledge: Knowledge) -> _Compiled:
        known = self._compiled
        if known is None or known.knowledge.digest() != knowledge.digest():
            known = self._compiled = _Compiled(knowledge)
        return known

    def _annotate(
        self, document: Registered, plan: Plan, compiled: _Compiled, curation: Curation
    ) -> tuple[bytes, AnnotatedPlan]:
        folded = self._memo.keep("folded", plan.document.id, (plan.text,), lambda: fold(plan.text))
        known = compiled.added(curation.known, folded)
        key = _key(_plan_key(document, compiled.layout).hex(), compiled.names, repr(known))
        made = self._annotated.get(key)
        if made is None:
            found = self._found.get(key, lambda: _found(annotate(plan, compiled.recogniser(known))))
            made = AnnotatedPlan(with_targets(plan, found.targets), found.mentions)
        return key, made


def _found(made: AnnotatedPlan) -> Found:
    return Found(made.mentions, {item.no: item.targets for item in made.plan.items if item.targets})


def _plan_key(document: Registered, layout: str) -> bytes:
    return _key(document.id, document.name, document.digest, layout)


def _key(*parts: str) -> bytes:
    return sha256(json.dumps([code_version(), *parts]).encode()).digest()


class _Kept(Generic[R]):
    """Records of a stage by key: in memory while they are used, and as JSON in a file."""

    def __init__(self, stored: BlobCache, adapter: TypeAdapter[R]) -> None:
        self._stored = stored
        self._adapter = adapter
        self._known: dict[bytes, R] = {}
        self._new: set[bytes] = set()

    def get(self, key: bytes, make: Callable[[], R]) -> R:
        if key not in self._known:
            self._known[key] = self._read(key) or self._made(key, make)
        return self._known[key]

    def save(self, used: Iterable[bytes]) -> None:
        """Write what is new, and keep in memory only what is used."""
        kept = set(used)
        new = {key: self._adapter.dump_json(self._known[key]) for key in self._new & kept}
        self._stored.put_many(new)
        self._known = {key: record for key, record in self._known.items() if key in kept}
        self._new = set()

    def _read(self, key: bytes) -> R | None:
        for data in self._stored.get_many([key]).values():
            try:
                return self._adapter.validate_json(data)
            except ValidationError:
                return None
        return None

    def _made(self, key: bytes, make: Callable[[], R]) -> R:
        self._new.add(key)
        return make()
