"""Names by their shape: a nominal compound that ends in a head such as 项目, 平台 or 方案.

From a head the name reaches to the left over nouns, names, quoted parts and verbs used as nouns,
and stops before a verb that governs it, a particle, a conjunction or punctuation. A compound of
nothing but class words (科技创新平台) is a class and no name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.knowledge import Knowledge
from kg.model import EntityType, Name
from kg.recognition.lexer import Token, cut_between_words
from kg.recognition.word_classes import INNER_MARKS, OPENING_MARKS, WordClasses, names_quantity

_OFFICE = re.compile(r"[省市区县州].{2,}(?:中心|站|所|院|馆)$")
"""A centre that opens with its rank is an office: 市农产品质量安全检测中心."""
_RANKED = re.compile(r"(?:学院|学校)(?:党委|团委|工会|关工委|纪委)|局[\u4e00-\u9fff]{0,4}(?:办公室|科)|[省市区县州](?!级)[\u4e00-\u9fff]{2,}")
_RANKED_SYSTEM = re.compile(r"[省市区县](?!级)|学院|学校")
_EDITION = re.compile(r"第[一二三四五六七八九十百\d]+(?:届|次(?!会议))")
_CALLED = re.compile(r"“(?P<name>[^“”]{2,10})”(?P<rest>[\u4e00-\u9fff]{2,8})")
_ANY_RANK = re.compile(r"[省市县区][（〔]|直辖市|自治[区州]人民")
_COUNTED = re.compile(r"(?:20\d\d年?|第[一二三四五六七八九十百\d]+届|首届)\Z")
_MAX_MODIFIERS = 16
"""Words; a longer stretch without a boundary is a sentence, not a name."""
_STRONG = 5
"""Characters of a name made of class words alone, its strong head included."""
_LATTER = 4
"""Characters that a name must have behind another name's head to be a name by itself."""


@dataclass(frozen=True)
class Grammar:
    """The heads and word lists of ``names.toml``, ready to match."""

    classes: WordClasses
    types: Mapping[str, EntityType]
    heads: re.Pattern[str]
    phases: re.Pattern[str]
    weak_heads: tuple[str, ...]
    strong_heads: tuple[str, ...]
    counting: tuple[str, ...]
    scopes: tuple[str, ...]
    placed_heads: frozenset[str]
    systems: tuple[str, ...]
    sites: tuple[str, ...]
    titles: tuple[re.Pattern[str], ...]
    issuing: tuple[str, ...]
    not_before: Mapping[str, tuple[str, ...]]
    not_after: Mapping[str, tuple[str, ...]]

    @staticmethod
    def of(knowledge: Knowledge, fields: frozenset[str] = frozenset()) -> Grammar:
        """``fields`` are the names of topics, which alone do not make a class a name."""
        names = knowledge.names
        types: dict[str, EntityType] = {}
        for type_, heads in names["heads"].items():
            for head in heads:
                types.setdefault(head, type_)
        return Grammar(
            WordClasses.of(knowledge, types, fields),
            types,
            re.compile("(?=(" + "|".join(sorted(map(re.escape, types), key=len, reverse=True)) + "))"),
            re.compile("|".join(f"（{p}）|{p}" for p in names["context"]["phases"])),
            tuple(names["generic"]["weak_heads"]),
            tuple(names["generic"]["strong_heads"]),
            tuple(names["generic"]["counting"]),
            tuple(names["generic"]["scopes"]),
            frozenset(names["generic"]["placed_heads"]),
            tuple(names["generic"]["ranked_systems"]),
            tuple(names["heads"]["Platform"]),
            tuple(re.compile(pattern) for pattern in names["generic"]["document_titles"]),
            tuple(names["generic"]["issuing"]),
            {head: tuple(words) for head, words in names["not_before"].items()},
            {head: tuple(words) for head, words in names["not_after"].items()},
        )

    def names_in(self, text: str, tokens: Sequence[Token], owners: Sequence[Name] = ()) -> Iterator[Name]:
        """Names of every head in a passage, nested ones included; ``owners`` are known companies."""
        yield from self._quoted_titles(text)
        yield from self._written_titles(text, tokens)
        starts = {name.start for name in owners if name.type == "Company"}
        for head, start in self._heads_in(text):
            yield from self._named(text, tokens, head, start, starts)

    def _heads_in(self, text: str) -> Iterator[tuple[str, int]]:
        """Every head and its offset: the longest at an end, and shorter ones of other types."""
        taken = -1
        for match in self.heads.finditer(text):
            head, start = match.group(1), match.start(1)
            # 重点实验室 holds 实验室: only the longest head at an end counts.
            if start + len(head) <= taken and start < taken:
                continue
            taken = start + len(head)
            yield head, start
            for size in range(len(head) - 1, 1, -1):
                # 会议纪要 is the record of a 会议.
                if self.types.get(head[:size], self.types[head]) != self.types[head]:
                    yield head[:size], start

    def _named(
        self, text: str, tokens: Sequence[Token], head: str, start: int, owners: set[int]
    ) -> Iterator[Name]:
        end, type_ = start + len(head), self.types[head]
        office = type_ == "Organization" and head[-1] in "局委厅部会"
        asked = None if type_ == "Organization" and not office else type_
        ends = self._ends(text, tokens, head, end)
        left = self.left_edge(text, tokens, start, asked) if ends else None
        while left is not None and left < start and text[left] in "）”、":
            left += 1
        if left is None or text.endswith(self.counting, 0, left):
            return
        if type_ == "Organization" and (text[left - 1 : left] in ("）", "〕") or _ANY_RANK.match(text, left)):
            # 各县（市）区人民政府 is no 区人民政府.
            return
        strong = start + len(head) - left >= _STRONG and text.endswith(self.strong_heads, left, end)
        if not strong and not self._specific(text, tokens, left, start, type_):
            return
        placed = any(t.pos in ("ORG", "LOC") and left <= t.start < start for t in tokens)
        if head in self.placed_heads and not placed:
            return
        ranked = self._ranked(text, tokens, left, end)
        if len(head) == 1 and type_ == "Organization" and not ranked:
            return
        if type_ == "Platform" and _OFFICE.match(text[left:end]):
            type_ = "Organization"
        if type_ == "Organization":
            left = self._with_rank(text, tokens, left)
        if type_ == "Project":
            left = self._owned(text, tokens, left, owners)
        if type_ == "PolicyDocument":
            left = self._titled(tokens, left)
        if type_ == "Event":
            left -= next((len(word) for word in self.scopes if text.endswith(word, 0, left)), 0)
            left, end = self._festive(text, left, end)
        if type_ == "Program":
            left, end = self._called(text, left, end)
        yield Name(left, end, type_, "grammar", 0.8)
        phase = self.phases.match(text, end)
        if phase and type_ in ("Platform", "Project"):
            yield Name(left, phase.end(), "Project", "grammar", 0.85)

    def _ends(self, text: str, tokens: Sequence[Token], head: str, end: int) -> bool:
        """Whether a head ends a word, or stands inside one that NER drew too long."""
        if head in self.not_before and text.startswith(self.not_before[head], end):
            return False
        if head in self.not_after and text.endswith(self.not_after[head], 0, end - len(head)):
            return False
        inside = next((t for t in tokens if t.start < end < t.end), None)
        closing = next((t for t in tokens if t.end == end and t.text != head), None)
        if closing and closing.text in self.classes.fields:
            # 系统 in 智能无人系统 is part of a field's name.
            return False
        if inside is None or inside.pos in ("ORG", "LOC", "nz"):
            return True
        # Inside one word only as the beginning of a longer head: 会议 in 会议纪要.
        return inside.text in self.types and inside.start == end - len(head)

    @staticmethod
    def _ranked(text: str, tokens: Sequence[Token], left: int, end: int) -> bool:
        """An office named by one character (局, 委, 厅) shows its rank, or NER vouches for it."""
        if re.match(r"国家|[省市区县州]|[\u4e00-\u9fff]{1,4}[省市区县州]", text[left:end]):
            return True
        return any(t.pos == "ORG" and t.start <= left and end <= t.end for t in tokens)

    @staticmethod
    def _with_rank(text: str, tokens: Sequence[Token], left: int) -> int:
        """市|数字化转型领导小组: the rank belongs to the name, whatever known word follows it."""
        alone = left > 0 and text[left - 1] in "省市区县" and any(t.start == left - 1 for t in tokens)
        return left - 1 if alone else left

    def _owned(self, text: str, tokens: Sequence[Token], left: int, owners: set[int]) -> int:
        """海信…用于数据通信的100G…项目: a clause that begins with its owner belongs to the name."""
        if left < 2 or text[left - 1] not in "的及与":
            return left
        for token in reversed([t for t in tokens if left - 24 <= t.start < left]):
            if token.start in owners:
                return token.start
            if token.pos == "w" or token.text in self.classes.governing:
                return left
        return left

    def _titled(self, tokens: Sequence[Token], left: int) -> int:
        """A document that is named after what it promotes opens with its place or office."""
        i = next((k for k, t in enumerate(tokens) if t.end == left), -1)
        if i > 0 and tokens[i].text in self.classes.title_verbs and tokens[i - 1].pos in ("LOC", "ORG"):
            return tokens[i - 1].start if tokens[i - 1].end == tokens[i].start else left
        return left

    @staticmethod
    def _festive(text: str, left: int, end: int) -> tuple[int, int]:
        """第九届“云洛读书月”: an event that is quoted whole keeps its marks, and its ordinal."""
        if text[end : end + 1] != "”" or text[left - 1 : left] != "“":
            return left, end
        ordinal = _COUNTED.search(text[: left - 1])
        return (ordinal.start() if ordinal else left - 1), end + 1

    def _called(self, text: str, left: int, end: int) -> tuple[int, int]:
        """“头雁”培育计划: a programme that is called by what stands in quotes is that."""
        match = _CALLED.match(text, left, end)
        if match and self.classes.is_class(match.group("rest")):
            return match.span("name")
        return left, end

    def _quoted_titles(self, text: str) -> Iterator[Name]:
        for match in re.finditer(r"《[^《》]{2,60}(?:《[^《》]*》[^《》]*)?》", text):
            yield Name(match.start(), match.end(), "PolicyDocument", "grammar", 0.97)

    def _written_titles(self, text: str, tokens: Sequence[Token]) -> Iterator[Name]:
        """江西省人民政府印发关于…的通知: the office that issues a notice opens its title."""
        for pattern in self.titles:
            for match in pattern.finditer(text):
                start = match.start()
                for token in reversed([t for t in tokens if t.end <= start]):
                    issuer = token.pos in ("ORG", "LOC") or token.text in self.issuing
                    if token.end != start or not issuer:
                        break
                    start = token.start
                yield Name(start, match.end(), "PolicyDocument", "grammar", 0.85)

    def left_edge(
        self, text: str, tokens: Sequence[Token], head: int, type_: EntityType | None = None
    ) -> int | None:
        """Where the compound before ``head`` begins; ``None`` where nothing stands before it."""
        inside = next((t for t in tokens if t.start < head < t.end), None)
        edge = inside.start if inside else head
        if inside and inside.text in self.classes.governing:
            return None
        i = next((k for k in range(len(tokens) - 1, -1, -1) if tokens[k].end <= edge), -1)
        words = 0
        while i >= 0 and words < _MAX_MODIFIERS:
            # 建设 before the head is what the project does; farther off it governs the name.
            if type_ != "Project" and edge != head and tokens[i].pos == "v" and tokens[i].text in self.classes.leading:
                break
            step = self._extend(text, tokens, i, edge, type_)
            if step is None:
                break
            i, edge, words = step[0], step[1], words + 1
        if type_ != "Project":
            edge = self._behind_inner_head(text, tokens, edge, head)
        stripped = self._strip(tokens, edge, head)
        if any(t.text in self.classes.comparing for t in tokens if edge <= t.start < stripped):
            return None
        return stripped if stripped < head else None

    def _behind_inner_head(self, text: str, tokens: Sequence[Token], edge: int, head: int) -> int:
        """A name in front of the name: of 甲研究院乙系统产业规划 the plan's name is the latter part."""
        for match in self.heads.finditer(text, edge, head):
            inner, end = match.group(1), match.end(1)
            goes_on = inner in self.not_before and text.startswith(self.not_before[inner], end)
            if (
                goes_on
                or text[end : end + 1] in "（("
                or self.types[inner] == "Project"
                or not edge < end <= head - _LATTER
            ):
                continue
            whole = self._specific(text, tokens, edge, match.start(1), self.types[inner])
            if whole and self._specific(text, tokens, end, head, "Project"):
                edge = end
        return edge

    def _extend(
        self, text: str, tokens: Sequence[Token], i: int, edge: int, type_: EntityType | None
    ) -> tuple[int, int] | None:
        """(next token to look at, new left edge), or ``None`` at a boundary."""
        token = tokens[i]
        if i > 0 and tokens[i - 1].end == token.start and cut_between_words(tokens[i - 1], token):
            return None
        gap = text[token.end : edge]
        if gap.strip() != gap and not (gap == " " and token.text.isascii()):
            return None
        if token.text in OPENING_MARKS:
            opening = next(
                (k for k in range(i, max(-1, i - 14), -1) if tokens[k].text == OPENING_MARKS[token.text]),
                None,
            )
            if opening is None or text[tokens[opening].end : token.start].isdecimal():
                return None
            return opening - 1, tokens[opening].start
        if token.text in INNER_MARKS and i > 0:
            return i - 1, token.start
        if type_ == "Organization" and token.text in self.classes.office_joiners and i > 0:
            inside = tokens[i - 1].pos in ("n", "vn", "ORG", "LOC")
            return (i - 1, token.start) if inside and self._one_office(tokens, i) else None
        if type_ == "Project" and token.text == "及" and i > 0:
            # 年产10GWh电池及系统集成项目; a list of projects has a head before the 及.
            whole = tokens[i - 1].text.endswith(tuple(self.types)) or tokens[i - 1].text in self.classes.generic
            return (i - 1, token.start) if tokens[i - 1].pos in ("n", "nz", "vn") and not whole else None
        if token.text in self.classes.joiners | self.classes.office_joiners:
            joined = i > 0 and self.classes.joins(token, tokens[i - 1], tokens[i + 1 : i + 2])
            return (i - 1, token.start) if joined else None
        if token.pos == "w" or self.classes.bounds(token):
            return None
        if token.pos in ("m", "q") and not names_quantity(tokens, i):
            return None
        return i - 1, token.start

    def _one_office(self, tokens: Sequence[Token], i: int) -> bool:
        """Whether the 和 at ``i`` stands inside the name of one office: 文化和旅游局."""
        before = tokens[i - 1]
        ended = self.types.get(before.text[-1]) == "Organization" if before.pos == "ORG" else False
        ended = ended or self.types.get(before.text) == "Organization"
        ranked = i + 1 < len(tokens) and tokens[i + 1].text[0] in "省市区县"
        return not (ended or ranked)

    def _strip(self, tokens: Sequence[Token], edge: int, head: int) -> int:
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

    def _specific(self, text: str, tokens: Sequence[Token], left: int, head: int, type_: EntityType) -> bool:
        """Whether anything before the head is more than a class word."""
        if type_ == "Organization" and _RANKED.match(text[left:]):
            return True
        if type_ == "Platform" and _RANKED_SYSTEM.match(text[left:]) and text.startswith(self.systems, head):
            return True
        if type_ == "Event" and _EDITION.match(text[left:head]):
            return True
        phase = self.phases.match(text, head) if type_ == "Project" else None
        if phase and text[left:head].endswith(self.sites):
            return True
        head_is_weak = any(text.startswith(weak, head) for weak in self.weak_heads)
        placed = type_ in ("Platform", "Organization", "PolicyDocument")
        for token in tokens:
            if token.end <= left or token.start >= head:
                continue
            word = text[max(token.start, left) : min(token.end, head)]
            if (
                word in self.classes.generic
                or word in self.classes.strip
                or token.pos in ("w", "TIME", "m", "q", "c")
            ):
                continue
            if token.pos == "LOC" and not placed and token.start != left:
                continue
            if token.pos == "LOC" and type_ in ("Event", "Project") and token.end >= head and not phase:
                continue
            if word in self.classes.fields:
                # 储能项目 and 轴承产业基地 are classes; 新型海洋装备技改项目 is more than its field.
                rest = head - left - len(word)
                alone = rest == 0 if type_ == "Project" else token.start == left and rest < _LATTER
                if head_is_weak and alone:
                    continue
                return True
            if len(word) > 1 and not self.classes.made_of_generic(word):
                return True
        quoted = re.search("“([^”]*)”?", text[left:head])
        return bool(quoted and quoted.group(1) not in self.classes.generic)
