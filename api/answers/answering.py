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
from api.errors import BadRequest
from api.questions.content_words import ContentWords
from api.questions.grammar import QuestionGrammar
from api.questions.lexicon import Lexicon
from api.questions.query import Query
from api.search.searcher import Searcher
from api.workspace.snapshot import Snapshot
from kg.errors import NotFound

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
        """Answer a question, or the JSON of an earlier answer's query.

        Raises :class:`api.errors.BadRequest` for a query that cannot be run, :class:`kg.errors.NotFound` where it names
        what this build does not have.
        """
        if text.lstrip().startswith("{"):
            query = self._found(Query.from_json(text), document)
        else:
            query = self._completed(self.grammar.query(self.searcher.understand(text), document)).checked()
        return Answer(text, query, self._draft(query))

    def _draft(self, query: Query) -> Draft:
        if query.unknown_section:
            known = "、".join(sorted(set(self.searcher.questions.sections.values())))
            return no_answer(f"文件中没有名为“{query.unknown_section}”的科室；现有：{known or '无'}。")
        return ANSWERS[query.intent](query, self.context)

    def _completed(self, query: Query) -> Query:
        """What a question asks for, with what its intent needs, or of an intent that needs no more."""
        known = tuple(entity for entity in query.entities if entity in self.snapshot.network.place)
        query = replace(query, entities=known, delay=query.delay or None)
        if query.complete or query.unknown_section:
            return query
        if query.intent == "compare":
            # 哪个科室最忙 compares all there are; of one nothing can be compared.
            every = replace(query, sections=self.context.sections)
            return every if every.complete else replace(query, intent="responsible")
        return replace(query, intent="steps" if query.constrained else "search")

    def _found(self, query: Query, document: str | None) -> Query:
        """A query that was given, by the ids of this build; ``document`` narrows it.

        Raises :class:`kg.errors.NotFound`, and :class:`BadRequest` for a section that is not unknown any more.
        """
        if query.unknown_section in self._sections:
            raise BadRequest(
                f"“{query.unknown_section}”是现有的科室，请写在 sections 里，不要写在 unknown_section 里。"
            )
        for section in query.sections:
            if section not in self._sections:
                known = tuple(sorted(self._sections))
                raise NotFound(f"没有“{section}”这个科室，现有：{'、'.join(known) or '无'}。", known)
        own = query.document and self.snapshot.document(query.document).id
        return replace(query, document=document or own, entities=tuple(map(self._entity, query.entities)))

    def _entity(self, name: str) -> str:
        found = name if name in self.searcher.answerable.entities else self.snapshot.resolve(name).id
        if found not in self.snapshot.network.place:
            raise NotFound(f"现有文件没有提到“{name}”，可用 kg entities 查看现有名称。")
        return found

    @cached_property
    def _sections(self) -> frozenset[str]:
        return frozenset((*self.searcher.questions.sections.values(), *self.searcher.catalogue.unit_names))

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
        phrasing = Phrasing(len(self.snapshot.documents) > 1, config["named"], config["quoted"])
        return AnswerContext(self.snapshot, self.searcher, phrasing, config["phases"])
