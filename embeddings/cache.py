"""Vectors kept between runs, so that text that hasn't changed isn't encoded again."""

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Final, Literal, Protocol

import numpy as np
import numpy.typing as npt

from embeddings.blobs import BlobCache

FloatArray = npt.NDArray[np.float32]
Kind = Literal["query", "passage"]

#: New vectors between two reports of progress.
CHUNK: Final = 64
#: New vectors between two saves: what an interruption may cost.
SAVE_EVERY: Final = 32 * CHUNK
#: Half floats, as vectors are indexed; four of 384 dimensions fit into a page of the file, in float32 not one.
_KEPT: Final = "<f2"


class TextEncoder(Protocol):
    """What the cache needs of an encoder."""

    @property
    def fingerprint(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    def begin(self, text: str, /) -> None: ...
    def encode_queries(self, texts: Sequence[str], /) -> FloatArray: ...
    def encode_passages(self, texts: Sequence[str], /) -> FloatArray: ...


class EmbeddingCache:
    """Vectors by :func:`text_key`, in one file that grows by what is new; they are kept as half floats.

    A file that is missing or damaged counts as empty: everything in it can be made again. Several processes
    may add to it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stored = BlobCache(path, "vectors")
        self._new: dict[bytes, FloatArray] = {}

    def __len__(self) -> int:
        return len(self._stored.keys() | self._new.keys())

    def get(self, key: bytes) -> FloatArray | None:
        """The vector of a key, shape (d,), or ``None``."""
        return self.get_many([key]).get(key)

    def get_many(self, keys: Collection[bytes]) -> dict[bytes, FloatArray]:
        """The vectors of those keys that have one, each of shape (d,)."""
        stored = self._stored.get_many([key for key in keys if key not in self._new])
        vectors = {key: np.frombuffer(value, dtype=_KEPT).astype(np.float32) for key, value in stored.items()}
        return vectors | {key: self._new[key] for key in keys if key in self._new}

    def put(self, key: bytes, vector: FloatArray) -> None:
        """Keep a vector of shape (d,) under a key; :meth:`save` makes it last."""
        self._new[key] = np.array(vector, dtype=np.float32)

    def save(self) -> None:
        """Write what is new.

        Raises:
            OSError: the disk refused; what was there still is.
        """
        self._stored.put_many({key: vector.astype(_KEPT).tobytes() for key, vector in self._new.items()})
        self._new = {}


def text_key(fingerprint: str, kind: Kind, text: str) -> bytes:
    """32 bytes that stand for a text, the model that reads it and the side it is on."""
    # JSON, so that no two triples run together to the same bytes.
    return hashlib.sha256(json.dumps([fingerprint, kind, text]).encode()).digest()


def encode_with_cache(
    encoder: TextEncoder,
    texts: Sequence[str],
    cache: EmbeddingCache,
    kind: Kind = "passage",
    progress: Callable[[int, int], None] | None = None,
) -> FloatArray:
    """Encode ``texts``, asking the encoder only for what the cache doesn't hold.

    Equal texts are encoded once. The cache is saved when something was added, and now and
    then on the way.

    Args:
        encoder: gives the vectors.
        texts: any number of texts.
        cache: read and added to.
        kind: the side that the texts are on.
        progress: called with (texts done, texts in all), counting different texts; those
            found in the cache are done from the start.

    Returns:
        Shape (len(texts), encoder.dimension), in the order of ``texts``.

    Raises:
        ModelError: as the encoder does.
        OSError: the cache can't be written.
    """
    keys = [text_key(encoder.fingerprint, kind, text) for text in texts]
    by_key = dict(zip(keys, texts, strict=True))
    found = {k: v for k, v in cache.get_many(by_key).items() if v.shape == (encoder.dimension,)}
    missing = [key for key in by_key if key not in found]
    encode = encoder.encode_queries if kind == "query" else encoder.encode_passages
    for start in range(0, len(missing), CHUNK):
        part = missing[start : start + CHUNK]
        for key, vector in zip(part, encode([by_key[key] for key in part]), strict=True):
            cache.put(key, vector)
            found[key] = vector
        last = start + CHUNK >= len(missing)
        if last or (start + CHUNK) % SAVE_EVERY == 0:
            cache.save()
        if progress is not None:
            progress(len(by_key) - len(missing) + start + len(part), len(by_key))
    if not keys:
        return np.empty((0, encoder.dimension), dtype=np.float32)
    return np.stack([found[key] for key in keys])
