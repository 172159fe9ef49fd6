"""Texts to unit vectors, with any sentence-transformers model."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from embeddings.errors import ModelError
from embeddings.quiet import quiet
from embeddings.sources import ModelSource, find_source

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

FloatArray = npt.NDArray[np.float32]
Progress = Callable[[int, int], None]

#: Texts between two reports of progress, and within which batches are sorted by length.
CHUNK: Final = 256
_BATCH: Final = 16
_QUERY_PROMPTS: Final = ("query",)
_PASSAGE_PROMPTS: Final = ("passage", "document")


class Encoder:
    """A loaded sentence encoder. It may be shared between threads, which then take turns.

    Texts longer than the model's window (512 tokens for the bundled one) are cut at its end.
    """

    def __init__(
        self, model: "SentenceTransformer", name: str, fingerprint: str, threads: int | None = None
    ) -> None:
        self._model = model
        self._name = name
        self._fingerprint = fingerprint
        self._threads = threads
        # The tokenizer keeps its padding as state, so two threads can't be in it at once.
        self._lock = threading.Lock()
        self._dimension = model.get_embedding_dimension() or self._encode(["a"], None).shape[1]

    @classmethod
    def load(
        cls,
        model: str | None = None,
        *,
        cache_dir: Path,
        local_only: bool = True,
        threads: int | None = None,
    ) -> "Encoder":
        """Load a model.

        Args:
            model: ``None`` for the bundled model, a folder, or a name such as
                ``"BAAI/bge-small-zh-v1.5"``.
            cache_dir: where the bundled model is unpacked at its first use.
            local_only: never open a connection. ``False`` permits downloading a named model.
            threads: at most so many CPU threads while encoding; ``None`` leaves it to torch.

        Raises:
            ModelError: there is no such model within reach, or it can't be read.
        """
        source = find_source(model, cache_dir, local_only)
        return cls(_load(source), source.name, source.fingerprint, threads)

    @property
    def name(self) -> str:
        """For people: ``bundled:…@hash``, or the path or name that was asked for."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """Changes when the model's files do. Vectors of two fingerprints don't compare."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return self._dimension

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of what is being asked, with the model's query prompt if it has one.

        Returns:
            Shape (len(texts), dimension), rows of length 1, in the order of ``texts``.

        Raises:
            ModelError: the model gave something that isn't a vector of numbers.
        """
        return self._encode_all(texts, self._prompt(_QUERY_PROMPTS), None)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """Vectors of what is being searched, with the model's passage prompt if it has one.

        Args:
            texts: any number of texts; they may be empty.
            progress: called with (texts done, texts in all) after every :data:`CHUNK` texts.

        Returns:
            Shape (len(texts), dimension), rows of length 1, in the order of ``texts``.

        Raises:
            ModelError: the model gave something that isn't a vector of numbers.
        """
        return self._encode_all(texts, self._prompt(_PASSAGE_PROMPTS), progress)

    def _prompt(self, names: tuple[str, ...]) -> str | None:
        # sentence-transformers itself gives every model an empty "query" and "document".
        return next((name for name in names if self._model.prompts.get(name)), None)

    def _encode_all(self, texts: Sequence[str], prompt: str | None, progress: Progress | None) -> FloatArray:
        if isinstance(texts, str):
            raise TypeError("texts must be a sequence of strings, not one string")
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), CHUNK):
            chunk = [_encodable(text) for text in texts[start : start + CHUNK]]
            vectors[start : start + CHUNK] = self._encode(chunk, prompt)
            if progress is not None:
                progress(start + len(chunk), len(texts))
        return vectors

    def _encode(self, texts: list[str], prompt: str | None) -> FloatArray:
        with self._lock, _at_most(self._threads):
            raw = self._model.encode(
                texts,
                prompt_name=prompt,
                # Without a name the model's default prompt would apply to both sides.
                prompt=None if prompt else "",
                batch_size=_BATCH,
                show_progress_bar=False,
            )
        vectors = np.asarray(raw, dtype=np.float32)
        if vectors.ndim != 2 or not np.isfinite(vectors).all():
            raise ModelError(f"模型 {self._name} 没有给出有效的向量，请换用其他模型。")
        return normalise(vectors)


def normalise(vectors: FloatArray) -> FloatArray:
    """Rows of shape (n, d) scaled to length 1; a row of zeros stays as it is."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units: FloatArray = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return units


def _load(source: ModelSource) -> "SentenceTransformer":
    try:
        with quiet():
            from sentence_transformers import SentenceTransformer

            return SentenceTransformer(str(source.folder), local_files_only=True)
    # Whatever is wrong with a model folder, and each library in the chain has its own
    # classes for it, the remedy is the same.
    except Exception as error:
        raise ModelError(
            f"无法加载模型 {source.name}，请确认它是完整的 sentence-transformers 模型。"
        ) from error


def _encodable(text: str) -> str:
    # Half a surrogate pair, as damaged files hold, can't be handed to the tokenizer.
    return text.encode("utf-8", "replace").decode("utf-8")


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
