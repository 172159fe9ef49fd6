"""Nearest ids by cosine similarity."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import faiss
import numpy as np
import numpy.typing as npt

from embeddings.errors import IndexMismatch
from embeddings.sealed import read_sealed, write_sealed

FloatArray = npt.NDArray[np.float32]

_KIND: Final = "vector index"
_IDS: Final = "ids.json"
_VECTORS: Final = "vectors.faiss"
#: The most vectors that are searched exactly; more take longer than encoding a question does.
EXACT: Final = 100_000
#: Vectors that the spread of an index is measured on.
_SAMPLE: Final = 2000
#: Neighbours that a search through a graph of neighbours keeps in hand, at building and at asking.
_BUILD_BREADTH: Final = 100
_SEARCH_BREADTH: Final = 3072


def choose_factory(count: int, dimension: int) -> str:
    """The FAISS factory string for ``count`` vectors of length ``dimension``.

    Exact search up to :data:`EXACT` vectors, past it a graph of neighbours over whole vectors (Malkov
    and Yashunin, "Efficient and robust approximate nearest neighbor search using HNSW graphs", 2016).
    Inverted lists were tried: sentence vectors lie so close together that half of the lists must be
    probed for the same recall.
    """
    return "Flat" if count <= EXACT else "HNSW32,Flat"


@dataclass(frozen=True)
class VectorIndex:
    """Ids beside a FAISS index that knows only vectors.

    Make one with :meth:`build` or :meth:`load`. ``fingerprint`` names the model that made
    the vectors. Reading is safe from several threads.
    """

    ids: tuple[str, ...]
    fingerprint: str
    backend: Any

    @classmethod
    def build(cls, ids: Sequence[str], vectors: npt.ArrayLike, *, fingerprint: str = "") -> "VectorIndex":
        """Index ``vectors``, shape (len(ids), d), whose rows have length 1.

        Raises:
            ValueError: the shape doesn't fit, an id comes twice, or a row's length isn't 1.
        """
        rows = np.ascontiguousarray(vectors, dtype=np.float32)
        if rows.ndim != 2 or rows.shape[0] != len(ids) or rows.shape[1] < 1:
            raise ValueError(f"{len(ids)} ids don't fit vectors of shape {rows.shape}")
        if len(set(ids)) != len(ids):
            raise ValueError("ids must differ")
        if not np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3):
            raise ValueError("vectors must have length 1")
        return cls(tuple(ids), fingerprint, _backend(rows))

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self.backend.d)

    def similarities(
        self, query_vector: npt.ArrayLike, positions: npt.NDArray[np.integer[Any]]
    ) -> FloatArray:
        """The similarity in [0, 1] of the ids at some positions, in their order.

        Raises:
            IndexMismatch: the query is of another dimension.
        """
        (query,) = self._checked(query_vector)
        if not len(positions):
            return np.empty(0, dtype=np.float32)
        return np.clip(_cosines(self._rows(positions), query), 0, 1).astype(np.float32)

    def nearest(
        self, query_vector: npt.ArrayLike, k: int, allowed: npt.NDArray[np.bool_] | None = None
    ) -> npt.NDArray[np.int64]:
        """Positions of the ``k`` most similar ids, in any order; all where there are no more.

        Args:
            query_vector: shape (d,), of length 1.
            k: at least 1.
            allowed: which positions count, shape (len(self),); ``None`` for all.

        Raises:
            IndexMismatch: the query is of another dimension.
        """
        (query,) = self._checked(query_vector)
        permitted = np.flatnonzero(allowed) if allowed is not None else np.arange(len(self))
        if len(permitted) <= k:
            return permitted
        backend = self.backend
        if len(permitted) <= EXACT < len(self):
            # A graph of neighbours seldom leads to few among many; its whole vectors are all there.
            backend = faiss.downcast_index(backend.storage)
        params = None if allowed is None else _selecting(backend, allowed)
        _, (positions,) = backend.search(query[None], k, params=params)
        found: npt.NDArray[np.int64] = positions[positions >= 0]
        return found

    def spread(self, query_vector: npt.ArrayLike) -> tuple[float, float]:
        """Mean and standard deviation of the similarity to one query, over at most 2,000 ids.

        Raises:
            IndexMismatch: the query is of another dimension.
        """
        (query,) = self._checked(query_vector)
        if not self.ids:
            return 0.0, 0.0
        sample = self._rows(np.arange(0, len(self), max(1, -(-len(self) // _SAMPLE)))) @ query
        return float(sample.mean()), float(sample.std())

    def save(self, folder: Path) -> None:
        """Write the index to ``folder``, replacing an earlier one whole.

        Raises:
            FileExistsError: ``folder`` holds files that aren't an index.
            OSError: the disk refused.
        """
        meta = {
            "fingerprint": self.fingerprint,
            "dimension": self.dimension,
            "count": len(self),
        }
        write_sealed(folder, _KIND, meta, self._fill)

    @classmethod
    def load(cls, folder: Path, *, expected_fingerprint: str | None = None) -> "VectorIndex":
        """Read what :meth:`save` wrote.

        Args:
            folder: where it was saved.
            expected_fingerprint: of the model that will encode the queries; ``None`` skips
                the comparison.

        Raises:
            IndexMismatch: the folder is missing, unfinished or damaged, or its vectors were
                made by another model.
        """
        meta = read_sealed(folder, _KIND)
        if expected_fingerprint not in (None, meta.get("fingerprint")):
            raise IndexMismatch("向量索引是用另一个模型生成的，请用当前模型重新构建。")
        try:
            ids = tuple(json.loads((folder / _IDS).read_text(encoding="utf-8")))
            backend = faiss.read_index(str(folder / _VECTORS))
            fits = (backend.ntotal, backend.d) == (len(ids), meta["dimension"])
            index = cls(ids, meta["fingerprint"], backend)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise IndexMismatch(f"向量索引 {folder} 已损坏，请重新构建。") from error
        if not fits:
            raise IndexMismatch(f"向量索引 {folder} 的内容互相矛盾，请重新构建。")
        return index

    def _fill(self, folder: Path) -> None:
        (folder / _IDS).write_text(json.dumps(self.ids, ensure_ascii=False), encoding="utf-8")
        faiss.write_index(self.backend, str(folder / _VECTORS))

    def _rows(self, positions: npt.NDArray[np.integer[Any]]) -> FloatArray:
        rows: FloatArray = self.backend.reconstruct_batch(np.ascontiguousarray(positions, dtype=np.int64))
        return rows

    def _checked(self, query_vectors: npt.ArrayLike) -> FloatArray:
        queries = np.atleast_2d(np.ascontiguousarray(query_vectors, dtype=np.float32))
        if queries.ndim != 2 or queries.shape[1] != self.dimension:
            raise IndexMismatch(
                f"索引的向量是 {self.dimension} 维，查询是 {queries.shape[-1]} 维，"
                "请用同一个模型重新构建索引。"
            )
        return queries


def _backend(rows: FloatArray) -> Any:
    """A FAISS index of the kind that fits the number of rows, filled."""
    backend = faiss.index_factory(rows.shape[1], choose_factory(*rows.shape), faiss.METRIC_INNER_PRODUCT)
    if isinstance(backend, faiss.IndexHNSW):
        backend.hnsw.efConstruction = _BUILD_BREADTH
        backend.hnsw.efSearch = _SEARCH_BREADTH
    backend.add(rows)
    return backend


def _selecting(backend: Any, allowed: npt.NDArray[np.bool_]) -> Any:
    """FAISS parameters that leave out what is not allowed."""
    # The published stubs describe the C++ signatures, not the Python ones.
    library: Any = faiss
    selector = library.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
    if isinstance(backend, faiss.IndexHNSW):
        # What is not allowed is passed through but not kept, so the more of it, the broader.
        breadth = int(backend.hnsw.efSearch / allowed.mean())
        return library.SearchParametersHNSW(sel=selector, efSearch=breadth)
    return library.SearchParameters(sel=selector)


def _cosines(rows: FloatArray, query: FloatArray) -> npt.NDArray[np.float64]:
    # Row by row in float64 and not as a matrix product, whose blocks may add the same
    # numbers in another order: equal vectors must score equally, wherever they stand.
    products: npt.NDArray[np.float32] = rows * query
    sums: npt.NDArray[np.float64] = products.sum(axis=1, dtype=np.float64)
    return sums
