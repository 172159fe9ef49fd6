"""Which words of a question tell what is asked, beside names, constraints and the question itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from api.indexing.tokens import Words
from api.questions.understanding import Understood

_NOUNS = ("n", "nr", "nrt", "ns", "nt", "nz", "vn", "an", "i", "eng")
_VERBS = ("v", "vd")
_SET_PHRASE = 4
_PLACES = ("s",)
_EMPTY = ("d", "r", "m", "q", "c", "p", "f", "t", "y", "uj", "ul", "x")
"""Adverbs, pronouns, numbers and the like, which say nothing by themselves."""
_TRANSLATED = re.compile(r"[a-z]{3}.*\([^)]*[\u4e00-\u9fff]|\([^)]*[\u4e00-\u9fff].*[a-z]{3}")
"""A Chinese name in brackets says what the English words beside it mean."""

_JOINING = re.compile(r"\s*(?:、|或者?|和|及|与)\s*")

Alternatives = tuple[str, ...]


@dataclass(frozen=True)
class ContentWords:
    """``filler`` are words that only carry a question; ``written`` says whether the documents have one of some."""

    words: Words
    filler: Collection[str]
    written: Callable[[Sequence[str]], bool]

    def of(self, text: str, understood: Understood, strict: bool, verbs: bool) -> Iterator[Alternatives]:
        """The telling words of what is left of a question, each with what the documents write for it.

        Lists are narrowed by nouns, and by verbs that the documents have. A ``strict`` question wants one thing
        told: there all their content words count, and with ``verbs`` those verbs too that they do not have: they
        say what is asked. Words that are joined (起草、制定或者出台) are alternatives.
        """
        groups: list[list[str]] = []
        end = 0
        for word, alternatives in self._words(text, understood, strict, verbs):
            begin = text.find(word, end)
            if groups and begin > end and _JOINING.fullmatch(text, end, begin):
                groups[-1] += alternatives
            else:
                groups.append(list(alternatives))
            end = max(end, begin + len(word))
        for group in groups:
            yield tuple(dict.fromkeys(group))

    def content(self, text: str) -> list[str]:
        """The words of a text that may say anything at all: all but fillers and single characters."""
        return [word for word in self.words.cut(text) if word not in self.filler and len(word) > 1]

    def _words(
        self, text: str, understood: Understood, strict: bool, verbs: bool
    ) -> Iterator[tuple[str, Alternatives]]:
        translated = _TRANSLATED.search(understood.question) is not None
        for word in dict.fromkeys(self.words.cut(text)):
            if word in self.filler or (len(word) < 2 and not word.isdecimal()):
                continue
            if translated and word.isascii() and not word.isdecimal():
                continue
            alternatives = tuple(dict.fromkeys((word, *_others(word, understood))))
            kind = _kind(word, self.words)
            content = kind in _VERBS or (strict and kind not in _EMPTY)
            known = content and self.written(alternatives)
            if kind in _NOUNS or word.isdecimal() or known or (verbs and kind in (*_VERBS, *_PLACES)):
                yield word, alternatives


def _others(word: str, understood: Understood) -> Iterable[str]:
    """What the documents write for a word, or for an everyday phrase that it is a part of or holds."""
    for phrase, others in understood.everyday:
        if phrase in word or word in phrase:
            yield from others


def _kind(word: str, words: Words) -> str:
    """The part of speech of a word; empty for a string of several."""
    kind = words.part_of_speech(word)
    # Set phrases of four characters are things (出国访问), shorter ones mere ways of speaking (您好).
    return "n" if kind == "l" and len(word) >= _SET_PHRASE else kind
