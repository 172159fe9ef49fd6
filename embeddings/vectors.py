"""Nearest rows by cosine similarity."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import numpy.typing as npt

from embeddings.errors import IndexMismatch
from embeddings.sealed import read_sealed, write_sealed

if TYPE_CHECKING:
    from embeddings.neighbours import Neighbours

FloatArray = npt.NDArray[np.float32]
Rows = npt.NDArray[np.float16]

_KIND: Final = "vector index"
_ROWS: Final = "rows.npy"
_GRAPH: Final = "graph.faiss"
#: The most vectors that are searched exactly; more take longer than encoding a question does.
EXACT: Final = 100_000
#: Vectors that the spread of an index is measured on.
_SAMPLE: Final = 2000
#: So many rows are kept in memory as float32, some 8 MB, and all compared with a question at once.
FEW: Final = 5000
#: Rows that are turned to float32 at once where all are looked at.
_AT_ONCE: Final = 50_000


@dataclass(frozen=True)
class VectorIndex:
    """Vectors by their place, as half floats: a cosine similarity is off by less than 0.0005.

    Make one with :meth:`build` or :meth:`load`; a loaded one reads from the disk what a question needs, and processes
    share it. ``fingerprint`` names the model that made the vectors. Up to :data:`EXACT` vectors are searched exactly,
    more through a graph of neighbours; both by FAISS, which is imported when the first neighbour is asked for. Reading
    is safe from several threads.
    """

    rows: Rows
    fingerprint: str
    graph: Path | None = None
    """Where the graph of many rows was written, if it was."""

    @classmethod
    def build(cls, vectors: npt.ArrayLike, *, fingerprint: str = "") -> Self:
        """Index ``vectors``, shape (n, d), whose rows have length 1. Half floats are taken as they are.

        Raises:
            ValueError: the shape doesn't fit, or a row's length isn't 1.
        """
        given = np.asarray(vectors)
        if given.ndim != 2 or given.shape[1] < 1:
            raise ValueError(f"vectors of shape {given.shape} are no rows")
        for start in range(0, len(given), _AT_ONCE):
            part = given[start : start + _AT_ONCE].astype(np.float32)
            if not np.allclose(np.linalg.norm(part, axis=1), 1, atol=2e-3):
                raise ValueError("vectors must have length 1")
        return cls(np.ascontiguousarray(given, dtype=np.float16), fingerprint)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self.rows.shape[1])

    def similarities(
        self, query_vector: npt.ArrayLike, positions: npt.NDArray[np.integer[Any]]
    ) -> FloatArray:
        """The similarity in [0, 1] of the vectors at some positions, in their order.

        Raises:
            IndexMismatch: the query is of another dimension.
        """
        return np.clip(self.cosines(query_vector, positions), 0, 1).astype(np.float32)

    def cosines(
        self, query_vector: npt.ArrayLike, positions: npt.NDArray[np.integer[Any]] | None = None
    ) -> npt.NDArray[np.float64]:
        """The cosines of the vectors at some positions, in their order; of all where none are given.

        Raises:
            IndexMismatch: the query is of another dimension.
        """
        query, rows = self._checked(query_vector), self.rows if self._few is None else self._few
        wanted = rows if positions is None else rows[positions]
        return _cosines(wanted.astype(np.float32, copy=False), query)

    def nearest(
        self, query_vector: npt.ArrayLike, k: int, allowed: npt.NDArray[np.bool_] | None = None
    ) -> npt.NDArray[np.int64]:
        """Positions of the ``k`` most similar vectors, the most similar first; all, as they stand, where there are no
        more.

        Args:
            query_vector: shape (d,), of length 1.
            k: at least 1.
            allowed: which positions count, shape (len(self),); ``None`` for all.

        Raises:
            IndexMismatch: the query is of another dimension, or the graph on the disk is damaged.
        """
        query = self._checked(query_vector)
        count = len(self) if allowed is None else int(np.count_nonzero(allowed))
        if count <= k:
            return np.arange(len(self)) if allowed is None else np.flatnonzero(allowed)
        # A graph of neighbours seldom leads to few among many.
        search = self._neighbours.nearest if count <= EXACT else self._neighbours.near
        return search(query, k, allowed)

    def spread(self, query_vector: npt.ArrayLike) -> tuple[float, float]:
        """Mean and standard deviation of the similarity to one query, over at most 2,000 vectors.

        Raises:
            IndexMismatch: the query is of another dimension.
        """
        query = self._checked(query_vector)
        return spread_of(_cosines(self._sample, query))

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
    def load(cls, folder: Path, *, expected_fingerprint: str | None = None) -> Self:
        """Map what :meth:`save` wrote.

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
            rows = np.load(folder / _ROWS, mmap_mode="r", allow_pickle=False).view(np.ndarray)
            fits = rows.dtype == np.float16 and rows.shape == (meta["count"], meta["dimension"])
            index = cls(rows, str(meta["fingerprint"]), folder / _GRAPH if len(rows) > EXACT else None)
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            raise IndexMismatch(f"向量索引 {folder} 已损坏，请重新构建。") from error
        if not fits:
            raise IndexMismatch(f"向量索引 {folder} 的内容互相矛盾，请重新构建。")
        return index

    @cached_property
    def _few(self) -> FloatArray | None:
        """All rows as they are computed with, where there are few."""
        return self.rows.astype(np.float32) if len(self) <= FEW else None

    @cached_property
    def _sample(self) -> FloatArray:
        """The rows that the spread is measured on."""
        return self.rows[sampled(len(self))].astype(np.float32)

    @cached_property
    def _neighbours(self) -> "Neighbours":
        from embeddings.neighbours import Neighbours

        if len(self) <= EXACT:
            return Neighbours.over(self.rows)
        if self.graph is None:
            return Neighbours.linked(self.rows)
        try:
            return Neighbours.read(self.rows, self.graph)
        except (RuntimeError, ValueError) as error:
            raise IndexMismatch(f"向量索引 {self.graph.parent} 已损坏，请重新构建。") from error

    def _fill(self, folder: Path) -> None:
        np.save(folder / _ROWS, self.rows)
        if len(self) > EXACT:
            self._neighbours.write(folder / _GRAPH)

    def _checked(self, query_vector: npt.ArrayLike) -> FloatArray:
        query = np.ascontiguousarray(query_vector, dtype=np.float32)
        if query.shape != (self.dimension,):
            raise IndexMismatch(
                f"索引的向量是 {self.dimension} 维，查询是 {query.shape[-1] if query.ndim else 0} 维，"
                "请用同一个模型重新构建索引。"
            )
        return query


def sampled(count: int) -> slice:
    """Which of so many vectors the spread is measured on."""
    return slice(None, None, max(1, -(-count // _SAMPLE)))


def spread_of(cosines: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Mean and standard deviation; 0 where there is nothing."""
    return (float(cosines.mean()), float(cosines.std())) if len(cosines) else (0.0, 0.0)


def _cosines(rows: FloatArray, query: FloatArray) -> npt.NDArray[np.float64]:
    # Row by row and not as a matrix product, whose blocks may add the same numbers in another order: equal vectors
    # must score equally, wherever they stand.
    cosines: npt.NDArray[np.float64] = np.einsum("ij,j->i", rows, query).astype(np.float64)
    return cosines
