"""Whether the documents answer a question at all: a logistic model over two signs.

Its weights are learned from the judged questions of ``bench/questions`` by ``python -m bench learn``, which
writes ``api/data/answerable.toml`` and reports precision and recall on documents left out of the learning.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from api.indexing.folding import simplified
from api.indexing.tokens import Words
from api.questions.understanding import Understood
from api.search.catalogue import Catalogue
from api.search.filters import Mask
from embeddings.lexical import LexicalIndex
from kg.model import Entity


@dataclass(frozen=True)
class Model:
    """``1 / (1 + exp(-(intercept + weights · signs)))`` is the probability of an answer; ``bar`` is enough."""

    weights: Mapping[str, float]
    intercept: float
    bar: float

    @staticmethod
    def of(table: Mapping[str, Any], encoder: str) -> Model:
        """The model of ``answerable.toml`` for an encoder of that name.

        How near is near differs from one encoder to the next: for any other than the one it was learned
        with, only words decide.
        """
        known = table["own" if encoder.startswith(table["encoder"]) else "other"]
        return Model(known["weights"], known["intercept"], known["bar"])

    def probability(self, signs: Mapping[str, float]) -> float:
        odds = self.intercept + math.fsum(weight * signs[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-odds))


@dataclass(frozen=True)
class Answerable:
    """The learned model over the words of one build."""

    catalogue: Catalogue
    whole_items: LexicalIndex
    words: Words
    entities: Mapping[str, Entity]
    model: Model

    def answers(self, understood: Understood, closest: Callable[[], float]) -> bool:
        """``closest`` gives the cosine similarity of the passage nearest in meaning."""
        return self.model.probability(self.signs(understood, closest)) >= self.model.bar

    def signs(self, understood: Understood, closest: Callable[[], float]) -> dict[str, float]:
        """What tells an answered question from another, each from 0 to 1.

        ``similarity`` of the nearest passage; ``together``: the share of the question, by characters and rare
        words counting more, whose words, or other words for them, one single item has. A question that is
        nothing but constraints and names is all there.
        """
        # The words first: meanwhile the question may still be encoded.
        together = self._together(understood)
        return {"similarity": closest(), "together": together}

    def _together(self, understood: Understood) -> float:
        concepts = list(self._concepts(understood))
        if not concepts:
            return float(understood.constrains or bool(understood.entities))
        sizes = np.array([size for size, _ in concepts], dtype=np.float64)
        holding = np.array([mask for _, mask in concepts])
        rare = sizes * np.log(1 + (holding.shape[1] + 0.5) / (holding.sum(axis=1) + 0.5))
        return float((rare @ holding).max(initial=0.0) / rare.sum())

    def _concepts(self, understood: Understood) -> Iterator[tuple[int, Mask]]:
        """Length and holders, among the items, of every name, everyday phrase, word and seam of the question."""
        text = understood.text
        for name, entity in self._names(understood):
            if name in text:
                text = text.replace(name, " ")
                holding = self._holders(name)
                holding[self.catalogue.involvement(entity).items.places] = True
                yield len(name), holding
        for phrase, words in understood.everyday:
            if phrase in text:
                text = text.replace(phrase, " ")
                holding = self._holders(phrase)
                for word in words:
                    holding = holding | self._holders(word)
                yield len(phrase), holding
        # A single character tells too little: 盖, 户, 所.
        distinguishing = [word for word in self.words.cut(text) if len(word) > 1]
        for word in dict.fromkeys(distinguishing):
            yield len(word), self._holders(word)
        for word, behind in pairwise(distinguishing):
            # Where two words are one name their seam tells: the 圾分 of 垃圾分类, where 分类 is no rare word.
            if word + behind in text:
                yield 2, self._holders(word[-1] + behind[0])

    def _names(self, understood: Understood) -> list[tuple[str, str]]:
        """(a name, its entity), the longest name first."""
        known = (self.entities[entity] for entity in understood.entities)
        names = {(simplified(alias), e.id) for e in known for alias in (e.name, *e.aliases)}
        return sorted(names, key=lambda pair: (-len(pair[0]), pair))

    def _holders(self, word: str) -> Mask:
        return self.words.holding(self.whole_items, [word])
