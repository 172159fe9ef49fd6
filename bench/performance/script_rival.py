"""The script that one would write: sentence-transformers, a flat FAISS index, rank-bm25 over jieba's words."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.performance.weights import PASSAGE, QUERY, folder

TOP = 10


class Script:
    """Both scores scaled to 0..1 and summed."""

    def __init__(self) -> None:
        self._dense: Any = None
        self._lexical: Any = None

    def prepare(self) -> None:
        import jieba
        from sentence_transformers import SentenceTransformer

        jieba.setLogLevel(60)
        self._cut = jieba.lcut
        self._cut("预热")
        self._model = SentenceTransformer(str(folder()), local_files_only=True)

    def build(self, texts: Sequence[str]) -> None:
        import faiss
        from rank_bm25 import BM25Okapi  # type: ignore[import-not-found, unused-ignore]

        vectors = self._encode([PASSAGE + text for text in texts])
        self._dense = faiss.IndexFlatIP(vectors.shape[1])
        self._dense.add(vectors)
        self._lexical = BM25Okapi([self._cut(text) for text in texts])

    def save(self, folder: Path) -> None:
        import faiss

        folder.mkdir(parents=True, exist_ok=True)
        faiss.write_index(self._dense, str(folder / "vectors.faiss"))
        (folder / "bm25.pickle").write_bytes(pickle.dumps(self._lexical))

    def load(self, folder: Path) -> None:
        import faiss

        self.prepare()
        self._dense = faiss.read_index(str(folder / "vectors.faiss"))
        self._lexical = pickle.loads((folder / "bm25.pickle").read_bytes())

    def ask(self, question: str) -> int:
        near, places = self._dense.search(self._encode([QUERY + question]), self._dense.ntotal)
        dense = np.empty(self._dense.ntotal, dtype=np.float32)
        dense[places[0]] = near[0]
        total = _scaled(dense) + _scaled(np.asarray(self._lexical.get_scores(self._cut(question))))
        return len(np.argsort(-total)[:TOP])

    def batch(self, questions: Sequence[str]) -> None:
        raise NotImplementedError

    def _encode(self, texts: list[str]) -> Any:
        return self._model.encode(texts, prompt="", normalize_embeddings=True, show_progress_bar=False)


def _scaled(scores: Any) -> Any:
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else scores * 0
