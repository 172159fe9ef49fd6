"""What a search costs beside encoding its question, and how near the approximate index comes to the exact.

Seconds differ from machine to machine; everything here is a ratio within one run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from api import open_workspace
from api.evaluation import read_questions
from api.questions.understanding import Understood
from api.search.filters import Filters, fitting
from api.search.searcher import Searcher
from embeddings.vectors import EXACT, VectorIndex

HERE = Path(__file__).parent
SAMPLE = HERE.parent / "data" / "xihaian-2021.txt"
SIZES = (10_000, EXACT, 2 * EXACT)
_NEIGHBOURS = 10
_ROUNDS = 3

Vectors = npt.NDArray[np.float32]


def run() -> Iterator[str]:
    """The table of costs, then that of indexes."""
    with TemporaryDirectory() as scratch:
        kg = open_workspace(str(Path(scratch) / "workspace"))
        kg.ingest([SAMPLE])
        searcher = kg.engine.searcher
        questions = [q.query for q in read_questions(HERE / "questions" / "xihaian-2021.json").searches]
        yield from _costs(searcher, questions)
        yield ""
        yield from _indexes(searcher, questions)


def _costs(searcher: Searcher, questions: Sequence[str]) -> Iterator[str]:
    """Each part against the encoding of the question, medians over all questions."""
    for question in questions:
        searcher.search(question, "item", None, Filters())
    told = [_parts(searcher, question) for question in questions for _ in range(_ROUNDS)]
    encoding = float(np.median([parts["encoding"] for parts in told]))
    yield f"{'part of a search':<28} {'/ encoding':>10}"
    for name in told[0]:
        yield f"{name:<28} {np.median([parts[name] for parts in told]) / encoding:>10.1%}"
    ours = [sum(parts[name] for name in ("understanding", "lexical", "graph")) for parts in told]
    yield f"{'understanding+lexical+graph':<28} {np.median(ours) / encoding:>10.1%}"


def _parts(searcher: Searcher, question: str) -> dict[str, float]:
    """Seconds by part of one search."""
    spent = {}
    signals = searcher.signals

    def timed(name: str, work: Callable[[], object]) -> object:
        started = time.perf_counter()
        result = work()
        spent[name] = time.perf_counter() - started
        return result

    understood = timed("understanding", lambda: searcher.understand(question))
    assert isinstance(understood, Understood)
    timed("encoding", lambda: signals.encode(understood))
    encoded = signals.encode(understood)
    fits = fitting(searcher.catalogue, understood, Filters())
    timed("lexical", lambda: signals.lexical(encoded))
    timed("graph", lambda: signals.graph(understood))
    timed("all signals of steps", lambda: signals.steps(encoded, fits))
    timed("a whole search", lambda: searcher.search(question, "step", None, Filters()))
    return spent


def _indexes(searcher: Searcher, questions: Sequence[str]) -> Iterator[str]:
    """Time of one search against the smallest size, and recall of exact search."""
    passages = searcher.signals.indexes.dense["steps-in-context"]
    known = np.stack([passages.backend.reconstruct(place) for place in range(len(passages))])
    asked = searcher.signals.encoder.encode_queries(list(questions))
    yield f"{'vectors':>9} {'index':>14} {'time':>6} {'recall@10':>10}"
    first = 0.0
    for size in SIZES:
        vectors = _like(known, size)
        index = VectorIndex.build([str(place) for place in range(size)], vectors)
        exact = np.argsort(-(asked @ vectors.T), axis=1)[:, :_NEIGHBOURS]
        started = time.perf_counter()
        found = [index.nearest(question, _NEIGHBOURS) for question in asked]
        spent = time.perf_counter() - started
        first = first or spent
        right = [len(np.intersect1d(a, b)) / _NEIGHBOURS for a, b in zip(exact, found, strict=True)]
        kind = type(index.backend).__name__.removeprefix("Index")
        yield f"{size:>9} {kind:>14} {spent / first:>5.1f}× {np.mean(right):>10.3f}"


def _like(known: Vectors, size: int) -> Vectors:
    """Vectors that lie as real ones do: between two passages, with a little noise. The same in every run."""
    chance = np.random.default_rng(0)
    one, other = known[chance.integers(0, len(known), (2, size))]
    share = chance.uniform(0, 0.5, (size, 1))
    mixed = (1 - share) * one + share * other + chance.normal(0, 0.02, one.shape)
    vectors: Vectors = (mixed / np.linalg.norm(mixed, axis=1, keepdims=True)).astype(np.float32)
    return vectors
