"""Names that a question spells by their sound: 澳柯马 for 澳柯玛, aokema, akm.

Only sound decides. One wrong character of another sound may be another name altogether.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from api.indexing.names import UNMISTAKABLE, NameTable, present, sound_of, sounds
from api.indexing.segmenter import Segmenter, shipped

_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_LATIN = re.compile(r"(?<![0-9a-z])[a-z]{2,}(?: [a-z]+)*(?![0-9a-z])")
_SHORTEST = 2


@dataclass(frozen=True)
class Sounds:
    """The names of one build by their syllables, by their letters and by their initials."""

    syllables: Mapping[str, str]
    letters: Mapping[str, str]
    longest: int
    segmenter: Segmenter

    @staticmethod
    def of(names: Iterable[str]) -> Sounds:
        """A sound that two names share stands for neither."""
        syllables, letters = sounds(names)
        return Sounds(
            syllables, letters, max((len(sound.split()) for sound in syllables), default=0), shipped()
        )

    @staticmethod
    def over(table: NameTable, segmenter: Segmenter) -> Sounds:
        """The sounds that a table of names has."""
        return Sounds(table.syllables, table.letters, int(table.longest_sound[0]), segmenter)

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
        sound, at = sound_of(run), 0
        sizes = self._sizes(sound)
        strange = _strange_pairs(run, self.segmenter) if sizes else set()
        while sizes and at < len(run):
            size = sizes.get(at, 0)
            if size < UNMISTAKABLE and at not in strange:
                size = 0
            written, name = run[at : at + size], self.syllables.get(" ".join(sound[at : at + size]), "")
            # Another word of the same sound shares no character with the name.
            if size and written != name and any(a == b for a, b in zip(written, name, strict=True)):
                yield written, name
            at += max(1, size)

    def _sizes(self, sound: Sequence[str]) -> Mapping[int, int]:
        """By where it begins, the syllables of the longest sound that is a name's."""
        spans = [
            (at, size)
            for at in range(len(sound))
            for size in range(_SHORTEST, min(self.longest, len(sound) - at) + 1)
        ]
        known = present(self.syllables, [" ".join(sound[at : at + size]) for at, size in spans])
        return {at: size for (at, size), there in zip(spans, known, strict=True) if there}


def _strange_pairs(run: str, segmenter: Segmenter) -> set[int]:
    """Where two characters stand together that belong to no word of the dictionary."""
    pairs, at, single = set(), 0, -2
    for word in segmenter.cut(run):
        if len(word) == 2 and not segmenter.frequencies.get(word):
            pairs.add(at)
        if len(word) == 1 and single == at - 1:
            pairs.add(single)
        single = at if len(word) == 1 else -2
        at += len(word)
    return pairs
