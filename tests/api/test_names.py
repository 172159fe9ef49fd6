"""Names in questions: what the automaton finds is what a pattern of all names would."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from api.questions.names import NameMatcher

_LETTERS = "海尔智家ai5"
words = st.text(_LETTERS, min_size=1, max_size=4)


def bounded(name: str) -> str:
    before = r"(?<![0-9a-z])" if re.match(r"[0-9a-z]", name) else ""
    after = r"(?![0-9a-z])" if re.search(r"[0-9a-z]$", name) else ""
    return before + re.escape(name) + after


@given(st.sets(words, min_size=1, max_size=8), st.text(_LETTERS + " ，", max_size=30))
def test_the_leftmost_and_longest_names(names: set[str], text: str) -> None:
    pattern = "|".join(map(bounded, sorted(names, key=lambda name: (-len(name), name))))
    assert list(NameMatcher.of(names).names_in(text)) == [
        match.group() for match in re.finditer(pattern, text)
    ]


def test_an_abbreviation_is_a_word_of_its_own() -> None:
    assert list(NameMatcher.of(["ai", "海尔"]).names_in("retail ai海尔ai5")) == ["ai", "海尔"]


def test_no_names_are_in_nothing() -> None:
    assert list(NameMatcher.of([]).names_in("海尔")) == []
