"""txtai over the same weights: its hybrid search, dense and BM25, as its documentation sets it up."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.performance.weights import PASSAGE, QUERY, folder

TOP = 10


class Txtai:
    """Texts are encoded with the prompts of the model. Its BM25 splits Chinese into characters, its own default."""

    def __init__(self) -> None:
        logging.disable(logging.WARNING)
        self._embeddings: Any = None

    def prepare(self) -> None:
        from txtai import Embeddings  # type: ignore[import-not-found, unused-ignore]

        self._embeddings = Embeddings(
            path=str(folder()), hybrid=True, instructions={"query": QUERY, "data": PASSAGE}
        )
        self._embeddings.index(["预热"])

    def build(self, texts: Sequence[str]) -> None:
        self._embeddings.index(list(texts))

    def save(self, folder: Path) -> None:
        self._embeddings.save(str(folder))

    def load(self, folder: Path) -> None:
        from txtai import Embeddings

        self._embeddings = Embeddings()
        self._embeddings.load(str(folder))

    def ask(self, question: str) -> int:
        return len(self._embeddings.search(question, TOP))

    def batch(self, questions: Sequence[str]) -> None:
        raise NotImplementedError
