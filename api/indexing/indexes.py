"""The indexes of a build, dense and lexical, by the view they are of: made, written and read.

An index has a key, a text that changes with all it is made of. One whose key is that of an earlier build is not
made again: its folder is linked.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from api.errors import WorkspaceError
from api.indexing.passages import DENSE, LEXICAL
from api.indexing.token_cache import TokenCache, TokenKeys
from api.indexing.tokens import Words
from api.indexing.views import View
from embeddings.cache import EmbeddingCache, FloatArray, TextEncoder, encode_with_cache
from embeddings.errors import EmbeddingError, IndexMismatch, ModelError
from embeddings.lexical import LexicalIndex
from embeddings.vectors import VectorIndex

Progress = Callable[[str, int, int], None]
Index = TypeVar("Index")


class Saved(Protocol):
    """Either kind of index."""

    def save(self, folder: Path) -> None: ...


@dataclass(frozen=True)
class Indexes:
    """Dense and lexical indexes by the view they are of; see :mod:`api.indexing.passages`."""

    dense: Mapping[str, VectorIndex]
    lexical: Mapping[str, LexicalIndex]


@dataclass(frozen=True)
class Encoding:
    """The encoder that a build is made with; it is loaded when the first text must be encoded."""

    name: str
    fingerprint: str
    load: Callable[[], TextEncoder]
    dimension: int | None = None
    """The length of its vectors, where that is known without loading it."""


@dataclass
class Indexer:
    """Makes the indexes of views; ``tokens`` and ``vectors`` keep what was cut and encoded."""

    tokens: TokenCache
    vectors: EmbeddingCache
    _keys: dict[str, list[TokenKeys]] = field(default_factory=dict)
    _made: dict[str, tuple[View, VectorIndex]] = field(default_factory=dict)
    """The latest vectors of each view, which most texts of the next one have still."""

    def keys(self, views: Mapping[str, View], words: Words, encoding: Encoding) -> dict[str, str]:
        """The key of every index by the name of its folder."""
        keys = {f"{name}.dense": _key(encoding.fingerprint.encode(), views[name].digest) for name in DENSE}
        self._keys = {name: self._token_keys(views[name], words) for name in LEXICAL}
        lexical = {
            f"{name}.lexical": _key(views[name].digest, *(keys.together for keys in self._keys[name]))
            for name in LEXICAL
        }
        return keys | lexical

    def make(
        self, folder: str, views: Mapping[str, View], words: Words, encoding: Encoding, progress: Progress
    ) -> Saved:
        """The index of a folder's name, of the views that :meth:`keys` was last given.

        Raises:
            EmbeddingError: the encoder cannot be loaded or used.
            OSError: a cache cannot be written.
        """
        name, _, kind = folder.rpartition(".")
        if kind == "lexical":
            return self._lexical(views[name], words)
        index = self._dense(views[name], encoding, lambda done, total: progress(f"编码 {name}", done, total))
        self._made[name] = views[name], index
        return index

    def forget(self, views: Mapping[str, View]) -> None:
        """Let go of what none of these views has."""
        self.tokens.forget_all_but({block.id for view in views.values() for block in view.blocks})

    def _lexical(self, view: View, words: Words) -> LexicalIndex:
        keyed = zip(view.blocks, self._keys[view.name], strict=True)
        blocks = [self.tokens.tokens(block.id, block.texts, keys, words) for block, keys in keyed]
        return LexicalIndex.of(blocks, view.order)

    def _dense(self, view: View, encoding: Encoding, progress: Callable[[int, int], None]) -> VectorIndex:
        """The vectors of a view: of the one before where the text is the same, of the cache, of the encoder."""
        encoder, texts = LazyEncoder(encoding), view.texts
        earlier, index = self._made.get(view.name, (None, None))
        if earlier is None or index is None or index.fingerprint != encoding.fingerprint:
            vectors = encode_with_cache(encoder, texts, self.vectors, progress=progress)
            return VectorIndex.build(vectors, fingerprint=encoding.fingerprint)
        place_of = {text: place for place, text in enumerate(earlier.texts)}
        places = np.array([place_of.get(text, -1) for text in texts], dtype=np.int64)
        new = np.flatnonzero(places < 0)
        encoded = encode_with_cache(encoder, [texts[place] for place in new], self.vectors, progress=progress)
        rows: npt.NDArray[np.float16] = np.empty((len(texts), index.dimension), dtype=np.float16)
        rows[places >= 0] = index.rows[places[places >= 0]]
        rows[new] = encoded
        return VectorIndex.build(rows, fingerprint=encoding.fingerprint)

    def _token_keys(self, view: View, words: Words) -> list[TokenKeys]:
        return [self.tokens.keys(block.id, block.texts, words) for block in view.blocks]


class LazyEncoder:
    """An encoder that is loaded when it is first asked for a vector."""

    def __init__(self, encoding: Encoding) -> None:
        self.name, self.fingerprint = encoding.name, encoding.fingerprint
        self._encoding = encoding

    @cached_property
    def _loaded(self) -> TextEncoder:
        encoder = self._encoding.load()
        if encoder.fingerprint != self.fingerprint:
            raise ModelError("语义模型的文件在载入期间变了，请重试。")
        return encoder

    def begin(self, text: str) -> None:
        self._loaded.begin(text)

    def expect(self, expected: Callable[[], str]) -> None:
        """Start on the question that is expected, or load what encodes it, beside other work.

        What fails is told when a vector is asked for.
        """
        if "_loaded" in vars(self):
            self.begin(expected())
        else:
            threading.Thread(target=self._prepared, name="encoder", daemon=True).start()

    def _prepared(self) -> None:
        with suppress(EmbeddingError, OSError):
            self._loaded  # noqa: B018

    @property
    def dimension(self) -> int:
        return self._encoding.dimension or self._loaded.dimension

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        return self._loaded.encode_passages(texts)

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        return self._loaded.encode_queries(texts)


def read_indexes(folder: Path, fingerprint: str) -> Indexes:
    """The indexes of a build, each read when it is first asked for.

    Asking for one raises :class:`api.errors.WorkspaceError` where it is damaged, or another encoder made it.
    """

    def dense(name: str) -> VectorIndex:
        return VectorIndex.load(folder / f"{name}.dense", expected_fingerprint=fingerprint)

    def lexical(name: str) -> LexicalIndex:
        return LexicalIndex.load(folder / f"{name}.lexical")

    return Indexes(_Opened(DENSE, dense), _Opened(LEXICAL, lexical))


class _Opened(Mapping[str, Index]):
    """Indexes by name, each read once, when it is first asked for."""

    def __init__(self, names: Sequence[str], read: Callable[[str], Index]) -> None:
        self._names, self._read = names, read
        self._known: dict[str, Index] = {}
        self._reading = threading.Lock()

    def __getitem__(self, name: str) -> Index:
        if name not in self._names:
            raise KeyError(name)
        with self._reading:
            if name not in self._known:
                self._known[name] = self._checked(name)
            return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def _checked(self, name: str) -> Index:
        try:
            return self._read(name)
        except IndexMismatch as error:
            reason = str(error).rstrip("。")
            raise WorkspaceError(
                f"{reason}；可运行 kg ingest --rebuild 重新生成，或改用生成时的 --model。"
            ) from None


def _key(*parts: bytes) -> str:
    digest = sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
