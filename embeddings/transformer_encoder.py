"""Texts to vectors with sentence-transformers: any model by name or path, and the reference for the export."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from embeddings.errors import ModelError
from embeddings.quiet import quiet

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

FloatArray = npt.NDArray[np.float32]

_BATCH: Final = 16


class TransformerBackend:
    """A sentence-transformers model. Threads take turns: its tokenizer keeps its padding as state."""

    def __init__(self, model: "SentenceTransformer", threads: int | None = None) -> None:
        self.model = model
        self._threads = threads
        self._lock = threading.Lock()
        self.dimension = model.get_embedding_dimension() or self.vectors(["a"], "").shape[1]

    @property
    def prompts(self) -> Mapping[str, str]:
        """What the model puts before a text, by the kind of text; sentence-transformers adds empty ones."""
        return {name: prompt or "" for name, prompt in self.model.prompts.items()}

    def vectors(self, texts: Sequence[str], prompt: str) -> FloatArray:
        """Vectors of at least one text, each read with ``prompt`` before it; shape (len(texts), dimension)."""
        with self._lock, _at_most(self._threads):
            raw = self.model.encode(list(texts), prompt=prompt, batch_size=_BATCH, show_progress_bar=False)
        return np.asarray(raw, dtype=np.float32)

    def begin(self, text: str, prompt: str) -> None:
        """Nothing: threads would only take turns."""


def load_transformer(folder: Path, name: str, threads: int | None = None) -> TransformerBackend:
    """The model of a folder; ``name`` is what people call it.

    Raises:
        ModelError: it can't be read.
    """
    try:
        with quiet():
            from sentence_transformers import SentenceTransformer

            return TransformerBackend(SentenceTransformer(str(folder), local_files_only=True), threads)
    # Whatever is wrong with a model folder, and each library in the chain has its own
    # classes for it, the remedy is the same.
    except Exception as error:
        raise ModelError(f"无法加载模型 {name}，请确认它是完整的 sentence-transformers 模型。") from error


@contextmanager
def _at_most(threads: int | None) -> Iterator[None]:
    if threads is None:
        yield
        return
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)
