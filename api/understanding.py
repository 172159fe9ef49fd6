"""Question → constraints, entities and the rest: what is asked for, as data.

The documents' own names decide what is a name: the aliases of the graph, its sections, its months.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jieba

from api.spelling import Sounds
from api.words import simplified
from kg.knowledge import Knowledge
from kg.model import Entity
from kg.plan.schedule import Calendar

_ITEM = re.compile(r"第?\s*(\d{1,3})\s*(?:号|项)?事项|事项\s*(\d{1,3})|第\s*(\d{1,3})\s*项")
_OPEN_ENDED = re.compile(
    r"(?P<month>\d{1,2})月份?(?:(?P<on>及?以后|之后|及以后|起|开始)|(?:及?以前|之前|前|底前|为止))"
)
_WHOLE_YEAR = re.compile(r"(?:今年)?(?:年底|年末|年)(?:之前|以前|前)")
_RANKED = re.compile(r"[省市区县].{2,}")
_MAX_QUERY = 2000


@dataclass(frozen=True, slots=True)
class Understood:
    """``text`` is what is left to search for; ``sections`` and ``months`` are constraints.

    ``unknown_section`` is a section that the question names and no document has; ``expanded`` are the
    words that plans write for everyday words of the question, ``corrected`` its names that were spelt by
    their sound (as written, as meant), ``question`` the whole of it, folded and corrected.
    """

    text: str
    entities: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    months: tuple[int, ...] = ()
    items: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    unknown_section: str | None = None
    expanded: tuple[str, ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()
    question: str = ""


@dataclass(frozen=True)
class Questions:
    """Everything needed to understand questions about one build."""

    aliases: Mapping[str, tuple[str, ...]]
    pattern: re.Pattern[str] | None
    sections: Mapping[str, str]
    calendar: Calendar
    section_pattern: re.Pattern[str]
    thesaurus: Mapping[str, Sequence[str]]
    sounds: Sounds

    @staticmethod
    def of(entities: Iterable[Entity], knowledge: Knowledge) -> Questions:
        aliases: dict[str, set[str]] = {}
        sections: dict[str, str] = {}
        for entity in entities:
            for alias in (entity.name, *entity.aliases, *_unranked(entity)):
                folded = simplified(alias)
                if entity.type == "Section":
                    sections[folded] = entity.name
                elif len(folded) > 1:
                    aliases.setdefault(folded, set()).add(entity.id)
        words = sorted(aliases, key=lambda a: (-len(a), a))
        endings = "|".join(question_words()["section_endings"])
        return Questions(
            {alias: tuple(sorted(ids)) for alias, ids in aliases.items()},
            re.compile("|".join(map(_bounded, words))) if words else None,
            sections,
            Calendar.of(knowledge),
            re.compile(
                rf"(?:^|[\s，,、和与及])([\u4e00-\u9fff]{{2,5}}(?:{endings}))(?=\d|[一二三四上下全]|的|要|有|负责|在|今年|和|与|、|本|做|$)"
            ),
            {simplified(phrase): tuple(words) for phrase, words in knowledge.thesaurus.items()},
            Sounds.of(aliases),
        )

    def understand(self, text: str) -> Understood:
        """What a question asks for. Months, sections and item numbers are taken out of its text."""
        folded = _folded(text)
        corrected = tuple(self.sounds.corrections(folded))
        for written, meant in corrected:
            folded = folded.replace(written, meant)
        sections, unknown, rest = self._sections(folded)
        months, rest = self._months(rest)
        items = tuple(int(next(g for g in m.groups() if g)) for m in _ITEM.finditer(folded))
        entities: dict[str, None] = {}
        for match in self.pattern.finditer(folded) if self.pattern else ():
            entities.update(dict.fromkeys(self.aliases[match.group()]))
        text = rest.strip() or folded
        expanded = self._expanded(text)
        return Understood(
            text, tuple(entities), sections, months, items, (), unknown, expanded, corrected, folded
        )

    @staticmethod
    def plain(text: str) -> Understood:
        """A question as mere words: nothing in it constrains, names or expands."""
        folded = _folded(text)
        return Understood(folded, question=folded)

    def _expanded(self, text: str) -> tuple[str, ...]:
        """What plans write for the everyday words of a question; of two that overlap, the longer."""
        words = set(jieba.dt.cut(text))
        free, found = text, {}
        for phrase in sorted(self.thesaurus, key=lambda p: (-len(p), p)):
            if phrase in free and (len(phrase) > 1 or phrase in words):
                free = free.replace(phrase, "\n")
                found[text.index(phrase)] = self.thesaurus[phrase]
        more = dict.fromkeys(word for at in sorted(found) for word in found[at])
        return tuple(word for word in more if word not in text)

    def _sections(self, text: str) -> tuple[tuple[str, ...], str | None, str]:
        found: dict[str, None] = {}
        for name in sorted(self.sections, key=len, reverse=True):
            if name in text:
                found[self.sections[name]] = None
                text = text.replace(name, " ")
        unknown = self.section_pattern.search(text) if not found else None
        return tuple(found), unknown.group(1) if unknown else None, text

    def _months(self, text: str) -> tuple[tuple[int, ...], str]:
        months: set[int] = set()
        for match in _OPEN_ENDED.finditer(text):
            month = int(match.group("month"))
            if 1 <= month <= 12:
                months |= set(range(month, 13) if match.group("on") else range(1, month + 1))
                text = text.replace(match.group(), " ")
        # 年底前 is any time of the year; 年底 alone is its last month.
        text = _WHOLE_YEAR.sub(" ", text)
        for match in self.calendar.expression.finditer(text):
            named = self.calendar.months(match.group())
            if len(named) < 12:
                months |= set(named)
                text = text.replace(match.group(), " ")
        return tuple(sorted(months)), text


def _folded(text: str) -> str:
    return simplified(text.strip())[:_MAX_QUERY]


def _unranked(entity: Entity) -> Iterable[str]:
    """财政局 for 区财政局: people leave the rank of their own offices out."""
    if entity.type == "Organization" and _RANKED.fullmatch(entity.name):
        yield entity.name[1:]


def _bounded(alias: str) -> str:
    before = r"(?<![0-9a-z])" if re.match(r"[0-9a-z]", alias) else ""
    after = r"(?![0-9a-z])" if re.search(r"[0-9a-z]$", alias) else ""
    return before + re.escape(alias) + after


def question_words() -> Mapping[str, Any]:
    """The words and weights of ``question.toml``."""
    return tomllib.loads((Path(__file__).parent / "data" / "question.toml").read_text(encoding="utf-8"))


def vocabulary_aliases(aliases: Mapping[tuple[str, str], str], known: Sequence[Entity]) -> list[Entity]:
    """Entities of the graph with the other names a dictionary has for them (AI for 人工智能)."""
    more: dict[tuple[str, str], list[str]] = {}
    for (type_, alias), name in aliases.items():
        more.setdefault((type_, name), []).append(alias)
    return [
        Entity(e.id, e.type, e.name, tuple(sorted({*e.aliases, *more.get((e.type, e.name), ())})), e.reasons)
        for e in known
    ]
