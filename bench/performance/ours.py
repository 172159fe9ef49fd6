"""This project: encoding and indexing of plain texts by its own parts, questions by an opened workspace."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.performance.weights import cache

if TYPE_CHECKING:
    from api.service import KnowledgeService


class Ours:
    """Its workspace is built by ``kg ingest``, so that :meth:`save` has nothing to do."""

    _service: KnowledgeService

    def prepare(self) -> None:
        from api.indexing.tokens import Words
        from embeddings.encoder import Encoder
        from embeddings.lexical import LexicalIndex
        from embeddings.vectors import VectorIndex

        self._encoder = Encoder.load(None, cache_dir=cache())
        self._words = Words.of(())
        self._dense, self._lexical = VectorIndex, LexicalIndex
        self._encoder.encode_passages(["预热"])
        self._words.tokens("预热")

    def build(self, texts: Sequence[str]) -> None:
        self._built = (
            self._dense.build(self._encoder.encode_passages(texts), fingerprint=self._encoder.fingerprint),
            self._lexical.build([self._words.tokens(text) for text in texts]),
        )

    def save(self, folder: Path) -> None:
        """Nothing: see above."""

    def load(self, folder: Path) -> None:
        from api import open_workspace

        self._service = open_workspace(folder)

    def ask(self, question: str) -> int:
        return len(self._service.search(question).hits)

    def batch(self, questions: Sequence[str]) -> None:
        raise NotImplementedError
