"""What indexes cost from ten thousand rows to a million: bytes, making, opening, asking, and what is missed.

Rows of the first table are encoded texts, clauses of the sample and the gold plans put together anew, and past those
rows that are made of them (between two, with noise that leaves neighbours about as near as those of texts). Questions
are the judged ones. The second table is BM25 over many plans, which are the sample with other names. Milliseconds are
of the machine at hand; compare them within one run.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from api import open_workspace
from api.evaluation import read_questions
from api.indexing.passages import STEP, WHOLE_ITEM, plan_texts
from api.indexing.tokens import Words
from bench.gold import read_marked
from bench.incremental import copies
from bench.speed import SAMPLE
from embeddings.encoder import Encoder
from embeddings.lexical import LexicalIndex
from embeddings.postings import TokenBlock
from embeddings.vectors import VectorIndex
from kg.knowledge import Knowledge
from kg.pipeline import plan_of

T = TypeVar("T")
Vectors = npt.NDArray[np.float32]
HERE = Path(__file__).parent
QUESTIONS = HERE / "questions" / "xihaian-2021.json"
SIZES, FULL = (10_000, 100_000), (10_000, 100_000, 1_000_000)
PLANS = (1, 50, 200)
_ENCODED, _ENCODED_FULL = 1_000, 10_000
_NEIGHBOURS = (10, 1000)
_NOISE = 0.0075
_AT_ONCE = 50_000


def run(full: bool = False) -> Iterator[str]:
    """The table of dense indexes, then that of lexical ones; ``full`` encodes more texts and goes to a million."""
    with TemporaryDirectory() as scratch:
        encoder = open_workspace(str(Path(scratch) / "workspace")).encoder
        encoded = encoder.encode_passages(_texts(_ENCODED_FULL if full else _ENCODED))
        yield from _dense(encoder, encoded, FULL if full else SIZES, Path(scratch))
        yield ""
        yield from _lexical(Path(scratch))


def _dense(encoder: Encoder, encoded: Vectors, sizes: Sequence[int], folder: Path) -> Iterator[str]:
    asked = encoder.encode_queries([q.query for q in read_questions(QUESTIONS).searches])
    names = " ".join(f"{f'recall@{k}':>11} {'ms':>7}" for k in _NEIGHBOURS)
    yield f"{'rows':>9} {'encoded':>8} {'bytes':>6} {'make s':>7} {'open ms':>8} {names} {'error':>8}"
    for size in sizes:
        rows = _like(encoded, size)
        made, _ = _timed(lambda rows=rows: VectorIndex.build(rows).save(folder / "index"))
        opened, index = _timed(lambda: VectorIndex.load(folder / "index"))
        size_on_disk = sum(path.stat().st_size for path in (folder / "index").iterdir()) / size
        found = " ".join(_found(index, asked, rows, k) for k in _NEIGHBOURS)
        some = np.arange(0, size, size // 1000)
        error = np.abs(index.similarities(asked[0], some) - rows[some] @ asked[0]).max()
        yield (
            f"{size:>9} {min(size, len(encoded)):>8} {size_on_disk:>6.0f} {made:>7.1f} {1000 * opened:>8.1f} "
            f"{found} {error:>8.5f}"
        )


def _found(index: VectorIndex, asked: Vectors, rows: Vectors, k: int) -> str:
    """The share of the truly nearest that is found, and the median milliseconds of a question."""
    index.nearest(asked[0], k)
    right, spent = [], []
    for question in asked:
        seconds, found = _timed(lambda question=question: index.nearest(question, k))
        spent.append(seconds)
        best = np.argpartition(-(rows @ question), k - 1)[:k]
        right.append(len(np.intersect1d(found, best)) / k)
    return f"{np.mean(right):>11.3f} {1000 * np.median(spent):>7.2f}"


def _lexical(folder: Path) -> Iterator[str]:
    words, knowledge = Words.of(()), Knowledge()
    yield f"{'plans':>6} {'texts':>7} {'postings':>10} {'blocks s':>9} {'merge s':>8} {'open ms':>8} {'scores ms':>10}"
    question = words.tokens("哪些事项推进工业互联网项目建设")
    texts = list(copies(PLANS[-1]))
    plans = [plan_of(text.encode(), SAMPLE.name, "sample", "0" * 64, knowledge) for text in texts]
    lists = [
        [[words.tokens(text.text) for text in plan_texts(plan)[view]] for plan in plans]
        for view in (STEP, WHOLE_ITEM)
    ]
    for count in PLANS:
        cut, blocks = _timed(
            lambda count=count: [[TokenBlock.of(tokens) for tokens in view[:count]] for view in lists]
        )
        merge, indexes = _timed(lambda blocks=blocks: [LexicalIndex.of(view) for view in blocks])
        indexes[0].save(folder / "words")
        opened, index = _timed(lambda: LexicalIndex.load(folder / "words"))
        index.scores(question)
        asked, _ = _timed(lambda index=index: index.scores(question))
        postings = sum(len(index.texts) for index in indexes)
        yield (
            f"{count:>6} {sum(map(len, indexes)):>7} {postings:>10} {cut:>9.2f} {merge:>8.3f} "
            f"{1000 * opened:>8.2f} {1000 * asked:>10.2f}"
        )


def _texts(count: int) -> list[str]:
    """Different texts: one to three clauses of real steps and contents, chosen by a seeded chance."""
    knowledge, written = Knowledge(), [SAMPLE.read_text(encoding="utf-8")]
    written += [read_marked(path).text for path in sorted((HERE / "gold").glob("*.marked.txt"))]
    plans = [plan_of(text.encode(), "plan.txt", "plan", "0" * 64, knowledge) for text in written]
    steps = [text.text for plan in plans for text in plan_texts(plan)[STEP]]
    clauses = sorted({clause for step in steps for clause in re.split("[，。；、]", step) if len(clause) > 3})
    chance, found = np.random.default_rng(0), dict.fromkeys(steps)
    while len(found) < count:
        found["，".join(chance.choice(clauses, chance.integers(1, 4))) + "。"] = None
    return list(found)[:count]


def _like(encoded: Vectors, size: int) -> Vectors:
    """The encoded rows, and between two of them as many more as are wanted. The same in every run."""
    chance, rows = np.random.default_rng(0), np.empty((size, encoded.shape[1]), dtype=np.float32)
    rows[: len(encoded)] = encoded[:size]
    for start in range(len(encoded), size, _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        one, other = encoded[chance.integers(0, len(encoded), (2, len(part)))]
        share = chance.uniform(0, 0.5, (len(part), 1)).astype(np.float32)
        noise = chance.standard_normal(part.shape, dtype=np.float32)
        part[:] = (1 - share) * one + share * other + np.float32(_NOISE) * noise
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return rows


def _timed(action: Callable[[], T]) -> tuple[float, T]:
    """Seconds, and the result."""
    started = time.perf_counter()
    result = action()
    return time.perf_counter() - started, result
