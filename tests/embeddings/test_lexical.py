import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import IndexMismatch
from embeddings.lexical import K1, B, LexicalIndex

TEXTS = [
    ["推进", "产业园", "建设"],
    ["推进", "老旧", "小区", "改造", "推进"],
    [],
    ["停车位", "建设"],
]
IDS = ["a", "b", "c", "d"]

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
    index = LexicalIndex.build([str(i) for i in range(len(texts))], texts)
    np.testing.assert_allclose(index.scores(query), reference(texts, query), rtol=1e-4, atol=1e-6)


def test_the_best_score_highest_and_strangers_nothing() -> None:
    scores = dict(zip(IDS, LexicalIndex.build(IDS, TEXTS).scores(["停车位", "建设"]), strict=True))
    assert scores["d"] > scores["a"] > 0
    assert {score for key, score in scores.items() if key not in "ad"} == {0}


def test_unknown_tokens_contribute_nothing() -> None:
    index = LexicalIndex.build(IDS, TEXTS)
    assert index.scores(["建设", "火星", ""]).tolist() == index.scores(["建设"]).tolist()
    assert not index.scores(["火星"]).any()
    assert not index.holds("火星")


def test_an_empty_query_finds_nothing() -> None:
    index = LexicalIndex.build(IDS, TEXTS)
    assert index.scores([]).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("texts", [[], [[]], [[], []]])
def test_a_corpus_without_tokens_finds_nothing(texts: list[list[str]], tmp_path: Path) -> None:
    index = LexicalIndex.build([str(i) for i in range(len(texts))], texts)
    assert not index.scores(["建设"]).any()
    index.save(tmp_path / "index")
    assert LexicalIndex.load(tmp_path / "index").scores(["建设"]).shape == (len(texts),)


def test_equal_texts_score_equally_wherever_they_stand() -> None:
    index = LexicalIndex.build([f"{i:03}" for i in range(300)], [["建设"]] * 300)
    assert len(set(index.scores(["建设"]).tolist())) == 1


@pytest.mark.parametrize(("ids", "texts"), [(["a"], []), (["a", "a"], [["x"], ["y"]])])
def test_what_cannot_be_indexed_is_refused(ids: list[str], texts: list[list[str]]) -> None:
    with pytest.raises(ValueError, match="ids"):
        LexicalIndex.build(ids, texts)


def test_saved_and_loaded_it_answers_the_same(tmp_path: Path) -> None:
    index = LexicalIndex.build(IDS, TEXTS)
    index.save(tmp_path / "index")
    loaded = LexicalIndex.load(tmp_path / "index")
    assert loaded.ids == index.ids
    assert loaded.scores(["推进", "建设"]).tolist() == index.scores(["推进", "建设"]).tolist()


@pytest.mark.parametrize("name", ["manifest.json", "ids.json", "bm25/vocab.index.json"])
def test_a_damaged_index_is_refused(tmp_path: Path, name: str) -> None:
    LexicalIndex.build(IDS, TEXTS).save(tmp_path / "index")
    path = tmp_path / "index" / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IndexMismatch, match="请重新构建"):
        LexicalIndex.load(tmp_path / "index")


def test_nothing_is_written_to_the_terminal(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    LexicalIndex.build(IDS, TEXTS).save(tmp_path / "index")
    LexicalIndex.load(tmp_path / "index").scores(["建设"])
    assert capfd.readouterr() == ("", "")
