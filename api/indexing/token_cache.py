"""Tokens of texts, cut once as long as the names that stand in them stay the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import version

from api.indexing.folding import simplified
from api.indexing.tokens import Words
from embeddings.blobs import BlobCache
from kg.memo import Memo

_VERSION = "1"
"""Raised when the same text with the same names would be cut otherwise."""
_BETWEEN = "\n"


class TokenCache:
    """The tokens of every text that was cut, in memory and in a file. For one thread at a time.

    Texts come in blocks (those of one document), so that a block in which no name came or went costs nothing.
    """

    def __init__(self, stored: BlobCache) -> None:
        self._stored = stored
        self._known: dict[bytes, str] = {}
        self._version = f"{_VERSION} {version('jieba')} {version('opencc')}"
        self._memo = Memo()
        self._standing: dict[str, tuple[str, frozenset[str], frozenset[str]]] = {}

    def keys(self, block: str, texts: Sequence[str], words: Words) -> Sequence[bytes]:
        """For each text of a block 32 bytes that stand for it and for the names in it.

        Args:
            block: what the texts are known by from one build to the next.
            texts: in their order; best the same object as before where nothing changed.
            words: must have no stop words.
        """
        standing = self._names_in(block, texts, words)
        return self._memo.keep(
            "keys",
            block,
            (texts, standing),
            lambda: [self._key(text, words.names_in(text)) for text in texts],
        )

    def tokens(self, texts: Sequence[str], keys: Sequence[bytes], words: Words) -> list[list[str]]:
        """The tokens of texts with their keys, in their order.

        Raises:
            OSError: the file cannot be written.
        """
        unknown = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        stored = self._stored.get_many(unknown)
        new = {key: _BETWEEN.join(words.tokens(text)) for key, text in unknown.items() if key not in stored}
        self._stored.put_many({key: tokens.encode() for key, tokens in new.items()})
        self._known |= {key: value.decode() for key, value in stored.items()} | new
        return [self._known[key].split(_BETWEEN) if self._known[key] else [] for key in keys]

    def forget_all_but(self, blocks: set[str], keys: set[bytes]) -> None:
        """Let go of other blocks and texts in memory; the file keeps them, in case a decision is undone."""
        self._memo.forget_all_but(blocks)
        self._standing = {block: value for block, value in self._standing.items() if block in blocks}
        self._known = {key: tokens for key, tokens in self._known.items() if key in keys}

    def _key(self, text: str, names: frozenset[str]) -> bytes:
        return sha256(json.dumps([self._version, text, sorted(names)]).encode()).digest()

    def _names_in(self, block: str, texts: Sequence[str], words: Words) -> frozenset[str]:
        """The names that stand in a block: of those that were known before, only what came and went is looked at."""
        whole = self._memo.keep("whole", block, (texts,), lambda: simplified(_BETWEEN.join(texts)))
        text, names, standing = self._standing.get(block, ("", frozenset[str](), frozenset[str]()))
        if text is whole:
            added = words.known - names
            standing = (standing & words.known) | {name for name in added if name in whole}
        else:
            standing = words.names_in(whole)
        self._standing[block] = whole, words.known, standing
        return standing
