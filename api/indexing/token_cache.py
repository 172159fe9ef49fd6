"""Tokens of texts, cut once as long as the names that stand in them stay the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version

from api.indexing.folding import simplified
from api.indexing.tokens import Words
from embeddings.blobs import BlobCache
from embeddings.postings import TokenBlock
from kg.memo import Memo

_VERSION = "2"
"""Raised when the same text with the same names would be cut, or kept, otherwise."""
_BETWEEN = "\n"


@dataclass(frozen=True)
class TokenKeys:
    """What stands for the tokens of some texts: 32 bytes for each text, and for all of them together."""

    each: tuple[bytes, ...]
    together: bytes


class TokenCache:
    """The tokens of every text that was cut, in files, and those of the latest texts in memory. For one thread.

    Texts come in blocks (those of one document), so that a block in which no name came or went costs nothing.
    ``stored`` keeps the tokens of single texts, ``blocks`` those of whole blocks as arrays.
    """

    def __init__(self, stored: BlobCache, blocks: BlobCache) -> None:
        self._stored = stored
        self._blocks = blocks
        self._version = f"{_VERSION} {version('jieba')} {version('opencc')}"
        self._memo = Memo()
        self._standing: dict[str, tuple[str, frozenset[str], frozenset[str]]] = {}

    def keys(self, block: str, texts: Sequence[str], words: Words) -> TokenKeys:
        """What stands for the texts of a block and for the names in them.

        Args:
            block: what the texts are known by from one build to the next.
            texts: in their order; best the same object as before where nothing changed.
            words: must have no stop words.
        """
        standing = self._names_in(block, texts, words)

        def keys() -> TokenKeys:
            each = tuple(self._key(text, words.names_in(text)) for text in texts)
            return TokenKeys(each, sha256(b"".join(each)).digest())

        return self._memo.keep("keys", block, (texts, standing), keys)

    def tokens(self, block: str, texts: Sequence[str], keys: TokenKeys, words: Words) -> TokenBlock:
        """The tokens of a block whose :meth:`keys` are these.

        Raises:
            OSError: the file cannot be written.
        """
        return self._memo.keep("tokens", block, (keys.together,), lambda: self._counted(texts, keys, words))

    def forget_all_but(self, blocks: set[str]) -> None:
        """Let go of other blocks in memory; the files keep them, in case a decision is undone."""
        self._memo.forget_all_but(blocks)
        self._standing = {block: value for block, value in self._standing.items() if block in blocks}

    def _counted(self, texts: Sequence[str], keys: TokenKeys, words: Words) -> TokenBlock:
        known = self._blocks.get_many([keys.together]).get(keys.together)
        if known is not None:
            return TokenBlock.from_bytes(known)
        counted = TokenBlock.of(self._cut(texts, keys.each, words))
        self._blocks.put_many({keys.together: counted.to_bytes()})
        return counted

    def _cut(self, texts: Sequence[str], keys: Sequence[bytes], words: Words) -> list[list[str]]:
        by_key = dict(zip(keys, texts, strict=True))
        known = {key: value.decode() for key, value in self._stored.get_many(by_key).items()}
        new = {key: _BETWEEN.join(words.tokens(text)) for key, text in by_key.items() if key not in known}
        self._stored.put_many({key: tokens.encode() for key, tokens in new.items()})
        known |= new
        return [known[key].split(_BETWEEN) if known[key] else [] for key in keys]

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
