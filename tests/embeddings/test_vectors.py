from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embeddings import IndexMismatch, vectors
from embeddings.vectors import VectorIndex

HALF = 2**-0.5
PLANE = np.array([[1, 0], [0, 1], [HALF, HALF], [-1, 0]], dtype=np.float32)


def plane() -> VectorIndex:
    return VectorIndex.build(["east", "north", "between", "west"], PLANE, fingerprint="m")


@st.composite
def unit_rows(draw: st.DrawFn) -> np.ndarray:
    shape = draw(st.tuples(st.integers(1, 12), st.integers(1, 6)))
    steps = draw(arrays(np.int8, shape, elements=st.integers(-3, 3)))
    rows = steps.astype(np.float64)
    rows[~rows.any(axis=1), 0] = 1
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def similarities(index: VectorIndex, query: npt.ArrayLike) -> npt.NDArray[np.float32]:
    return index.similarities(query, np.arange(len(index)))


def test_cosines_by_hand() -> None:
    found = similarities(plane(), [0.6, 0.8])
    assert found.dtype == np.float32
    # What is below 0 counts as 0.
    assert found.tolist() == pytest.approx([0.6, 0.8, 1.4 * HALF, 0], abs=1e-6)


def test_equal_vectors_are_equally_similar_wherever_they_stand() -> None:
    rows = np.tile(np.array([HALF, HALF], dtype=np.float32), (500, 1))
    index = VectorIndex.build([f"{i:03}" for i in range(500)], rows)
    assert len(set(similarities(index, [1, 0]).tolist())) == 1


@given(unit_rows())
def test_every_vector_is_nearest_to_itself(rows: np.ndarray) -> None:
    index = VectorIndex.build([str(i) for i in range(len(rows))], rows)
    for position, row in enumerate(rows):
        found = similarities(index, row)
        assert found[position] == pytest.approx(1, abs=1e-6)
        assert found.max() == pytest.approx(1, abs=1e-6)
        assert found.min() >= 0


@given(unit_rows(), st.integers(1, 12))
def test_the_nearest_are_the_most_similar(rows: np.ndarray, k: int) -> None:
    index = VectorIndex.build([str(i) for i in range(len(rows))], rows)
    cosines = rows.astype(np.float64) @ rows[0]
    nearest = cosines[index.nearest(rows[0], k)]
    assert sorted(nearest) == pytest.approx(sorted(cosines)[-k:], abs=1e-6)


def test_an_empty_index_finds_nothing() -> None:
    index = VectorIndex.build([], np.empty((0, 3)))
    assert index.nearest([1, 0, 0], 5).tolist() == []
    assert similarities(index, [1, 0, 0]).shape == (0,)


@pytest.mark.parametrize(
    ("ids", "rows"),
    [
        (["a"], PLANE),
        (["a", "a"], PLANE[:2]),
        (["a"], np.array([[0.5, 0.5]])),
        (["a"], np.array([[np.nan, 1]])),
        (["a", "b"], np.array([1.0, 1.0])),
    ],
)
def test_what_cannot_be_indexed_is_refused(ids: list[str], rows: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"ids|vectors"):
        VectorIndex.build(ids, rows)


def test_a_query_of_another_dimension_is_refused() -> None:
    with pytest.raises(IndexMismatch, match="2 维"):
        plane().nearest([1, 0, 0], 1)


def test_saved_and_loaded_it_answers_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "索引"
    plane().save(folder)
    plane().save(folder)
    loaded = VectorIndex.load(folder, expected_fingerprint="m")
    assert loaded.ids == plane().ids
    for row in PLANE:
        assert similarities(loaded, row).tolist() == similarities(plane(), row).tolist()


def test_an_empty_index_is_saved_and_loaded(tmp_path: Path) -> None:
    VectorIndex.build([], np.empty((0, 3))).save(tmp_path / "index")
    assert VectorIndex.load(tmp_path / "index").nearest([1, 0, 0], 5).tolist() == []


def test_vectors_of_another_model_are_refused(tmp_path: Path) -> None:
    plane().save(tmp_path / "index")
    with pytest.raises(IndexMismatch, match="另一个模型"):
        VectorIndex.load(tmp_path / "index", expected_fingerprint="other")


@pytest.mark.parametrize("name", ["manifest.json", "ids.json", "vectors.faiss"])
def test_a_damaged_index_is_refused(tmp_path: Path, name: str) -> None:
    plane().save(tmp_path / "index")
    path = tmp_path / "index" / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IndexMismatch, match="请重新构建"):
        VectorIndex.load(tmp_path / "index")


def test_a_missing_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexMismatch):
        VectorIndex.load(tmp_path / "nothing")


# Choosing, and many vectors


def test_the_nearest_by_hand() -> None:
    assert plane().nearest([1, 0], 2).tolist() == [0, 2]
    assert sorted(plane().nearest([1, 0], 9).tolist()) == [0, 1, 2, 3]


def test_only_what_is_allowed_is_near() -> None:
    assert plane().nearest([1, 0], 1, np.array([False, True, True, True])).tolist() == [2]
    assert plane().nearest([1, 0], 3, np.array([False, True, False, False])).tolist() == [1]
    assert plane().nearest([1, 0], 3, np.zeros(4, dtype=bool)).tolist() == []


def test_similarities_of_chosen_positions() -> None:
    assert plane().similarities([1, 0], np.array([2, 0, 3])).tolist() == pytest.approx([HALF, 1, 0])
    assert plane().similarities([1, 0], np.array([], dtype=np.int64)).shape == (0,)


def test_the_spread_of_an_index() -> None:
    values = [1, 0, HALF, -1]
    assert plane().spread([1, 0]) == pytest.approx((np.mean(values), np.std(values)), abs=1e-6)
    assert VectorIndex.build([], np.empty((0, 3))).spread([1, 0, 0]) == (0.0, 0.0)


def test_the_kind_of_index_follows_the_number_of_vectors() -> None:
    assert vectors.choose_factory(vectors.EXACT, 384) == "Flat"
    assert vectors.choose_factory(vectors.EXACT + 1, 384).startswith("HNSW")


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> tuple[VectorIndex, np.ndarray]:
    """An approximate index of 3,000 vectors: what stands past the bound, with a lower bound."""
    monkeypatch.setattr(vectors, "EXACT", 1000)
    rows = np.random.default_rng(0).normal(size=(3000, 24)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return VectorIndex.build([str(place) for place in range(len(rows))], rows), rows


def test_an_approximate_index_finds_nearly_all_that_an_exact_one_does(
    many: tuple[VectorIndex, np.ndarray],
) -> None:
    index, rows = many
    assert type(index.backend).__name__ == "IndexHNSWFlat"
    queries = np.random.default_rng(1).normal(size=(50, 24)).astype(np.float32)
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    exact = np.argsort(-(queries @ rows.T), axis=1)[:, :10]
    right = [np.isin(index.nearest(q, 10), best).mean() for q, best in zip(queries, exact, strict=True)]
    assert np.mean(right) >= 0.98


@pytest.mark.parametrize("share", [0.05, 0.9])
def test_an_approximate_index_keeps_to_what_is_allowed(
    many: tuple[VectorIndex, np.ndarray], share: float
) -> None:
    index, rows = many
    allowed = np.random.default_rng(2).random(len(rows)) < share
    found = index.nearest(rows[0], 10, allowed)
    best = [place for place in np.argsort(-(rows @ rows[0])) if allowed[place]][:10]
    assert allowed[found].all()
    assert np.isin(found, best).mean() >= 0.9


def test_an_approximate_index_survives_the_disk(many: tuple[VectorIndex, np.ndarray], tmp_path: Path) -> None:
    index, rows = many
    index.save(tmp_path / "many")
    loaded = VectorIndex.load(tmp_path / "many")
    for row in rows[:3]:
        assert loaded.nearest(row, 5).tolist() == index.nearest(row, 5).tolist()
    assert loaded.nearest(rows[0], 1).tolist() == [0]
