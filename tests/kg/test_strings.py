"""Strings in arrays: what goes in comes out, by place and by text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.analysis.arrays import named_arrays, of_arrays
from kg.analysis.strings import StringPlaces, Strings, hashes_of

# Half a surrogate pair too, as damaged files hold it.
texts = st.text(st.characters(), max_size=8) | st.sampled_from(["\ud800", "海\udfff尔", ""])


@given(st.lists(texts))
def test_strings_are_those_that_went_in(values: list[str]) -> None:
    strings = Strings.of(values)
    assert list(strings) == values
    assert [strings[place] for place in range(len(values))] == values
    assert strings[1:] == tuple(values[1:])


@given(st.lists(st.lists(texts)))
def test_several_are_laid_one_after_another(parts: list[list[str]]) -> None:
    assert list(Strings.joined([Strings.of(part) for part in parts])) == [v for part in parts for v in part]


@given(st.lists(texts, unique=True), texts)
def test_a_string_is_found_by_its_text(values: list[str], other: str) -> None:
    places = StringPlaces.of(Strings.of(values))
    assert [places[value] for value in values] == list(range(len(values)))
    assert (other in places) == (other in values)
    asked = [*values, other]
    assert places.find(asked).tolist() == [places.get(value, -1) for value in asked]


def test_two_strings_of_one_hash_are_told_apart() -> None:
    strings = Strings.of(["海尔", "海信"])
    places = StringPlaces.of(strings, hashes_of(["海尔", "海尔"]))
    assert places["海尔"] == 0
    with pytest.raises(KeyError):
        places["海信"]


def test_records_of_arrays_are_written_flat_and_read_again() -> None:
    places = StringPlaces.of(Strings.of(["甲", "乙"]))
    arrays = named_arrays(places)
    assert set(arrays) == {"strings.bounds", "strings.data", "hashes", "order"}
    assert dict(of_arrays(StringPlaces, arrays.__getitem__)) == dict(places)
