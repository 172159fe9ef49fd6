"""Each formula against values that were computed by hand."""

from __future__ import annotations

import math

import pytest

from embeddings.metrics import interval, ndcg, recall, reciprocal_rank, set_f1

GOLD = {"a": 2, "b": 1, "c": 2}


def test_ndcg_of_the_ideal_order_is_one() -> None:
    assert ndcg(["a", "c", "b", "x"], GOLD) == 1.0


def test_ndcg_by_hand() -> None:
    ideal = 3 + 3 / math.log2(3) + 1 / 2
    assert ndcg(["x", "a", "b"], GOLD) == pytest.approx((3 / math.log2(3) + 1 / 2) / ideal)


def test_ndcg_counts_a_repeated_id_once_and_nothing_behind_k() -> None:
    assert ndcg(["a", "a", "c"], GOLD, k=2) == 1.0
    assert ndcg(["x", "y", "a"], GOLD, k=2) == 0.0


def test_ndcg_of_no_gold_is_an_error() -> None:
    with pytest.raises(ValueError, match="relevant"):
        ndcg(["a"], {"a": 0})


def test_recall_is_of_what_would_be_cited_and_can_fit() -> None:
    assert recall(["a", "b"], GOLD, k=10) == 0.5
    assert recall(["a"], GOLD, k=1) == 1.0
    assert recall(["b"], {"b": 1}, k=10) == 1.0


def test_reciprocal_rank() -> None:
    assert reciprocal_rank(["x", "b", "a"], GOLD) == 0.5
    assert reciprocal_rank(["x"], GOLD) == 0.0


def test_set_f1_leaves_partly_relevant_ones_free() -> None:
    assert set_f1(["a", "b", "c"], GOLD) == 1.0
    assert set_f1(["a", "x"], GOLD) == 0.5
    assert set_f1([], {}) == 1.0
    assert set_f1(["x"], {}) == 0.0


def test_an_interval_holds_the_mean_and_is_the_same_twice() -> None:
    values = [0.0, 1.0, 1.0, 1.0, 0.5, 0.75]
    low, high = interval(values)
    assert low < sum(values) / len(values) < high
    assert interval(values) == (low, high)
    assert interval([0.5, 0.5]) == (0.5, 0.5)
    with pytest.raises(ValueError, match="no values"):
        interval([])
