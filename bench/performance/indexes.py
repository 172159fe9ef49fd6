"""The floor: bare FAISS and bare bm25s, over as many texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

TOP = 10
_DIMENSION = 384


class _Index:
    """A contender that has an index and no encoder; nothing of it is saved."""

    def save(self, folder: Path) -> None:
        """Nothing."""

    def load(self, folder: Path) -> None:
        """Nothing: it is built in the process that asks."""

    def batch(self, questions: Sequence[str]) -> None:
        raise NotImplementedError


class Faiss(_Index):
    """A flat index. Its cost depends on no value, so random unit vectors stand for texts and questions."""

    def prepare(self) -> None:
        self._random = np.random.default_rng(0)

    def build(self, texts: Sequence[str]) -> None:
        import faiss

        self._question = self._vectors(1)
        self._index: Any = faiss.IndexFlatIP(_DIMENSION)
        self._index.add(self._vectors(len(texts)))

    def ask(self, question: str) -> int:
        return int((self._index.search(self._question, TOP)[1] >= 0).sum())

    def _vectors(self, count: int) -> Any:
        drawn = self._random.normal(size=(count, _DIMENSION)).astype(np.float32)
        return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


class Bm25s(_Index):
    """bm25s with its defaults, over jieba's words; cutting the question is part of asking it."""

    def prepare(self) -> None:
        import jieba

        jieba.setLogLevel(60)
        self._cut = jieba.lcut
        self._cut("预热")

    def build(self, texts: Sequence[str]) -> None:
        import bm25s  # type: ignore[import-untyped]

        self._index = bm25s.BM25()
        self._index.index([self._cut(text) for text in texts], show_progress=False)

    def ask(self, question: str) -> int:
        places, _ = self._index.retrieve([self._cut(question)], k=TOP, show_progress=False)
        return int(places.shape[1])
