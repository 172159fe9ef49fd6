"""Where the compound before a head begins.

It reaches to the left over nouns, names, quoted parts and verbs used as nouns, and stops before a verb
that governs it, a particle, a conjunction or punctuation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.model import EntityType
from kg.recognition.heads import Heads
from kg.recognition.lexer import Token, cut_between_words
from kg.recognition.specificity import Specificity
from kg.recognition.word_classes import INNER_MARKS, OPENING_MARKS, WordClasses, names_quantity

Extension = tuple[int, int]
"""(the next token to look at, the new left edge)"""

_MAX_MODIFIERS = 16
"""Words; a longer stretch without a boundary is a sentence, not a name."""
_LATTER = 4
"""Characters that a name must have behind another name's head to be a name by itself."""
_DASHES = frozenset("—－")
_PLANT = 2
"""Characters of the shortest verb that may stand between the nouns of a project's name."""
_QUOTED = 14
"""Words of the longest quotation or bracket inside a name."""


@dataclass(frozen=True)
class Compounds:
    """The left edges of names."""

    classes: WordClasses
    heads: Heads
    specificity: Specificity

    def left_edge(
        self, text: str, tokens: Sequence[Token], head: int, type_: EntityType | None = None
    ) -> int | None:
        """Where the compound before ``head`` begins; ``None`` where nothing stands before it."""
        inside = next((t for t in tokens if t.start < head < t.end), None)
        if inside and inside.text in self.classes.governing:
            return None
        edge = self._reach(text, tokens, inside.start if inside else head, head, type_)
        if type_ in ("PolicyDocument", "Program", "Topic", None):
            edge = self._behind_inner_head(text, tokens, edge, head)
        stripped = self._behind_governed(tokens, self._strip(tokens, edge, head), head)
        if any(t.text in self.classes.comparing for t in tokens if edge <= t.start < stripped):
            return None
        return stripped if stripped < head else None

    def _reach(
        self, text: str, tokens: Sequence[Token], edge: int, head: int, type_: EntityType | None
    ) -> int:
        """The edge after every word that belongs to the compound."""
        i = next((k for k in range(len(tokens) - 1, -1, -1) if tokens[k].end <= edge), -1)
        for _ in range(_MAX_MODIFIERS):
            if i < 0 or (edge != head and type_ != "Project" and self._governs(tokens[i])):
                break
            step = self._extend(text, tokens, i, edge, type_)
            if step is None:
                break
            i, edge = step
        return edge

    def _governs(self, token: Token) -> bool:
        # 建设 before the head is what the project does; farther off it governs the name.
        return token.pos == "v" and token.text in self.classes.leading

    def _behind_inner_head(self, text: str, tokens: Sequence[Token], edge: int, head: int) -> int:
        """A name in front of the name: of 甲研究院乙系统产业规划 the plan's name is the latter part."""
        for match in self.heads.pattern.finditer(text, edge, head):
            inner, end = match.group(1), match.end(1)
            if (
                self.heads.goes_on(text, inner, end)
                or text[end : end + 1] in "（("
                or self.heads.types[inner] == "Project"
                or not edge < end <= head - _LATTER
            ):
                continue
            specific = self.specificity.specific
            whole = specific(text, tokens, edge, match.start(1), self.heads.types[inner])
            if whole and specific(text, tokens, end, head, "Project"):
                edge = end
        return edge

    def _extend(
        self, text: str, tokens: Sequence[Token], i: int, edge: int, type_: EntityType | None
    ) -> Extension | None:
        """One word farther to the left, or ``None`` at a boundary."""
        token = tokens[i]
        if i > 0 and tokens[i - 1].end == token.start and cut_between_words(tokens[i - 1], token):
            return None
        gap = text[token.end : edge]
        if gap.strip() != gap and not (gap == " " and token.text.isascii()):
            return None
        if token.text in OPENING_MARKS:
            return self._over_marks(text, tokens, i)
        if token.text in INNER_MARKS and i > 0:
            return None if token.text in _DASHES and type_ in ("Organization", None) else (i - 1, token.start)
        if (token.text == "及" and type_ == "Project") or token.text in self.classes.all_joiners:
            return (i - 1, token.start) if i > 0 and self._joins(tokens, i, type_) else None
        if token.pos == "w" or (self.classes.bounds(token) and not self._works(tokens, i, type_)):
            return None
        if token.pos in ("m", "q") and not names_quantity(tokens, i):
            return None
        return i - 1, token.start

    def _works(self, tokens: Sequence[Token], i: int, type_: EntityType | None) -> bool:
        """泰鸿橡胶|密炼|车间改造项目: a verb between nouns that says how the project's plant works."""
        token = tokens[i]
        if type_ not in ("Project", "Platform") or token.pos != "v" or len(token.text) < _PLANT or i == 0:
            return False
        before = tokens[i - 1]
        adjacent = before.end == token.start and before.pos in ("n", "nz", "ORG", "a")
        if before.text in self.heads.types:
            # …项目落户…科技园: the verb stands between two names.
            return False
        named = self.classes.names_nothing(token.text) or token.text in self.classes.leading
        return adjacent and not named

    @staticmethod
    def _over_marks(text: str, tokens: Sequence[Token], i: int) -> Extension | None:
        """Over a quotation or a bracket that closes at ``i``."""
        opens = OPENING_MARKS[tokens[i].text]
        opening = next((k for k in range(i, max(-1, i - _QUOTED), -1) if tokens[k].text == opens), None)
        if opening is None or text[tokens[opening].end : tokens[i].start].isdecimal():
            return None
        return opening - 1, tokens[opening].start

    def _joins(self, tokens: Sequence[Token], i: int, type_: EntityType | None) -> bool:
        """Whether the conjunction at ``i`` joins two parts of one name."""
        token, before = tokens[i], tokens[i - 1]
        if type_ == "Organization" and token.text in self.classes.office_joiners:
            return before.pos in ("n", "vn", "ORG", "LOC") and self._one_office(tokens, i)
        if type_ == "Project" and token.text == "及":
            # 年产10GWh电池及系统集成项目; a list of projects has a head before the 及.
            listed = before.text.endswith(tuple(self.heads.types)) or before.text in self.classes.generic
            return before.pos in ("n", "nz", "vn") and not listed
        return self.classes.joins(token, before, tokens[i + 1 : i + 2])

    def _one_office(self, tokens: Sequence[Token], i: int) -> bool:
        """Whether the 和 at ``i`` stands inside the name of one office: 文化和旅游局."""
        before, types = tokens[i - 1], self.heads.types
        ended = types.get(before.text) == "Organization" or (
            before.pos == "ORG" and types.get(before.text[-1]) == "Organization"
        )
        ranked = i + 1 < len(tokens) and tokens[i + 1].text[0] in "省市区县"
        return not (ended or ranked)

    def _strip(self, tokens: Sequence[Token], edge: int, head: int) -> int:
        """The edge behind the words that no name begins with."""
        for token in tokens:
            if token.start < edge or token.end > head:
                continue
            if token.start > edge:
                break
            cut = any(t.end == token.start and cut_between_words(t, token) for t in tokens)
            if token.text in self.classes.opening or not (cut or self.classes.weak(token)):
                break
            edge = token.end
        edge = self._behind_verb(tokens, edge, head)
        # A verb may have run into the name inside one word: 汇同区发改局.
        inside = next((t for t in tokens if t.start == edge), None)
        verbs = [v for v in self.classes.governing if inside and 1 < len(v) < len(inside.text)]
        verb = max((v for v in verbs if inside and inside.text.startswith(v)), key=len, default="")
        return edge + len(verb)

    def _behind_governed(self, tokens: Sequence[Token], edge: int, head: int) -> int:
        """郑州大学|对接|…研究院: a verb behind an institution governs what follows."""
        for token, following in pairwise(t for t in tokens if edge <= t.start and t.end <= head):
            owner = token.pos == "ORG" or token.text.endswith(("集团", "公司"))
            if (
                owner
                and following.text in self.classes.governing | self.classes.leading
                and (following.end < head)
            ):
                edge = following.end
        return edge

    def _behind_verb(self, tokens: Sequence[Token], edge: int, head: int) -> int:
        """高标准建设中德…产业园: a verb behind nothing but class words governs the name."""
        for token in tokens:
            if token.start < edge or token.end >= head:
                continue
            if token.pos == "v" and token.text in self.classes.leading | self.classes.governing:
                return token.end
            if not (self.classes.is_class_word(token) or token.pos in ("ad", "vd")):
                return edge
        return edge
