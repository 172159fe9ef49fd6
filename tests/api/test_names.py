"""Names in questions: what a table of names finds is what a pattern of all names would."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from api.indexing.names import NameTable
from api.indexing.tokens import Words
from kg.model import Entity

_LETTERS = "海尔智家ai5"
words = st.text(_LETTERS, min_size=2, max_size=4)


def table(names: Iterable[str]) -> NameTable:
    return NameTable.of(
        (number, Entity(f"company:{name}", "Company", name, (name,))) for number, name in enumerate(names)
    )


def found(names: Iterable[str], text: str) -> list[str]:
    return [name for name, _ in table(names).found_in(text)]


def bounded(name: str) -> str:
    before = r"(?<![0-9a-z])" if re.match(r"[0-9a-z]", name) else ""
    after = r"(?![0-9a-z])" if re.search(r"[0-9a-z]$", name) else ""
    return before + re.escape(name) + after


@given(st.sets(words, min_size=1, max_size=8), st.text(_LETTERS + " ，", max_size=30))
def test_the_leftmost_and_longest_names(names: set[str], text: str) -> None:
    pattern = "|".join(map(bounded, sorted(names, key=lambda name: (-len(name), name))))
    assert found(names, text) == [match.group() for match in re.finditer(pattern, text)]


@given(st.sets(words, max_size=8), st.text(_LETTERS + "，", max_size=30))
def test_questions_are_cut_as_documents_are(names: set[str], text: str) -> None:
    one, other = Words.of(names), Words.over(table(names))
    assert one.names_in(text) == other.names_in(text) == {name for name in names if name in text}
    assert one.words(text) == other.words(text)
    assert one.cut(text) == other.cut(text)


def test_an_abbreviation_is_a_word_of_its_own() -> None:
    assert found(["ai", "海尔"], "retail ai海尔ai5") == ["ai", "海尔"]


def test_no_names_are_in_nothing() -> None:
    assert found([], "海尔") == []


def test_a_section_and_an_organisation_of_one_name_are_told_apart() -> None:
    both = NameTable.of(
        enumerate(
            [
                Entity("organization:财政局", "Organization", "财政局", ("财政局",)),
                Entity("section:财政局", "Section", "财政局", ("财政局",)),
            ]
        )
    )
    assert list(both.found_in("财政局的工作")) == [("财政局", [0])]
    assert dict(both.sections) == {"财政局": "财政局"}
    assert [bearer.number for bearer in both.bearers_of("财政局") if bearer.kind != 0] == [0, 0, 1, 1]
