"""Companies by the part they play: one whom a bureau supports, guides or visits, and who then acts.

支持磐锋天下建设实验室: between a verb of service and a verb of its own stands a short odd name. Common nouns
stand there too (支持高校建设), so the name must hold something that no dictionary word explains.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import jieba

from kg.knowledge import Knowledge
from kg.model import Name
from kg.recognition.lexer import Token
from kg.recognition.word_classes import WordClasses

_LONGEST = 6
"""Characters of the longest name that is taken for an agent."""
_WORDS = 4
"""Words of it, by the segmentation of the lexer."""
_NOMINAL = frozenset({"n", "nz", "ORG", "PER", "a", "nw", "vn", "b", "nr"})


@dataclass(frozen=True)
class Agents:
    """The verbs of ``names.toml`` before and behind an agent, and the ``plain`` characters of common nouns."""

    served: frozenset[str]
    acts: frozenset[str]
    plain: frozenset[str]
    classes: WordClasses

    @staticmethod
    def of(knowledge: Knowledge, classes: WordClasses) -> Agents:
        """From the table ``context`` of ``names.toml``; ``classes`` know what names nothing."""
        context = knowledge.names["context"]
        return Agents(
            frozenset(context["served"]), frozenset(context["acts"]), frozenset(context["plain"]), classes
        )

    def names_in(self, text: str, tokens: Sequence[Token], known: Iterable[Name]) -> Iterator[Name]:
        """Every agent of a passage that no other annotator has named."""
        taken = [(n.start, n.end) for n in known]
        for i, verb in enumerate(tokens):
            if verb.text not in self.served:
                continue
            end = self._ends(tokens, i)
            if end is None or any(a < end and verb.end < b for a, b in taken):
                continue
            if self._odd(text[verb.end : end]):
                yield Name(verb.end, end, "Company", "context", 0.62)

    def _ends(self, tokens: Sequence[Token], verb: int) -> int | None:
        """Where the name behind a verb ends: directly before what its bearer does."""
        start = end = tokens[verb].end
        for token in tokens[verb + 1 : verb + 2 + _WORDS]:
            if token.start != end:
                return None
            if end > start and (token.text in self.acts or token.text == "与"):
                return end if end - start <= _LONGEST else None
            if token.pos not in _NOMINAL or self.classes.is_class_word(token):
                return None
            end = token.end
        return None

    def _odd(self, surface: str) -> bool:
        """Whether a word of one character stands in it that makes no common noun of the rest."""
        words = list(jieba.dt.cut(surface, HMM=False))
        single = any(len(word) == 1 and word not in self.plain for word in words)
        return len(surface) > 1 and single and words[-1] not in self.classes.generic
