"""The segmenter's dictionary, as jieba reads it, or as arrays of a build that are mapped.

jieba reads half a million words before it cuts the first; a question needs a few hundred of them.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import jieba
import numpy as np
import numpy.typing as npt

from kg.analysis.strings import Hashes, hashes_of

_KEPT = 1 << 16
_CHINESE = re.compile(r"[\u4e00-\u9fd5]+")
jieba.setLogLevel(logging.WARNING)


@dataclass(frozen=True)
class Dictionary:
    """How often each word was seen, by a hash of it, and its part of speech; 0 and none for what only begins one.

    ``hashes`` ascend. Of half a million words two have one hash of 64 bits with odds of one to a hundred million.
    """

    hashes: Hashes
    counts: npt.NDArray[np.int32]
    tags: npt.NDArray[np.bytes_]
    total: npt.NDArray[np.int64]

    @staticmethod
    def shipped() -> Dictionary:
        """The dictionary that comes with jieba."""
        jieba.dt.check_initialized()
        hashes = hashes_of(jieba.dt.FREQ)
        order = np.argsort(hashes)
        counts = np.fromiter(jieba.dt.FREQ.values(), dtype=np.int32, count=len(hashes))
        tags = np.zeros(len(hashes), dtype="S4")
        with jieba.get_dict_file() as lines:
            words, told = zip(*((word, tag) for word, _, tag in map(bytes.split, lines)), strict=True)
        places = np.searchsorted(hashes, hashes_of(word.decode() for word in words), sorter=order)
        tags[order[places]] = told
        return Dictionary(
            hashes[order], counts[order], tags[order], np.array([jieba.dt.total], dtype=np.int64)
        )


class Frequencies(Mapping[str, int]):
    """The words of a dictionary with their counts. Words themselves are not kept, so they cannot be listed."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self._known: dict[str, int] = {}

    def __getitem__(self, word: str) -> int:
        (count,) = self.counts([word])
        if count < 0:
            raise KeyError(word)
        return count

    def counts(self, words: Sequence[str]) -> list[int]:
        """How often each word was seen, -1 for what is no word."""
        new = [word for word in words if word not in self._known]
        if len(self._known) + len(new) > _KEPT:
            self._known.clear()
            new = list(words)
        if new:
            self._known |= dict(zip(new, self._looked_up(new), strict=True))
        return [self._known[word] for word in words]

    def _looked_up(self, words: Sequence[str]) -> list[int]:
        at, there = self._places(words)
        found: list[int] = np.where(there, self._dictionary.counts[at], -1).tolist()
        return found

    def _places(self, words: Sequence[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Where words would stand in the dictionary, and whether they do."""
        hashes, wanted = self._dictionary.hashes, hashes_of(words)
        at = np.minimum(np.searchsorted(hashes, wanted), len(hashes) - 1)
        return at, hashes[at] == wanted

    def tag(self, word: str) -> str:
        """The part of speech of a word, as jieba's dictionary has it; empty for what is no word."""
        (at,), (there,) = self._places([word])
        return self._dictionary.tags[at].decode() if there else ""

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

    def cut(self, text: str) -> list[str]:
        """The words of a text."""
        return list(self.knowing((), text).cut(text))

    def part_of_speech(self, word: str) -> str:
        """The part of speech of a word; empty for a string of several."""
        if isinstance(self.frequencies, Frequencies) and _CHINESE.fullmatch(word):
            tag = self.frequencies.tag(word)
            if tag and self.cut(word) == [word]:
                return tag
        from jieba import posseg  # reads the whole dictionary

        cut = posseg.lcut(word)
        return str(cut[0].flag) if len(cut) == 1 else ""

    def knowing(self, names: Iterable[str], text: str) -> jieba.Tokenizer:
        """What keeps some names whole, to cut one text: it knows of the dictionary what stands there."""
        return self._tokenizer(self._standing_in(text) | self._own(names))

    def _standing_in(self, text: str) -> dict[str, int]:
        """The words of the dictionary, and what they begin with, that stand in a text.

        What a word begins with is in the dictionary too, so that whatever is not there goes no further.
        """
        standing: dict[str, int] = {}
        starts, size = list(range(len(text))), 1
        while starts:
            parts = [text[start : start + size] for start in starts]
            counts = self._counts(parts)
            standing |= {part: count for part, count in zip(parts, counts, strict=True) if count >= 0}
            size += 1
            starts = [
                start
                for start, count in zip(starts, counts, strict=True)
                if count >= 0 and start + size <= len(text)
            ]
        return standing

    def _counts(self, words: Sequence[str]) -> list[int]:
        if isinstance(self.frequencies, Frequencies):
            return self.frequencies.counts(words)
        return [self.frequencies.get(word, -1) for word in words]

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
        return int(self.knowing((), name).suggest_freq(name))


@cache
def shipped() -> Segmenter:
    """jieba over the dictionary that comes with it, read whole."""
    jieba.dt.check_initialized()
    return Segmenter(jieba.dt.FREQ, jieba.dt.total)
