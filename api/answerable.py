"""Whether the documents answer a question at all.

A question that names something of the documents does; another where a passage means nearly the same, or
where it means something near and most of the question's words are there. The bars are data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from api.build import Indexes
from api.understanding import Understood, question_words
from api.views import ENTITY, ITEM, STEP_IN_CONTEXT
from api.words import Words


@dataclass(frozen=True)
class Answerable:
    """The bars of ``question.toml`` over the indexes of one build."""

    indexes: Indexes
    words: Words
    limits: Mapping[str, float] = field(default_factory=lambda: question_words()["answerable"])

    def answers(
        self,
        understood: Understood,
        dense: Mapping[str, npt.NDArray[np.float32]],
        asked: Sequence[str],
    ) -> bool:
        """``dense`` are the cosine similarities by view, ``asked`` the words of the question."""
        if understood.entities or understood.sections:
            return True
        best = max((float(s.max()) for view, s in dense.items() if len(s) and view != ENTITY), default=0.0)
        if best >= self.limits["sure_similarity"]:
            return True
        near = best >= self.limits["similarity"]
        return near and self._coverage(understood, set(asked)) > self.limits["coverage"]

    def _coverage(self, understood: Understood, asked: set[str]) -> float:
        """The share of the question's words that the documents have, by characters; more where they
        have a plan's word for an everyday one.
        """
        if not asked:
            return float(bool(understood.months or understood.items))
        share = sum(len(word) for word in asked if self._found(word)) / sum(map(len, asked))
        plain = (word for phrase in understood.expanded for word in self.words.words(phrase))
        return share + self.limits["expanded"] * any(map(self._found, plain))

    def _found(self, word: str) -> bool:
        return any(np.any(self.indexes.lexical[view].scores([word]) > 0) for view in (STEP_IN_CONTEXT, ITEM))
