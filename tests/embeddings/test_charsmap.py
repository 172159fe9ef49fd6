import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import normalizers

from embeddings.charsmap import compile_charsmap

characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")


@given(
    st.dictionaries(characters, st.text(characters, max_size=3), max_size=30),
    st.lists(characters, max_size=10),
)
def test_each_character_is_replaced_as_the_table_says(table: dict[str, str], others: list[str]) -> None:
    normaliser = normalizers.Precompiled(compile_charsmap(table))
    for character in [*table, *others]:
        assert normaliser.normalize_str(character) == table.get(character, character)


def test_text_around_a_replacement_is_kept() -> None:
    normaliser = normalizers.Precompiled(compile_charsmap({"①": "1", "\x01": "", "㎡": "m2"}))
    assert normaliser.normalize_str("新建①\x01号楼300㎡。") == "新建1号楼300m2。"


def test_an_empty_table_changes_nothing() -> None:
    assert normalizers.Precompiled(compile_charsmap({})).normalize_str("建设") == "建设"


@pytest.mark.parametrize("table", [{"": "a"}, {"a": "\0"}, {"\0": "a"}])
def test_what_the_form_cannot_hold_is_refused(table: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="compiled"):
        compile_charsmap(table)
