"""Names by their shape: a nominal compound that ends in a head such as 项目, 平台 or 方案.

A compound of nothing but class words (科技创新平台) is a class and no name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.knowledge import Knowledge
from kg.model import EntityType, Name
from kg.recognition.compounds import Compounds
from kg.recognition.heads import Heads
from kg.recognition.lexer import Token
from kg.recognition.specificity import Specificity
from kg.recognition.titles import Titles
from kg.recognition.word_classes import WordClasses

_OFFICE = re.compile(r"[省市区县州](?!级).{2,}(?:中心|站|所|院|馆)$")
"""A centre that opens with its rank is an office: 市农产品质量安全检测中心."""
_CALLED = re.compile(r"“(?P<name>[^“”]{2,10})”(?P<rest>[\u4e00-\u9fff]{2,8})")
_ANY_RANK = re.compile(r"各|[省市县区][（〔]|直辖市|自治[区州]人民")
_COUNTED = re.compile(r"(?:20\d\d年?|第[一二三四五六七八九十百\d]+届|首届)\Z")
_OWNER = 24
"""Characters between an owner and the head of its project, at most."""


@dataclass(frozen=True)
class NameGrammar:
    """The heads and word lists of ``names.toml``, ready to match."""

    classes: WordClasses
    heads: Heads
    specificity: Specificity
    compounds: Compounds
    titles: Titles
    scopes: tuple[str, ...]

    @staticmethod
    def of(knowledge: Knowledge, fields: frozenset[str] = frozenset()) -> NameGrammar:
        """``fields`` are the names of topics, which alone do not make a class a name."""
        heads = Heads.of(knowledge)
        classes = WordClasses.of(knowledge, heads.types, fields)
        specificity = Specificity(classes, heads)
        return NameGrammar(
            classes,
            heads,
            specificity,
            Compounds(classes, heads, specificity),
            Titles.of(knowledge),
            tuple(knowledge.names["generic"]["scopes"]),
        )

    def names_in(self, text: str, tokens: Sequence[Token], owners: Sequence[Name] = ()) -> Iterator[Name]:
        """Names of every head in a passage, nested ones included; ``owners`` are known companies."""
        yield from self.titles.names_in(text, tokens)
        starts = {name.start for name in owners if name.type == "Company"}
        for head, start in self.heads.in_text(text):
            yield from self._named(text, tokens, head, start, starts)

    def left_edge(self, text: str, tokens: Sequence[Token], head: int) -> int | None:
        """Where the compound before ``head`` begins; ``None`` where nothing stands before it."""
        return self.compounds.left_edge(text, tokens, head)

    def _named(
        self, text: str, tokens: Sequence[Token], head: str, start: int, owners: set[int]
    ) -> Iterator[Name]:
        end, type_ = start + len(head), self.heads.types[head]
        left = self._begins(text, tokens, head, start)
        if left is None or not self._is_name(text, tokens, head, left, end):
            return
        if type_ == "Platform" and _OFFICE.match(text[left:end]):
            type_ = "Organization"
        left, end = self._edges(text, tokens, type_, left, end, owners)
        yield Name(left, end, type_, "grammar", 0.8)
        phase = self.heads.phases.match(text, end)
        if phase and type_ in ("Platform", "Project"):
            yield Name(left, phase.end(), "Project", "grammar", 0.85)

    def _begins(self, text: str, tokens: Sequence[Token], head: str, start: int) -> int | None:
        """Where the name before a head begins, or ``None`` where the head ends no name."""
        if not self.heads.ends_name(text, tokens, head, start + len(head), self.classes.fields):
            return None
        type_ = self.heads.types[head]
        joined = type_ != "Organization" or head[-1] in "局委厅部会"
        left = self.compounds.left_edge(text, tokens, start, type_ if joined else None)
        while left is not None and left < start and text[left] in "）”、":
            left += 1
        return left

    def _is_name(self, text: str, tokens: Sequence[Token], head: str, left: int, end: int) -> bool:
        """Whether the compound names one thing rather than a class of things."""
        start, type_ = end - len(head), self.heads.types[head]
        if text.endswith(self.heads.counting, 0, left):
            return False
        if type_ == "Organization":
            # 各县（市）区人民政府 is no 区人民政府.
            if text[left - 1 : left] in ("）", "〕") or _ANY_RANK.match(text, left):
                return False
            if len(head) == 1 and not self._ranked(text, tokens, left, end):
                return False
        if head in self.heads.weak and self._praised(text, tokens, left, start):
            return False
        placed = any(t.pos in ("ORG", "LOC") and left <= t.start < start for t in tokens)
        if head in self.heads.placed and not placed:
            return False
        named = self.specificity
        return named.strong(text, left, end) or named.specific(text, tokens, left, start, type_)

    def _praised(self, text: str, tokens: Sequence[Token], left: int, start: int) -> bool:
        """素质教育精品项目: a kind of project, unless an owner or a quotation names one."""
        own = "“" in text[left:start] or any(t.pos == "ORG" and left <= t.start < start for t in tokens)
        return text.endswith(self.heads.praising, left, start) and not own

    @staticmethod
    def _ranked(text: str, tokens: Sequence[Token], left: int, end: int) -> bool:
        """An office named by one character (局, 委, 厅) shows its rank, or NER vouches for it."""
        if re.match(r"国家|[省市区县州]|[\u4e00-\u9fff]{1,4}[省市区县州]", text[left:end]):
            return True
        return any(t.pos == "ORG" and t.start <= left and end <= t.end for t in tokens)

    def _edges(
        self, text: str, tokens: Sequence[Token], type_: EntityType, left: int, end: int, owners: set[int]
    ) -> tuple[int, int]:
        """The edges of a name as its type draws them."""
        if type_ == "Organization":
            return self._with_rank(text, tokens, left), end
        if type_ == "Project":
            return self._owned(text, tokens, left, owners), end
        if type_ == "PolicyDocument":
            return self._promoting(tokens, left), end
        if type_ == "Event":
            return self._festive(text, left, end)
        return self._called(text, left, end) if type_ == "Program" else (left, end)

    @staticmethod
    def _with_rank(text: str, tokens: Sequence[Token], left: int) -> int:
        """市|数字化转型领导小组: the rank belongs to the name, whatever known word follows it."""
        alone = left > 0 and text[left - 1] in "省市区县" and any(t.start == left - 1 for t in tokens)
        return left - 1 if alone else left

    def _owned(self, text: str, tokens: Sequence[Token], left: int, owners: set[int]) -> int:
        """海信…用于数据通信的100G…项目: a clause that begins with its owner belongs to the name."""
        if left < 2 or text[left - 1] not in "的及与":
            return left
        for token in reversed([t for t in tokens if left - _OWNER <= t.start < left]):
            if token.start in owners:
                return token.start
            if token.pos == "w" or token.text in self.classes.governing:
                return left
        return left

    def _promoting(self, tokens: Sequence[Token], left: int) -> int:
        """A document that is named after what it promotes opens with its place or office."""
        i = next((k for k, t in enumerate(tokens) if t.end == left), -1)
        if i > 0 and tokens[i].text in self.classes.title_verbs and tokens[i - 1].pos in ("LOC", "ORG"):
            return tokens[i - 1].start if tokens[i - 1].end == tokens[i].start else left
        return left

    def _festive(self, text: str, left: int, end: int) -> tuple[int, int]:
        """第九届“云洛读书月”: an event keeps its reach, its marks where it is quoted whole, its ordinal."""
        left -= next((len(word) for word in self.scopes if text.endswith(word, 0, left)), 0)
        if text[end : end + 1] != "”" or text[left - 1 : left] != "“":
            return left, end
        ordinal = _COUNTED.search(text[: left - 1])
        return (ordinal.start(), end + 1) if ordinal else (left, end)

    def _called(self, text: str, left: int, end: int) -> tuple[int, int]:
        """“头雁”培育计划: a programme that is called by what stands in quotes is that."""
        match = _CALLED.match(text, left, end)
        return match.span("name") if match and self.classes.is_class(match.group("rest")) else (left, end)
