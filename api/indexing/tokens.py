"""Words of a text for lexical search: Chinese words fed with the graph's own names, and bigrams."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import jieba
import numpy as np
import numpy.typing as npt
from opencc import OpenCC

from embeddings.lexical import LexicalIndex
from kg.recognition.vocabulary import fold

_WORD = re.compile(r"[0-9a-z\u4e00-\u9fff]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_BIGRAM = "\x02"
"""Marks character bigrams, which stand behind words: they catch names that no dictionary cuts."""

jieba.setLogLevel(logging.WARNING)


@dataclass(frozen=True)
class Words:
    """A segmenter that keeps ``names`` whole (and still finds the words inside them)."""

    names: tuple[str, ...] = ()
    stop: frozenset[str] = frozenset()

    @staticmethod
    def of(names: Iterable[str], stop: Iterable[str] = ()) -> Words:
        return Words(tuple(sorted({n for n in names if len(n) > 1})), frozenset(stop))

    @cached_property
    def _tokenizer(self) -> jieba.Tokenizer:
        tokenizer = jieba.Tokenizer()
        for name in self.names:
            tokenizer.add_word(fold(name))
        return tokenizer

    def words(self, text: str) -> list[str]:
        """The words of a text, folded; stop words and punctuation left out."""
        cut = self._tokenizer.cut_for_search(simplified(text))
        return [word for word in cut if _WORD.search(word) and word not in self.stop]

    def cut(self, text: str) -> list[str]:
        """The same without the words inside longer ones."""
        cut = self._tokenizer.cut(simplified(text))
        return [word for word in cut if _WORD.search(word) and word not in self.stop]

    def tokens(self, text: str) -> list[str]:
        """Words and marked bigrams, for an index and for a query alike."""
        return [*self.words(text), *self.bigrams(text)]

    def bigrams(self, text: str) -> list[str]:
        """The marked bigrams of a text."""
        runs = _CHINESE.findall(simplified(text))
        pairs = [run[i : i + 2] for run in runs for i in range(len(run) - 1)]
        return [_BIGRAM + pair for pair in pairs if pair not in self.stop]

    def tokens_within(self, word: str) -> list[str]:
        """Tokens that a text which holds the word must have, inside a longer word too: its bigrams."""
        return self.bigrams(word) or [simplified(word)]

    def holding(self, index: LexicalIndex, asked: Iterable[str]) -> npt.NDArray[np.bool_]:
        """Which texts of an index hold all the words, inside longer words too; shape (len(index),)."""
        tokens = dict.fromkeys(token for word in asked for token in self.tokens_within(word))
        holding = np.ones(len(index), dtype=bool)
        for token in tokens:
            holding &= index.scores([token]) > 0
        return holding


class _Converter:
    """OpenCC opens its dictionaries when it is made, so it is made when first needed."""

    @cached_property
    def opencc(self) -> OpenCC:
        return OpenCC("t2s")


_converter = _Converter()


def simplified(text: str) -> str:
    """Folded to half width, lower case and simplified characters; the length is kept."""
    # Half a surrogate pair, as a broken terminal sends it, is no character.
    folded = fold(text.encode("utf-8", "replace").decode("utf-8"))
    converted: str = _converter.opencc.convert(folded)
    return converted if len(converted) == len(folded) else folded
