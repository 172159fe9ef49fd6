"""A question in Chinese or English, or a query given back earlier → an answer, without a language model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from api.ask import duties, effects, figures, finding, listing
from api.ask.answer import Answer, Draft, nothing
from api.ask.frame import Frame
from api.ask.grammar import Grammar, spoken
from api.ask.query import Query
from api.ask.selection import written
from api.ask.telling import Telling
from api.ask.wording import Wording
from api.search.searcher import Searcher
from api.snapshot import Snapshot

ANSWERS: Mapping[str, Callable[[Query, Frame], Draft]] = {
    "compare": duties.compare,
    "impact": effects.affected,
    "lacking": duties.lacking,
    "hotline": duties.hotline,
    "responsible": duties.responsible,
    "when": figures.when_is,
    "entities": listing.entities,
    "targets": figures.targets,
    "trace": listing.traced,
    "items": listing.items,
    "steps": listing.steps,
    "search": finding.search,
}


@dataclass(frozen=True)
class Asker:
    """Answers over one build. The same question has the same answer as long as the build is the same."""

    snapshot: Snapshot
    searcher: Searcher

    def ask(self, text: str, document: str | None = None) -> Answer:
        """Raises :class:`api.failures.BadRequest` for a query that is none."""
        if text.lstrip().startswith("{"):
            query = Query.from_json(text)
        else:
            query = self.grammar.query(self.searcher.understand(text), document)
        query = self._known(query)
        return Answer(text, query, self._draft(query))

    def _draft(self, query: Query) -> Draft:
        if query.unknown_section:
            known = "、".join(sorted(set(self.searcher.questions.sections.values())))
            return nothing(f"文件中没有名为“{query.unknown_section}”的科室；现有：{known or '无'}。")
        return ANSWERS[query.intent](query, self.frame)

    def _known(self, query: Query) -> Query:
        """A query without entities that this build does not have."""
        known = tuple(entity for entity in query.entities if entity in self.snapshot.network.place)
        return query if known == query.entities else replace(query, entities=known)

    @cached_property
    def grammar(self) -> Grammar:
        told, words = spoken(), self.searcher.voices.words
        telling = Telling(words, frozenset(told["filler"]), lambda found: written(found, self.searcher))
        return Grammar.of(told, telling, self.searcher.answerable.entities)

    @cached_property
    def frame(self) -> Frame:
        told = spoken()
        wording = Wording(len(self.snapshot.plans) > 1, told["named"], told["quoted"])
        return Frame(self.snapshot, self.searcher, wording)
