"""Known names are found wherever they stand by themselves; of overlapping ones of a type, the leftmost and longest."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from kg.knowledge import Knowledge
from kg.recognition.vocabulary import Concept, Vocabulary

VOCABULARY = Vocabulary.load(Knowledge())


def named(vocabulary: Vocabulary, text: str, type_: str) -> list[str]:
    """The names of one type; no word of the text is known, so that short ones are no names."""
    return [text[n.start : n.end] for n in vocabulary.names_in(text, ()) if n.type == type_]


def test_an_empty_vocabulary_knows_nothing() -> None:
    assert list(Vocabulary(()).names_in("推进海尔工业互联网平台建设", ())) == []


def test_one_name_may_be_of_two_types() -> None:
    both = Vocabulary((Concept("Company", "春潮渔场"), Concept("Place", "春潮渔场")))
    assert [n.type for n in both.names_in("走访春潮渔场", ())] == ["Company", "Place"]


def test_of_overlapping_names_the_leftmost_stands() -> None:
    overlapping = Vocabulary((Concept("Company", "甲乙丙丁"), Concept("Company", "丙丁戊己庚")))
    assert named(overlapping, "甲乙丙丁戊己庚", "Company") == ["甲乙丙丁"]


def test_a_shorter_name_stands_where_the_longer_one_may_not() -> None:
    names = (Concept("Organization", "省级财政部"), Concept("Organization", "省级财政"))
    guarded = Vocabulary(names, not_before={"部": ("门",)})
    assert named(guarded, "省级财政部", "Organization") == ["省级财政部"]
    assert named(guarded, "省级财政部门", "Organization") == ["省级财政"]


def test_what_goes_on_into_another_word_is_no_name() -> None:
    assert "教育部" not in named(VOCABULARY, "教育部门负责", "Organization")
    assert named(VOCABULARY, "各县（市、区）人民政府负责", "Organization") == []


def test_an_event_takes_its_ordinal_along() -> None:
    fair = Vocabulary((Concept("Event", "广交会"), Concept("Event", "年会")))
    assert named(fair, "参加第133届广交会", "Event") == ["第133届广交会"]
    assert named(fair, "参加2023年广交会", "Event") == ["2023年广交会"]
    assert named(fair, "参加2023年会", "Event") == ["2023年会"]


NAMES = st.sets(st.text("甲乙丙a1", min_size=4, max_size=6), min_size=1, max_size=6)


@given(names=NAMES, text=st.text("甲乙丙a1，", max_size=60))
def test_the_names_are_those_of_a_pattern_of_all(names: set[str], text: str) -> None:
    parts = [
        ("(?<![0-9a-z])" if name[0] in "a1" else "") + name + ("(?![0-9a-z])" if name[-1] in "a1" else "")
        for name in sorted(names, key=len, reverse=True)
    ]
    expected = re.findall("|".join(parts), text)
    assert named(Vocabulary(tuple(Concept("Company", name) for name in names)), text, "Company") == expected
