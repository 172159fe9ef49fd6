"""Titles of documents: those in 《》, and those written out as notices and opinions are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.knowledge import Knowledge
from kg.model import Name
from kg.recognition.lexer import Token

_QUOTED = re.compile(r"《[^《》]{2,60}(?:《[^《》]*》[^《》]*)?》")


@dataclass(frozen=True)
class Titles:
    """The patterns of ``names.toml``; ``issuing`` verbs may stand between an office and its title."""

    patterns: tuple[re.Pattern[str], ...]
    issuing: tuple[str, ...]

    @staticmethod
    def of(knowledge: Knowledge) -> Titles:
        """From the table ``generic`` of ``names.toml``."""
        generic = knowledge.names["generic"]
        return Titles(tuple(map(re.compile, generic["document_titles"])), tuple(generic["issuing"]))

    def names_in(self, text: str, tokens: Sequence[Token]) -> Iterator[Name]:
        """Every title of a passage."""
        for match in _QUOTED.finditer(text):
            yield Name(match.start(), match.end(), "PolicyDocument", "grammar", 0.97)
        for pattern in self.patterns:
            for match in pattern.finditer(text):
                start = self._with_office(tokens, match.start())
                yield Name(start, match.end(), "PolicyDocument", "grammar", 0.85)

    def _with_office(self, tokens: Sequence[Token], start: int) -> int:
        """江西省人民政府印发关于…的通知: the office that issues a notice opens its title."""
        for token in reversed([t for t in tokens if t.end <= start]):
            issuer = token.pos in ("ORG", "LOC") or token.text in self.issuing
            if token.end != start or not issuer:
                break
            start = token.start
        return start
