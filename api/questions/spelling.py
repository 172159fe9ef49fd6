"""Names that a question spells by their sound: 澳柯马 for 澳柯玛, aokema, akm.

Only sound decides. One wrong character of another sound may be another name altogether.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import jieba
from pypinyin import lazy_pinyin

_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_LATIN = re.compile(r"(?<![0-9a-z])[a-z]{2,}(?: [a-z]+)*(?![0-9a-z])")
_SHORTEST = 2
_UNMISTAKABLE = 3
"""Characters of a name that is known by its sound anywhere, and by its initials. Two syllables sound like
too much: they must be written as a word of their own, and one that no dictionary has."""


@dataclass(frozen=True)
class Sounds:
    """The names of one build by their syllables, by their letters and by their initials."""

    syllables: Mapping[tuple[str, ...], str]
    letters: Mapping[str, str]
    longest: int

    @staticmethod
    def of(names: Iterable[str]) -> Sounds:
        """A sound that two names share stands for neither."""
        syllables: dict[tuple[str, ...], set[str]] = {}
        letters: dict[str, set[str]] = {}
        for name in names:
            if len(name) < _SHORTEST or not _CHINESE.fullmatch(name):
                continue
            sound = _sound(name)
            syllables.setdefault(sound, set()).add(name)
            letters.setdefault("".join(sound), set()).add(name)
            if len(name) >= _UNMISTAKABLE:
                letters.setdefault("".join(s[0] for s in sound), set()).add(name)
        return Sounds(
            {sound: min(same) for sound, same in syllables.items() if len(same) == 1},
            {spelt: min(same) for spelt, same in letters.items() if len(same) == 1},
            max((len(sound) for sound in syllables), default=0),
        )

    def corrections(self, text: str) -> Iterator[tuple[str, str]]:
        """(as written, the name meant) for every name that is spelt by its sound alone."""
        for match in _LATIN.finditer(text):
            yield from self._spelt(match.group())
        for run in _CHINESE.finditer(text):
            yield from self._in_run(run.group())

    def _spelt(self, run: str) -> Iterator[tuple[str, str]]:
        """Syllables may stand apart: dianxin yunjidi."""
        syllables = run.split()
        at = 0
        while at < len(syllables):
            ends = range(len(syllables), at, -1)
            end = next((e for e in ends if "".join(syllables[at:e]) in self.letters), 0)
            if end:
                yield " ".join(syllables[at:end]), self.letters["".join(syllables[at:end])]
            at = max(end, at + 1)

    def _in_run(self, run: str) -> Iterator[tuple[str, str]]:
        sound, at = _sound(run), 0
        strange = _strange_pairs(run)
        while at < len(run):
            sizes = range(min(self.longest, len(run) - at), _SHORTEST - 1, -1)
            size = next((s for s in sizes if sound[at : at + s] in self.syllables), 0)
            if size < _UNMISTAKABLE and at not in strange:
                size = 0
            written, name = run[at : at + size], self.syllables.get(sound[at : at + size], "")
            # Another word of the same sound shares no character with the name.
            if size and written != name and any(a == b for a, b in zip(written, name, strict=True)):
                yield written, name
            at += max(1, size)


def _strange_pairs(run: str) -> set[int]:
    """Where two characters stand together that belong to no word of the dictionary."""
    pairs, at, single = set(), 0, -2
    for word in jieba.dt.cut(run):
        if len(word) == 2 and not jieba.dt.FREQ.get(word):
            pairs.add(at)
        if len(word) == 1 and single == at - 1:
            pairs.add(single)
        single = at if len(word) == 1 else -2
        at += len(word)
    return pairs


@lru_cache(maxsize=65536)
def _sound(text: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(text))
