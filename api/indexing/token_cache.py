"""Tokens of texts, cut once as long as the names that stand in them stay the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import version

from api.indexing.tokens import Words
from embeddings.blobs import BlobCache

_VERSION = "1"
"""Raised when the same text with the same names would be cut otherwise."""
_BETWEEN = "\n"


class TokenCache:
    """The tokens of every text that was cut, in memory and in a file."""

    def __init__(self, stored: BlobCache) -> None:
        self._stored = stored
        self._known: dict[bytes, str] = {}
        self._version = f"{_VERSION} {version('jieba')} {version('opencc')}"

    def key(self, text: str, names: frozenset[str]) -> bytes:
        """32 bytes that stand for a text and the names that stand in it."""
        return sha256(json.dumps([self._version, text, sorted(names)]).encode()).digest()

    def tokens(self, texts: Sequence[str], words: Words) -> list[list[str]]:
        """The tokens of every text, in their order; ``words`` must have no stop words.

        Raises:
            OSError: the file cannot be written.
        """
        keys = [self.key(text, words.names_in(text)) for text in texts]
        unknown = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        stored = self._stored.get_many(unknown)
        new = {key: words.tokens(text) for key, text in unknown.items() if key not in stored}
        packed = {key: _BETWEEN.join(tokens) for key, tokens in new.items()}
        self._stored.put_many(
            {key: tokens.encode("utf-8", "surrogatepass") for key, tokens in packed.items()}
        )
        self._known |= {key: value.decode("utf-8", "surrogatepass") for key, value in stored.items()} | packed
        return [self._known[key].split(_BETWEEN) if self._known[key] else [] for key in keys]

    def forget_all_but(self, keys: set[bytes]) -> None:
        """Let go of other texts in memory; the file keeps them, as they may come back with an undone decision."""
        self._known = {key: tokens for key, tokens in self._known.items() if key in keys}
