"""Words of a text for lexical search: Chinese words fed with the graph's own names, and bigrams."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import ahocorasick
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

_NAME = 32
"""Shorter texts are names as a rule, which are asked for again and again."""

jieba.setLogLevel(logging.WARNING)


@dataclass(frozen=True)
class Words:
    """A segmenter that keeps ``names`` whole (and still finds the words inside them).

    How a text is cut depends on the text and on the names that stand in it, on no other name: what is cut once
    need not be cut again when a name is added elsewhere.
    """

    names: tuple[str, ...] = ()
    stop: frozenset[str] = frozenset()

    @staticmethod
    def of(names: Iterable[str], stop: Iterable[str] = ()) -> Words:
        """``names`` of at least two characters count; ``stop`` are words that are left out."""
        return Words(tuple(sorted({fold(n) for n in names if len(n) > 1})), frozenset(stop))

    @cached_property
    def known(self) -> frozenset[str]:
        """The names as a set."""
        return frozenset(self.names)

    @cached_property
    def _tokenizer(self) -> jieba.Tokenizer:
        jieba.dt.check_initialized()
        tokenizer = jieba.Tokenizer()
        # The dictionary's total stays as it is, whatever names are added: it weighs in every cut.
        tokenizer.FREQ, tokenizer.total, tokenizer.initialized = dict(jieba.dt.FREQ), jieba.dt.total, True
        for name in self.names:
            tokenizer.FREQ[name] = _frequency(name)
            for end in range(1, len(name)):
                tokenizer.FREQ.setdefault(name[:end], 0)
        return tokenizer

    @cached_property
    def _automaton(self) -> ahocorasick.Automaton:
        automaton = ahocorasick.Automaton()
        for name in self.names:
            automaton.add_word(name, name)
        automaton.make_automaton()
        return automaton

    def names_in(self, text: str) -> frozenset[str]:
        """The names that stand in a text, inside longer ones too."""
        if not self.names:
            return frozenset()
        return frozenset(name for _, name in self._automaton.iter(simplified(text)))

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
        holding = np.zeros(len(index), dtype=bool)
        holding[index.holding(list(tokens))] = True
        return holding


@lru_cache(maxsize=1 << 16)
def _frequency(name: str) -> int:
    """How often a name must count as seen so that the dictionary's own words do not cut it."""
    return int(jieba.dt.suggest_freq(name))


class _Converter:
    """OpenCC opens its dictionaries when it is made, so it is made when first needed."""

    @cached_property
    def opencc(self) -> OpenCC:
        return OpenCC("t2s")


_converter = _Converter()


def simplified(text: str) -> str:
    """Folded to half width, lower case and simplified characters; the length is kept."""
    return _simplified_name(text) if len(text) <= _NAME else _simplified(text)


@lru_cache(maxsize=1 << 16)
def _simplified_name(text: str) -> str:
    return _simplified(text)


def _simplified(text: str) -> str:
    # Half a surrogate pair, as a broken terminal sends it, is no character.
    folded = fold(text.encode("utf-8", "replace").decode("utf-8"))
    converted: str = _converter.opencc.convert(folded)
    return converted if len(converted) == len(folded) else folded
