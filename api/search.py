"""Search: several voices score every passage, constraints filter, one sum ranks.

Voices: ``dense`` (the meaning of a step alone and in its context), ``lexical`` (BM25 over words,
names and bigrams) and ``graph`` (the passage mentions an entity of the question, or something that
belongs to it). Each is in [0, 1]; the weights are data, in ``question.toml``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from api.answerable import Answerable
from api.build import Indexes
from api.filters import Filters, Places, item_fits, step_fits
from api.understanding import Questions, Understood, question_words
from api.views import ENTITY, ITEM, STEP, STEP_IN_CONTEXT, item_ref, step_ref
from api.words import Words, simplified
from embeddings.encoder import Encoder
from kg.model import Item, Mention, Plan, Span, Step

Level = Literal["step", "item", "entity"]
Scores = npt.NDArray[np.float32]
_BELONGING = 0.7
"""How much a mention of what belongs to an entity counts against one of the entity itself."""
_CARRIED = 0.5
"""How much of an item's graph score its steps carry when they do not speak of the entity."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One passage that answers; ``highlights`` are offsets into ``text``."""

    key: str
    level: Level
    document: str
    item: int | None
    text: str
    score: float
    parts: Mapping[str, float]
    highlights: tuple[tuple[int, int], ...]
    source: Span


@dataclass(frozen=True)
class SearchAnswer:
    """``hits`` are empty and ``answered`` is false where the documents hold no answer."""

    query: str
    understood: Understood
    answered: bool
    hits: tuple[Hit, ...]
    note: str = ""


@dataclass(frozen=True)
class Searcher:
    """Search over one build."""

    plans: Sequence[Plan]
    indexes: Indexes
    encoder: Encoder
    words: Words
    questions: Questions
    mentions: Mapping[str, Sequence[Mention]]
    belonging: Callable[[str], Iterable[str]]
    entity_names: Mapping[str, str]
    places: Places
    answerable: Answerable
    weights: Mapping[str, float] = field(default_factory=lambda: question_words()["weights"])

    def search(
        self, text: str, level: Level, top: int, filters: Filters, plain: bool = False
    ) -> SearchAnswer:
        """Rank the passages of a level; see :class:`SearchAnswer`.

        ``plain`` takes the question as mere words.
        """
        understood = self.questions.plain(text) if plain else self.questions.understand(text)
        if filters.section is not None:
            known = self.questions.sections.get(simplified(filters.section), filters.section)
            filters = replace(filters, section=known)
        note = self._refusal(understood)
        if note:
            return SearchAnswer(text, understood, False, (), note)
        voices = self._voices(understood)
        if not self.answerable.answers(understood, voices.dense, voices.words):
            return SearchAnswer(text, understood, False, (), "文件中没有与这个问题相符的内容。")
        if level == "entity":
            hits = self._entity_hits(understood, voices, filters, top)
        else:
            hits = self._plan_hits(understood, voices, filters, level, top)
        note = "" if hits else "没有同时满足这些条件的内容。"
        return SearchAnswer(text, understood, bool(hits), tuple(hits), note)

    def _refusal(self, understood: Understood) -> str:
        if understood.unknown_section:
            known = "、".join(sorted(set(self.questions.sections.values())))
            return f"文件中没有名为“{understood.unknown_section}”的科室；现有：{known}。"
        return ""

    def _voices(self, understood: Understood) -> _Voices:
        # One question with its words of plans is encoded once: the time of two would show.
        query = self.encoder.encode_queries([" ".join((understood.question, *understood.expanded))])[0]
        dense = {name: index.scores(query) for name, index in self.indexes.dense.items()}
        tokens = self.words.tokens(" ".join((understood.text, *understood.expanded)))
        lexical = {name: index.scores(tokens) for name, index in self.indexes.lexical.items()}
        return _Voices(dense, lexical, self._graph(understood), tuple(self.words.words(understood.text)))

    def _graph(self, understood: Understood) -> Mapping[str, float]:
        """Scores by step and item reference for the entities of the question."""
        scores: dict[str, float] = {}
        share = 1 / max(1, len(understood.entities))
        for entity in understood.entities:
            near = {entity: 1.0} | {e: _BELONGING for e in self.belonging(entity) if e != entity}
            best: dict[str, float] = {}
            for other, weight in near.items():
                for mention in self.mentions.get(other, ()):
                    for ref in _refs(mention):
                        best[ref] = max(best.get(ref, 0.0), weight)
            for ref, weight in best.items():
                scores[ref] = scores.get(ref, 0.0) + share * weight
        return scores

    def _plan_hits(
        self, understood: Understood, voices: _Voices, filters: Filters, level: Level, top: int
    ) -> list[Hit]:
        steps = self._ranked_steps(understood, voices, filters)
        if level == "step":
            return [
                self._step_hit(item, step, score, parts, voices) for score, parts, item, step in steps[:top]
            ]
        items = self._ranked_items(understood, voices, filters, steps)
        return [self._item_hit(item, score, parts, voices) for score, parts, item in items[:top]]

    def _ranked_steps(self, understood: Understood, voices: _Voices, filters: Filters) -> list[_RankedStep]:
        dense = _scaled(np.maximum(voices.dense[STEP] * 0.99, voices.dense[STEP_IN_CONTEXT]))
        lexical = _scaled(voices.lexical[STEP] + voices.lexical[STEP_IN_CONTEXT])
        ranked: list[_RankedStep] = []
        place = 0
        for plan in self.plans:
            for item in plan.items:
                fits = item_fits(item, understood, filters)
                for step in item.steps:
                    if fits and step_fits(step, understood, filters):
                        graph = max(
                            voices.graph.get(step_ref(item.document, step.key), 0.0),
                            _CARRIED * voices.graph.get(item_ref(item.document, item.no), 0.0),
                        )
                        parts = {
                            "dense": float(dense[place]),
                            "lexical": float(lexical[place]),
                            "graph": graph,
                        }
                        ranked.append((self._sum(parts), parts, item, step))
                    place += 1
        return sorted(ranked, key=lambda r: -r[0])

    def _ranked_items(
        self, understood: Understood, voices: _Voices, filters: Filters, steps: Sequence[_RankedStep]
    ) -> list[tuple[float, dict[str, float], Item]]:
        dense = _scaled(voices.dense[ITEM])
        lexical = _scaled(voices.lexical[ITEM])
        best: dict[tuple[str, int], float] = {}
        for score, _, item, _ in steps:
            key = (item.document, item.no)
            best[key] = max(best.get(key, 0.0), score)
        ranked = []
        place = 0
        for plan in self.plans:
            for item in plan.items:
                key = (item.document, item.no)
                # Months constrain steps: an item without a step that fits does not fit either.
                dated = not (understood.months or filters.month) or key in best
                if item_fits(item, understood, filters) and dated:
                    graph = voices.graph.get(item_ref(*key), 0.0)
                    parts = {"dense": float(dense[place]), "lexical": float(lexical[place]), "graph": graph}
                    score = 0.5 * self._sum(parts) + 0.5 * best.get(key, self._sum(parts))
                    ranked.append((score, parts, item))
                place += 1
        return sorted(ranked, key=lambda r: -r[0])

    def _entity_hits(self, understood: Understood, voices: _Voices, filters: Filters, top: int) -> list[Hit]:
        dense, lexical = _scaled(voices.dense[ENTITY]), _scaled(voices.lexical[ENTITY])
        hits = []
        near = dict.fromkeys(understood.entities, 1.0)
        for entity in understood.entities:
            near |= {e: _BELONGING for e in self.belonging(entity) if e not in near}
        for place, entity in enumerate(self.indexes.dense[ENTITY].ids):
            mentions = [m for m in self.mentions.get(entity, ()) if self.places.fits(m, filters)]
            if not mentions:
                continue
            parts = {
                "dense": float(dense[place]),
                "lexical": float(lexical[place]),
                "graph": near.get(entity, 0.0),
            }
            first = mentions[0]
            name = self.entity_names[entity]
            hits.append(
                Hit(
                    entity,
                    "entity",
                    first.source.document,
                    first.item,
                    name,
                    self._sum(parts),
                    parts,
                    (),
                    first.source,
                )
            )
        return sorted(hits, key=lambda h: -h.score)[:top]

    def _sum(self, parts: Mapping[str, float]) -> float:
        total = sum(self.weights.values())
        return float(min(1.0, sum(self.weights[name] * value for name, value in parts.items()) / total))

    def _step_hit(
        self, item: Item, step: Step, score: float, parts: dict[str, float], voices: _Voices
    ) -> Hit:
        marks = self._highlights(step.text, voices)
        return Hit(step.key, "step", item.document, item.no, step.text, score, parts, marks, step.source)

    def _item_hit(self, item: Item, score: float, parts: dict[str, float], voices: _Voices) -> Hit:
        marks = self._highlights(item.content, voices)
        return Hit(
            str(item.no),
            "item",
            item.document,
            item.no,
            item.content,
            score,
            parts,
            marks,
            item.content_source,
        )

    def _highlights(self, text: str, voices: _Voices) -> tuple[tuple[int, int], ...]:
        folded = simplified(text)
        spans = {
            (at, at + len(word))
            for word in voices.words
            if len(word) > 1
            for at in _occurrences(folded, word)
        }
        return tuple(_joined(sorted(spans)))


_RankedStep = tuple[float, dict[str, float], Item, Step]


@dataclass(frozen=True)
class _Voices:
    dense: Mapping[str, Scores]
    lexical: Mapping[str, Scores]
    graph: Mapping[str, float]
    words: tuple[str, ...]


def _refs(mention: Mention) -> Iterable[str]:
    if mention.item is not None:
        yield item_ref(mention.source.document, mention.item)
    if mention.step:
        yield step_ref(mention.source.document, mention.step)


def _scaled(scores: Scores) -> Scores:
    """Scores of one query spread over [0, 1]; where they do not differ, 1 for any that is not 0."""
    if not len(scores):
        return scores
    low, high = float(scores.min()), float(scores.max())
    return (scores - low) / (high - low) if high > low else (scores > 0).astype(np.float32)


def _occurrences(text: str, word: str) -> Iterable[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
