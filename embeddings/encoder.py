"""Texts to unit vectors: the packaged model on ONNX Runtime, any other with sentence-transformers."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from embeddings.errors import ModelError
from embeddings.onnx_model import Notify, open_exported
from embeddings.prompts import passage_prompt, query_prompt
from embeddings.remembered import Begun, Remembered
from embeddings.sources import find_source

FloatArray = npt.NDArray[np.float32]
Progress = Callable[[int, int], None]

#: Texts between two reports of progress.
CHUNK: Final = 256
#: Questions whose vectors are remembered.
QUESTIONS: Final = 1024


class Backend(Protocol):
    """What turns tokens into vectors; it may be called from several threads."""

    @property
    def prompts(self) -> Mapping[str, str]: ...
    @property
    def dimension(self) -> int: ...
    def vectors(self, texts: Sequence[str], prompt: str, /) -> FloatArray: ...
    def begin(self, text: str, prompt: str, /) -> Future[FloatArray] | None:
        """The vector of one text, begun on another thread; ``None`` where nothing is won by it."""


class Encoder:
    """A loaded sentence encoder, to be shared between threads; who asks first comes first.

    Texts longer than the model's window (512 tokens for the bundled one) are cut at its end.
    """

    def __init__(self, backend: Backend, name: str, fingerprint: str) -> None:
        self._backend = backend
        self._name = name
        self._fingerprint = fingerprint
        self._questions = Remembered(QUESTIONS)

    @classmethod
    def load(
        cls,
        model: str | None = None,
        *,
        cache_dir: Path,
        local_only: bool = True,
        threads: int | None = None,
        notify: Notify | None = None,
    ) -> "Encoder":
        """Load a model.

        Args:
            model: ``None`` for the bundled model, which runs on ONNX Runtime; a folder, or a name such as
                ``"BAAI/bge-small-zh-v1.5"``, for any sentence-transformers model.
            cache_dir: where the bundled model is exported at its first use, which takes about half a minute.
            local_only: never open a connection. ``False`` permits downloading a named model.
            threads: at most so many CPU threads while encoding; ``None`` for as many as suit the machine.
            notify: told in one line what takes long, if anything does.

        Raises:
            ModelError: there is no such model within reach, or it can't be read.
        """
        if model is None:
            exported, backend = open_exported(cache_dir, threads, notify)
            return cls(backend, exported.name, exported.fingerprint)
        from embeddings.transformer_encoder import load_transformer

        source = find_source(model, cache_dir, local_only)
        return cls(load_transformer(source.folder, source.name, threads), source.name, source.fingerprint)

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
        return self._backend.dimension

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of what is being asked, with the model's query prompt if it has one.

        The last :data:`QUESTIONS` different questions are remembered.

        Returns:
            Shape (len(texts), dimension), rows of length 1, in the order of ``texts``.

        Raises:
            ModelError: the model gave something that isn't a vector of numbers.
        """
        _refuse_one_string(texts)
        if not len(texts):
            return np.empty((0, self.dimension), dtype=np.float32)
        prompt = query_prompt(self._backend.prompts)
        return self._questions.vectors(texts, lambda new: self._encode_all(new, prompt, None))

    def begin(self, text: str) -> None:
        """Start on a question that is likely to be asked for, while its asker does other things.

        Nothing is begun where the encoder has other things to do.
        """
        self._questions.begin(text, lambda: self._begun(text))

    def _begun(self, text: str) -> Begun | None:
        future = self._backend.begin(_encodable(text), query_prompt(self._backend.prompts))
        return (lambda: self._units(future.result()[None])[0]) if future else None

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
        _refuse_one_string(texts)
        return self._encode_all(texts, passage_prompt(self._backend.prompts), progress)

    def _encode_all(self, texts: Sequence[str], prompt: str, progress: Progress | None) -> FloatArray:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), CHUNK):
            chunk = [_encodable(text) for text in texts[start : start + CHUNK]]
            vectors[start : start + CHUNK] = self._encode(chunk, prompt)
            if progress is not None:
                progress(start + len(chunk), len(texts))
        return vectors

    def _encode(self, texts: list[str], prompt: str) -> FloatArray:
        return self._units(self._backend.vectors(texts, prompt))

    def _units(self, vectors: FloatArray) -> FloatArray:
        if vectors.ndim != 2 or not np.isfinite(vectors).all():
            raise ModelError(f"模型 {self._name} 没有给出有效的向量，请换用其他模型。")
        return normalise(vectors)


def normalise(vectors: FloatArray) -> FloatArray:
    """Rows of shape (n, d) scaled to length 1; a row of zeros stays as it is."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units: FloatArray = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return units


def _refuse_one_string(texts: Sequence[str]) -> None:
    if isinstance(texts, str):
        raise TypeError("texts must be a sequence of strings, not one string")


def _encodable(text: str) -> str:
    # Half a surrogate pair, as damaged files hold, can't be handed to the tokenizer.
    return text.encode("utf-8", "replace").decode("utf-8")
