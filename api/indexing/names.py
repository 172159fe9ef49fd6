"""What a question may call things, as arrays: names of the graph, found in a text or by what sounds like them.

A question is short and names are many: what stands in the question is looked up, not all names looked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from string import ascii_lowercase, digits
from typing import NamedTuple

import numpy as np

from api.indexing.folding import simplified
from kg.analysis.adjacency import Adjacency, Codes, Mask, Places
from kg.analysis.strings import Hashes, StringPlaces, Strings, hashes_of
from kg.model import Entity

ID, PREFERRED, ALIAS, KNOWN_ALIAS, UNRANKED = range(5)
"""How a name is one of an entity: its id, its name, in the documents, by a dictionary alone, or without a rank."""
_LATIN = frozenset(ascii_lowercase + digits)
_RANKED = re.compile(r"[省市区县].{2,}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_SHORTEST = 2
_MANY = 1 << 18
_KEPT = 256
"""Texts whose names are remembered: a question is looked at several times."""
UNMISTAKABLE = 3
"""Characters of a name that is known by its sound anywhere, and by its initials. Two syllables sound like
too much: they must be written as a word of their own, and one that no dictionary has."""


@dataclass(frozen=True)
class Renaming(Mapping[str, str]):
    """Strings by other strings, in arrays."""

    keys_: StringPlaces
    values_: Strings

    @staticmethod
    def of(pairs: Mapping[str, str]) -> Renaming:
        """The same as a mapping in memory."""
        return Renaming(StringPlaces.of(Strings.of(pairs)), Strings.of(pairs.values()))

    def __getitem__(self, key: str) -> str:
        return self.values_[self.keys_[key]]

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys_)

    def __len__(self) -> int:
        return len(self.keys_)


class Bearer(NamedTuple):
    """An entity by its number, how it bears a name, and whether it is a section."""

    number: int
    kind: int
    section: bool


def present(known: Mapping[str, str], keys: Sequence[str]) -> Sequence[bool]:
    """Which of some keys a mapping has; those of arrays are looked up at one go."""
    if isinstance(known, Renaming):
        return (known.keys_.find(keys) >= 0).tolist()  # type: ignore[no-any-return]
    return [key in known for key in keys]


@dataclass(frozen=True)
class NameTable:
    """Folded names, each once, and the entities that bear them, by number.

    ``bearers`` are rows by name. ``openings`` are the hashes of the first two characters of names that are looked for
    in texts, ascending, and ``reaches`` the characters of the longest of these. ``sections`` gives the preferred name
    of a section by any of its names, ``syllables`` and ``letters`` the name of a sound.
    """

    names: StringPlaces
    bearers: Adjacency
    entities: Places
    kinds: Codes
    of_sections: Mask
    openings: Hashes
    reaches: Places
    sections: Renaming
    syllables: Renaming
    letters: Renaming
    longest_sound: Places

    @staticmethod
    def of(
        entities: Iterable[tuple[int, Entity]], known: Mapping[int, Collection[str]] | None = None
    ) -> NameTable:
        """The names of numbered entities; ``known`` are those that only a dictionary has for some of them."""
        rows: dict[str, set[Bearer]] = {}
        sections: dict[str, str] = {}
        for number, entity in entities:
            only_known = frozenset((known or {}).get(number, ()))
            is_section = entity.type == "Section"
            for folded, kind in _folded_names(
                entity.id, entity.type, entity.name, entity.aliases, only_known
            ):
                rows.setdefault(folded, set()).add(Bearer(number, kind, is_section))
                if is_section and kind != ID:
                    sections[folded] = entity.name
        return _table(rows, sections)

    def bearers_of(self, name: str) -> list[Bearer]:
        """Who bears a folded name."""
        place = self.names.get(name)
        return [] if place is None else self._bearers(place)

    def _bearers(self, place: int) -> list[Bearer]:
        rows = self.bearers.at(np.array([place], dtype=np.int32))[1]
        parts = (self.entities[rows], self.kinds[rows], self.of_sections[rows])
        return [Bearer(*row) for row in zip(*(part.tolist() for part in parts), strict=True)]

    def found_in(self, text: str) -> Iterator[tuple[str, list[int]]]:
        """Names in a folded text with their entities: the leftmost, of those the longest; none overlaps another.

        A name that begins or ends in a Latin letter or a digit is a word of its own: ai is not in retail. Sections
        are known elsewhere.
        """
        position = 0
        for start, size, bearers in self._standing(text):
            found = sorted({b.number for b in bearers if b.kind != ID and not b.section})
            if found and start >= position and _apart(text, start, start + size):
                position = start + size
                yield text[start:position], found

    def standing_in(self, text: str) -> frozenset[str]:
        """The names that documents have and that stand in a folded text, inside longer ones too."""
        return frozenset(
            text[start : start + size]
            for start, size, bearers in self._standing(text)
            if any(bearer.kind == ALIAS for bearer in bearers)
        )

    def _standing(self, text: str) -> Sequence[tuple[int, int, list[Bearer]]]:
        """(start, length, bearers) of every name, in the order of the text, the longest first."""
        return self._lookup(text)

    @cached_property
    def _lookup(self) -> Callable[[str], Sequence[tuple[int, int, list[Bearer]]]]:
        return lru_cache(_KEPT)(self._look_up)

    def _look_up(self, text: str) -> Sequence[tuple[int, int, list[Bearer]]]:
        spans = [
            (start, end) for start, reach in self._opened(text) for end in range(start + reach, start + 1, -1)
        ]
        places = self.names.find([text[start:end] for start, end in spans])
        return [
            (*_bounds(spans[at]), self._bearers(int(places[at])))
            for at in np.flatnonzero(places >= 0).tolist()
        ]

    def _opened(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a name may begin, and how long it may be."""
        if len(text) < _SHORTEST or not len(self.openings):
            return
        hashes = hashes_of(text[start : start + 2] for start in range(len(text) - 1))
        at = np.minimum(np.searchsorted(self.openings, hashes), len(self.openings) - 1)
        for start in np.flatnonzero(self.openings[at] == hashes).tolist():
            yield start, min(int(self.reaches[at[start]]), len(text) - start)


@lru_cache(maxsize=_MANY)
def _folded_names(
    id_: str, type_: str, name: str, aliases: tuple[str, ...], only_known: frozenset[str]
) -> tuple[tuple[str, int], ...]:
    """What an entity is called, folded, and how; from one build to the next few entities change."""
    found = [(simplified(id_), ID), (simplified(name), PREFERRED)]
    found += [(simplified(alias), KNOWN_ALIAS if alias in only_known else ALIAS) for alias in aliases]
    # 财政局 for 区财政局: people leave the rank of their own offices out.
    if type_ == "Organization" and _RANKED.fullmatch(name):
        found.append((simplified(name[1:]), UNRANKED))
    return tuple(found)


def _table(rows: Mapping[str, set[Bearer]], sections: Mapping[str, str]) -> NameTable:
    names = sorted(rows)
    every = [(at, bearer) for at, name in enumerate(names) for bearer in sorted(rows[name])]
    spoken = [n for n in names if len(n) >= _SHORTEST and any(b.kind != ID for b in rows[n])]
    called = [n for n in spoken if any(b.kind != ID and not b.section for b in rows[n])]
    reaches: dict[str, int] = {}
    for name in spoken:
        reaches[name[:2]] = max(len(name), reaches.get(name[:2], 0))
    openings = hashes_of(reaches)
    order = np.argsort(openings)
    syllables, letters = sounds(called)
    return NameTable(
        StringPlaces.of(Strings.of(names)),
        Adjacency.of(
            np.array([at for at, _ in every], dtype=np.int32),
            np.arange(len(every), dtype=np.int32),
            len(names),
        ),
        np.array([bearer.number for _, bearer in every], dtype=np.int32),
        np.array([bearer.kind for _, bearer in every], dtype=np.int8),
        np.array([bearer.section for _, bearer in every], dtype=bool),
        openings[order],
        np.fromiter(reaches.values(), dtype=np.int32, count=len(reaches))[order],
        Renaming.of(sections),
        Renaming.of(syllables),
        Renaming.of(letters),
        np.array([max((len(sound.split()) for sound in syllables), default=0)], dtype=np.int32),
    )


def sounds(names: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Chinese names by their syllables and by their letters or initials; a sound that two share stands for neither."""
    syllables: dict[str, set[str]] = {}
    letters: dict[str, set[str]] = {}
    for name in names:
        spoken = _spoken(name)
        if spoken:
            syllables.setdefault(spoken[0], set()).add(name)
            for spelt in spoken[1:]:
                letters.setdefault(spelt, set()).add(name)
    return _alone(syllables), _alone(letters)


def _alone(by_sound: Mapping[str, set[str]]) -> dict[str, str]:
    return {sound: min(same) for sound, same in sorted(by_sound.items()) if len(same) == 1}


@lru_cache(maxsize=_MANY)
def _spoken(name: str) -> tuple[str, ...]:
    """The syllables of a Chinese name, its letters, and of one that is unmistakable its initials."""
    if len(name) < _SHORTEST or not _CHINESE.fullmatch(name):
        return ()
    sound = sound_of(name)
    initials = ("".join(syllable[0] for syllable in sound),) if len(name) >= UNMISTAKABLE else ()
    return (" ".join(sound), "".join(sound), *initials)


@lru_cache(maxsize=65536)
def sound_of(text: str) -> tuple[str, ...]:
    """The syllables of a Chinese text, without tones."""
    from pypinyin import lazy_pinyin

    return tuple(lazy_pinyin(text))


def _bounds(span: tuple[int, int]) -> tuple[int, int]:
    start, end = span
    return start, end - start


def _apart(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    return not (text[start] in _LATIN and before in _LATIN) and not (
        text[end - 1] in _LATIN and after in _LATIN
    )
