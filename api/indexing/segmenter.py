"""The segmenter's dictionary, as jieba reads it, or as arrays of a build that are mapped.

jieba reads half a million words before it cuts the first; a question needs a few hundred of them.
"""

from __future__ import annotations

import logging
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import jieba
import numpy as np
import numpy.typing as npt

from kg.analysis.strings import Hashes, hashes_of

_KEPT = 1 << 16
jieba.setLogLevel(logging.WARNING)


@dataclass(frozen=True)
class Dictionary:
    """How often each word was seen, by a hash of it; 0 for what is only the beginning of one.

    ``hashes`` ascend. Of half a million words two have one hash of 64 bits with odds of one to a hundred million.
    """

    hashes: Hashes
    counts: npt.NDArray[np.int32]
    total: npt.NDArray[np.int64]

    @staticmethod
    def shipped() -> Dictionary:
        """The dictionary that comes with jieba."""
        jieba.dt.check_initialized()
        hashes = hashes_of(jieba.dt.FREQ)
        order = np.argsort(hashes)
        counts = np.fromiter(jieba.dt.FREQ.values(), dtype=np.int32, count=len(hashes))
        return Dictionary(hashes[order], counts[order], np.array([jieba.dt.total], dtype=np.int64))


class Frequencies(Mapping[str, int]):
    """The words of a dictionary with their counts. Words themselves are not kept, so they cannot be listed."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self._known: dict[str, int] = {}

    def __getitem__(self, word: str) -> int:
        count = self._known.get(word)
        if count is None:
            if len(self._known) > _KEPT:
                self._known.clear()
            count = self._known[word] = self._look_up(word)
        if count < 0:
            raise KeyError(word)
        return count

    def _look_up(self, word: str) -> int:
        """-1 for what is no word."""
        (wanted,) = hashes_of((word,))
        at = int(np.searchsorted(self._dictionary.hashes, wanted))
        there = at < len(self._dictionary.hashes) and self._dictionary.hashes[at] == wanted
        return int(self._dictionary.counts[at]) if there else -1

    def __iter__(self) -> Iterator[str]:
        raise TypeError("words are not kept")

    def __len__(self) -> int:
        return len(self._dictionary.hashes)


class Segmenter:
    """jieba over a dictionary, with names added to it text by text."""

    def __init__(self, frequencies: Mapping[str, int], total: int) -> None:
        self.frequencies = frequencies
        self.total = total
        self._frequency = cache(self._suggested)

    @staticmethod
    def over(dictionary: Dictionary) -> Segmenter:
        """A segmenter that looks words up in arrays."""
        return Segmenter(Frequencies(dictionary), int(dictionary.total[0]))

    @cached_property
    def plain(self) -> jieba.Tokenizer:
        """What cuts by the dictionary alone."""
        return self._tokenizer(self.frequencies)

    def cut(self, text: str) -> list[str]:
        """The words of a text."""
        return list(self.plain.cut(text))

    def knowing(self, names: Iterable[str]) -> jieba.Tokenizer:
        """What keeps some names whole, for a text or two."""
        own = self._own(names)
        return self._tokenizer(ChainMap(own, self.frequencies)) if own else self.plain  # type: ignore[arg-type]

    def knowing_always(self, names: Iterable[str]) -> jieba.Tokenizer:
        """What keeps some names whole, for many texts; only where words can be listed."""
        return self._tokenizer({**self.frequencies, **self._own(names)})

    def _tokenizer(self, frequencies: Mapping[str, int]) -> jieba.Tokenizer:
        tokenizer = jieba.Tokenizer()
        # The dictionary's total stays as it is, whatever names are added: it weighs in every cut.
        tokenizer.FREQ, tokenizer.total, tokenizer.initialized = frequencies, self.total, True
        return tokenizer

    def _own(self, names: Iterable[str]) -> dict[str, int]:
        """What names, and what they begin with, weigh beside the words of the dictionary."""
        own: dict[str, int] = {}
        known = tuple(names)
        for name in known:
            for end in range(1, len(name)):
                own.setdefault(name[:end], self.frequencies.get(name[:end], 0))
        return own | {name: self._frequency(name) for name in known}

    def _suggested(self, name: str) -> int:
        """How often a name must count as seen so that the dictionary's own words do not cut it."""
        return int(self.plain.suggest_freq(name))


@cache
def shipped() -> Segmenter:
    """jieba over the dictionary that comes with it, read whole."""
    jieba.dt.check_initialized()
    return Segmenter(jieba.dt.FREQ, jieba.dt.total)
