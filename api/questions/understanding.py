"""Question → constraints, entities and the rest: what is asked for, as data.

The documents' own names decide what is a name: the aliases of the graph, its sections, its months.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from typing import Any

from api.indexing.folding import simplified
from api.indexing.names import NameTable
from api.indexing.segmenter import Segmenter, shipped
from api.questions.lexicon import Lexicon, shipped_lexicon
from api.questions.periods import Periods
from api.questions.spelling import Sounds
from kg.knowledge import Knowledge
from kg.model import Entity
from kg.plan.numerals import read_number
from kg.plan.schedule import Calendar

_ITEM = re.compile(
    r"第?\s*(\d{1,3})\s*(?:号|项)?事项|事项\s*(\d{1,3})(?![\d月年])|第\s*(\d{1,3})\s*项|item\s*(\d{1,3})"
    r"|第([一二三四五六七八九十]{1,3})(?:[项号](?:事项)?|个?事项)"
)
_MAX_QUERY = 2000
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_LONGEST_SHORT = 6
"""Characters of a section's name that leaves some out."""


@dataclass(frozen=True, slots=True)
class Understood:
    """``text`` is what is left to search for; ``sections`` and ``months`` are constraints.

    ``kinds`` are the types of what is asked for (哪些平台), ``whole_set`` says that all of it is (哪些事项涉及…).
    ``unknown_section`` is a section that the question names and no document has; ``everyday`` are
    everyday phrases of the question with the words that the documents write for them, ``corrected`` its names that were spelt by
    their sound (as written, as meant), ``question`` the whole of it, folded and corrected.
    """

    text: str
    entities: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    months: tuple[int, ...] = ()
    items: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    unknown_section: str | None = None
    whole_set: bool = False
    everyday: tuple[tuple[str, tuple[str, ...]], ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()
    question: str = ""

    @property
    def constrains(self) -> bool:
        """Whether sections, months or items are asked for."""
        return bool(self.sections or self.months or self.items)

    @property
    def asked(self) -> str:
        """What is encoded of it: the whole question with the documents' words for everyday ones."""
        return " ".join((self.question, *self.expanded))

    @property
    def expanded(self) -> tuple[str, ...]:
        """The documents' words for everyday ones, without those that the question has itself."""
        more = dict.fromkeys(word for _, words in self.everyday for word in words)
        return tuple(word for word in more if word not in self.text)


@dataclass(frozen=True)
class Understanding:
    """Everything needed to understand questions about one build."""

    names: NameTable
    entity_id: Callable[[int], str]
    """The id of an entity by its number in the table of names."""
    sections: Mapping[str, str]
    periods: Periods
    section_pattern: re.Pattern[str]
    section_endings: re.Pattern[str]
    patterns: QuestionPatterns
    thesaurus: Mapping[str, Sequence[str]]
    sounds: Sounds

    @staticmethod
    def of(
        entities: Iterable[Entity],
        knowledge: Knowledge,
        written: Callable[[str], bool] = lambda word: True,
        asking: Lexicon | None = None,
    ) -> Understanding:
        """``written`` says whether the documents have a word; others are of no use for an everyday one.

        ``asking`` are the words of questions, ours where none are given.
        """
        numbered = tuple(entities)
        names = NameTable.of(enumerate(numbered))
        return Understanding.over(names, lambda number: numbered[number].id, knowledge, written, asking)

    @staticmethod
    def over(
        names: NameTable,
        entity_id: Callable[[int], str],
        knowledge: Knowledge,
        written: Callable[[str], bool],
        asking: Lexicon | None = None,
        segmenter: Segmenter | None = None,
    ) -> Understanding:
        """The same with a table of names that is made already."""
        lexicon = (asking or shipped_lexicon()).question
        endings, strange = "|".join(lexicon["section_endings"]), "".join(lexicon["never_in_sections"])
        return Understanding(
            names,
            entity_id,
            dict(names.sections),
            Periods.of(Calendar.of(knowledge), lexicon["periods"], lexicon["whole_year"]["patterns"]),
            re.compile(
                rf"(?:^|[\s，,、和与及])((?:(?![{strange}])[\u4e00-\u9fff]){{2,5}}(?:{endings}))(?=\d|[一二三四上下全]|(?<!办)的|要|有|负责|在|今年|和|与|、|本|做|$)"
            ),
            re.compile(endings),
            QuestionPatterns.of(lexicon),
            dict(_usable(knowledge.thesaurus, written)),
            Sounds.over(names, segmenter or shipped()),
        )

    def understand(self, text: str) -> Understood:
        """What a question asks for. Months, sections and item numbers are taken out of its text."""
        folded = folded_question(text)
        corrected = tuple(self.sounds.corrections(folded))
        for written, meant in corrected:
            folded = folded.replace(written, meant)
        sections, unknown, rest = self._sections(folded)
        months, rest = self.periods.taken_from(rest)
        numbers = (_number(m) for m in _ITEM.finditer(folded))
        items = tuple(dict.fromkeys(number for number in numbers if number is not None))
        rest = _ITEM.sub(" ", rest)
        text = rest.strip() or folded
        return Understood(
            text,
            self._entities(folded),
            sections,
            months,
            items,
            self.patterns.kinds(text),
            unknown,
            self.patterns.asks_for_all(folded),
            self._everyday(text),
            corrected,
            folded,
        )

    def expected(self, text: str) -> str:
        """What will be encoded of a question, as a rule, told before it is understood."""
        folded = folded_question(text)
        return Understood(folded, everyday=self._everyday(folded), question=folded).asked

    def names_only(self, text: str) -> Understood:
        """A question of which nothing but the names of entities is understood, as they are written."""
        folded = folded_question(text)
        return Understood(folded, self._entities(folded), question=folded)

    @staticmethod
    def plain(text: str) -> Understood:
        """A question as mere words: nothing in it constrains, names or expands."""
        folded = folded_question(text)
        return Understood(folded, question=folded)

    def _entities(self, text: str) -> tuple[str, ...]:
        found = (sorted(map(self.entity_id, numbers)) for _, numbers in self.names.found_in(text))
        return tuple(dict.fromkeys(chain.from_iterable(found)))

    def _everyday(self, text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The everyday phrases of a text, in its order; of two that overlap, the longer."""
        words = cache(lambda: set(self.sounds.segmenter.cut(text)))
        free, found = text, {}
        for phrase in self._longest_first:
            if phrase in free and (phrase in words() if len(phrase) == 1 else _stands_in(phrase, free)):
                free = free.replace(phrase, "\n")
                found[text.index(phrase)] = (phrase, tuple(self.thesaurus[phrase]))
        return tuple(found[at] for at in sorted(found))

    @cached_property
    def _longest_first(self) -> tuple[str, ...]:
        return tuple(sorted(self.thesaurus, key=lambda p: (-len(p), p)))

    def _sections(self, text: str) -> tuple[tuple[str, ...], str | None, str]:
        found: dict[str, None] = {}
        for name in sorted(self.sections, key=len, reverse=True):
            if name in text:
                found[self.sections[name]] = None
                text = text.replace(name, " ")
        for short, meant in list(self._shortened(text)):
            found[meant] = None
            text = text.replace(short, " ")
        unknown = self.section_pattern.search(text) if not found else None
        return tuple(found), unknown.group(1) if unknown else None, text

    def _shortened(self, text: str) -> Iterator[tuple[str, str]]:
        """(as written, the section meant) of names that one section has all characters of, in their order.

        外贸科 is 外经外贸科 where no other section could be meant; the longest that fits is taken.
        """
        for end in (match.end() for match in self.section_endings.finditer(text)):
            for start in range(max(0, end - _LONGEST_SHORT), end - 2):
                short = text[start:end]
                whole = re.compile(".*".join(map(re.escape, short)) + "$")
                fitting = {meant for known, meant in self.sections.items() if whole.search(known)}
                if len(fitting) == 1 and _HAN.fullmatch(short):
                    yield short, fitting.pop()
                    break


@dataclass(frozen=True)
class QuestionPatterns:
    """The words by which questions ask for things of a kind, and for all of them."""

    kind_patterns: Mapping[str, re.Pattern[str]]
    all_pattern: re.Pattern[str]

    @staticmethod
    def of(lexicon: Mapping[str, Any]) -> QuestionPatterns:
        before, after = "|".join(lexicon["kinds"]["before"]), "|".join(lexicon["kinds"]["after"])
        patterns = {}
        for type_, words in lexicon["kinds"]["things"].items():
            things = "|".join(words)
            measures = lexicon["kinds"]["measures"] if type_ == "Target" else []
            alone = "".join(f"|{measure}" for measure in measures)
            patterns[type_] = re.compile(rf"(?:{before})(?:的)?(?:{things})|(?:{things})(?:{after}){alone}")
        return QuestionPatterns(patterns, re.compile("|".join(lexicon["all"]["words"])))

    def kinds(self, text: str) -> tuple[str, ...]:
        """The types of what a folded text asks for."""
        return tuple(type_ for type_, pattern in self.kind_patterns.items() if pattern.search(text))

    def asks_for_all(self, text: str) -> bool:
        return self.all_pattern.search(text) is not None


def _number(match: re.Match[str]) -> int | None:
    """The number of an item, in digits or in characters; ``None`` for characters that are no numeral (十十)."""
    return read_number(next(group for group in match.groups() if group))


def _usable(
    thesaurus: Mapping[str, Sequence[str]], written: Callable[[str], bool]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for phrase, words in thesaurus.items():
        known = tuple(word for word in words if written(word))
        if known:
            yield simplified(phrase), known


def folded_question(text: str) -> str:
    """A question as it is understood and encoded."""
    return simplified(text.strip())[:_MAX_QUERY]


def _stands_in(phrase: str, text: str) -> bool:
    """Whether a phrase stands in a text, and in Latin letters by itself: robots, but not the ai of retail."""
    if not phrase.isascii():
        return True
    return re.search(rf"(?<![0-9a-z]){re.escape(phrase)}s?(?![0-9a-z])", text) is not None
