"""Words of a text for lexical search: Chinese words fed with the graph's own names, and bigrams."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import ahocorasick
import numpy as np
import numpy.typing as npt

from api.indexing.folding import simplified
from api.indexing.names import NameTable
from api.indexing.segmenter import Segmenter, shipped
from embeddings.lexical import LexicalIndex

if TYPE_CHECKING:
    import jieba

_WORD = re.compile(r"[0-9a-z\u4e00-\u9fff]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_KEPT = 256
"""Questions whose words are remembered."""
_BIGRAM = "\x02"
"""Marks character bigrams, which stand behind words: they catch names that no dictionary cuts."""


@dataclass(frozen=True)
class Words:
    """A segmenter that keeps ``names`` whole (and still finds the words inside them).

    How a text is cut depends on the text and on the names that stand in it, on no other name: what is cut once
    need not be cut again when a name is added elsewhere. With a ``table`` names are looked up there, text by text:
    for questions, which are few and short.
    """

    names: tuple[str, ...] = ()
    stop: frozenset[str] = frozenset()
    table: NameTable | None = None
    segmenter: Segmenter | None = None
    """With the dictionary that comes with jieba where none is given."""

    @staticmethod
    def of(names: Iterable[str], stop: Iterable[str] = ()) -> Words:
        """``names`` of at least two characters count; ``stop`` are words that are left out."""
        return Words(tuple(sorted({simplified(n) for n in names if len(n) > 1})), frozenset(stop))

    @staticmethod
    def over(table: NameTable, stop: Iterable[str] = (), segmenter: Segmenter | None = None) -> Words:
        """The same with the names that documents have in a table."""
        return Words((), frozenset(stop), table, segmenter)

    @cached_property
    def known(self) -> frozenset[str]:
        """The names as a set."""
        return frozenset(self.names)

    def _tokenizer(self, text: str) -> jieba.Tokenizer:
        """What cuts a folded text."""
        if self.table is None:
            return self._knowing_all
        return self._segmenter.knowing(self.table.standing_in(text), text)

    @property
    def _segmenter(self) -> Segmenter:
        return self.segmenter or shipped()

    @cached_property
    def _knowing_all(self) -> jieba.Tokenizer:
        return self._segmenter.knowing_always(self.names)

    @cached_property
    def _automaton(self) -> ahocorasick.Automaton:
        automaton = ahocorasick.Automaton()
        for name in self.names:
            automaton.add_word(name, name)
        automaton.make_automaton()
        return automaton

    def names_in(self, text: str) -> frozenset[str]:
        """The names that stand in a text, inside longer ones too."""
        if self.table is not None:
            return self.table.standing_in(simplified(text))
        if not self.names:
            return frozenset()
        return frozenset(name for _, name in self._automaton.iter(simplified(text)))

    def words(self, text: str) -> list[str]:
        """The words of a text, folded; stop words and punctuation left out."""
        return list(self._counting(simplified(text), True))

    def cut(self, text: str) -> list[str]:
        """The same without the words inside longer ones."""
        return list(self._counting(simplified(text), False))

    @cached_property
    def _counting(self) -> Callable[[str, bool], Sequence[str]]:
        """Cuts a folded text; questions, which are looked at several times, once."""
        return self._cut if self.table is None else lru_cache(_KEPT)(self._cut)

    def _cut(self, folded: str, inside: bool) -> Sequence[str]:
        tokenizer = self._tokenizer(folded)
        cut = tokenizer.cut_for_search(folded) if inside else tokenizer.cut(folded)
        return [word for word in cut if _WORD.search(word) and word not in self.stop]

    def part_of_speech(self, word: str) -> str:
        """That of the segmenter's dictionary, whatever names there are; empty for a string of several words."""
        return self._segmenter.part_of_speech(word)

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
