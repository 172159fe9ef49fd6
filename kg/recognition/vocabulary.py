"""Names known in advance: the gazetteer and the SKOS topics, matched longest first.

All names are looked for in one pass by an Aho-Corasick automaton (Aho and Corasick, 1975), so that a gazetteer
may grow without slowing recognition down. A pattern of all names has to try each at every character.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from string import ascii_lowercase, digits
from typing import NamedTuple

import ahocorasick
from rdflib import Graph
from rdflib.namespace import SKOS

from kg.errors import KnowledgeFileError
from kg.folding import fold
from kg.knowledge import Knowledge
from kg.model import EntityType, Name
from kg.recognition.lexer import Token

_MARKS = (SKOS.inScheme, SKOS.topConceptOf, SKOS.broader)
_SHORT = 3
"""Names of so many characters must begin or end where a word does."""
_LATIN = tuple(ascii_lowercase + digits)
_ORDINAL = re.compile(r"(?:20\d\d年?|第[一二三四五六七八九十百0-9]+届)\Z")
_COUNT = 16
"""Characters of the longest ordinal of an event."""
_Match = tuple[int, int, int]
"""(start with the ordinal, start of the name, end)"""
_TYPES: tuple[EntityType, ...] = ("Company", "Program", "Organization", "Place", "Topic")


@dataclass(frozen=True)
class Concept:
    """A known thing: its preferred name, its other names, and the broader concept's name."""

    type: EntityType
    name: str
    aliases: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()


class _Known(NamedTuple):
    """A name in the automaton: its characters, its types, and what it may not stand behind or before."""

    size: int
    types: tuple[EntityType, ...]
    not_behind: tuple[str, ...]
    not_before: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """All concepts, and the automaton that finds their names.

    ``ambiguous`` names are common words too and are not looked for; ``self_places`` are words by which a place
    speaks of itself, by what its name ends in. A name that opens with a key of ``not_behind`` is none behind
    its words, one that ends in a key of ``not_before`` none before its words.
    """

    concepts: tuple[Concept, ...]
    ambiguous: frozenset[str] = frozenset()
    self_places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @staticmethod
    def load(knowledge: Knowledge) -> Vocabulary:
        """Read ``gazetteer.toml`` and every ``topics*.ttl``. Raises :class:`KnowledgeFileError`."""
        table = knowledge.gazetteer
        concepts = [
            Concept(type_, name, (aliases,) if isinstance(aliases, str) else tuple(aliases))
            for type_ in (*_TYPES, "Project", "Platform", "Event", "PolicyDocument", "Section")
            for name, aliases in table.get(type_, {}).items()
        ]
        return Vocabulary(
            (*concepts, *_topics(knowledge)),
            frozenset(table.get("Company_ambiguous", {}).get("words", [])),
            {suffix: tuple(words) for suffix, words in table.get("Place_self", {}).items()},
            {opening: tuple(words) for opening, words in table.get("not_behind", {}).items()},
            {ending: tuple(words) for ending, words in table.get("not_before", {}).items()},
        )

    def with_names(self, names: Iterable[tuple[EntityType, str, tuple[str, ...]]]) -> Vocabulary:
        """The vocabulary with (type, name, aliases) added, which win over what it knows."""
        more = [Concept(type_, name, aliases) for type_, name, aliases in names]
        return replace(self, concepts=(*more, *self.concepts))

    @cached_property
    def canonical(self) -> dict[tuple[str, str], str]:
        """(type, folded name or alias) → preferred name."""
        found: dict[tuple[str, str], str] = {}
        for concept in self.concepts:
            for name in (concept.name, *concept.aliases):
                found.setdefault((concept.type, fold(name)), concept.name)
        return found

    def looks_for(self, type_: EntityType, name: str) -> bool:
        """Whether a name is looked for in texts as one of that type."""
        return fold(name) in self._names.get(type_, ())

    @cached_property
    def _names(self) -> Mapping[EntityType, frozenset[str]]:
        """The folded names of each type."""
        names: dict[EntityType, set[str]] = {}
        for concept in self.concepts:
            names.setdefault(concept.type, set()).update(
                fold(n) for n in (concept.name, *concept.aliases) if n not in self.ambiguous
            )
        for words in self.self_places.values():
            names.setdefault("Place", set()).update(map(fold, words))
        return {type_: frozenset(found - {""}) for type_, found in names.items()}

    @cached_property
    def _automaton(self) -> ahocorasick.Automaton:
        types: dict[str, list[EntityType]] = {}
        for type_, names in self._names.items():
            for name in names:
                types.setdefault(name, []).append(type_)
        automaton = ahocorasick.Automaton()
        for name, of_types in types.items():
            automaton.add_word(name, self._known(name, tuple(of_types)))
        automaton.make_automaton()
        return automaton

    def _known(self, name: str, types: tuple[EntityType, ...]) -> _Known:
        before = [words for opening, words in self.not_behind.items() if name.startswith(opening)]
        after = [words for ending, words in self.not_before.items() if name.endswith(ending)]
        # An abbreviation is a word of its own: AI is not in PAID, 5G not in 15G.
        before += [_LATIN] if name[0] in _LATIN else []
        after += [_LATIN] if name[-1] in _LATIN else []
        return _Known(len(name), types, tuple(chain(*before)), tuple(chain(*after)))

    def names_in(self, text: str, tokens: Sequence[Token]) -> Iterator[Name]:
        """Every known name in a passage, type by type; of names of one type that overlap, the longest.

        ``tokens`` are the words of ``text``: a short name inside other words is none (化工 in 深化工作).
        """
        starts, ends = {t.start for t in tokens}, {t.end for t in tokens}
        found = self._standing(fold(text))
        for type_ in self._names:
            for start, end in _apart(found.get(type_, ())):
                if start in starts or end in ends or end - start > _SHORT:
                    yield Name(start, end, type_, "vocabulary", 0.95)

    def _standing(self, folded: str) -> Mapping[EntityType, Sequence[_Match]]:
        """Every place where a name stands by itself, overlapping ones included, by type."""
        found: dict[EntityType, list[_Match]] = {}
        for last, known in self._automaton.iter(folded) if self._automaton else ():
            begin, end = last + 1 - known.size, last + 1
            if folded.endswith(known.not_behind, 0, begin) or folded.startswith(known.not_before, end):
                continue
            for type_ in known.types:
                matches = found.setdefault(type_, [])
                matches.append((begin, begin, end))
                # An event takes its ordinal along: 第133届广交会.
                ordinal = _ORDINAL.search(folded, max(0, begin - _COUNT), begin) if type_ == "Event" else None
                if ordinal:
                    matches.append((ordinal.start(), begin, end))
        return found


def _apart(matches: Iterable[_Match]) -> Iterator[tuple[int, int]]:
    """(start, end) of matches that do not overlap: the leftmost, of those the longest ordinal, the longest name."""
    position = 0
    for start, _, end in sorted(matches, key=lambda match: (match[0], -match[1], -match[2])):
        if start >= position:
            position = end
            yield start, end


def _topics(knowledge: Knowledge) -> Iterator[Concept]:
    graph = Graph()
    for file in knowledge.files("topics*.ttl"):
        try:
            graph.parse(data=file.data, format="turtle")
        except Exception as error:  # noqa: BLE001 - rdflib raises a different class for each kind of mistake
            raise KnowledgeFileError(f"主题词表“{file.path}”无法解析（{error}），请改正后重试。") from None
    for subject in sorted(set(graph.subjects(SKOS.prefLabel)), key=str):
        if not any((subject, marks, None) in graph for marks in _MARKS):
            continue
        labels = sorted(
            graph.objects(subject, SKOS.prefLabel), key=lambda o: getattr(o, "language", "") != "zh"
        )
        aliases = sorted(str(o) for o in graph.objects(subject, SKOS.altLabel))
        broader = [
            str(o) for b in graph.objects(subject, SKOS.broader) for o in graph.objects(b, SKOS.prefLabel)
        ]
        yield Concept("Topic", str(labels[0]), tuple(aliases), tuple(sorted(broader)))
