"""What words do in names: which govern a name, stand inside it, or make none by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.knowledge import Knowledge
from kg.recognition.lexer import Token

OPENING_MARKS = {"”": "“", "）": "（", ")": "(", "》": "《", "』": "『", "」": "「"}
"""Closing marks and what opens them."""
INNER_MARKS = frozenset("·/+-—－")
"""Marks that stand inside names."""
_STOP_POS = frozenset({"p", "u", "xc", "r", "d", "f", "c"})
_NAMED_NUMBER = re.compile(r"^[一二三四五]期$|[A-Za-z年]|^20\d\d$|^首届$")
_CAPACITY = re.compile(r"(?:年|日)(?:产|处理|加工|出栏|屠宰)")
_MONTH = re.compile(r"月份?$|^\d+日$")


@dataclass(frozen=True)
class WordClasses:
    """The word lists of ``names.toml``; ``fields`` are the names of topics."""

    governing: frozenset[str]
    leading: frozenset[str]
    inner: frozenset[str]
    opening: frozenset[str]
    generic: frozenset[str]
    strip: frozenset[str]
    joiners: frozenset[str]
    office_joiners: frozenset[str]
    comparing: frozenset[str]
    title_verbs: frozenset[str]
    fields: frozenset[str]

    @staticmethod
    def of(knowledge: Knowledge, heads: Iterable[str], fields: frozenset[str]) -> WordClasses:
        """``heads`` are class words too: 云基地 alone names no base."""
        verbs, generic = knowledge.names["verbs"], knowledge.names["generic"]
        return WordClasses(
            frozenset(verbs["governing"]),
            frozenset(verbs["leading"]),
            frozenset(verbs["inner"]),
            frozenset(verbs["opening"]),
            frozenset(generic["words"]) | frozenset(heads),
            frozenset(generic["strip"]),
            frozenset(generic["joiners"]),
            frozenset(generic["office_joiners"]),
            frozenset(generic["comparing"]),
            frozenset(generic["title_verbs"]),
            fields,
        )

    @property
    def all_joiners(self) -> frozenset[str]:
        """Those of names and those of offices alone."""
        return self.joiners | self.office_joiners

    def bounds(self, token: Token) -> bool:
        """Whether no name reaches over a word."""
        if token.pos == "TIME" and _MONTH.search(token.text):
            return True
        nominal = token.text in self.leading or token.text in self.inner or token.text in self.opening
        if token.pos == "v" and not nominal:
            return True
        if token.text in self.inner and token.pos != "p":
            return False
        # A verbal noun may stand inside (整县推进项目), whatever it governs as a verb.
        return token.pos in _STOP_POS or (token.text in self.governing and token.pos != "vn")

    def joins(self, joiner: Token, before: Token, after: Sequence[Token]) -> bool:
        """Whether 与 or 暨 joins two parts of one name; two names it keeps apart."""
        if before.text in self.fields and any(t.text in self.fields for t in after):
            return True
        if before.text in OPENING_MARKS:
            return joiner.text == "暨"
        names = ("ORG", "LOC", "PER")
        if before.pos in names or any(t.pos in names for t in after):
            return joiner.text == "暨"
        if joiner.text in self.office_joiners:
            return False
        return before.pos in ("n", "nz", "vn", "v", "nw") and not self.bounds(before)

    def names_nothing(self, word: str) -> bool:
        """Whether a word is a class word or a verb that governs names."""
        return word in self.generic or word in self.governing

    def is_class_word(self, token: Token) -> bool:
        """Whether a word makes no name by itself."""
        weak = token.text in self.generic or token.text in self.strip or token.text in self.leading
        return weak or self.made_of_generic(token.text)

    def weak(self, token: Token) -> bool:
        """What a name does not begin with."""
        lists = (self.strip, self.leading, self.governing, self.joiners, INNER_MARKS)
        return token.pos == "v" or any(token.text in words for words in lists)

    def is_class(self, phrase: str) -> bool:
        """Whether a phrase is one class word or two."""
        return phrase in self.generic or self.made_of_generic(phrase)

    def made_of_generic(self, word: str) -> bool:
        """科技创新 and 省级工程技术 are, 大学科教 is not: class words from end to end, two at least."""
        reached = {0}
        for end in range(1, len(word) + 1):
            if any(word[start:end] in self.generic for start in reached if (start, end) != (0, len(word))):
                reached.add(end)
        return len(word) in reached


def names_quantity(tokens: Sequence[Token], i: int) -> bool:
    """年产300台, 第二批, 三年, 100G, 蒙牛万头: numerals that belong to a name."""
    text = tokens[i].text
    if text.startswith("第") or _NAMED_NUMBER.search(text):
        return True
    if (
        i
        and tokens[i - 1].pos in ("ORG", "PER", "nz", "LOC", "TIME", "m")
        and not _MONTH.search(tokens[i - 1].text)
    ):
        return True
    before = "".join(t.text for t in tokens[max(0, i - 2) : i])
    return bool(_CAPACITY.search(before))
