"""FAISS over rows that stay where they are: exact search, and a graph of neighbours for many rows.

Importing this module imports FAISS; :mod:`embeddings.vectors` does so when the first neighbour is asked for.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import faiss
import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.float16]
Places = npt.NDArray[np.int64]

# The published stubs describe the C++ signatures, not the Python ones.
_library: Any = faiss
#: Neighbours of a row in the graph (twice as many on its ground floor), and how many are weighed to choose them.
_LINKS: Final = 32
_BUILD_BREADTH: Final = 80
#: Neighbours that a search of the graph keeps in hand: so many for each that is asked for, and no fewer than this.
_BREADTH_EACH: Final = 3
_BREADTH: Final = 2048
#: Rows that are given to FAISS at once, which wants them as float32.
_AT_ONCE: Final = 50_000


@dataclass(frozen=True)
class Neighbours:
    """Rows of length 1 as FAISS sees them, without a copy: whoever holds this holds the rows."""

    rows: Rows
    exact: Any
    graph: Any = None

    @classmethod
    def over(cls, rows: Rows) -> Self:
        """For exact search alone."""
        return cls(rows, _viewed(rows))

    @classmethod
    def linked(cls, rows: Rows) -> Self:
        """With a graph of neighbours, made now: some minutes for a million rows.

        Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using HNSW graphs", 2016.
        """
        graph = _library.IndexHNSWSQ(
            rows.shape[1], faiss.ScalarQuantizer.QT_fp16, _LINKS, faiss.METRIC_INNER_PRODUCT
        )
        graph.hnsw.efConstruction = _BUILD_BREADTH
        graph.train(rows[:1].astype(np.float32))
        _library.omp_set_num_threads(len(os.sched_getaffinity(0)))
        for start in range(0, len(rows), _AT_ONCE):
            graph.add(rows[start : start + _AT_ONCE].astype(np.float32))
        return cls(rows, _viewed(rows), graph)

    @classmethod
    def read(cls, rows: Rows, path: Path) -> Self:
        """With the graph that :meth:`write` wrote, mapped.

        Raises:
            RuntimeError: the file is damaged.
            ValueError: it is the graph of other rows.
        """
        flags = faiss.IO_FLAG_MMAP_IFC | faiss.IO_FLAG_SKIP_STORAGE
        graph: Any = faiss.read_index(str(path), flags)
        if not isinstance(graph, faiss.IndexHNSW) or (graph.ntotal, graph.d) != rows.shape:
            raise ValueError("a graph of other rows")
        exact = _viewed(rows)
        graph.storage, graph.own_fields = exact, False
        return cls(rows, exact, graph)

    def write(self, path: Path) -> None:
        """Write the graph without its rows."""
        _library.write_index(self.graph, str(path), faiss.IO_FLAG_SKIP_STORAGE)

    def nearest(
        self, query: npt.NDArray[np.float32], k: int, allowed: npt.NDArray[np.bool_] | None
    ) -> Places:
        """The places of the ``k`` rows most similar to a query, of all or of those allowed: exact."""
        sel = None if allowed is None else _selector(allowed)
        return _found(self.exact, query, k, _library.SearchParameters(sel=sel))

    def near(self, query: npt.NDArray[np.float32], k: int, allowed: npt.NDArray[np.bool_] | None) -> Places:
        """The same by the graph, which misses a few."""
        breadth = max(_BREADTH, _BREADTH_EACH * k)
        if allowed is None:
            return _found(self.graph, query, k, _library.SearchParametersHNSW(efSearch=breadth))
        # What is not allowed is passed through but not kept, so the more of it, the broader.
        broad = int(breadth / allowed.mean())
        params = _library.SearchParametersHNSW(sel=_selector(allowed), efSearch=broad)
        return _found(self.graph, query, k, params)


def _viewed(rows: Rows) -> Any:
    """A FAISS index whose vectors are the memory of ``rows``, which may be mapped from a file."""
    view: Any = faiss.IndexScalarQuantizer(
        rows.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    codes: Any = _library.MaybeOwnedVectorUInt8
    if len(rows):
        # The owner of a vector that owns nothing: the rows are held by whoever holds the view.
        memory = _library.swig_ptr(rows.reshape(-1).view(np.uint8))
        view.codes = codes.create_view(memory, rows.nbytes, codes().owner)
    view.ntotal, view.is_trained = len(rows), True
    return view


def _selector(allowed: npt.NDArray[np.bool_]) -> Any:
    return _library.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))


def _found(index: Any, query: npt.NDArray[np.float32], k: int, params: Any) -> Places:
    # One question is too little to share out: threads would wait for each other where others work too.
    _library.omp_set_num_threads(1)
    _, (places,) = index.search(query[None], k, params=params)
    found: Places = places[places >= 0]
    return found
