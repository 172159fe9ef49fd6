import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import Fused, min_max, reciprocal_rank_fusion, weighted_sum

ids = st.text("abcdef", min_size=1, max_size=2)
rankings = st.lists(st.lists(ids, unique=True, max_size=6), max_size=4)
finite = st.floats(allow_nan=False, allow_infinity=False)
parts = st.dictionaries(
    st.sampled_from(["dense", "lexical", "graph"]),
    st.dictionaries(ids, st.floats(0, 1), max_size=6),
    max_size=3,
)
weights = st.fixed_dictionaries({name: st.floats(0.01, 1e300) for name in ("dense", "lexical", "graph")})


def test_min_max_by_hand() -> None:
    assert min_max({"a": 2, "b": 4, "c": 3}) == {"a": 0, "b": 1, "c": 0.5}


@pytest.mark.parametrize(("value", "expected"), [(3.0, 1.0), (0.0, 0.0), (-3.0, 0.0)])
def test_min_max_of_equal_scores(value: float, expected: float) -> None:
    assert min_max({"a": value, "b": value}) == {"a": expected, "b": expected}


def test_min_max_of_nothing() -> None:
    assert min_max({}) == {}


@pytest.mark.parametrize("value", [math.inf, math.nan])
def test_min_max_refuses_what_is_not_a_number(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        min_max({"a": value, "b": 1})


@given(st.dictionaries(ids, finite))
def test_min_max_is_bounded_and_keeps_the_order(scores: dict[str, float]) -> None:
    scaled = min_max(scores)
    assert all(0 <= score <= 1 for score in scaled.values())
    by_score = sorted(scores, key=scores.__getitem__)
    assert [scaled[key] for key in by_score] == sorted(scaled.values())


def test_rank_fusion_by_hand() -> None:
    fused = reciprocal_rank_fusion([["a", "b"], ["a", "c", "b"]], k=1)
    assert list(fused) == ["a", "b", "c"]
    assert fused == pytest.approx({"a": 1, "b": 1 / 3 + 1 / 4, "c": 1 / 3})


def test_the_better_of_two_ranks_counts() -> None:
    assert reciprocal_rank_fusion([["a", "b", "a"]], k=1) == {"a": 1, "b": pytest.approx(2 / 3)}


def test_rank_fusion_of_nothing() -> None:
    assert reciprocal_rank_fusion([]) == {}
    assert reciprocal_rank_fusion([[], []]) == {}


def test_rank_fusion_refuses_an_impossible_k() -> None:
    with pytest.raises(ValueError, match="above -1"):
        reciprocal_rank_fusion([["a"]], k=-1)


@given(rankings, st.randoms(use_true_random=False))
def test_rank_fusion_is_bounded_and_blind_to_order(lists: list[list[str]], shuffler: random.Random) -> None:
    fused = reciprocal_rank_fusion(lists)
    assert set(fused) == {key for ranking in lists for key in ranking}
    assert all(0 < score <= 1 for score in fused.values())
    shuffled = list(lists)
    shuffler.shuffle(shuffled)
    assert list(reciprocal_rank_fusion(shuffled).items()) == list(fused.items())


def test_weighted_sum_by_hand() -> None:
    found = weighted_sum({"dense": {"a": 1.0, "b": 0.5}, "lexical": {"b": 1.0}}, {"dense": 3, "lexical": 1})
    assert found == [
        Fused("a", 0.75, {"dense": 1.0}),
        Fused("b", 0.625, {"dense": 0.5, "lexical": 1.0}),
    ]


def test_equal_scores_keep_the_given_order() -> None:
    scores = {"dense": dict.fromkeys("abcd", 0.5)}
    found = weighted_sum(scores, {"dense": 1}, order=["c", "b"])
    assert [fused.id for fused in found] == ["c", "b", "a", "d"]


def test_only_the_branches_at_hand_are_weighed() -> None:
    (found,) = weighted_sum({"dense": {"a": 0.5}}, {"dense": 1, "lexical": 9})
    assert found.score == 0.5


def test_weighted_sum_of_nothing() -> None:
    assert weighted_sum({}, {}) == []
    assert weighted_sum({"dense": {}}, {"dense": 1}) == []


@pytest.mark.parametrize(
    ("scores", "weight"),
    [
        ({"dense": {"a": 0.5}}, {}),
        ({"dense": {"a": 0.5}}, {"dense": 0}),
        ({"dense": {"a": 0.5}}, {"dense": -1}),
        ({"dense": {"a": 0.5}}, {"dense": math.nan}),
        ({"dense": {"a": 1.5}}, {"dense": 1}),
        ({"dense": {"a": math.nan}}, {"dense": 1}),
    ],
)
def test_what_cannot_be_weighed_is_refused(
    scores: dict[str, dict[str, float]], weight: dict[str, float]
) -> None:
    with pytest.raises(ValueError, match=r"weight|scores"):
        weighted_sum(scores, weight)


@given(parts, weights)
def test_weighted_sum_is_bounded_and_blind_to_order(
    scores: dict[str, dict[str, float]], weight: dict[str, float]
) -> None:
    found = weighted_sum(scores, weight)
    assert {fused.id for fused in found} == {key for part in scores.values() for key in part}
    assert all(0 <= fused.score <= 1 for fused in found)
    assert [fused.score for fused in found] == sorted((f.score for f in found), reverse=True)
    turned = {name: dict(reversed(part.items())) for name, part in reversed(list(scores.items()))}
    assert weighted_sum(turned, weight) == found
