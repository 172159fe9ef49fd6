"""Names known in advance: the gazetteer and the SKOS topics, matched longest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from rdflib import Graph
from rdflib.namespace import SKOS

from kg.errors import KnowledgeFileError
from kg.knowledge import Knowledge
from kg.model import EntityType, Name
from kg.recognition.lexer import Token

_MARKS = (SKOS.inScheme, SKOS.topConceptOf, SKOS.broader)
_SHORT = 3
"""Names of so many characters must begin or end where a word does."""
_TYPES: tuple[EntityType, ...] = ("Company", "Program", "Organization", "Place", "Topic")


@dataclass(frozen=True)
class Concept:
    """A known thing: its preferred name, its other names, and the broader concept's name."""

    type: EntityType
    name: str
    aliases: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """All concepts, and the patterns that find their names."""

    concepts: tuple[Concept, ...]
    ambiguous: frozenset[str] = frozenset()
    self_places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

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

    @cached_property
    def _patterns(self) -> dict[EntityType, re.Pattern[str]]:
        names: dict[EntityType, set[str]] = {}
        for concept in self.concepts:
            names.setdefault(concept.type, set()).update(
                n for n in (concept.name, *concept.aliases) if n not in self.ambiguous
            )
        for words in self.self_places.values():
            names.setdefault("Place", set()).update(words)
        return {type_: _alternatives(words, type_ == "Event") for type_, words in names.items()}

    def names_in(self, text: str, tokens: Sequence[Token]) -> Iterator[Name]:
        """Every known name in a passage; of names of one type that overlap, the longest.

        A short name inside other words is none: 化工 in 深化工作.
        """
        starts, ends = {t.start for t in tokens}, {t.end for t in tokens}
        folded = fold(text)
        for type_, pattern in self._patterns.items():
            for match in pattern.finditer(folded):
                whole = match.start() in starts or match.end() in ends
                if whole or len(match.group()) > _SHORT:
                    yield Name(match.start(), match.end(), type_, "vocabulary", 0.95)


def fold(text: str) -> str:
    """Lower case, full-width ASCII as half-width; the length does not change."""
    folded = text.translate(_FULL_WIDTH)
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in folded)


_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "（），：；！？"}


def _alternatives(words: set[str], counted: bool = False) -> re.Pattern[str]:
    """A pattern of all ``words``; ``counted`` ones take their ordinal along (第133届广交会)."""
    folded = {fold(word) for word in words}
    parts = []
    for word in sorted(folded, key=lambda w: (-len(w), w)):
        # An abbreviation is a word of its own: AI is not in PAID, 5G not in 15G.
        before = r"(?<![0-9a-z])" if re.match(r"[0-9a-z]", word) else ""
        after = r"(?![0-9a-z])" if re.search(r"[0-9a-z]$", word) else ""
        # 财政部门 is no 财政部, 省委员会 no 省委.
        after += "(?!门)" if word.endswith("部") else "(?!员)" if word.endswith("委") else ""
        # 各县（市、区）人民政府 is no 区人民政府.
        before += r"(?<![）〕各县市辖])" if re.match(r"[市区县](?:人民)?政府", word) else ""
        # 新区 is not the tail of 高新区.
        before += r"(?<!高)" if word.startswith("新区") else ""
        parts.append(before + re.escape(word) + after)
    ordinal = r"(?:20\d\d年?|第[一二三四五六七八九十百0-9]+届)?" if counted else ""
    return re.compile(f"{ordinal}(?:{'|'.join(parts)})")


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
