import math
from pathlib import Path
from random import Random

import bm25s  # type: ignore[import-untyped]
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import IndexMismatch, lexical
from embeddings.lexical import K1, B, LexicalIndex
from embeddings.postings import TokenBlock

TEXTS = [
    ["推进", "产业园", "建设"],
    ["推进", "老旧", "小区", "改造", "推进"],
    [],
    ["停车位", "建设"],
]

tokens = st.lists(st.sampled_from("甲乙丙丁戊"), max_size=6)


def reference(texts: list[list[str]], query: list[str]) -> list[float]:
    """BM25 as the formula in the docstring says, one text and one token at a time."""
    mean = sum(map(len, texts)) / len(texts)
    scores = []
    for text in texts:
        score = 0.0
        for token in query:
            holding = sum(token in other for other in texts)
            count = text.count(token)
            idf = math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
            if count:
                score += idf * count / (count + K1 * (1 - B + B * len(text) / mean))
        scores.append(score)
    return scores


@given(st.lists(tokens, min_size=1, max_size=8), tokens)
def test_scores_follow_the_formula(texts: list[list[str]], query: list[str]) -> None:
    index = LexicalIndex.build(texts)
    np.testing.assert_allclose(index.scores(query), reference(texts, query), rtol=1e-4, atol=1e-6)
    half = index.scores(query, [0.5] * len(query))
    np.testing.assert_allclose(half, np.array(reference(texts, query)) / 2, rtol=1e-4, atol=1e-6)


@given(st.lists(tokens, min_size=1, max_size=8).filter(any), tokens)
def test_scores_are_those_of_bm25s(texts: list[list[str]], query: list[str]) -> None:
    numbers: dict[str, int] = {}
    numbered = [[numbers.setdefault(token, len(numbers)) for token in text] for text in texts]
    rival = bm25s.BM25(method="lucene", k1=K1, b=B)
    rival.index((numbered, numbers), create_empty_token=False, show_progress=False)
    known = rival.get_tokens_ids(query)
    theirs = rival.get_scores_from_ids(known) if known else np.zeros(len(texts))
    np.testing.assert_allclose(LexicalIndex.build(texts).scores(query), theirs, rtol=1e-5, atol=1e-6)


@given(st.lists(tokens, max_size=8), tokens)
def test_texts_that_hold_all_tokens(texts: list[list[str]], asked: list[str]) -> None:
    held = [place for place, text in enumerate(texts) if set(asked) <= set(text)]
    assert LexicalIndex.build(texts).holding(asked).tolist() == held


@given(st.lists(st.lists(tokens, max_size=4), max_size=4), st.randoms(use_true_random=False), tokens)
def test_merged_blocks_are_one_index(blocks: list[list[list[str]]], chance: Random, query: list[str]) -> None:
    texts = [text for block in blocks for text in block]
    whole = LexicalIndex.build(texts)
    merged = LexicalIndex.of([TokenBlock.of(block) for block in blocks])
    for name in ("tokens", "starts", "texts", "weights"):
        np.testing.assert_array_equal(getattr(merged, name), getattr(whole, name))
    rows = np.array(chance.sample(range(len(texts)), len(texts)), dtype=np.int64)
    arranged = LexicalIndex.of([TokenBlock.of(block) for block in blocks], rows)
    np.testing.assert_array_equal(arranged.scores(query), whole.scores(query)[rows])


@given(st.lists(tokens, max_size=6))
def test_a_block_survives_as_bytes(texts: list[list[str]]) -> None:
    block = TokenBlock.of(texts)
    again = TokenBlock.from_bytes(block.to_bytes())
    for name, array in vars(block).items():
        np.testing.assert_array_equal(getattr(again, name), array)


def test_bytes_that_are_no_block_are_refused() -> None:
    with pytest.raises(ValueError, match=r"."):
        TokenBlock.from_bytes(b"x")


def test_half_a_character_is_a_token_like_another() -> None:
    index = LexicalIndex.build([["\ud800"], ["建设"]])
    assert index.scores(["\ud800"]).tolist()[1] == 0
    assert index.holds("\ud800")


def test_the_best_score_highest_and_strangers_nothing() -> None:
    first, second, empty, last = LexicalIndex.build(TEXTS).scores(["停车位", "建设"]).tolist()
    assert last > first > 0
    assert second == empty == 0


def test_unknown_tokens_contribute_nothing() -> None:
    index = LexicalIndex.build(TEXTS)
    assert index.scores(["建设", "火星", ""]).tolist() == index.scores(["建设"]).tolist()
    assert not index.scores(["火星"]).any()
    assert not index.holds("火星")


def test_an_empty_query_finds_nothing() -> None:
    index = LexicalIndex.build(TEXTS)
    assert index.scores([]).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("texts", [[], [[]], [[], []]])
def test_a_corpus_without_tokens_finds_nothing(texts: list[list[str]], tmp_path: Path) -> None:
    index = LexicalIndex.build(texts)
    assert not index.scores(["建设"]).any()
    index.save(tmp_path / "index")
    assert LexicalIndex.load(tmp_path / "index").scores(["建设"]).shape == (len(texts),)


def test_equal_texts_score_equally_wherever_they_stand() -> None:
    index = LexicalIndex.build([["建设"]] * 300)
    assert len(set(index.scores(["建设"]).tolist())) == 1


def test_saved_and_loaded_it_answers_the_same(tmp_path: Path) -> None:
    index = LexicalIndex.build(TEXTS)
    index.save(tmp_path / "index")
    loaded = LexicalIndex.load(tmp_path / "index")
    assert len(loaded) == len(index)
    assert loaded.holding(["推进"]).tolist() == [0, 1]
    assert loaded.scores(["推进", "建设"]).tolist() == index.scores(["推进", "建设"]).tolist()


@pytest.mark.parametrize("name", ["manifest.json", "tokens.npy", "starts.npy", "texts.npy", "weights.npy"])
def test_a_damaged_index_is_refused(tmp_path: Path, name: str) -> None:
    LexicalIndex.build(TEXTS).save(tmp_path / "index")
    path = tmp_path / "index" / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IndexMismatch, match="请重新构建"):
        LexicalIndex.load(tmp_path / "index")


def test_arrays_that_do_not_fit_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    LexicalIndex.build(TEXTS).save(tmp_path / "index")
    np.save(tmp_path / "index" / "weights.npy", np.zeros(1, dtype=np.float32))
    # As if the seal had been made over it.
    monkeypatch.setattr(lexical, "read_sealed", lambda *_: {"count": 4})
    with pytest.raises(IndexMismatch, match=r"互相矛盾，请重新构建。$"):
        LexicalIndex.load(tmp_path / "index")


def test_a_loaded_index_is_mapped_and_not_read(tmp_path: Path) -> None:
    LexicalIndex.build(TEXTS).save(tmp_path / "index")
    loaded = LexicalIndex.load(tmp_path / "index")
    assert not any(array.flags.owndata for array in (loaded.tokens, loaded.texts, loaded.weights))


def test_nothing_is_written_to_the_terminal(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    LexicalIndex.build(TEXTS).save(tmp_path / "index")
    LexicalIndex.load(tmp_path / "index").scores(["建设"])
    assert capfd.readouterr() == ("", "")
