"""The indexes of a build, dense and lexical, by the view they are of: made, written and read.

An index has a key, a text that changes with all it is made of. One whose key is that of an earlier build is not
made again: its folder is linked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from api.errors import WorkspaceError
from api.indexing.passages import DENSE, LEXICAL
from api.indexing.token_cache import TokenCache
from api.indexing.tokens import Words
from api.indexing.views import View
from embeddings.cache import EmbeddingCache, FloatArray, TextEncoder, encode_with_cache
from embeddings.errors import IndexMismatch, ModelError
from embeddings.lexical import LexicalIndex
from embeddings.vectors import VectorIndex

Progress = Callable[[str, int, int], None]


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
    _keys: dict[str, list[bytes]] = field(default_factory=dict)

    def keys(self, views: Mapping[str, View], words: Words, encoding: Encoding) -> dict[str, str]:
        """The key of every index by the name of its folder."""
        keys = {f"{name}.dense": _key(encoding.fingerprint.encode(), views[name].digest) for name in DENSE}
        self._keys = {name: self._token_keys(views[name], words) for name in LEXICAL}
        lexical = {f"{name}.lexical": _key(views[name].digest, *self._keys[name]) for name in LEXICAL}
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
        view = views[name]
        if kind == "lexical":
            tokens = self.tokens.tokens(view.texts, self._keys[name], words)
            return LexicalIndex.build(view.ids, tokens)
        vectors = encode_with_cache(
            _Lazy(encoding),
            view.texts,
            self.vectors,
            progress=lambda done, total: progress(f"编码 {name}", done, total),
        )
        return VectorIndex.build(view.ids, vectors, fingerprint=encoding.fingerprint)

    def forget(self, views: Mapping[str, View]) -> None:
        """Let go of what none of these views has."""
        blocks = {block.id for view in views.values() for block in view.blocks}
        self.tokens.forget_all_but(blocks, {key for keys in self._keys.values() for key in keys})

    def _token_keys(self, view: View, words: Words) -> list[bytes]:
        return view.arranged(self.tokens.keys(block.id, block.texts, words) for block in view.blocks)


class _Lazy:
    """An encoder that is loaded when it is first asked for a vector."""

    def __init__(self, encoding: Encoding) -> None:
        self.fingerprint = encoding.fingerprint
        self._encoding = encoding

    @cached_property
    def _loaded(self) -> TextEncoder:
        encoder = self._encoding.load()
        if encoder.fingerprint != self.fingerprint:
            raise ModelError("语义模型的文件在载入期间变了，请重试。")
        return encoder

    @property
    def dimension(self) -> int:
        return self._encoding.dimension or self._loaded.dimension

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        return self._loaded.encode_passages(texts)

    def encode_queries(self, texts: Sequence[str]) -> FloatArray:
        return self._loaded.encode_queries(texts)


def read_indexes(folder: Path, fingerprint: str) -> Indexes:
    """The indexes of a build, refused where another encoder made them."""
    try:
        return Indexes(
            {n: VectorIndex.load(folder / f"{n}.dense", expected_fingerprint=fingerprint) for n in DENSE},
            {n: LexicalIndex.load(folder / f"{n}.lexical") for n in LEXICAL},
        )
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
