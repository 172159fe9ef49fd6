"""A question in Chinese or English, or a query given back earlier → an answer, without a language model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from api.answers import duties, effects, figures, listing, retrieval
from api.answers.answer import Answer, Draft, no_answer
from api.answers.context import AnswerContext
from api.answers.phrase import Phrasing
from api.answers.selection import occurs
from api.questions.content_words import ContentWords
from api.questions.grammar import QuestionGrammar
from api.questions.lexicon import Lexicon
from api.questions.query import Query
from api.search.searcher import Searcher
from api.workspace.snapshot import Snapshot

ANSWERS: Mapping[str, Callable[[Query, AnswerContext], Draft]] = {
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
    "search": retrieval.search,
}


@dataclass(frozen=True)
class Asker:
    """Answers over one build. The same question has the same answer as long as the build is the same."""

    snapshot: Snapshot
    searcher: Searcher
    lexicon: Lexicon

    def ask(self, text: str, document: str | None = None) -> Answer:
        """Raises :class:`api.errors.BadRequest` for a query that is none."""
        if text.lstrip().startswith("{"):
            query = Query.from_json(text)
        else:
            query = self.grammar.query(self.searcher.understand(text), document)
        query = self._known(query)
        return Answer(text, query, self._draft(query))

    def _draft(self, query: Query) -> Draft:
        if query.unknown_section:
            known = "、".join(sorted(set(self.searcher.questions.sections.values())))
            return no_answer(f"文件中没有名为“{query.unknown_section}”的科室；现有：{known or '无'}。")
        return ANSWERS[query.intent](query, self.context)

    def _known(self, query: Query) -> Query:
        """A query without entities that this build does not have."""
        known = tuple(entity for entity in query.entities if entity in self.snapshot.network.place)
        return query if known == query.entities else replace(query, entities=known)

    @cached_property
    def grammar(self) -> QuestionGrammar:
        content_words = ContentWords(
            self.searcher.signals.words,
            frozenset(self.lexicon.ask["filler"]),
            lambda words: occurs(words, self.searcher),
        )
        return QuestionGrammar.of(self.lexicon, content_words, self.searcher.answerable.entities)

    @cached_property
    def context(self) -> AnswerContext:
        config = self.lexicon.ask
        phrasing = Phrasing(len(self.snapshot.plans) > 1, config["named"], config["quoted"])
        return AnswerContext(self.snapshot, self.searcher, phrasing, config["phases"])
