"""Names of the graph in a question: the leftmost, of those the longest, by an Aho-Corasick automaton."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from string import ascii_lowercase, digits

import ahocorasick

_LATIN = frozenset(ascii_lowercase + digits)


@dataclass(frozen=True)
class NameMatcher:
    """``names`` are folded, and none is empty."""

    names: frozenset[str]

    @staticmethod
    def of(names: Iterable[str]) -> NameMatcher:
        """A matcher of some folded names."""
        return NameMatcher(frozenset(names) - {""})

    @cached_property
    def _automaton(self) -> ahocorasick.Automaton:
        automaton = ahocorasick.Automaton()
        for name in self.names:
            automaton.add_word(name, name)
        automaton.make_automaton()
        return automaton

    def names_in(self, text: str) -> Iterator[str]:
        """The names in a folded text, in its order, none overlapping another.

        A name that begins or ends in a Latin letter or a digit is a word of its own: ai is not in retail.
        """
        if not self.names:
            return
        found = ((end - len(name) + 1, -len(name), name) for end, name in self._automaton.iter(text))
        position = 0
        for start, size, name in sorted(found):
            if start >= position and _apart(text, start, start - size):
                position = start - size
                yield name


def _apart(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    return not (text[start] in _LATIN and before in _LATIN) and not (
        text[end - 1] in _LATIN and after in _LATIN
    )
