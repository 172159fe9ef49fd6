"""Names by the company they keep: lists (X、Y、Z等企业), owners inside names, quoted names.

A short name without any ending (金能, 益凯, 芯恩) is recognised where it stands in a list of
companies, or as the unknown word that opens the name of a project or a platform.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.knowledge import Knowledge
from kg.model import EntityType, Name
from kg.recognition.grammar import Grammar
from kg.recognition.lexer import Token

_PROPER = frozenset({"ORG", "PER", "nz", "nw"})
_QUOTED = re.compile(r"“([^“”]{2,12})”")
_SHORT = 4
"""Longest unknown name, in characters, that is taken for a company's short name."""


@dataclass(frozen=True)
class Context:
    """The list patterns and endings of ``names.toml``."""

    lists: re.Pattern[str]
    classes: dict[str, EntityType]
    company_endings: tuple[str, ...]
    company_before: tuple[str, ...]
    quoted: tuple[tuple[str, EntityType], ...]
    phases: tuple[str, ...]
    owner_ending: re.Pattern[str]
    patterns: tuple[re.Pattern[str], ...]
    grammar: Grammar

    @staticmethod
    def of(knowledge: Knowledge, grammar: Grammar) -> Context:
        context = knowledge.names["context"]
        classes: dict[str, EntityType] = {}
        for type_ in ("Company", "Project", "Platform"):
            classes.update(dict.fromkeys(context[type_], type_))
        words = "|".join(sorted(map(re.escape, classes), key=len, reverse=True))
        return Context(
            re.compile(rf"等{context['modifiers']}(?P<class>{words})"),
            classes,
            tuple(knowledge.names["company"]["endings"]),
            tuple(context["company_before"]),
            tuple((e, "Platform") for e in context["quoted_platform"])
            + tuple((e, "Program") for e in context["quoted_program"]),
            tuple(context["phases"]),
            re.compile(
                f"(?:{'|'.join(context['owner_endings'])})(?!{'|'.join(context['not_owner_before'])})"
            ),
            tuple(re.compile(pattern) for pattern in context["company_patterns"]),
            grammar,
        )

    def names_in(self, text: str, tokens: Sequence[Token], known: Iterable[Name]) -> Iterator[Name]:
        """Names that lists, owners and quotation marks reveal, given those ``known`` so far."""
        known = list(known)
        yield from self._listed(text, tokens, known)
        yield from self._owners(text, tokens, known)
        yield from self._quotes(text, known)
        yield from self._patterned(text, tokens)

    def _listed(self, text: str, tokens: Sequence[Token], known: list[Name]) -> Iterator[Name]:
        for match in self.lists.finditer(text):
            pieces = list(self._pieces(text, tokens, match.start()))
            kind = self.classes[match.group("class")]
            companies = any(self._is(known, a, b, "Company") for a, b in pieces)
            for a, b in pieces:
                type_ = self._piece_type(text, tokens, known, a, b, kind, companies)
                if type_:
                    yield Name(a, b, type_, "context", 0.75)
                owner = self._phased_owner(text[a:b]) if type_ == "Project" else ""
                if owner:
                    yield Name(a, a + len(owner), "Company", "context", 0.75)

    def _phased_owner(self, surface: str) -> str:
        """金能科技 of 金能科技一期; empty where no company ending stands before the phase."""
        phase = next((p for p in self.phases if surface.endswith(p)), "")
        owner = surface.removesuffix(phase) if phase else ""
        return owner if owner.endswith(self.company_endings) else ""

    def _pieces(self, text: str, tokens: Sequence[Token], end: int) -> Iterator[tuple[int, int]]:
        """The members of the list that ends at ``end``, from the last to the first."""
        while True:
            start = self.grammar.left_edge(text, tokens, end)
            if start is None or start >= end:
                return
            yield start, end
            if start == 0 or text[start - 1] != "、":
                return
            end = start - 1

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
        if any(n.start <= start and n.end >= end and n.voice != "ner" for n in known):
            return None
        if surface in self.grammar.generic or any(
            t.text in self.grammar.generic and t.start == start and t.end == end for t in tokens
        ):
            return None
        if kind == "Company":
            return (
                "Company"
                if len(surface) <= 10 and self._proper(text, tokens, start, end, companies)
                else None
            )
        if kind == "Platform":
            return None
        if surface.endswith(self.phases):
            return "Project"
        owner = self._is(known, start, end, "Company")
        if (
            owner
            or surface.endswith(self.company_endings)
            or (len(surface) <= _SHORT and self._unknown(tokens, start, end))
        ):
            return "Company"
        return "Project" if len(surface) > _SHORT else None

    def _proper(self, text: str, tokens: Sequence[Token], start: int, end: int, companies: bool) -> bool:
        """Whether an unknown member of a list of companies is a name rather than a class."""
        inside = [t for t in tokens if t.start >= start and t.end <= end]
        if any(t.pos in _PROPER for t in inside):
            return True
        return companies and not all(t.text in self.grammar.generic for t in inside)

    @staticmethod
    def _unknown(tokens: Sequence[Token], start: int, end: int) -> bool:
        """One proper noun, or characters that LAC could not make a word of."""
        inside = [t for t in tokens if t.start >= start and t.end <= end]
        return (len(inside) == 1 and inside[0].pos in (*_PROPER, "n")) or all(
            len(t.text) == 1 for t in inside
        )

    def _owners(self, text: str, tokens: Sequence[Token], known: list[Name]) -> Iterator[Name]:
        """The unknown word that opens the name of a project or platform is its owner."""
        for name in known:
            if name.type not in ("Project", "Platform") or name.voice == "vocabulary":
                continue
            first = next((t for t in tokens if t.start == name.start), None)
            brand = next(
                (
                    n
                    for n in known
                    if n.type == "Company" and n.start == name.start and n.voice == "vocabulary"
                ),
                None,
            )
            longer = self.owner_ending.search(text, name.start + 2, min(name.end, name.start + 9))
            if (
                longer
                and longer.end() < name.end
                and (brand or (first and first.pos in ("ORG", "PER", "nz")))
            ):
                yield Name(name.start, longer.end(), "Company", "context", 0.7)
            elif first and not brand and first.end < name.end and self._short_owner(first):
                yield Name(first.start, first.end, "Company", "context", 0.65)

    def _short_owner(self, first: Token) -> bool:
        known = first.text in self.grammar.generic or first.text in self.grammar.governing
        return first.pos in ("ORG", "PER") and 2 <= len(first.text) <= 5 and not known

    def _patterned(self, text: str, tokens: Sequence[Token]) -> Iterator[Name]:
        for pattern in self.patterns:
            for match in pattern.finditer(text):
                words = {t.text for t in tokens if match.start("name") <= t.start < match.end("name")}
                if words & (self.grammar.generic | self.grammar.governing):
                    continue
                yield Name(match.start("name"), match.end("name"), "Company", "context", 0.6)
                if match.group("head") in self.grammar.types:
                    yield Name(match.start("name"), match.end("head"), "Project", "context", 0.85)

    def _quotes(self, text: str, known: list[Name]) -> Iterator[Name]:
        for match in _QUOTED.finditer(text):
            inner = match.group(1)
            type_ = next((t for ending, t in self.quoted if inner.endswith(ending)), None)
            if type_ is None or any(n.start <= match.start(1) and n.end >= match.end(1) for n in known):
                continue
            owner = next((n for n in known if n.type == "Company" and n.end == match.start()), None)
            if owner and type_ == "Platform":
                yield Name(owner.start, match.end(), type_, "context", 0.8)
            else:
                yield Name(match.start(1), match.end(1), type_, "context", 0.6)

    @staticmethod
    def _is(known: list[Name], start: int, end: int, type_: EntityType) -> bool:
        return any(n.type == type_ and n.start == start and n.end == end for n in known)
