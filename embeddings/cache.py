"""Vectors kept between runs, so that text that hasn't changed isn't encoded again."""

import hashlib
import json
import os
import uuid
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Literal, Protocol

import numpy as np
import numpy.typing as npt

from embeddings.sealed import sync

FloatArray = npt.NDArray[np.float32]
Kind = Literal["query", "passage"]

#: New vectors between two reports of progress.
CHUNK: Final = 64
#: New vectors between two saves: what an interruption may cost.
SAVE_EVERY: Final = 32 * CHUNK
_KEY_BYTES: Final = 32


class TextEncoder(Protocol):
    """What the cache needs of an encoder."""

    @property
    def fingerprint(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    def encode_queries(self, texts: Sequence[str], /) -> FloatArray: ...
    def encode_passages(self, texts: Sequence[str], /) -> FloatArray: ...


class EmbeddingCache:
    """Vectors by :func:`text_key`, in memory and in one file.

    The file is only ever replaced whole. A file that is missing or damaged counts as empty:
    everything in it can be made again. If two processes save, the later one wins.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._vectors = _read(path)

    def __len__(self) -> int:
        return len(self._vectors)

    def get(self, key: bytes) -> FloatArray | None:
        """The vector of a key, shape (d,), or ``None``."""
        return self._vectors.get(key)

    def put(self, key: bytes, vector: FloatArray) -> None:
        """Keep a vector of shape (d,) under a key; :meth:`save` makes it last."""
        self._vectors[key] = np.array(vector, dtype=np.float32)

    def save(self) -> None:
        """Write everything to the file.

        Raises:
            OSError: the disk refused; the earlier file still stands.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        aside = self.path.with_name(f".{self.path.name}.{uuid.uuid4().hex}")
        try:
            with aside.open("wb") as stream:
                np.savez(stream, **_arrays(self._vectors))  # type: ignore[arg-type]
            sync(aside)
            os.replace(aside, self.path)
        finally:
            aside.unlink(missing_ok=True)
        sync(self.path.parent)


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
    missing = [key for key in by_key if not _fits(cache.get(key), encoder.dimension)]
    encode = encoder.encode_queries if kind == "query" else encoder.encode_passages
    for start in range(0, len(missing), CHUNK):
        part = missing[start : start + CHUNK]
        for key, vector in zip(part, encode([by_key[key] for key in part]), strict=True):
            cache.put(key, vector)
        last = start + CHUNK >= len(missing)
        if last or (start + CHUNK) % SAVE_EVERY == 0:
            cache.save()
        if progress is not None:
            progress(len(by_key) - len(missing) + start + len(part), len(by_key))
    found = [vector for key in keys if (vector := cache.get(key)) is not None]
    return np.stack(found) if found else np.empty((0, encoder.dimension), dtype=np.float32)


def _fits(vector: FloatArray | None, dimension: int) -> bool:
    return vector is not None and vector.shape == (dimension,)


def _arrays(vectors: dict[bytes, FloatArray]) -> dict[str, npt.NDArray[np.generic]]:
    by_length: dict[int, list[bytes]] = {}
    for key, vector in vectors.items():
        by_length.setdefault(len(vector), []).append(key)
    arrays: dict[str, npt.NDArray[np.generic]] = {}
    for length, keys in by_length.items():
        packed = np.frombuffer(b"".join(keys), dtype=np.uint8)
        arrays[f"keys{length}"] = packed.reshape(-1, _KEY_BYTES)
        arrays[f"vectors{length}"] = np.stack([vectors[key] for key in keys])
    return arrays


def _read(path: Path) -> dict[bytes, FloatArray]:
    vectors: dict[bytes, FloatArray] = {}
    try:
        # Every member of the archive carries a CRC-32, which reading it checks. The file is
        # opened here because numpy leaves one that it can't make sense of open.
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            for name in arrays.files:
                if name.startswith("keys"):
                    rows = arrays[name.replace("keys", "vectors")].astype(np.float32)
                    keys = [key.tobytes() for key in arrays[name]]
                    vectors.update(zip(keys, rows, strict=True))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return {}
    return vectors
