"""The heads of names: the words that names end in, and what may stand around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.knowledge import Knowledge, alternatives
from kg.model import EntityType
from kg.recognition.lexer import Token


@dataclass(frozen=True)
class Heads:
    """The heads of ``names.toml`` by type, ready to match.

    ``weak`` heads make a class of a field alone, ``strong`` ones a name of class words alone; ``placed``
    ones name something only behind a place or an owner, ``systems`` behind a rank too; ``sites`` may
    stand before a phase by themselves. Behind ``counting`` words a compound is a class, and so is a
    weak head behind ``praising`` words.
    """

    types: Mapping[str, EntityType]
    pattern: re.Pattern[str]
    phases: re.Pattern[str]
    weak: tuple[str, ...]
    strong: tuple[str, ...]
    placed: frozenset[str]
    systems: tuple[str, ...]
    sites: tuple[str, ...]
    counting: tuple[str, ...]
    praising: tuple[str, ...]
    not_before: Mapping[str, tuple[str, ...]]
    not_after: Mapping[str, tuple[str, ...]]

    @staticmethod
    def of(knowledge: Knowledge) -> Heads:
        """From the tables ``heads``, ``generic``, ``not_before`` and ``not_after`` of ``names.toml``."""
        names, generic = knowledge.names, knowledge.names["generic"]
        types: dict[str, EntityType] = {}
        for type_, heads in names["heads"].items():
            for head in heads:
                types.setdefault(head, type_)
        return Heads(
            types,
            re.compile(f"(?=({alternatives(types)}))"),
            re.compile("|".join(f"（{p}）|{p}" for p in names["context"]["phases"])),
            tuple(generic["weak_heads"]),
            tuple(generic["strong_heads"]),
            frozenset(generic["placed_heads"]),
            tuple(generic["ranked_systems"]),
            tuple(names["heads"]["Platform"]),
            tuple(generic["counting"]),
            tuple(generic["praising"]),
            {head: tuple(words) for head, words in names["not_before"].items()},
            {head: tuple(words) for head, words in names["not_after"].items()},
        )

    def in_text(self, text: str) -> Iterator[tuple[str, int]]:
        """Every head and its offset: the longest at an end, and shorter ones of other types."""
        taken = -1
        for match in self.pattern.finditer(text):
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

    def goes_on(self, text: str, head: str, end: int) -> bool:
        """Whether a head that ends at ``end`` begins another word: 大学 in 大学生."""
        return head in self.not_before and text.startswith(self.not_before[head], end)

    def ends_name(
        self, text: str, tokens: Sequence[Token], head: str, end: int, fields: frozenset[str]
    ) -> bool:
        """Whether a head ends a word, or stands inside one that NER drew too long."""
        if self.goes_on(text, head, end):
            return False
        if head in self.not_after and text.endswith(self.not_after[head], 0, end - len(head)):
            return False
        closing = next((t for t in tokens if t.end == end and t.text != head), None)
        if closing and closing.text in fields:
            # 系统 in 智能无人系统 is part of a field's name.
            return False
        inside = next((t for t in tokens if t.start < end < t.end), None)
        if inside is None or inside.pos in ("ORG", "LOC", "nz"):
            return True
        # Inside one word only as the beginning of a longer head: 会议 in 会议纪要.
        return inside.text in self.types and inside.start == end - len(head)
