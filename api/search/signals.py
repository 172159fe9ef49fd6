"""Several signals say how well every step, item and entity answers a question; each from 0 to 1.

``dense``: the meaning, of a step by itself and in its context. ``lexical``: BM25 over words and names,
with bigrams behind them, of a step and of the whole item around it. ``graph``: it speaks of an entity of
the question, or of something that belongs to one. ``kind``: it speaks of a thing of the kind asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from api.indexing.indexes import Indexes
from api.indexing.passages import ENTITY, ITEM, STEP, STEP_IN_CONTEXT, WHOLE_ITEM
from api.indexing.tokens import Words
from api.questions.understanding import Understood
from api.search.catalogue import Catalogue
from api.search.filters import Fitting, Mask
from embeddings.cache import TextEncoder
from embeddings.lexical import LexicalIndex
from embeddings.vectors import FEW, VectorIndex, sampled, spread_of
from kg.analysis import CERTAINTIES
from kg.analysis.adjacency import Codes, Places

Scores = npt.NDArray[np.float32]
Parts = Mapping[str, Scores]
_TRUST: Mapping[str, float] = {"stated": 1.0, "alias": 1.0, "inferred": 0.7}
"""How much a mention counts: of the entity itself, or of what belongs to it."""
_IN_PASSING = 0.8
"""How much it counts that an item speaks of an entity, but not in its content."""
_CARRIED = 0.6
"""How much of an item's graph score its steps carry when they do not speak of the entity."""
_BIGRAMS = 0.25
"""How much bigrams count beside words, which catch names that no dictionary cuts."""
_AROUND = 0.7
"""How much the words of the whole item count for a step, against its own."""
_CANDIDATES = 1000
"""So many steps of a signal are compared exactly where there are many; all where there are few."""
_FOREMOST = 8
"""The nearest is surely among so many of the candidates that come first; half floats may swap two."""
_FLOOR = 2.0
"""A similarity so many standard deviations below the mean, or lower, counts nothing."""


@dataclass(frozen=True)
class EncodedQuestion:
    """A question as the signals take it: its vector, its words and its bigrams."""

    understood: Understood
    encode: Callable[[], npt.NDArray[np.float32]]
    words: tuple[str, ...]
    bigrams: tuple[str, ...]
    _compared: dict[int, npt.NDArray[np.float64]] = field(default_factory=dict)
    _heard: dict[str, Scores] = field(default_factory=dict)
    _near: dict[tuple[int, int], tuple[Mask, Places]] = field(default_factory=dict)

    @cached_property
    def vector(self) -> npt.NDArray[np.float32]:
        """What it means; encoded when it is first asked for."""
        return self.encode()

    def cosines(self, index: VectorIndex) -> npt.NDArray[np.float64]:
        """With every vector of an index that has few; asked for several times, computed once."""
        if id(index) not in self._compared:
            self._compared[id(index)] = index.cosines(self.vector)
        return self._compared[id(index)]

    def nearest(self, index: VectorIndex, mask: Mask) -> Places:
        """The places of a mask that come nearest in an index that has many; computed once for a mask."""
        key = id(index), id(mask)
        if key not in self._near:
            found = index.nearest(self.vector, _CANDIDATES, None if mask.all() else mask)
            self._near[key] = mask, found.astype(np.int32)
        return self._near[key][1]

    def scores(self, view: str, index: LexicalIndex) -> Scores:
        """BM25 of every text of a view; asked for several times, computed once."""
        if view not in self._heard:
            worth = [1.0] * len(self.words) + [_BIGRAMS] * len(self.bigrams)
            self._heard[view] = index.scores((*self.words, *self.bigrams), worth)
        return self._heard[view]


@dataclass(frozen=True)
class Signals:
    """What can be heard over one build."""

    catalogue: Catalogue
    indexes: Indexes
    encoder: TextEncoder
    words: Words
    first_entity: int
    """The place, among all nodes, of the first entity of their index."""

    def encode(self, understood: Understood) -> EncodedQuestion:
        # One question with its words of plans is encoded once: the time of two would show.
        own_texts = " ".join((understood.text, *understood.expanded))
        return EncodedQuestion(
            understood,
            lambda: self.encoder.encode_queries([understood.asked])[0],
            tuple(self.words.words(own_texts)),
            tuple(self.words.bigrams(own_texts)),
        )

    def closest(self, question: EncodedQuestion, fitting: Fitting) -> float:
        """The cosine similarity of the passage nearest in meaning."""
        views = ((STEP, fitting.steps), (STEP_IN_CONTEXT, fitting.steps), (ITEM, fitting.items))
        return max(
            (self._closest(self.indexes.dense[view], question, mask) for view, mask in views), default=0.0
        )

    def _closest(self, index: VectorIndex, question: EncodedQuestion, mask: Mask) -> float:
        if not mask.any():
            return 0.0
        if len(index) <= FEW:
            return float(np.clip(question.cosines(index)[mask].max(), 0, 1))
        nearest = question.nearest(index, mask)
        if len(nearest) == _CANDIDATES:
            nearest = nearest[:_FOREMOST]
        return float(index.similarities(question.vector, nearest).max(initial=0.0))

    def steps(self, question: EncodedQuestion, fitting: Fitting) -> Parts:
        """By signal, the scores of all steps."""
        lexical, _ = self.lexical(question)
        graph, _ = self.graph(question.understood)
        return {
            "dense": self._dense((STEP, STEP_IN_CONTEXT), question, fitting.steps, lexical, graph),
            "lexical": lexical,
            "graph": graph,
            "kind": self._kinds(question.understood, 0, len(self.catalogue.steps)),
        }

    def items(self, question: EncodedQuestion, fitting: Fitting) -> Parts:
        """By signal, the scores of all items."""
        _, lexical = self.lexical(question)
        _, graph = self.graph(question.understood)
        return {
            "dense": self._dense((ITEM,), question, fitting.items, lexical, graph),
            "lexical": lexical,
            "graph": graph,
            "kind": self._kinds(question.understood, 1, len(self.catalogue.items)),
        }

    def lexical(self, question: EncodedQuestion) -> tuple[Scores, Scores]:
        """Of steps, each with the words of the item around it, and of items."""
        items = self._words_of(WHOLE_ITEM, question)
        steps = self._words_of(STEP, question) + _AROUND * items[self.catalogue.item_of]
        return _against_best(steps), _against_best(items)

    def graph(self, understood: Understood) -> tuple[Scores, Scores]:
        """Of steps and of items."""
        steps = np.zeros(len(self.catalogue.steps), dtype=np.float32)
        items = np.zeros(len(self.catalogue.items), dtype=np.float32)
        share = 1 / max(1, len(understood.entities))
        for entity in understood.entities:
            touched = self.catalogue.involvement(entity)
            steps[touched.steps.places] += share * _trust(touched.steps.codes)
            about = np.where(touched.titled, 1, _IN_PASSING).astype(np.float32)
            items[touched.items.places] += share * _trust(touched.items.codes) * about
        return np.maximum(steps, _CARRIED * items[self.catalogue.item_of]), items

    def entities(self, question: EncodedQuestion) -> Parts:
        """By signal, the scores of all entities, in the order of their index."""
        lexical = self._words_of(ENTITY, question)
        graph = np.zeros(len(lexical), dtype=np.float32)
        for entity in question.understood.entities:
            numbers = self.catalogue.involvement(entity).reached.nodes - self.first_entity
            # Itself comes first; what only facts name is not in the index.
            trust = np.where(np.arange(len(numbers)) == 0, 1.0, _TRUST["inferred"])
            there = (numbers >= 0) & (numbers < len(graph))
            graph[numbers[there]] = np.maximum(graph[numbers[there]], trust[there])
        everything = np.ones(len(graph), dtype=bool)
        return {
            "dense": self._dense((ENTITY,), question, everything, lexical, graph),
            "lexical": _against_best(lexical),
            "graph": graph,
        }

    def _words_of(self, view: str, question: EncodedQuestion) -> Scores:
        return question.scores(view, self.indexes.lexical[view])

    def _dense(self, views: Sequence[str], question: EncodedQuestion, mask: Mask, *others: Scores) -> Scores:
        """The mean similarity of a place's views, from 0 at the floor to 1 at the best that fits."""
        indexes = [self.indexes.dense[view] for view in views]
        places = self._candidates(indexes, question, mask, others)
        scores = np.zeros(len(mask), dtype=np.float32)
        if len(places):
            compared = [self._similarities(index, question, places) for index in indexes]
            mean = sum(similarities for similarities, _ in compared) / len(indexes)
            spreads = [spread for _, spread in compared]
            floor = sum(mu - _FLOOR * sigma for mu, sigma in spreads) / len(spreads)
            scores[places] = _between(floor, np.asarray(mean, dtype=np.float32))
        return scores

    @staticmethod
    def _similarities(
        index: VectorIndex, question: EncodedQuestion, places: Places
    ) -> tuple[Scores, tuple[float, float]]:
        """The similarities in [0, 1] of some places, and the mean and standard deviation of all cosines."""
        if len(index) > FEW:
            return index.similarities(question.vector, places), index.spread(question.vector)
        cosines = question.cosines(index)
        similarities: Scores = np.clip(cosines[places], 0, 1).astype(np.float32)
        return similarities, spread_of(cosines[sampled(len(index))])

    def _candidates(
        self, indexes: Sequence[VectorIndex], question: EncodedQuestion, mask: Mask, others: Sequence[Scores]
    ) -> Places:
        """The places that are compared exactly: all of few, of many the best that each signal names."""
        if len(mask) <= FEW:
            return np.flatnonzero(mask).astype(np.int32)
        best = [question.nearest(index, mask) for index in indexes]
        best += [_best(np.where(mask, scores, 0)) for scores in others]
        return np.unique(np.concatenate(best))

    def _kinds(self, understood: Understood, level: int, count: int) -> Scores:
        scores = np.zeros(count, dtype=np.float32)
        for kind in understood.kinds:
            if kind in self.catalogue.types:
                scores[self.catalogue.types[kind][level]] = 1
        return scores


def _trust(codes: Codes) -> Scores:
    trust: Scores = np.array([_TRUST[certainty] for certainty in CERTAINTIES], dtype=np.float32)[codes]
    return trust


def _between(floor: float, similarities: Scores) -> Scores:
    best = float(similarities.max())
    if best <= floor:
        return (similarities > 0).astype(np.float32)
    scores: Scores = np.clip((similarities - floor) / (best - floor), 0, 1)
    return scores


def _against_best(scores: Scores) -> Scores:
    best = float(scores.max(initial=0.0))
    return scores / best if best > 0 else scores


def _best(scores: Scores) -> Places:
    count = min(_CANDIDATES, int(np.count_nonzero(scores)))
    return np.argpartition(-scores, count - 1)[:count].astype(np.int32) if count else np.empty(0, np.int32)
