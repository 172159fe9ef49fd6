"""Names by the company they keep: lists (X、Y、Z等企业), quoted names, fields of industry.

A short name without any ending (金能, 益凯) is recognised where it stands in a list of companies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import jieba

from kg.knowledge import Knowledge, alternatives
from kg.model import EntityType, Name
from kg.recognition.agents import Agents
from kg.recognition.companies import Companies, unknown
from kg.recognition.grammar import NameGrammar
from kg.recognition.lexer import Token
from kg.recognition.quotations import Quotations

_PROPER = frozenset({"ORG", "PER", "nz", "nw"})
_BETWEEN = frozenset({"n", "a", "m", "q", "LOC", "vn", "f", "nz", "an", "b"})
_SHORT = 4
"""Longest unknown name, in characters, that is taken for a company's short name."""
_LOOK_AHEAD = 5
"""Words between 等 and the class noun of a list."""


@dataclass(frozen=True)
class Context:
    """The lists, quotations and field words of ``names.toml``."""

    classes: dict[str, EntityType]
    quotations: Quotations
    industry: re.Pattern[str]
    not_fields: frozenset[str]
    not_field_endings: tuple[str, ...]
    companies: Companies
    agents: Agents
    grammar: NameGrammar

    @staticmethod
    def of(knowledge: Knowledge, grammar: NameGrammar) -> Context:
        """From the table ``context`` of ``names.toml``; ``grammar`` draws the edges of what stands in lists."""
        context = knowledge.names["context"]
        classes: dict[str, EntityType] = {}
        for type_ in ("Company", "Place", "Project", "Platform", "Program"):
            classes.update(dict.fromkeys(context[type_], type_))
        return Context(
            classes,
            Quotations.of(knowledge),
            re.compile(f"(?:{alternatives(context['industry'])})(?!化)"),
            frozenset(context["not_fields"]),
            tuple(context["not_field_endings"]),
            Companies.of(knowledge, grammar),
            Agents.of(knowledge, grammar.classes),
            grammar,
        )

    def names_in(self, text: str, tokens: Sequence[Token], known: Iterable[Name]) -> Iterator[Name]:
        """Names that their surroundings reveal, given those ``known`` so far."""
        known = list(known)
        built = list(self.companies.names_in(text, tokens, known))
        built += self.agents.names_in(text, tokens, [*known, *built])
        yield from built
        yield from self._listed(text, tokens, [*known, *built])
        yield from self.quotations.names_in(text, known)
        yield from self._fields(text, tokens)

    def _listed(self, text: str, tokens: Sequence[Token], known: list[Name]) -> Iterator[Name]:
        for i, token in enumerate(tokens):
            kind = self._class_behind(text, tokens, i) if token.text == "等" else None
            if kind is None:
                continue
            pieces = list(self._pieces(text, tokens, token.start))
            companies = any(self._is(known, a, b, "Company") for a, b in pieces)
            for a, b in pieces:
                type_ = self._piece_type(text, tokens, known, a, b, kind, companies)
                if kind == "Project" and (size := self._works_of(text[a:b])):
                    # 安润封测 in a list of projects: an owner, and what it builds.
                    yield Name(a, b, "Project", "context", 0.76)
                    yield Name(a, a + size, "Company", "context", 0.76)
                elif type_:
                    yield Name(a, b, type_, "context", 0.75)
                owner = self.companies.phased_owner(text[a:b]) if type_ == "Project" else ""
                if owner:
                    yield Name(a, a + len(owner), "Company", "context", 0.75)

    def _works_of(self, surface: str) -> int:
        """Characters of the unknown owner before a field of industry; 0 where there is none."""
        fields = self.grammar.classes.fields
        if surface.endswith(self.companies.endings):
            return 0
        sizes = (size for size in (2, 3) if surface[size:] in fields and unknown(surface[:size]))
        return next(sizes, 0)

    def _class_behind(self, text: str, tokens: Sequence[Token], i: int) -> EntityType | None:
        """What the list closed by the word at ``i`` is a list of: 等青岛市优秀企业, 等160个技改项目."""
        start = tokens[i].end
        for token in tokens[i + 1 : i + 1 + _LOOK_AHEAD]:
            kind = next((k for word, k in self.classes.items() if token.text.endswith(word)), None)
            kind = kind or next(
                (k for word, k in self.classes.items() if text.endswith(word, start, token.end)), None
            )
            if kind:
                return kind
            if token.pos not in _BETWEEN:
                return None
        return None

    def _pieces(self, text: str, tokens: Sequence[Token], end: int) -> Iterator[tuple[int, int]]:
        """The members of the list that ends at ``end``, from the last to the first."""
        while True:
            start = self._loose_edge(text, tokens, end) or self.grammar.left_edge(text, tokens, end)
            if start is None or start >= end:
                return
            yield start, end
            if start == 0 or text[start - 1] != "、":
                return
            end = start - 1

    def _loose_edge(self, text: str, tokens: Sequence[Token], end: int) -> int | None:
        """Where a short odd member begins, whatever its words look like alone: 佰客来, 禾小满."""
        start = end
        for token in reversed([t for t in tokens if end - 12 <= t.start and t.end <= end]):
            if token.text == "、" or token.pos == "w" or token.text in self.grammar.classes.governing:
                break
            if token.end != start:
                return None
            start = token.start
        surface = text[start:end]
        bounded = start > 0 and (text[start - 1] == "、" or text[start - 1] not in "，。；：")
        odd = any(len(word) == 1 for word in jieba.dt.cut(surface, HMM=False))
        return start if 2 <= len(surface) <= _SHORT and bounded and odd else None

    def _piece_type(
        self,
        text: str,
        tokens: Sequence[Token],
        known: list[Name],
        start: int,
        end: int,
        kind: EntityType,
        companies: bool,
    ) -> EntityType | None:
        surface = text[start:end]
        if any(n.start <= start and n.end >= end and n.annotator != "ner" for n in known):
            return None
        if surface in self.grammar.classes.generic or kind == "Platform":
            return None
        proper = self._proper(text, tokens, start, end, companies)
        if kind == "Program":
            return "Program" if 3 < len(surface) <= 10 else None
        if kind == "Place":
            return "Place" if proper and len(surface) <= 6 else None
        if kind == "Company":
            return "Company" if len(surface) <= 10 and proper else None
        if surface.endswith(self.companies.phases):
            return "Project"
        inside = [t for t in tokens if t.start >= start and t.end <= end]
        short = len(surface) <= _SHORT and (len(inside) == 1 or unknown(surface))
        if self._is(known, start, end, "Company") or surface.endswith(self.companies.endings):
            return "Company"
        if short:
            return "Company" if proper or unknown(surface) else None
        if surface.removesuffix("项目") in self.grammar.classes.fields:
            return None
        # 农村危房改造等工程 is a list of kinds; a project has something of its own.
        own = any(t.pos in ("ORG", "LOC", "nz", "PER", "m") for t in inside) or "“" in surface or proper
        return "Project" if len(surface) > _SHORT and own else None

    def _proper(self, text: str, tokens: Sequence[Token], start: int, end: int, companies: bool) -> bool:
        """Whether a member of a list of companies is a name rather than a class or a field."""
        inside = [t for t in tokens if t.start >= start and t.end <= end]
        if any(t.pos in _PROPER for t in inside):
            return True
        surface = text[start:end]
        if surface in jieba.dt.FREQ and jieba.dt.FREQ[surface] and not companies:
            return False
        words = [w for w in jieba.dt.cut(surface, HMM=False) if len(w) > 1]
        classes = all(w in self.grammar.classes.generic for w in words)
        odd = sum(len(w) for w in words) < len(surface)
        return (companies and not classes) or (odd and len(surface) <= _SHORT + 1)

    def _fields(self, text: str, tokens: Sequence[Token]) -> Iterator[Name]:
        """轴承产业, 预制菜产业链: the noun before is a field of industry."""
        for match in self.industry.finditer(text):
            before = [t for t in tokens if t.end <= match.start()][-2:]
            if not before or before[-1].end != match.start():
                continue
            words = [t for t in before if self._field_word(t)]
            if not words or words[-1] is not before[-1]:
                continue
            start = words[0].start if len(words) == 2 and words[0].end == words[1].start else words[-1].start
            if 2 <= match.start() - start <= 6:
                yield Name(start, match.start(), "Topic", "context", 0.6)

    def _field_word(self, token: Token) -> bool:
        plain = token.pos in ("n", "nz", "a") and token.text not in self.not_fields
        wide = token.text.endswith(self.not_field_endings)
        return plain and not wide and not self.grammar.classes.is_class_word(token)

    @staticmethod
    def _is(known: list[Name], start: int, end: int, type_: EntityType) -> bool:
        return any(n.type == type_ and n.start == start and n.end == end for n in known)
