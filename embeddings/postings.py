"""Which texts hold which tokens, how often: one block for each document, merged into columns by arrays alone.

A block is made once for a document and kept; an index of thousands of documents is a merge of their blocks, whose
time is that of copying them. Tokens are known by 64-bit hashes, so that no dictionary of words is read or built: of a
million different tokens two share a hash once in 37 million corpora.
"""

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.integer[Any]]
Hashes = npt.NDArray[np.uint64]

_HASH = 8


def hashes(tokens: Iterable[str]) -> Hashes:
    """The hash of each token, in their order: BLAKE2b (RFC 7693) of its UTF-8, cut to 64 bits."""
    # Half a surrogate pair, as a broken file name or terminal gives it, has no UTF-8; it is a token like another.
    digests = [
        blake2b(token.encode("utf-8", "surrogatepass"), digest_size=_HASH).digest() for token in tokens
    ]
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


@dataclass(frozen=True)
class TokenBlock:
    """The tokens of some texts, by token.

    ``tokens`` are distinct hashes in ascending order; each is held by ``holders`` texts. ``texts`` and ``counts``
    say, token after token, which texts those are (from 0, ascending) and how often each holds it. ``lengths`` is the
    number of tokens of every text.
    """

    tokens: Hashes
    holders: Ints
    texts: Ints
    counts: Ints
    lengths: Ints

    @classmethod
    def of(cls, token_lists: Sequence[Sequence[str]]) -> Self:
        """The block of texts that are given by their tokens; lists may be empty."""
        counted = [Counter(tokens) for tokens in token_lists]
        held = np.array([len(counter) for counter in counted], dtype=np.int64)
        keys = hashes(chain.from_iterable(counted))
        counts = np.fromiter(
            chain.from_iterable(counter.values() for counter in counted), np.int64, count=len(keys)
        )
        texts = np.repeat(np.arange(len(held)), held)
        order = np.argsort(keys, kind="stable")
        tokens, holders = np.unique(keys, return_counts=True)
        lengths = np.array([len(tokens) for tokens in token_lists], dtype=np.int64)
        return cls(tokens, *map(_small, (holders, texts[order], counts[order], lengths)))

    def to_bytes(self) -> bytes:
        """The block as bytes, in NumPy's format, array after array."""
        stream = io.BytesIO()
        for array in (self.tokens, self.holders, self.texts, self.counts, self.lengths):
            np.lib.format.write_array(stream, np.asarray(array), allow_pickle=False)
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """What :meth:`to_bytes` gave. Raises ValueError where it is something else."""
        stream = io.BytesIO(data)
        return cls(*(np.lib.format.read_array(stream, allow_pickle=False) for _ in range(5)))


@dataclass(frozen=True)
class Postings:
    """Columns, one a token: column ``c`` stands for ``tokens[c]`` and has the places ``starts[c]:starts[c + 1]``.

    At a place stand a text and how often it holds the token.
    """

    tokens: Hashes
    starts: npt.NDArray[np.int64]
    texts: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int32]
    lengths: npt.NDArray[np.int32]


def merged(blocks: Sequence[TokenBlock], rows: Ints | None = None) -> Postings:
    """The postings of all blocks, one after another.

    Args:
        blocks: in the order of their texts.
        rows: which text of the blocks, counted through, comes first, second …; ``None`` leaves them as they come.
    """
    keys = _joined([block.tokens for block in blocks], np.uint64)
    holders = _joined([block.holders for block in blocks], np.int64)
    # Every block is in order already, so that a sort by merging has little to do.
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    first = np.flatnonzero(np.diff(keys, prepend=~keys[:1]))
    taken, ends = _gathering(holders, order)
    lengths = _joined([block.lengths for block in blocks], np.int32)
    counts = _joined([block.counts for block in blocks], np.int32)
    texts = _numbered(blocks)
    if rows is not None:
        texts, lengths = _places(rows)[texts], lengths[rows]
    starts = np.append(ends[first] - holders[order[first]], ends[-1:] if len(ends) else 0)
    return Postings(keys[first], starts, texts[taken], counts[taken], lengths)


def _gathering(sizes: Ints, order: Ints) -> tuple[Ints, npt.NDArray[np.int64]]:
    """Where the members of runs of these sizes come from when the runs are put in another order, and where runs end."""
    begins = (np.cumsum(sizes) - sizes)[order]
    sizes = sizes[order]
    ends = np.cumsum(sizes, dtype=np.int64)
    return np.repeat(begins - (ends - sizes), sizes) + np.arange(ends[-1] if len(ends) else 0), ends


def _numbered(blocks: Sequence[TokenBlock]) -> npt.NDArray[np.int32]:
    """The text of every posting, counted through all blocks."""
    before, numbered = 0, list[Ints]()
    for block in blocks:
        numbered.append(block.texts.astype(np.int32) + np.int32(before))
        before += len(block.lengths)
    return _joined(numbered, np.int32)


def _places(rows: Ints) -> npt.NDArray[np.int32]:
    """The inverse of a permutation."""
    places = np.empty(len(rows), dtype=np.int32)
    places[rows] = np.arange(len(rows), dtype=np.int32)
    return places


def _joined(arrays: Sequence[Ints], kind: Any) -> npt.NDArray[Any]:
    return np.concatenate([array.astype(kind, copy=False) for array in arrays] or [np.empty(0, kind)])


def _small(array: Ints) -> Ints:
    """The same numbers, none below 0, in the smallest type that holds them."""
    return array.astype(np.min_scalar_type(int(array.max(initial=0))))
