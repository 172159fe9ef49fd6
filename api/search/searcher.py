"""Search: understand the question, weigh the signals, keep what fits, rank it, say how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

import numpy as np

from api.indexing.folding import simplified
from api.questions.understanding import Understanding, Understood
from api.search.answerable import Answerable
from api.search.catalogue import POSSIBLE, Catalogue
from api.search.certainty import Membership, Memberships, memberships, name_of
from api.search.filters import Filters, Fitting, fitting
from api.search.ranking import ordered, total, with_best_step
from api.search.results import Hit, Level, SearchAnswer, highlights
from api.search.signals import EncodedQuestion, Parts, Scores, Signals
from kg.analysis.adjacency import Codes, Places
from kg.model import Entity, Mention

DEFAULT_TOP = 10
_NEAREST = 3
_BESIDE_SURE, _ALONE = 0.8, 0.6
"""An item that only its meaning puts into a set must score so much of the best, beside sure ones and alone."""


@dataclass(frozen=True)
class Searcher:
    """Search over one build."""

    signals: Signals
    questions: Understanding
    entities: Mapping[str, Entity]
    answerable: Answerable
    weights: Mapping[str, float]
    """By signal, as in ``question.toml``."""
    mention: Callable[[int], Mention]
    """Reads a mention, numbered through all documents."""
    entity_places: Places
    """The places of all entities among the nodes, in the order of their index."""

    def search(
        self, text: str, level: Level, top: int | None, filters: Filters, plain: bool = False
    ) -> SearchAnswer:
        """The best ``top`` passages of a level; see :class:`SearchAnswer`.

        With ``top`` left to us it is ten, and a question for a whole set gets all that surely belong to it, with
        those items beside them that come near.
        ``plain`` takes the question as mere words.
        """
        understood = self.questions.plain(text) if plain else self.understand(text)
        return self.answer(understood, text, level, top, filters)

    def expected(self, text: str, plain: bool) -> str:
        """What will be encoded of a question, as a rule, told before it is understood."""
        return self.questions.plain(text).asked if plain else self.questions.expected(text)

    def answer(
        self, understood: Understood, text: str, level: Level, top: int | None, filters: Filters
    ) -> SearchAnswer:
        """The same for a question that is understood already, in one way or another."""
        if filters.section is not None:
            known = self.questions.sections.get(simplified(filters.section), filters.section)
            filters = replace(filters, section=known)
        if understood.unknown_section:
            return SearchAnswer(text, understood, False, (), self._no_such_section(understood))
        question = self.signals.encode(understood)
        fits = fitting(self.catalogue, understood, filters)
        sure = self._memberships(understood)
        if not fits.items.any() or self._named_elsewhere(understood, fits, sure):
            return self._nothing_fits(text, question, level)
        # What needs no vector comes first: the question may still be encoded.
        self.signals.lexical(question)
        if not self.answerable.answers(understood, partial(self.signals.closest, question, fits)):
            return SearchAnswer(text, understood, False, (), "文件中没有与这个问题相符的内容。")
        return self._ranked(text, question, level, top, fits, sure)

    @staticmethod
    def _named_elsewhere(understood: Understood, fits: Fitting, sure: Memberships) -> bool:
        """Whether the entities asked for are spoken of, but nowhere that its constraints leave."""
        if not understood.entities or not understood.constrains:
            return False
        return bool((sure.items < POSSIBLE).any() and not (sure.items[fits.items] < POSSIBLE).any())

    def _memberships(self, understood: Understood) -> Memberships:
        return memberships(self.catalogue, self.signals.indexes.lexical, self.signals.words, understood)

    def signs(self, text: str, filters: Filters) -> dict[str, float] | None:
        """What tells whether a question has an answer; ``None`` where that is known without them."""
        understood = self.understand(text)
        fits = fitting(self.catalogue, understood, filters)
        if understood.unknown_section or not fits.items.any():
            return None
        closest = partial(self.signals.closest, self.signals.encode(understood), fits)
        return self.answerable.signs(understood, closest)

    def understand(self, text: str) -> Understood:
        """What a question asks for of these documents."""
        understood = self.questions.understand(text)
        if understood.months and not self.catalogue.months.any():
            # Nothing here is dated, so a month is a word like another.
            understood = replace(understood, months=(), text=understood.question)
        only_constraints = understood.constrains and not self.signals.words.cut(understood.text)
        return replace(understood, whole_set=understood.whole_set or only_constraints)

    @property
    def catalogue(self) -> Catalogue:
        return self.signals.catalogue

    def _no_such_section(self, understood: Understood) -> str:
        known = "、".join(sorted(set(self.questions.sections.values())))
        return f"文件中没有名为“{understood.unknown_section}”的科室；现有：{known}。"

    def _nothing_fits(self, text: str, question: EncodedQuestion, level: Level) -> SearchAnswer:
        """The answer where constraints leave nothing: that it is so, and what comes near without them."""
        free = fitting(self.catalogue, Understood(""), Filters())
        near: tuple[Hit, ...] = ()
        if free.items.any() and self.answerable.answers(
            question.understood, partial(self.signals.closest, question, free)
        ):
            sure = self._memberships(question.understood)
            near = self._ranked(text, question, level, _NEAREST, free, sure).hits
        note = "没有同时满足这些条件的内容" + ("，下面是不计这些条件时最接近的。" if near else "。")
        return SearchAnswer(text, question.understood, False, (), note, near)

    def _ranked(
        self,
        text: str,
        question: EncodedQuestion,
        level: Level,
        top: int | None,
        fits: Fitting,
        sure: Memberships,
    ) -> SearchAnswer:
        understood = question.understood
        if level == "entity":
            hits = self._entity_hits(question, fits, top or DEFAULT_TOP)
            note = "" if hits else "没有同时满足这些条件的内容。"
            return SearchAnswer(text, understood, bool(hits), tuple(hits), note)
        parts = self.signals.steps(question, fits)
        scores = total(parts, self.weights)
        codes, mask = sure.steps, fits.steps
        if level == "item":
            own = self.signals.items(question, fits)
            scores = with_best_step(total(own, self.weights), scores, self.catalogue.item_of, fits.steps)
            parts, codes, mask = own, sure.items, fits.items
        whole = top is None and understood.whole_set
        places = ordered(scores, mask, top or DEFAULT_TOP, (codes < POSSIBLE) & whole)
        if whole:
            places = self._belonging(places, scores, codes, level)
        terms = frozenset(self._query_terms(question))
        hits = [self._hit(level, int(place), scores, parts, codes, terms) for place in places]
        note = "" if hits else "相符的事项没有分月的步骤，请按事项查找（--level item）。"
        return SearchAnswer(text, understood, bool(hits), tuple(hits), note, found=_counted(codes[mask]))

    @staticmethod
    def _belonging(places: Places, scores: Scores, codes: Codes, level: Level) -> Places:
        """Of the places of a whole set, best first, all that surely belong to it and beside them what comes near."""
        sure = codes[places] < POSSIBLE
        near = np.arange(len(places)) < DEFAULT_TOP
        if level == "item":
            share = _BESIDE_SURE if sure.any() else _ALONE
            near &= scores[places] >= share * scores[places].max(initial=0.0)
        return places[sure | near]

    def _hit(
        self, level: Level, place: int, scores: Scores, parts: Parts, codes: Codes, terms: Iterable[str]
    ) -> Hit:
        step = self.catalogue.steps[place] if level == "step" else None
        item = self.catalogue.items[self.catalogue.item_of[place] if step else place]
        text = step.text if step else item.content
        return Hit(
            step.key if step else str(item.no),
            level,
            item.document,
            item.no,
            text,
            float(scores[place]),
            {name: float(values[place]) for name, values in parts.items()},
            highlights(text, terms),
            step.source if step else item.content_source,
            name_of(int(codes[place])),
        )

    def _query_terms(self, question: EncodedQuestion) -> Iterable[str]:
        """The words of the question and the names of its entities."""
        named = (self.entities[entity] for entity in question.understood.entities if entity in self.entities)
        return chain(question.words, (simplified(n) for e in named for n in (e.name, *e.aliases)))

    def _entity_hits(self, question: EncodedQuestion, fits: Fitting, top: int) -> list[Hit]:
        """The best entities of the kinds asked for that are mentioned where it fits."""
        parts = self.signals.entities(question)
        scores = total(parts, self.weights)
        hits: list[Hit] = []
        for place in self._of_kinds(
            question.understood.kinds, np.argsort(-scores, kind="stable").astype(np.int32)
        ):
            hit = self._entity_hit(place, scores, parts, question, fits)
            hits += [hit] if hit else []
            if len(hits) == top:
                break
        return hits

    def _of_kinds(self, kinds: Sequence[str], places: Places) -> list[int]:
        """Which of some entities are of some kinds; all of them where there are none of these."""
        network = self.catalogue.network
        wanted = network.are(self.entity_places[places], kinds)
        kept: list[int] = (places[wanted] if wanted.any() else places).tolist()
        return kept

    def _entity_hit(
        self, place: int, scores: Scores, parts: Parts, question: EncodedQuestion, fits: Fitting
    ) -> Hit | None:
        network, node = self.catalogue.network, int(self.entity_places[place])
        number = fits.first_of(network.mentions_of(node), network)
        if number is None:
            return None
        entity, name, first = network.ids[node], network.name(node), self.mention(number)
        sure: Membership = "stated" if entity in question.understood.entities else "possible"
        return Hit(
            entity,
            "entity",
            first.source.document,
            first.item,
            name,
            float(scores[place]),
            {part: float(values[place]) for part, values in parts.items()},
            highlights(name, question.words),
            first.source,
            sure,
        )


def _counted(codes: Codes) -> Mapping[Membership, int]:
    """How many there are of each certainty, of those that there are."""
    counts: list[int] = np.bincount(codes).tolist()
    return {name_of(code): count for code, count in enumerate(counts) if count}
