"""Whether a compound is a name or a class: 科技创新平台 is a class, 海尔工业互联网平台 a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.model import EntityType
from kg.recognition.heads import Heads
from kg.recognition.lexer import Token
from kg.recognition.word_classes import WordClasses

_RANKED = re.compile(
    r"(?:学院|学校)(?:党委|团委|工会|关工委|纪委)|局[\u4e00-\u9fff]{0,4}(?:办公室|科)|"
    r"[省市区县州](?!级)[\u4e00-\u9fff]{2,}"
)
_RANKED_SYSTEM = re.compile(r"[省市区县](?!级)|学院|学校")
_EDITION = re.compile(r"第[一二三四五六七八九十百\d]+(?:届|次(?!会议))")
_NUMERAL = re.compile(r"[一二三四五六七八九十\d]+年")
_STRONG = 5
"""Characters of a name made of class words alone, its strong head included."""
_BEYOND = 4
"""Characters that a compound needs beside a field of industry to be more than a class."""
_PLACED: tuple[EntityType, ...] = ("Platform", "Organization", "PolicyDocument")
"""Types that a place alone makes a name of: 山东省…研究院, but no 山东项目."""


@dataclass(frozen=True)
class Specificity:
    """What makes a name, from the word lists and the heads."""

    classes: WordClasses
    heads: Heads

    def strong(self, text: str, left: int, end: int) -> bool:
        """Whether the head makes a name of class words too: 科技强区建设行动."""
        counted = _NUMERAL.match(text, left)
        start = counted.end() if counted else left
        return end - start >= _STRONG and text.endswith(self.heads.strong, start, end)

    def specific(self, text: str, tokens: Sequence[Token], left: int, head: int, type_: EntityType) -> bool:
        """Whether anything in ``text[left:head]`` is more than a class word."""
        if self._by_form(text, left, head, type_):
            return True
        phase = type_ == "Project" and self.heads.phases.match(text, head) is not None
        for token in tokens:
            if token.end <= left or token.start >= head:
                continue
            word = text[max(token.start, left) : min(token.end, head)]
            idle = word in self.classes.generic or word in self.classes.strip
            if idle or token.pos in ("w", "TIME", "m", "q", "c"):
                continue
            if token.pos == "LOC" and not self._counts_place(token, left, head, type_, phase):
                continue
            if word in self.classes.fields:
                if self._field_alone(text, word, token.start == left, left, head, type_):
                    continue
                return True
            if len(word) > 1 and not self.classes.made_of_generic(word):
                return True
        quoted = re.search("“([^”]*)”?", text[left:head])
        return bool(quoted and quoted.group(1) not in self.classes.generic)

    def _by_form(self, text: str, left: int, head: int, type_: EntityType) -> bool:
        """A rank, an edition or a site tells a name whatever its words are."""
        if type_ == "Organization":
            return _RANKED.match(text, left) is not None
        if type_ == "Platform":
            return _RANKED_SYSTEM.match(text, left) is not None and text.startswith(self.heads.systems, head)
        if type_ == "Event":
            return _EDITION.match(text, left, head) is not None
        phase = self.heads.phases.match(text, head) if type_ == "Project" else None
        return phase is not None and text.endswith(self.heads.sites, left, head)

    @staticmethod
    def _counts_place(token: Token, left: int, head: int, type_: EntityType, phase: bool) -> bool:
        if type_ not in _PLACED and token.start != left:
            return False
        return not (type_ in ("Event", "Project") and token.end >= head and not phase)

    def _field_alone(
        self, text: str, field: str, first: bool, left: int, head: int, type_: EntityType
    ) -> bool:
        """储能项目 and 轴承产业基地 are classes; 新型海洋装备技改项目 is more than its field."""
        if not text.startswith(self.heads.weak, head):
            return False
        rest = head - left - len(field)
        return rest == 0 if type_ == "Project" else first and rest < _BEYOND
