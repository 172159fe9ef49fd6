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
#: How far a similarity may be off: rows are half floats.
HALF_FLOAT = 5e-4
PLANE = np.array([[1, 0], [0, 1], [HALF, HALF], [-1, 0]], dtype=np.float32)


def plane() -> VectorIndex:
    return VectorIndex.build(PLANE, fingerprint="m")


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
    assert found.tolist() == pytest.approx([0.6, 0.8, 1.4 * HALF, 0], abs=HALF_FLOAT)


def test_equal_vectors_are_equally_similar_wherever_they_stand() -> None:
    rows = np.tile(np.array([HALF, HALF], dtype=np.float32), (500, 1))
    index = VectorIndex.build(rows)
    assert len(set(similarities(index, [1, 0]).tolist())) == 1


@given(unit_rows())
def test_every_vector_is_nearest_to_itself(rows: np.ndarray) -> None:
    index = VectorIndex.build(rows)
    for position, row in enumerate(rows):
        found = similarities(index, row)
        assert found[position] == pytest.approx(1, abs=HALF_FLOAT)
        assert found.max() == pytest.approx(1, abs=HALF_FLOAT)
        assert found.min() >= 0


@given(unit_rows(), st.integers(1, 12))
def test_the_nearest_are_the_most_similar(rows: np.ndarray, k: int) -> None:
    index = VectorIndex.build(rows)
    cosines = rows.astype(np.float64) @ rows[0]
    nearest = cosines[index.nearest(rows[0], k)]
    assert sorted(nearest) == pytest.approx(sorted(cosines)[-k:], abs=HALF_FLOAT)


def test_an_empty_index_finds_nothing() -> None:
    index = VectorIndex.build(np.empty((0, 3)))
    assert index.nearest([1, 0, 0], 5).tolist() == []
    assert similarities(index, [1, 0, 0]).shape == (0,)


@pytest.mark.parametrize(
    "rows", [np.array([[0.5, 0.5]]), np.array([[np.nan, 1]]), np.array([1.0, 1.0]), np.empty((2, 0))]
)
def test_what_cannot_be_indexed_is_refused(rows: np.ndarray) -> None:
    with pytest.raises(ValueError, match="vectors"):
        VectorIndex.build(rows)


def test_a_query_of_another_dimension_is_refused() -> None:
    with pytest.raises(IndexMismatch, match="2 维"):
        plane().nearest([1, 0, 0], 1)


def test_saved_and_loaded_it_answers_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "索引"
    plane().save(folder)
    plane().save(folder)
    loaded = VectorIndex.load(folder, expected_fingerprint="m")
    assert len(loaded) == 4
    for row in PLANE:
        assert similarities(loaded, row).tolist() == similarities(plane(), row).tolist()


def test_an_empty_index_is_saved_and_loaded(tmp_path: Path) -> None:
    VectorIndex.build(np.empty((0, 3))).save(tmp_path / "index")
    assert VectorIndex.load(tmp_path / "index").nearest([1, 0, 0], 5).tolist() == []


def test_vectors_of_another_model_are_refused(tmp_path: Path) -> None:
    plane().save(tmp_path / "index")
    with pytest.raises(IndexMismatch, match="另一个模型"):
        VectorIndex.load(tmp_path / "index", expected_fingerprint="other")


@pytest.mark.parametrize("name", ["manifest.json", "rows.npy"])
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
    assert plane().similarities([1, 0], np.array([2, 0, 3])).tolist() == pytest.approx(
        [HALF, 1, 0], abs=HALF_FLOAT
    )
    assert plane().similarities([1, 0], np.array([], dtype=np.int64)).shape == (0,)


def test_the_spread_of_an_index() -> None:
    values = [1, 0, HALF, -1]
    assert plane().spread([1, 0]) == pytest.approx((np.mean(values), np.std(values)), abs=HALF_FLOAT)
    assert VectorIndex.build(np.empty((0, 3))).spread([1, 0, 0]) == (0.0, 0.0)


def test_only_many_vectors_have_a_graph_of_neighbours(
    tmp_path: Path, many: tuple[VectorIndex, np.ndarray]
) -> None:
    many[0].save(tmp_path / "many")
    VectorIndex.build(many[1][:1000]).save(tmp_path / "few")
    assert (tmp_path / "many" / "graph.faiss").exists()
    assert not (tmp_path / "few" / "graph.faiss").exists()


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> tuple[VectorIndex, np.ndarray]:
    """An approximate index of 3,000 vectors: what stands past the bound, with a lower bound."""
    monkeypatch.setattr(vectors, "EXACT", 1000)
    rows = np.random.default_rng(0).normal(size=(3000, 24)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return VectorIndex.build(rows), rows


def test_an_approximate_index_finds_nearly_all_that_an_exact_one_does(
    many: tuple[VectorIndex, np.ndarray],
) -> None:
    index, rows = many
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


def test_a_loaded_index_is_mapped_and_not_read(tmp_path: Path) -> None:
    plane().save(tmp_path / "index")
    rows = VectorIndex.load(tmp_path / "index").rows
    assert not rows.flags.owndata
    assert not rows.flags.writeable


def test_a_file_of_other_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plane().save(tmp_path / "index")
    np.save(tmp_path / "index" / "rows.npy", PLANE[:2].astype(np.float16))
    # As if the seal had been made over it.
    monkeypatch.setattr(vectors, "read_sealed", lambda *_: {"fingerprint": "m", "count": 4, "dimension": 2})
    with pytest.raises(IndexMismatch, match=r"互相矛盾，请重新构建。$"):
        VectorIndex.load(tmp_path / "index")


def test_an_approximate_index_survives_the_disk(many: tuple[VectorIndex, np.ndarray], tmp_path: Path) -> None:
    index, rows = many
    index.save(tmp_path / "many")
    loaded = VectorIndex.load(tmp_path / "many")
    for row in rows[:3]:
        assert loaded.nearest(row, 5).tolist() == index.nearest(row, 5).tolist()
    assert loaded.nearest(rows[0], 1).tolist() == [0]


def test_a_damaged_graph_is_refused_when_it_is_needed(
    many: tuple[VectorIndex, np.ndarray], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, rows = many
    index.save(tmp_path / "many")
    seal = vectors.read_sealed(tmp_path / "many", "vector index")
    VectorIndex.build(rows[:2000]).save(tmp_path / "fewer")
    (tmp_path / "many" / "graph.faiss").write_bytes((tmp_path / "fewer" / "graph.faiss").read_bytes())
    # As if the seal had been made over it.
    monkeypatch.setattr(vectors, "read_sealed", lambda *_: seal)
    loaded = VectorIndex.load(tmp_path / "many")
    assert loaded.similarities(rows[0], np.array([0])).tolist() == pytest.approx([1], abs=HALF_FLOAT)
    with pytest.raises(IndexMismatch, match=r"请重新构建。$"):
        loaded.nearest(rows[0], 5)
